package echowall

import "math"

// PlacedBy says why a wish is where it is. It is kept with the wish, so that nobody takes a guess of the
// program for a resident's word.
type PlacedBy string

// The ways to a place. The zero value is a wish that nobody could place.
const (
	PlacedOutline PlacedBy = "outline" // the position lies inside a grid's border
	PlacedNear    PlacedBy = "near"    // the position lies near a stored point
	PlacedNamed   PlacedBy = "named"   // a station's name or alias is in the text
	PlacedScene   PlacedBy = "scene"   // the author scanned the code of a place
	PlacedSorted  PlacedBy = "sorted"  // a person at the triage desk decided
)

// How far a stored point may be from a sent position to be taken for its place, in metres.
const (
	NearStation = 3000
	NearGrid    = 1000
)

// Place is where something belongs. A place that is not known is at the triage station, which a person sorts.
type Place struct {
	Station StationID `json:"station"`
	Grid    GridID    `json:"grid,omitempty"`
	By      PlacedBy  `json:"by,omitempty"`
}

// Unplaced is the place of what cannot be placed.
var Unplaced = Place{Station: TriageStation}

// Known reports whether the place is more than the triage desk.
func (p Place) Known() bool { return p.Station != "" && p.Station != TriageStation }

// Locate returns the place of a position, in degrees, GCJ-02 as the platform sends it.
//
//   - Inside the outline of one grid it is that grid. Inside several, drawn over each other or sharing the
//     border that the position is on, it is their station without a grid if they have one in common, else unplaced.
//   - Otherwise the nearest stored point of a community station (within NearStation) or of a grid without an
//     outline (within NearGrid) says which station it is. A grid is named only if it is one of that station's
//     within NearGrid.
//   - Beyond that it is unplaced. Trade stations, closed stations and their grids are never found by position.
//
// Locate may be called from many goroutines.
func (d *Directory) Locate(lat, lng float64) Place {
	if !validPosition(lat, lng) {
		return Unplaced
	}
	x := d.places()
	if p, ok := x.outlined(lat, lng); ok {
		return p
	}
	return x.nearest(lat, lng)
}

// validPosition reports whether two numbers are degrees. 0, 0 is what a missing position looks like.
func validPosition(lat, lng float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lng) <= 180 && (lat != 0 || lng != 0)
}

// outlined is the place whose border holds a position; ok is false when none does.
func (x *placeIndex) outlined(lat, lng float64) (place Place, ok bool) {
	for _, g := range x.outlines.at(lat, lng) {
		if !g.box.holds(lat, lng) || !g.grid.Holds(lat, lng) {
			continue
		}
		switch {
		case !ok:
			place, ok = Place{g.grid.Station, g.grid.ID, PlacedOutline}, true
		case place.Station == g.grid.Station:
			place.Grid = ""
		default:
			return Unplaced, true
		}
	}
	return place, ok
}

// nearest is the place whose point is nearest to a position.
func (x *placeIndex) nearest(lat, lng float64) Place {
	near := Unplaced
	best := math.Inf(1)
	x.stations.near(lat, lng, NearStation, func(s *Station) {
		if m := Distance(lat, lng, s.Lat, s.Lng); m <= NearStation && m < best {
			near, best = Place{Station: s.ID, By: PlacedNear}, m
		}
	})
	type found struct {
		grid   *Grid
		metres float64
	}
	var room [16]found
	grids := room[:0]
	x.grids.near(lat, lng, NearGrid, func(g *Grid) {
		m := Distance(lat, lng, g.Lat, g.Lng)
		if m > NearGrid {
			return
		}
		grids = append(grids, found{g, m})
		if m < best {
			near, best = Place{Station: g.Station, By: PlacedNear}, m
		}
	})
	best = math.Inf(1)
	for _, g := range grids {
		if g.grid.Station == near.Station && g.metres < best {
			near.Grid, best = g.grid.ID, g.metres
		}
	}
	return near
}
