package echowall_test

import (
	"math"
	"strings"
	"testing"

	"echowall"
)

func TestCheckOutline(t *testing.T) {
	square := rectangle(120.40, 30.40, 0.01, 0.01)
	many := make([][2]float64, 0, 2101)
	for i := range 2100 {
		a := 2 * math.Pi * float64(i) / 2100
		many = append(many, [2]float64{120 + 0.01*math.Cos(a), 30 + 0.01*math.Sin(a)})
	}
	for _, tt := range []struct {
		name    string
		outline [][2]float64
		holes   [][][2]float64
		want    string // part of the complaint; "" is good
	}{
		{"a square", square, nil, ""},
		{"either way round", ring(square[3], square[2], square[1], square[0]), nil, ""},
		{"a triangle", ring([2]float64{120, 30}, [2]float64{120.01, 30}, [2]float64{120, 30.01}), nil, ""},
		{"a corner on a straight side", ring([2]float64{120, 30}, [2]float64{120.01, 30}, [2]float64{120.02, 30}, [2]float64{120, 30.01}), nil, ""},
		{"with a hole", square, [][][2]float64{rectangle(120.404, 30.404, 0.002, 0.002)}, ""},
		{"nothing", nil, nil, "has 0 points"},
		{"two points", [][2]float64{{120, 30}, {120.01, 30}, {120, 30}}, nil, "has 3 points"},
		{"not closed", square[:4], nil, "not closed"},
		{"a flat one", ring([2]float64{120, 30}, [2]float64{120.01, 30}, [2]float64{120.02, 30}), nil, "encloses nothing"},
		{"a bow tie", ring([2]float64{120, 30}, [2]float64{120.02, 30.01}, [2]float64{120.02, 30}, [2]float64{120, 30.02}), nil, "crosses or touches itself"},
		{"a spike that returns on itself", ring([2]float64{120, 30}, [2]float64{120.01, 30}, [2]float64{120.02, 30}, [2]float64{120.01, 30}, [2]float64{120.01, 30.01}), nil, "crosses or touches itself"},
		{"two squares that touch in one corner", ring([2]float64{120, 30}, [2]float64{120.01, 30}, [2]float64{120.01, 30.01}, [2]float64{120.02, 30.01}, [2]float64{120.02, 30.02}, [2]float64{120.01, 30.02}, [2]float64{120.01, 30.01}, [2]float64{120, 30.01}), nil, "crosses or touches itself"},
		{"a point twice", [][2]float64{{120, 30}, {120.01, 30}, {120.01, 30}, {120, 30.01}, {120, 30}}, nil, "repeats the one before"},
		{"latitude before longitude", ring([2]float64{30, 120}, [2]float64{30.01, 120}, [2]float64{30, 120.01}), nil, "no longitude and latitude"},
		{"infinite", ring([2]float64{math.Inf(1), 30}, [2]float64{120.01, 30}, [2]float64{120, 30.01}), nil, "no longitude and latitude"},
		{"as large as a province", rectangle(120, 30, 2, 0.01), nil, "too large for a grid"},
		{"too many points", ring(many...), nil, "more than 2000 points"},
		{"a hole outside", square, [][][2]float64{rectangle(120.5, 30.5, 0.002, 0.002)}, "hole 1 reaches outside"},
		{"a hole across the border", square, [][][2]float64{rectangle(120.409, 30.404, 0.002, 0.002)}, "hole 1 reaches outside"},
		{"holes across each other", square, [][][2]float64{rectangle(120.403, 30.403, 0.002, 0.002), rectangle(120.404, 30.404, 0.002, 0.002)}, "crosses or touches itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := echowall.CheckOutline(tt.outline, tt.holes)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%v, want %q", err, tt.want)
			case err != nil && echowall.KindOf(err) != echowall.KindInvalid:
				t.Errorf("kind %s", echowall.KindOf(err))
			}
		})
	}
}

// FuzzCheckOutline: whatever the corners, an outline that is accepted holds each of them.
func FuzzCheckOutline(f *testing.F) {
	f.Add(120.0, 30.0, 120.01, 30.0, 120.01, 30.01, 120.0, 30.01)
	f.Add(120.0, 30.0, 120.02, 30.01, 120.02, 30.0, 120.0, 30.02)
	f.Fuzz(func(t *testing.T, x1, y1, x2, y2, x3, y3, x4, y4 float64) {
		outline := ring([2]float64{x1, y1}, [2]float64{x2, y2}, [2]float64{x3, y3}, [2]float64{x4, y4})
		if echowall.CheckOutline(outline, nil) != nil {
			return
		}
		d := echowall.NewDirectory(&echowall.Roster{
			Stations: []echowall.Station{{ID: "s", Kind: echowall.StationCommunity}},
			Grids:    []echowall.Grid{{ID: "g", Station: "s", Outline: outline}},
		}, 1)
		for _, p := range outline {
			if got := d.Locate(p[1], p[0]); got.Grid != "g" {
				t.Fatalf("corner %v of %v is at %+v", p, outline, got)
			}
		}
	})
}
