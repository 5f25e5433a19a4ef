package echowall

import "math"

// Limits of a grid's outline.
const (
	OutlinePoints = 2000 // over all rings
	OutlineSpan   = 0.5  // degrees from one side to the other, some 50 km: more is no grid
)

// CheckOutline says what is wrong with the border of a grid and its holes, which are rings of longitude,
// latitude pairs whose last point repeats the first (GeoJSON, RFC 7946 section 3.1.6). Nil is good. The
// error is for whoever made the file.
func CheckOutline(outline [][2]float64, holes [][][2]float64) error {
	rings := append([][][2]float64{outline}, holes...)
	points := 0
	for _, ring := range rings {
		points += len(ring)
		if points > OutlinePoints {
			return Errorf(KindInvalid, "the outline has more than %d points; simplify it", OutlinePoints)
		}
		if err := checkRing(ring); err != nil {
			return err
		}
	}
	around := outlineBox(outline)
	if around.north-around.south > OutlineSpan || around.east-around.west > OutlineSpan {
		return Errorf(KindInvalid, "the outline is more than %g degrees wide or high, too large for a grid", OutlineSpan)
	}
	for i, hole := range holes {
		for _, p := range hole {
			if !insideRing(outline, p[1], p[0]) {
				return Errorf(KindInvalid, "hole %d reaches outside the outline", i+1)
			}
		}
	}
	if a, b, crosses := crossing(rings); crosses {
		return Errorf(KindInvalid, "the outline crosses or touches itself near %.6f, %.6f and %.6f, %.6f (longitude, latitude)", a[0], a[1], b[0], b[1])
	}
	return nil
}

func checkRing(ring [][2]float64) error {
	if len(ring) < 4 {
		return Errorf(KindInvalid, "a ring has %d points; a closed one has at least 4", len(ring))
	}
	if ring[0] != ring[len(ring)-1] {
		return Errorf(KindInvalid, "a ring is not closed: its last point must repeat the first")
	}
	for i, p := range ring {
		if !validPosition(p[1], p[0]) || math.IsNaN(p[0]) || math.IsNaN(p[1]) {
			return Errorf(KindInvalid, "point %d (%g, %g) is no longitude and latitude", i+1, p[0], p[1])
		}
		if i > 0 && p == ring[i-1] {
			return Errorf(KindInvalid, "point %d repeats the one before", i+1)
		}
	}
	if ringArea(ring) == 0 {
		return Errorf(KindInvalid, "a ring encloses nothing")
	}
	return nil
}

// ringArea is twice the signed area in square degrees.
func ringArea(ring [][2]float64) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		// Relative to the first point: degrees are large and the areas of grids small.
		ax, ay := ring[i-1][0]-ring[0][0], ring[i-1][1]-ring[0][1]
		bx, by := ring[i][0]-ring[0][0], ring[i][1]-ring[0][1]
		sum += ax*by - bx*ay
	}
	return sum
}

func outlineBox(ring [][2]float64) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range ring {
		b.west, b.east = math.Min(b.west, p[0]), math.Max(b.east, p[0])
		b.south, b.north = math.Min(b.south, p[1]), math.Max(b.north, p[1])
	}
	return b
}

// Holds reports whether a position is in the grid: within its outline or on it, and not within a hole.
func (g *Grid) Holds(lat, lng float64) bool {
	if !insideRing(g.Outline, lat, lng) {
		return false
	}
	for _, hole := range g.Holes {
		if insideRing(hole, lat, lng) && !onRing(hole, lat, lng) {
			return false
		}
	}
	return true
}

// insideRing reports whether a position is within a ring or on it: it counts how often the ring crosses the
// parallel west of the position. At the size of a grid the ground is flat enough for that.
func insideRing(ring [][2]float64, lat, lng float64) bool {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if onEdge(a, b, lat, lng) {
			return true
		}
		if (a[1] > lat) != (b[1] > lat) && lng < a[0]+(lat-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			inside = !inside
		}
	}
	return inside
}

func onRing(ring [][2]float64, lat, lng float64) bool {
	for i := 1; i < len(ring); i++ {
		if onEdge(ring[i-1], ring[i], lat, lng) {
			return true
		}
	}
	return false
}

// onEdge reports whether a position is on the line from a to b, to the last digit.
func onEdge(a, b [2]float64, lat, lng float64) bool {
	return turn(a, b, [2]float64{lng, lat}) == 0 &&
		math.Min(a[0], b[0]) <= lng && lng <= math.Max(a[0], b[0]) &&
		math.Min(a[1], b[1]) <= lat && lat <= math.Max(a[1], b[1])
}

// turn is positive when c lies left of the line from a to b, negative right of it, 0 on it.
func turn(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}
