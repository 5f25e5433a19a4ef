package echowall

import (
	"context"
	"time"
)

// PeopleStore is what the people use cases need of storage. What is missing reads as its zero value, unless a
// remark says otherwise; the functions given to Update… may run again on a conflict.
type PeopleStore interface {
	// InOneStep makes everything that f changes under its context visible at once, or nothing when f fails. Under
	// a Turn's context the step is the turn's.
	InOneStep(ctx context.Context, f func(ctx context.Context) error) error

	Person(ctx context.Context, p PersonID) (*Who, error)
	UpdatePerson(ctx context.Context, p PersonID, change func(*Who) error) error
	Stations(ctx context.Context) ([]Station, error)
	Branches(ctx context.Context) ([]Branch, error)

	// PutCode stores a code for so long. A code for a line of the roster voids the older one of that line.
	PutCode(ctx context.Context, code string, c BindingCode, kept time.Duration) error
	// Code looks at a code; KindNotFound when there is none.
	Code(ctx context.Context, code string) (*BindingCode, error)
	// TakeCode uses a code up; KindNotFound when there is none.
	TakeCode(ctx context.Context, code string) (*BindingCode, error)

	Binding(ctx context.Context, id RosterID) (*Binding, error)
	UpdateBinding(ctx context.Context, id RosterID, change func(*Binding) error) error

	// UpdateTries forgets a count that becomes zero.
	UpdateTries(ctx context.Context, p PersonID, change func(*Tries) error) error

	// UpdateRebinding forgets a proposal that becomes zero.
	UpdateRebinding(ctx context.Context, id RosterID, change func(*Rebinding) error) error

	// ForgetDialog ends what a person was in the middle of, drafts included; a turn of theirs that runs at this
	// moment runs again, as whoever they are then. It does not touch the person whose turn ctx belongs to: that
	// turn holds the conversation itself.
	ForgetDialog(ctx context.Context, p PersonID) error
}

// SessionEnder ends what a person has open in browsers; see SessionStore.
type SessionEnder interface {
	EndSessions(ctx context.Context, p PersonID, except string) error
	// EndConsole ends those of the console and leaves those of phone pages.
	EndConsole(ctx context.Context, p PersonID) error
}

// People are the use cases around who somebody is. Everything without a remark is required.
type People struct {
	Store    PeopleStore
	Roster   RosterStore
	Access   AccessStore
	Sessions SessionEnder // nil when there are none
	Now      func() time.Time
}

// CheckScopes reports the first grant whose branch, station or other scope does not exist.
func (u *People) CheckScopes(ctx context.Context, grants []Grant) error {
	d, err := u.Roster.Directory(ctx)
	if err != nil {
		return err
	}
	for _, g := range grants {
		what, found := "", false
		switch kind := scopeOf[g.Role]; {
		case kind.everywhere && g.Scope == ScopeEverywhere:
			continue
		case kind.part == partBranch:
			what = "branch"
			_, found = d.Branch(BranchID(g.Scope))
		case kind.part == partStation:
			what = "station"
			_, found = d.Station(StationID(g.Scope))
			found = found || g.Scope == string(TriageStation)
		case kind.part == partCommittee:
			what = "committee"
			_, found = d.Committee(CommitteeID(g.Scope))
		case kind.part == partGrid:
			what = "grid"
			_, found = d.Grid(GridID(g.Scope))
		case kind.part == partUnit:
			what = "unit"
			_, found = d.Unit(UnitID(g.Scope))
		default:
			return Errorf(KindInvalid, "the role %s is for the whole account: its scope is %q", g.Role, ScopeEverywhere)
		}
		if !found {
			return Errorf(KindInvalid, "there is no %s %q for the role %s", what, g.Scope, g.Role)
		}
	}
	return nil
}
