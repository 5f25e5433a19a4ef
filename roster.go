package echowall

import "context"

// Roster is everybody and every place of one account, as it stands at one moment: the organisation tree, the
// stations with their grids and points, the handling units, and the people. Slices are ordered by id.
type Roster struct {
	Committees []Committee
	Branches   []Branch
	Groups     []Group
	Stations   []Station
	Grids      []Grid
	Points     []CollectionPoint
	Units      []Unit
	People     []RosterPerson
}

// RosterStore is what the use cases around people and places need of storage.
type RosterStore interface {
	// Directory is the roster as it stands now. It is kept in memory and costs one small look at most.
	Directory(ctx context.Context) (*Directory, error)
	// ReplaceRoster puts r in the place of the roster whose revision is base, in one step: whoever looks sees
	// the old one or the new one. KindConflict when the roster has moved on since base.
	ReplaceRoster(ctx context.Context, base int64, r *Roster) error
	// ChangeRoster changes single entries. change gets the roster as it stands and returns the entries to write;
	// it may run again on a conflict.
	ChangeRoster(ctx context.Context, change func(*Directory) (*Roster, error)) error
}
