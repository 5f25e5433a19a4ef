package echowall

import (
	"cmp"
	"math"
	"slices"
)

// edge is one side of a ring.
type edge struct {
	a, b [2]float64
	ring int
	at   int // position in its ring
	last int // the position of the ring's last edge
}

// crossing finds two sides of rings that meet elsewhere than at the corner they share, and returns where each
// begins. Sides are compared only while their spans of longitude overlap.
func crossing(rings [][][2]float64) (a, b [2]float64, found bool) {
	var edges []edge
	for r, ring := range rings {
		for i := 1; i < len(ring); i++ {
			edges = append(edges, edge{ring[i-1], ring[i], r, i - 1, len(ring) - 2})
		}
	}
	slices.SortFunc(edges, func(x, y edge) int { return cmp.Compare(x.west(), y.west()) })
	for i, x := range edges {
		for _, y := range edges[i+1:] {
			if y.west() > x.east() {
				break
			}
			if x.meets(y) {
				return x.a, y.a, true
			}
		}
	}
	return a, b, false
}

func (x edge) west() float64 { return math.Min(x.a[0], x.b[0]) }
func (x edge) east() float64 { return math.Max(x.a[0], x.b[0]) }

// meets reports whether two sides have a point in common. Neighbours share their corner; they meet if one
// runs back along the other.
func (x edge) meets(y edge) bool {
	if x.ring == y.ring {
		switch {
		case x.at == y.at+1 || x.at == 0 && y.at == y.last:
			return foldsBack(y, x)
		case y.at == x.at+1 || y.at == 0 && x.at == x.last:
			return foldsBack(x, y)
		}
	}
	d1, d2 := turn(x.a, x.b, y.a), turn(x.a, x.b, y.b)
	d3, d4 := turn(y.a, y.b, x.a), turn(y.a, y.b, x.b)
	if d1*d2 < 0 && d3*d4 < 0 {
		return true
	}
	return onEdge(x.a, x.b, y.a[1], y.a[0]) || onEdge(x.a, x.b, y.b[1], y.b[0]) ||
		onEdge(y.a, y.b, x.a[1], x.a[0]) || onEdge(y.a, y.b, x.b[1], x.b[0])
}

// foldsBack reports whether the side after x returns along it.
func foldsBack(x, after edge) bool {
	if turn(x.a, x.b, after.b) != 0 {
		return false
	}
	along := (x.b[0]-x.a[0])*(after.b[0]-x.b[0]) + (x.b[1]-x.a[1])*(after.b[1]-x.b[1])
	return along < 0
}
