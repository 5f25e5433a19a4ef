package echowall

import (
	"math"
	"strings"
)

// Position is a point that a resident sent.
type Position struct {
	Lat   float64 `json:"lat"`
	Lng   float64 `json:"lng"`
	Label string  `json:"label,omitempty"`
}

// nearStation is how far a community station may be from a sent position to be taken for it, in metres.
const nearStation = 3000

// FindStation returns the station that a wish belongs to, by position first, then by a name or alias
// written in the place text; TriageStation when neither tells. Of several matching names the longest wins;
// a tie between stations is no match.
func FindStation(stations []Station, place string, pos *Position) StationID {
	if pos != nil {
		best, dist := TriageStation, math.Inf(1)
		for _, s := range stations {
			if s.Kind != StationCommunity || (s.Lat == 0 && s.Lng == 0) {
				continue
			}
			if d := Distance(pos.Lat, pos.Lng, s.Lat, s.Lng); d < dist {
				best, dist = s.ID, d
			}
		}
		if dist <= nearStation {
			return best
		}
	}
	if place == "" {
		return TriageStation
	}
	best, length, tie := TriageStation, 0, false
	written := NewFinder(place)
	look := func(id StationID, name string) {
		n := len(name)
		if n == 0 || n < length || !written.Contains(name) {
			return
		}
		switch {
		case n > length:
			best, length, tie = id, n, false
		case id != best:
			tie = true
		}
	}
	for i := range stations {
		s := &stations[i]
		look(s.ID, s.Name)
		look(s.ID, strings.TrimSuffix(s.Name, "联络站"))
		for _, alias := range s.Aliases {
			look(s.ID, alias)
		}
	}
	if tie {
		return TriageStation
	}
	return best
}

// Distance is the great-circle distance between two points in metres (haversine, mean Earth radius).
func Distance(lat1, lng1, lat2, lng2 float64) float64 {
	const radius, rad = 6371008.8, math.Pi / 180
	dlat, dlng := (lat2-lat1)*rad, (lng2-lng1)*rad
	h := math.Pow(math.Sin(dlat/2), 2) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin(dlng/2), 2)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}
