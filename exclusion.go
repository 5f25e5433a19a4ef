package echowall

import (
	"slices"
	"strings"
)

// Party is somebody named in a wish, who therefore neither sees nor handles it (petition rules of 2022, art.
// 30; citizen-feedback reference 7.7): "s:" and the number of a station, "u:" and that of a unit, "p:" and
// that of a person on the roster.
type Party string

// PartyStation, PartyUnit and PartyPerson make the party of a number.
func PartyStation(id StationID) Party { return Party("s:" + string(id)) }

// PartyUnit is the party of a unit.
func PartyUnit(id UnitID) Party { return Party("u:" + string(id)) }

// PartyPerson is the party of a line of the roster.
func PartyPerson(id RosterID) Party { return Party("p:" + string(id)) }

// named reports whether who is among the parties: in person, or by acting in any role for a station or unit
// that is. Somebody who holds another role as well does not see the wish through that one either.
func (d *Directory) named(who *Who, parties []Party) bool {
	for _, p := range parties {
		kind, id, _ := strings.Cut(string(p), ":")
		if kind == "p" {
			// Roles that were given directly hang on no line of the roster; then the name has to do.
			person, ok := d.Person(RosterID(id))
			if who.Roster == RosterID(id) || ok && who.Roster == "" && who.Name == person.Name {
				return true
			}
			continue
		}
		if slices.ContainsFunc(who.Grants, func(g Grant) bool { return d.actsFor(g, kind, id) }) {
			return true
		}
	}
	return false
}

// actsFor reports whether a role makes its holder act for the station ("s") or unit ("u") of that number.
func (d *Directory) actsFor(g Grant, kind, id string) bool {
	switch scopeOf[g.Role].part {
	case partStation:
		return kind == "s" && g.Scope == id
	case partUnit:
		return kind == "u" && g.Scope == id
	case partGrid:
		grid, ok := d.Grid(GridID(g.Scope))
		return kind == "s" && ok && string(grid.Station) == id
	case partNone, partBranch, partCommittee:
	}
	return false
}
