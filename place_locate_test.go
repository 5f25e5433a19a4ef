package echowall_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"echowall"
)

// metre is one metre of latitude in degrees: 2π × 6,371,008.8 m ÷ 360° = 111,195.08 m a degree.
const metre = 1 / 111195.08

// ring closes a border given as longitude, latitude pairs.
func ring(points ...[2]float64) [][2]float64 { return append(points, points[0]) }

// rectangle has its south-western corner at lng, lat.
func rectangle(lng, lat, wide, high float64) [][2]float64 {
	return ring([2]float64{lng, lat}, [2]float64{lng + wide, lat}, [2]float64{lng + wide, lat + high}, [2]float64{lng, lat + high})
}

func places(t *testing.T) *echowall.Directory {
	t.Helper()
	return echowall.NewDirectory(&echowall.Roster{
		Stations: []echowall.Station{
			{ID: "street", Name: "柳桥街道联络站", Kind: echowall.StationStreet, Lat: 30.30, Lng: 120.30},
			{ID: "a", Name: "竹园社区联络站", Kind: echowall.StationCommunity, Parent: "street", Lat: 30.10, Lng: 120.20},
			{ID: "b", Name: "河沿社区联络站", Kind: echowall.StationCommunity, Parent: "street", Lat: 30.20, Lng: 120.30},
			{ID: "far", Name: "北岭社区联络站", Kind: echowall.StationCommunity, Lat: 53.00, Lng: 122.30},
			{ID: "trade", Name: "物业行业联络站", Kind: echowall.StationTrade, Lat: 30.50, Lng: 120.50},
			{ID: "closed", Name: "旧街社区联络站", Kind: echowall.StationCommunity, Lat: 30.60, Lng: 120.60, Closed: true},
			{ID: "bare", Name: "新村社区联络站", Kind: echowall.StationCommunity},
		},
		Grids: []echowall.Grid{
			// Around 30.40, 120.40 there are outlines.
			{ID: "square", Station: "a", Outline: rectangle(120.40, 30.40, 0.01, 0.01), Holes: [][][2]float64{rectangle(120.404, 30.404, 0.002, 0.002)}},
			{ID: "island", Station: "b", Outline: rectangle(120.4045, 30.4045, 0.001, 0.001)},
			{ID: "beside", Station: "b", Outline: rectangle(120.41, 30.40, 0.01, 0.01)},
			{ID: "above", Station: "a", Outline: rectangle(120.40, 30.41, 0.01, 0.01)},
			// An L whose bounding box holds more than the L.
			{ID: "bent", Station: "a", Outline: ring([2]float64{120.44, 30.40}, [2]float64{120.46, 30.40}, [2]float64{120.46, 30.41}, [2]float64{120.45, 30.41}, [2]float64{120.45, 30.42}, [2]float64{120.44, 30.42})},
			{ID: "of-trade", Station: "trade", Outline: rectangle(120.48, 30.40, 0.01, 0.01)},
			{ID: "shut", Station: "a", Outline: rectangle(120.52, 30.40, 0.01, 0.01), Closed: true},
			// Points only.
			{ID: "a1", Station: "a", Lat: 30.10 + 500*metre, Lng: 120.20},
			{ID: "a2", Station: "a", Lat: 30.10 - 400*metre, Lng: 120.20},
			{ID: "b1", Station: "b", Lat: 30.10 + 900*metre, Lng: 120.20},
			{ID: "lone", Station: "street", Lat: 31.00, Lng: 121.00},
			{ID: "point-of-trade", Station: "trade", Lat: 30.50, Lng: 120.50},
			{ID: "orphan", Station: "nowhere", Lat: 32.00, Lng: 121.00},
		},
	}, 1)
}

