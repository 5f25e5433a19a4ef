package store

import (
	"encoding/json"
	"slices"
	"strings"

	"echowall"
)

// rosterPart is one sort of entries of a roster; each stands in a hash of its own.
type rosterPart struct {
	name  string // its family of keys
	key   func(keys, string) string
	count func(*echowall.Roster) int
	// eachText calls f for every entry as JSON.
	eachText func(r *echowall.Roster, f func(id, text string) error) error
	// put adds or replaces entries, given by id as JSON. The old slice stays as it was.
	put func(r *echowall.Roster, entries map[string]string) error
}

// rosterParts are a whole roster.
var rosterParts = []rosterPart{
	partOf("committees", keys.committees, func(r *echowall.Roster) *[]echowall.Committee { return &r.Committees }, func(x *echowall.Committee) string { return string(x.ID) }),
	partOf("branches", keys.branches, func(r *echowall.Roster) *[]echowall.Branch { return &r.Branches }, func(x *echowall.Branch) string { return string(x.ID) }),
	partOf("groups", keys.groups, func(r *echowall.Roster) *[]echowall.Group { return &r.Groups }, func(x *echowall.Group) string { return string(x.ID) }),
	partOf("stations", keys.stations, func(r *echowall.Roster) *[]echowall.Station { return &r.Stations }, func(x *echowall.Station) string { return string(x.ID) }),
	partOf("grids", keys.grids, func(r *echowall.Roster) *[]echowall.Grid { return &r.Grids }, func(x *echowall.Grid) string { return string(x.ID) }),
	partOf("points", keys.points, func(r *echowall.Roster) *[]echowall.CollectionPoint { return &r.Points }, func(x *echowall.CollectionPoint) string { return string(x.ID) }),
	partOf("units", keys.units, func(r *echowall.Roster) *[]echowall.Unit { return &r.Units }, func(x *echowall.Unit) string { return string(x.ID) }),
	partOf("roster", keys.roster, func(r *echowall.Roster) *[]echowall.RosterPerson { return &r.People }, func(x *echowall.RosterPerson) string { return string(x.ID) }),
}

func partOf[T any](name string, key func(keys, string) string, list func(*echowall.Roster) *[]T, id func(*T) string) rosterPart {
	return rosterPart{
		name: name, key: key,
		count: func(r *echowall.Roster) int { return len(*list(r)) },
		eachText: func(r *echowall.Roster, f func(id, text string) error) error {
			for i := range *list(r) {
				x := &(*list(r))[i]
				text, err := json.Marshal(x)
				if err != nil {
					return echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", x, err)
				}
				if err := f(id(x), string(text)); err != nil {
					return err
				}
			}
			return nil
		},
		put: func(r *echowall.Roster, entries map[string]string) error {
			old := *list(r)
			all := make([]T, 0, len(old)+len(entries))
			for i := range old {
				if _, replaced := entries[id(&old[i])]; !replaced {
					all = append(all, old[i])
				}
			}
			for _, text := range entries {
				var x T
				if err := json.Unmarshal([]byte(text), &x); err != nil {
					return echowall.Errorf(echowall.KindInternal, "store: decode %T: %w", x, err)
				}
				all = append(all, x)
			}
			slices.SortFunc(all, func(a, b T) int { return strings.Compare(id(&a), id(&b)) })
			*list(r) = all
			return nil
		},
	}
}

// rosterKeys are the hashes of one generation, in the order of rosterParts.
func (k keys) rosterKeys(gen string) []string {
	out := make([]string, len(rosterParts))
	for i, p := range rosterParts {
		out[i] = p.key(k, gen)
	}
	return out
}
