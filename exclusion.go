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

// PartiesIn finds the parties that a text names. It is one pass over the text; the names are gathered once for
// each roster.
func (d *Directory) PartiesIn(text string) []Party { return d.parties().find(text) }

// Withhold excludes from a wish whom its text names, on top of who is excluded already, and hands a wish that
// nobody has signed for around them.
func (d *Directory) Withhold(w *Wish) {
	d.exclude(w)
	if w.State == "" || w.State == WishSubmitted {
		if to := d.Around(w.Station, w.Excluded); to != w.Station {
			w.Station, w.Grid = to, "" // a grid is one of its station
		}
	}
}

// exclude adds whom the text names by the roster as it is now.
func (d *Directory) exclude(w *Wish) {
	for _, p := range d.PartiesIn(w.Text) {
		if !slices.Contains(w.Excluded, p) {
			w.Excluded = append(w.Excluded, p)
		}
	}
}

// Around returns the station that handles what would belong to station but for the excluded parties: the
// station itself, else the nearest one above, else TriageStation. A station is passed by when it is named, when
// its head is, and when nobody who could sign for a wish there is left.
func (d *Directory) Around(station StationID, excluded []Party) StationID {
	if len(excluded) == 0 {
		return station
	}
	for range len(d.stations) + 1 { // a cycle ends, should one ever get in
		s, ok := d.Station(station)
		if !ok || !d.passedBy(s, excluded) {
			return station
		}
		if station = s.Parent; station == "" {
			break
		}
	}
	return TriageStation
}

func (d *Directory) passedBy(s *Station, excluded []Party) bool {
	if s.Closed || slices.Contains(excluded, PartyStation(s.ID)) || s.Head != "" && slices.Contains(excluded, PartyPerson(s.Head)) {
		return true
	}
	staff := slices.Concat(d.Holders(Grant{RoleLiaison, string(s.ID)}), d.Holders(Grant{RoleHead, string(s.ID)}))
	return len(staff) > 0 && !slices.ContainsFunc(staff, func(id RosterID) bool {
		return !d.named(&Who{Roster: id, Grants: d.Grants(id)}, excluded)
	})
}

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
