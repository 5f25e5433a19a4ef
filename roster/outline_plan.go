package roster

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"echowall"
)

// OutlinePlan is what a file of outlines would do to a roster.
type OutlinePlan struct {
	// Changed holds the grids that get another border, for RosterStore.ChangeRoster.
	Changed *echowall.Roster
	// Same counts the outlines that the roster has already, Without the open grids that have none afterwards.
	Same, Without int
	// Unknown are grids that the roster does not have; Closed are closed ones, which are left alone.
	Unknown, Closed []echowall.GridID
	// Odd are grids whose stored point lies far from their new border: the file may be in other coordinates.
	Odd []OddOutline
}

// OddOutline is a grid whose point is so many metres outside of its border.
type OddOutline struct {
	Grid   echowall.GridID
	Metres int
}

// oddFrom is from how far on a point outside of the border is worth a word, in metres.
const oddFrom = 100

// PlanOutlines compares outlines with the roster.
func PlanOutlines(d *echowall.Directory, outlines []Outline) OutlinePlan {
	p := OutlinePlan{Changed: new(echowall.Roster)}
	drawn := make(map[echowall.GridID]bool)
	for _, o := range outlines {
		g, ok := d.Grid(o.Grid)
		switch {
		case !ok:
			p.Unknown = append(p.Unknown, o.Grid)
			continue
		case g.Closed:
			p.Closed = append(p.Closed, o.Grid)
			continue
		}
		drawn[o.Grid] = true
		next := *g
		next.Outline, next.Holes = o.Ring, o.Holes
		if m, odd := outside(&next); odd {
			p.Odd = append(p.Odd, OddOutline{o.Grid, m})
		}
		if slices.Equal(g.Outline, o.Ring) && reflect.DeepEqual(g.Holes, o.Holes) {
			p.Same++
			continue
		}
		p.Changed.Grids = append(p.Changed.Grids, next)
	}
	for i := range d.Roster.Grids {
		if g := &d.Roster.Grids[i]; !g.Closed && len(g.Outline) == 0 && !drawn[g.ID] {
			p.Without++
		}
	}
	return p
}

// outside says how far a grid's point is from its border when it is outside.
func outside(g *echowall.Grid) (metres int, odd bool) {
	if (g.Lat == 0 && g.Lng == 0) || g.Holds(g.Lat, g.Lng) {
		return 0, false
	}
	nearest := math.Inf(1)
	for i := 1; i < len(g.Outline); i++ {
		nearest = math.Min(nearest, toSide(g.Lat, g.Lng, g.Outline[i-1], g.Outline[i]))
	}
	return int(nearest), nearest >= oddFrom
}

// toSide is the distance from a position to one side of a border, in metres.
func toSide(lat, lng float64, a, b [2]float64) float64 {
	narrow := math.Cos(lat * math.Pi / 180)
	bx, by := (b[0]-a[0])*narrow, b[1]-a[1]
	px, py := (lng-a[0])*narrow, lat-a[1]
	along := math.Max(0, math.Min(1, (px*bx+py*by)/(bx*bx+by*by)))
	return echowall.Distance(lat, lng, a[1]+along*(b[1]-a[1]), a[0]+along*(b[0]-a[0]))
}

// String is the plan in a line for whoever runs the command.
func (p OutlinePlan) String() string {
	return fmt.Sprintf("%d outlines to change, %d the same, %d unknown grids, %d closed; %d open grids without an outline",
		len(p.Changed.Grids), p.Same, len(p.Unknown), len(p.Closed), p.Without)
}