func TestLocate(t *testing.T) {
	d := places(t)
	in := func(s echowall.StationID, g echowall.GridID) echowall.Place {
		return echowall.Place{Station: s, Grid: g, By: echowall.PlacedOutline}
	}
	near := func(s echowall.StationID, g echowall.GridID) echowall.Place {
		return echowall.Place{Station: s, Grid: g, By: echowall.PlacedNear}
	}
	for _, tt := range []struct {
		name     string
		lat, lng float64
		want     echowall.Place
	}{
		{"inside a square", 30.4012, 120.4087, in("a", "square")},
		{"in its hole is the island", 30.405, 120.405, in("b", "island")},
		{"in its hole beside the island is nowhere", 30.4041, 120.4041, echowall.Unplaced},
		{"on the border of the hole is still the square", 30.404, 120.405, in("a", "square")},
		{"on the outer border", 30.40, 120.405, in("a", "square")},
		{"on an outer corner", 30.40, 120.40, in("a", "square")},
		{"on the border between two stations is nobody's", 30.405, 120.41, echowall.Unplaced},
		{"on the border between two grids of one station names no grid", 30.41, 120.405, in("a", "")},
		{"just outside", 30.39999, 120.405, echowall.Unplaced},
		{"inside the L, its foot", 30.405, 120.459, in("a", "bent")},
		{"inside the L, its back", 30.419, 120.441, in("a", "bent")},
		{"in the box of the L but not in it", 30.419, 120.459, echowall.Unplaced},
		{"west of the L at the height of a corner", 30.41, 120.435, echowall.Unplaced},
		{"inside a grid of a trade station", 30.405, 120.485, echowall.Unplaced},
		{"inside a closed grid", 30.405, 120.525, echowall.Unplaced},

		{"at the station: 500 m and 400 m to its grids", 30.10, 120.20, near("a", "a2")},
		{"nearer to a grid: 60 m to a1, 440 m to the station", 30.10 + 440*metre, 120.20, near("a", "a1")},
		{"nearest is a grid of another station, 50 m", 30.10 + 850*metre, 120.20, near("b", "b1")},
		// 1,390 m west at latitude 30.1: only the station is within its limit.
		{"near the station, beyond its grids", 30.10, 120.20 - 1390*metre/math.Cos(30.1*math.Pi/180), near("a", "")},
		{"2,999 m north of a station without grids", 30.20 + 2999*metre, 120.30, near("b", "")},
		{"3,001 m north of it", 30.20 + 3001*metre, 120.30, echowall.Unplaced},
		{"2,990 m east far in the north", 53.00, 122.30 + 2990*metre/math.Cos(53*math.Pi/180), near("far", "")},
		{"3,010 m east far in the north", 53.00, 122.30 + 3010*metre/math.Cos(53*math.Pi/180), echowall.Unplaced},
		{"999 m from a grid of a street station", 31.00 - 999*metre, 121.00, near("street", "lone")},
		{"1,001 m from it", 31.00 - 1001*metre, 121.00, echowall.Unplaced},

		{"at a street station's own point", 30.30, 120.30, echowall.Unplaced},
		{"at a trade station", 30.50, 120.50, echowall.Unplaced},
		{"at a closed station", 30.60, 120.60, echowall.Unplaced},
		{"at a grid without a station", 32.00, 121.00, echowall.Unplaced},
		{"a station without a point is not at 0, 0", 0, 0, echowall.Unplaced},
		{"no degrees", math.NaN(), 120, echowall.Unplaced},
		{"beyond the pole", 91, 120, echowall.Unplaced},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := d.Locate(tt.lat, tt.lng); got != tt.want {
				t.Errorf("Locate(%v, %v) = %+v, want %+v", tt.lat, tt.lng, got, tt.want)
			}
		})
	}
}

// TestLocateFindsWhatASlowSearchFinds holds the index against asking everything.
func TestLocateFindsWhatASlowSearchFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	spot := func() (lat, lng float64) { return 29.9 + r.Float64()*0.4, 120 + r.Float64()*0.4 }
	var roster echowall.Roster
	for i := range 40 {
		lat, lng := spot()
		roster.Stations = append(roster.Stations, echowall.Station{ID: echowall.StationID(fmt.Sprintf("s%02d", i)), Kind: echowall.StationCommunity, Lat: lat, Lng: lng})
	}
	for i := range 300 {
		lat, lng := spot()
		roster.Grids = append(roster.Grids, echowall.Grid{ID: echowall.GridID(fmt.Sprintf("g%03d", i)), Station: roster.Stations[i%40].ID, Lat: lat, Lng: lng})
	}
	d := echowall.NewDirectory(&roster, 1)
	found := map[bool]int{}
	for range 5000 {
		lat, lng := spot()
		want, best := echowall.Unplaced, math.Inf(1)
		for _, s := range roster.Stations {
			if m := echowall.Distance(lat, lng, s.Lat, s.Lng); m <= echowall.NearStation && m < best {
				want, best = echowall.Place{Station: s.ID, By: echowall.PlacedNear}, m
			}
		}
		for _, g := range roster.Grids {
			if m := echowall.Distance(lat, lng, g.Lat, g.Lng); m <= echowall.NearGrid && m < best {
				want, best = echowall.Place{Station: g.Station, By: echowall.PlacedNear}, m
			}
		}
		best = math.Inf(1)
		for _, g := range roster.Grids {
			if m := echowall.Distance(lat, lng, g.Lat, g.Lng); g.Station == want.Station && m <= echowall.NearGrid && m < best {
				want.Grid, best = g.ID, m
			}
		}
		got := d.Locate(lat, lng)
		if got != want {
			t.Fatalf("Locate(%v, %v) = %+v, want %+v", lat, lng, got, want)
		}
		found[got.Known()]++
	}
	if found[true] < 1000 || found[false] < 100 {
		t.Errorf("the positions are no test of both: %v", found)
	}
}

// TestLargeOutline is found although it fills more cells than are kept for one.
func TestLargeOutline(t *testing.T) {
	d := echowall.NewDirectory(&echowall.Roster{
		Stations: []echowall.Station{{ID: "s", Kind: echowall.StationCommunity}},
		Grids:    []echowall.Grid{{ID: "g", Station: "s", Outline: rectangle(120, 30, 0.5, 0.5)}},
	}, 1)
	if got := d.Locate(30.25, 120.25); got.Grid != "g" {
		t.Errorf("in the middle: %+v", got)
	}
	if got := d.Locate(30.51, 120.25); got != echowall.Unplaced {
		t.Errorf("outside: %+v", got)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		lat1, lng1, lat2, lng2, want float64
	}{
		{30, 120, 31, 120, 111195.1},                   // a degree of latitude
		{0, 120, 0, 121, 111195.1},                     // a degree of longitude at the equator
		{60, 120, 60, 120.01, 555.98},                  // a hundredth at 60°: half of 1,111.95 m
		{30.25, 120.17, 30.25, 120.17, 0},              // nowhere
		{39.9087, 116.3975, 31.2304, 121.4737, 1067e3}, // Beijing to Shanghai, some 1,067 km
	} {
		got := echowall.Distance(tt.lat1, tt.lng1, tt.lat2, tt.lng2)
		if math.Abs(got-tt.want) > max(0.1, tt.want*0.002) {
			t.Errorf("Distance(%v) = %.2f, want %.2f", tt, got, tt.want)
		}
	}
}
