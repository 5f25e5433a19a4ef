// Command places measures how many positions a second find their station and grid.
//
// Usage, in the directory bench: go run ./places
//
// 500 community stations and 5,000 grids lie in a district of some 40 by 40 km; every other grid has a border
// of 24 corners, the others a point only. Positions are drawn over the district and a little beyond. A round
// asks from one goroutine; before the clock starts, a sample is compared with asking every grid and station.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"echowall"
	"echowall/bench/machine"
)

const (
	stations = 500
	grids    = 5000
	side     = 71     // grids along one side: 71 × 71 cells hold 5,000
	size     = 0.0054 // degrees of one cell, some 600 m
	south    = 30.0
	west     = 120.0
	corners  = 24
	wanted   = 50_000
)

func main() {
	rounds := flag.Int("rounds", 5, "rounds")
	n := flag.Int("n", 1_000_000, "positions in a round")
	flag.Parse()
	roster := district()
	fmt.Printf("places: %d stations, %d grids, %d of them with a border, %s\n", stations, grids, grids/2, machine.Description())
	begun := time.Now()
	d := echowall.NewDirectory(roster, 1)
	d.Locate(south, west) // makes the index
	fmt.Printf("directory and index: %s\n", time.Since(begun).Round(time.Millisecond))

	r := rand.New(rand.NewPCG(7, 11))
	spots := make([][2]float64, 1<<16)
	span := side * size
	for i := range spots {
		spots[i] = [2]float64{south - 0.05 + r.Float64()*(span+0.1), west - 0.05 + r.Float64()*(span+0.1)}
	}
	ways := map[echowall.PlacedBy]int{}
	for _, p := range spots[:4000] {
		got := d.Locate(p[0], p[1])
		if want := slow(roster, p[0], p[1]); got != want {
			fmt.Fprintf(os.Stderr, "places: %v is at %+v, asking everything says %+v\n", p, got, want)
			os.Exit(1)
		}
		ways[got.By]++
	}
	fmt.Printf("sample of 4,000 agrees with asking everything: %d in a border, %d near a point, %d nowhere\n",
		ways[echowall.PlacedOutline], ways[echowall.PlacedNear], ways[""])

	var rates []float64
	for i := range *rounds {
		m := machine.Start(os.Getpid())
		known := 0
		for j := range *n {
			p := spots[j&(len(spots)-1)]
			if d.Locate(p[0], p[1]).Known() {
				known++
			}
		}
		u := m.Stop()
		rate := float64(*n) / u.Wall.Seconds()
		rates = append(rates, rate)
		fmt.Printf("round %d: %.0f lookups/s, %.2f µs each, %d of %d placed, steal %.1f %%, load %s\n",
			i+1, rate, u.Wall.Seconds()*1e6/float64(*n), known, *n, u.Steal, machine.Load())
	}
	slices.Sort(rates)
	median := rates[len(rates)/2]
	verdict := "met"
	if median < wanted {
		verdict = "NOT met"
	}
	fmt.Printf("median %.0f lookups/s; wanted: %d: %s\n", median, wanted, verdict)
	if median < wanted {
		os.Exit(1)
	}
}

// district lays the grids out in a net, each station over ten of them.
func district() *echowall.Roster {
	r := rand.New(rand.NewPCG(1, 2))
	roster := new(echowall.Roster)
	for i := range stations {
		roster.Stations = append(roster.Stations, echowall.Station{
			ID: station(i * grids / stations), Name: fmt.Sprintf("第%03d社区联络站", i), Kind: echowall.StationCommunity,
			Lat: south + r.Float64()*side*size, Lng: west + r.Float64()*side*size,
		})
	}
	for i := range grids {
		lat, lng := south+(float64(i/side)+0.5)*size, west+(float64(i%side)+0.5)*size
		g := echowall.Grid{ID: echowall.GridID(fmt.Sprintf("g%04d", i)), Station: station(i), Lat: lat, Lng: lng}
		if i%2 == 0 {
			g.Outline = ring(lat, lng)
		}
		roster.Grids = append(roster.Grids, g)
	}
	return roster
}

func station(grid int) echowall.StationID {
	return echowall.StationID(fmt.Sprintf("s%03d", grid*stations/grids))
}

// ring is a border with many corners that touches no neighbour.
func ring(lat, lng float64) [][2]float64 {
	var out [][2]float64
	for i := range corners {
		a := 2 * math.Pi * float64(i) / corners
		reach := size * (0.40 + 0.08*math.Cos(3*a))
		out = append(out, [2]float64{lng + reach*math.Cos(a), lat + reach*math.Sin(a)})
	}
	return append(out, out[0])
}

// slow is the rule without an index.
func slow(r *echowall.Roster, lat, lng float64) echowall.Place {
	for i := range r.Grids {
		if g := &r.Grids[i]; len(g.Outline) > 0 && g.Holds(lat, lng) {
			return echowall.Place{Station: g.Station, Grid: g.ID, By: echowall.PlacedOutline}
		}
	}
	near, best := echowall.Unplaced, math.Inf(1)
	for _, s := range r.Stations {
		if m := echowall.Distance(lat, lng, s.Lat, s.Lng); m <= echowall.NearStation && m < best {
			near, best = echowall.Place{Station: s.ID, By: echowall.PlacedNear}, m
		}
	}
	bare := func(g *echowall.Grid) float64 {
		if len(g.Outline) > 0 {
			return math.Inf(1)
		}
		return echowall.Distance(lat, lng, g.Lat, g.Lng)
	}
	for i := range r.Grids {
		if m := bare(&r.Grids[i]); m <= echowall.NearGrid && m < best {
			near, best = echowall.Place{Station: r.Grids[i].Station, By: echowall.PlacedNear}, m
		}
	}
	best = math.Inf(1)
	for i := range r.Grids {
		if m := bare(&r.Grids[i]); r.Grids[i].Station == near.Station && m <= echowall.NearGrid && m < best {
			near.Grid, best = r.Grids[i].ID, m
		}
	}
	return near
}
