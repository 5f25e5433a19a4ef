package echowall

import "math"

// placeIndex finds what is near a position without asking every station and grid.
type placeIndex struct {
	stations buckets[*Station]
	grids    buckets[*Grid]
	outlines buckets[outlined]
	names    map[rune][]placeName // by their first character
	heads    heads                // these first characters
}

// outlined is a grid with the box around its border.
type outlined struct {
	grid *Grid
	box  box
}

// indexPlaces collects what may be found by position or name.
func (d *Directory) indexPlaces() *placeIndex {
	x := &placeIndex{
		// A search looks at the neighbours of a cell; cells about as large as the search keep them few.
		stations: newBuckets[*Station](0.03),
		grids:    newBuckets[*Grid](0.01),
		outlines: newBuckets[outlined](0.005),
		names:    make(map[rune][]placeName),
	}
	for i := range d.Roster.Stations {
		s := &d.Roster.Stations[i]
		if s.Closed {
			continue
		}
		x.addNames(s)
		if s.Kind == StationCommunity && validPosition(s.Lat, s.Lng) {
			x.stations.add(boxOf(s.Lat, s.Lng), s)
		}
	}
	for i := range d.Roster.Grids {
		g := &d.Roster.Grids[i]
		s, ok := d.stations[g.Station]
		if g.Closed || !ok || s.Closed || s.Kind == StationTrade {
			continue
		}
		switch {
		case len(g.Outline) > 0: // a position outside is not in it, however near its point
			b := outlineBox(g.Outline)
			x.outlines.add(b, outlined{g, b})
		case validPosition(g.Lat, g.Lng):
			x.grids.add(boxOf(g.Lat, g.Lng), g)
		}
	}
	return x
}

// box is the rectangle around something, in degrees.
type box struct{ south, west, north, east float64 }

func boxOf(lat, lng float64) box { return box{lat, lng, lat, lng} }

func (b box) holds(lat, lng float64) bool {
	return b.south <= lat && lat <= b.north && b.west <= lng && lng <= b.east
}

// buckets keep things by the cells of a regular net that their boxes touch.
type buckets[T any] struct {
	size  float64 // of a cell, in degrees
	cells map[cell][]T
	large []large[T] // what would fill too many cells
}

type cell struct{ row, column int32 }

type large[T any] struct {
	box   box
	thing T
}

// cellsAtMost is how many cells one thing may fill; a larger one is asked at every search.
const cellsAtMost = 4096

func newBuckets[T any](size float64) buckets[T] {
	return buckets[T]{size: size, cells: make(map[cell][]T)}
}

func (b *buckets[T]) cellAt(lat, lng float64) cell {
	return cell{int32(math.Floor(lat / b.size)), int32(math.Floor(lng / b.size))}
}

func (b *buckets[T]) add(around box, thing T) {
	from, to := b.cellAt(around.south, around.west), b.cellAt(around.north, around.east)
	if int(to.row-from.row+1)*int(to.column-from.column+1) > cellsAtMost {
		b.large = append(b.large, large[T]{around, thing})
		return
	}
	for row := from.row; row <= to.row; row++ {
		for column := from.column; column <= to.column; column++ {
			at := cell{row, column}
			b.cells[at] = append(b.cells[at], thing)
		}
	}
}

// at returns what may hold a position. The result is not to be changed.
func (b *buckets[T]) at(lat, lng float64) []T {
	list := b.cells[b.cellAt(lat, lng)]
	if len(b.large) == 0 {
		return list
	}
	list = append(make([]T, 0, len(list)+len(b.large)), list...)
	for _, l := range b.large {
		if l.box.holds(lat, lng) {
			list = append(list, l.thing)
		}
	}
	return list
}

// near calls look with everything that may be within so many metres of a position.
func (b *buckets[T]) near(lat, lng, metres float64, look func(T)) {
	const degree = 111000 // metres of latitude, a little short so that nothing is missed
	up := metres / degree
	// Meridians come closer towards the poles: the far edge of the search decides.
	wide := math.Cos(math.Min(math.Abs(lat)+up, 89) * math.Pi / 180)
	across := up / wide
	from, to := b.cellAt(lat-up, lng-across), b.cellAt(lat+up, lng+across)
	for row := from.row; row <= to.row; row++ {
		for column := from.column; column <= to.column; column++ {
			for _, thing := range b.cells[cell{row, column}] {
				look(thing)
			}
		}
	}
}
