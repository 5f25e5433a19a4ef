package echowall

import (
	"slices"
	"sync"
)

// Directory is a roster made quick to ask. It does not change; a change of the roster makes a new one.
type Directory struct {
	// Revision grows by one with every change of the roster.
	Revision int64
	// Roster is not to be changed.
	Roster *Roster

	committees map[CommitteeID]*Committee
	branches   map[BranchID]*Branch
	groups     map[GroupID]*Group
	stations   map[StationID]*Station
	grids      map[GridID]*Grid
	points     map[PointID]*CollectionPoint
	units      map[UnitID]*Unit
	people     map[RosterID]*RosterPerson
	grants     map[RosterID][]Grant
	holders    map[Grant][]RosterID
	places     func() *placeIndex // made at the first question about a place
	parties    func() *nameIndex  // made when the first text is looked through
	search     func() *searchIndex
	everything func() Span // made for the first who sees it all
}

// NewDirectory indexes r, which must not be changed afterwards.
func NewDirectory(r *Roster, revision int64) *Directory {
	d := &Directory{
		Revision: revision, Roster: r,
		committees: index(r.Committees, func(x *Committee) CommitteeID { return x.ID }),
		branches:   index(r.Branches, func(x *Branch) BranchID { return x.ID }),
		groups:     index(r.Groups, func(x *Group) GroupID { return x.ID }),
		stations:   index(r.Stations, func(x *Station) StationID { return x.ID }),
		grids:      index(r.Grids, func(x *Grid) GridID { return x.ID }),
		points:     index(r.Points, func(x *CollectionPoint) PointID { return x.ID }),
		units:      index(r.Units, func(x *Unit) UnitID { return x.ID }),
		people:     index(r.People, func(x *RosterPerson) RosterID { return x.ID }),
		grants:     make(map[RosterID][]Grant),
		holders:    make(map[Grant][]RosterID),
	}
	d.places = sync.OnceValue(d.indexPlaces)
	d.parties = sync.OnceValue(d.indexParties)
	d.search = sync.OnceValue(d.indexPeople)
	d.everything = sync.OnceValue(d.spanAll)
	d.collectGrants()
	return d
}

func index[K comparable, T any](list []T, id func(*T) K) map[K]*T {
	m := make(map[K]*T, len(list))
	for i := range list {
		m[id(&list[i])] = &list[i]
	}
	return m
}

// collectGrants reads roles out of every part of the roster. Who has left and what is closed gives none.
func (d *Directory) collectGrants() {
	for i := range d.Roster.People {
		p := &d.Roster.People[i]
		if p.Secretary && p.Branch != "" {
			d.grant(p.ID, RoleSecretary, string(p.Branch))
		}
		if p.Standing.Member() {
			for _, b := range append([]BranchID{p.Branch}, p.Joint...) {
				d.grant(p.ID, RoleMember, string(b))
			}
		}
		for _, g := range p.Duties {
			d.grant(p.ID, g.Role, g.Scope)
		}
	}
	for i := range d.Roster.Stations {
		s := &d.Roster.Stations[i]
		if s.Closed {
			continue
		}
		d.grant(s.Head, RoleHead, string(s.ID))
		for _, p := range s.Officers {
			d.grant(p, RoleLiaison, string(s.ID))
		}
		for _, dep := range s.Deputies {
			d.grant(dep.Person, RoleDeputy, string(s.ID))
		}
	}
	for i := range d.Roster.Grids {
		if g := &d.Roster.Grids[i]; !g.Closed {
			d.grant(g.Officer, RoleGrid, string(g.ID))
		}
	}
	for i := range d.Roster.Units {
		u := &d.Roster.Units[i]
		if u.Closed {
			continue
		}
		for _, p := range u.Handlers {
			d.grant(p, RoleHandler, string(u.ID))
		}
		for _, p := range u.Approvers {
			d.grant(p, RoleApprover, string(u.ID))
		}
		d.grant(u.Leader, RoleLeader, string(u.ID))
	}
}

func (d *Directory) grant(id RosterID, role Role, scope string) {
	p, ok := d.people[id]
	if !ok || p.Left {
		return
	}
	switch role {
	case RoleMember, RoleSecretary:
		if b, ok := d.branches[BranchID(scope)]; !ok || b.Closed {
			return
		}
	}
	g := Grant{role, scope}
	if !slices.Contains(d.grants[id], g) {
		d.grants[id] = append(d.grants[id], g)
		d.holders[g] = append(d.holders[g], id)
	}
}

// Committee returns one committee, closed ones included.
func (d *Directory) Committee(id CommitteeID) (*Committee, bool) { return entry(d.committees, id) }

// Branch returns one branch, closed ones included.
func (d *Directory) Branch(id BranchID) (*Branch, bool) { return entry(d.branches, id) }

// Group returns one party group, closed ones included.
func (d *Directory) Group(id GroupID) (*Group, bool) { return entry(d.groups, id) }

// Station returns one station, closed ones included.
func (d *Directory) Station(id StationID) (*Station, bool) { return entry(d.stations, id) }

// Grid returns one grid, closed ones included.
func (d *Directory) Grid(id GridID) (*Grid, bool) { return entry(d.grids, id) }

// Point returns one collection point, closed ones included.
func (d *Directory) Point(id PointID) (*CollectionPoint, bool) { return entry(d.points, id) }

// Unit returns one handling unit, closed ones included.
func (d *Directory) Unit(id UnitID) (*Unit, bool) { return entry(d.units, id) }

// Person returns one line of the roster, those who left included.
func (d *Directory) Person(id RosterID) (*RosterPerson, bool) { return entry(d.people, id) }

func entry[K comparable, T any](m map[K]*T, id K) (*T, bool) {
	x, ok := m[id]
	return x, ok
}

// Grants are the roles that the roster gives a person. The result is not to be changed.
func (d *Directory) Grants(id RosterID) []Grant { return d.grants[id] }

// Holders are the people to whom the roster gives a role. The result is not to be changed.
func (d *Directory) Holders(g Grant) []RosterID { return d.holders[g] }

// Covers reports whether the sub-tree of outer holds inner; a station covers itself.
func (d *Directory) Covers(outer, inner StationID) bool {
	for steps := 0; steps <= len(d.stations); steps++ { // a cycle ends, should one ever get in
		if inner == outer {
			return true
		}
		s, ok := d.stations[inner]
		if !ok || s.Parent == "" {
			return false
		}
		inner = s.Parent
	}
	return false
}

// CoversBranch reports whether branch b stands below committee c.
func (d *Directory) CoversBranch(c CommitteeID, b BranchID) bool {
	branch, ok := d.branches[b]
	if !ok {
		return false
	}
	at := branch.Committee
	for steps := 0; at != "" && steps <= len(d.committees); steps++ {
		if at == c {
			return true
		}
		up, ok := d.committees[at]
		if !ok {
			return false
		}
		at = up.Parent
	}
	return false
}
