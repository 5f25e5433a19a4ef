package echowall

import "math"

// Position is a point that a resident sent.
type Position struct {
	Lat   float64 `json:"lat"`
	Lng   float64 `json:"lng"`
	Label string  `json:"label,omitempty"`
}

// Distance is the great-circle distance between two points in metres (haversine, mean Earth radius).
func Distance(lat1, lng1, lat2, lng2 float64) float64 {
	const radius, rad = 6371008.8, math.Pi / 180
	dlat, dlng := (lat2-lat1)*rad, (lng2-lng1)*rad
	h := math.Pow(math.Sin(dlat/2), 2) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin(dlng/2), 2)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}
