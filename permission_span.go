package echowall

import (
	"cmp"
	"slices"
)

// Span is how far a person's permission for one action goes: which parts of the account a list may show.
// Exclusion from single wishes comes on top; Allow knows it.
type Span struct {
	// All says that nothing is left out; the lists are complete then.
	All      bool
	Stations []StationID // closed ones too, and TriageStation with All
	Branches []BranchID
	Grids    []GridID
	// GridStations are those that the grids belong to: of these, nothing but the grids is in reach.
	GridStations []StationID
	Units        []UnitID
}

// Empty reports whether the span holds nothing.
func (s Span) Empty() bool {
	return !s.All && len(s.Stations)+len(s.Branches)+len(s.Grids)+len(s.Units) == 0
}

// Scopes says where who may do a; its lists are sorted and not to be changed.
func (d *Directory) Scopes(who *Who, a Action) Span {
	var s Span
	if who == nil {
		return s
	}
	for _, p := range byAction[a] {
		for _, g := range who.Grants {
			if g.Role == p.Role {
				s.add(d, g, p.Extent)
			}
		}
	}
	if s.All {
		return d.everything()
	}
	s.tidy()
	return s
}

// spanAll is the span of everything in the roster.
func (d *Directory) spanAll() Span {
	s := Span{
		All:      true,
		Stations: append(ids(d.Roster.Stations, func(x *Station) StationID { return x.ID }), TriageStation),
		Branches: ids(d.Roster.Branches, func(x *Branch) BranchID { return x.ID }),
		Grids:    ids(d.Roster.Grids, func(x *Grid) GridID { return x.ID }),
		Units:    ids(d.Roster.Units, func(x *Unit) UnitID { return x.ID }),
	}
	s.tidy()
	return s
}

// add puts in what a permission of the given extent reaches for whoever holds g.
func (s *Span) add(d *Directory, g Grant, e Extent) {
	kind := scopeOf[g.Role]
	switch {
	case e == ExtentOwn:
		return
	case g.Scope == ScopeEverywhere && kind.everywhere, e == ExtentAll && g.Scope != ScopeEverywhere && kind.part != partNone:
		s.All = true
		return
	case g.Scope == ScopeEverywhere:
		return
	}
	switch kind.part {
	case partStation:
		s.Stations = append(s.Stations, StationID(g.Scope))
		if e == ExtentSubtree {
			for _, x := range d.Roster.Stations {
				if d.Covers(StationID(g.Scope), x.ID) {
					s.Stations = append(s.Stations, x.ID)
				}
			}
		}
	case partBranch:
		s.Branches = append(s.Branches, BranchID(g.Scope))
	case partCommittee:
		for _, x := range d.Roster.Branches {
			if d.CoversBranch(CommitteeID(g.Scope), x.ID) {
				s.Branches = append(s.Branches, x.ID)
			}
		}
	case partGrid:
		s.Grids = append(s.Grids, GridID(g.Scope))
		if x, ok := d.Grid(GridID(g.Scope)); ok {
			s.GridStations = append(s.GridStations, x.Station)
		}
	case partUnit:
		s.Units = append(s.Units, UnitID(g.Scope))
	case partNone:
	}
}

func ids[T any, K cmp.Ordered](list []T, id func(*T) K) []K {
	out := make([]K, len(list))
	for i := range list {
		out[i] = id(&list[i])
	}
	return out
}

func (s *Span) tidy() {
	tidy(&s.Stations)
	tidy(&s.Branches)
	tidy(&s.Grids)
	tidy(&s.GridStations)
	tidy(&s.Units)
}

func tidy[K cmp.Ordered](list *[]K) {
	slices.Sort(*list)
	*list = slices.Clip(slices.Compact(*list))
}
