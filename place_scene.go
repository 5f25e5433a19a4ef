package echowall

import "strings"

// What the scene of a place begins with; its number follows. SceneBind and LoginScene are the other scenes.
const (
	ScenePoint   = "p-"
	SceneStation = "s-"
	SceneGrid    = "g-"
)

// SceneLimit is the longest text of a scene, in characters (platform reference 3.4).
const SceneLimit = 64

// Spot is the place whose code somebody scanned.
type Spot struct {
	Scene string
	// Name is what people call it: that of the point, the station or the grid.
	Name  string
	Place Place
}

// SpotOf returns what a scene stands for. KindNotFound is for scenes that are no place's or of a place that
// does not exist, KindConflict for a place that is closed or whose station is.
func (d *Directory) SpotOf(scene string) (Spot, error) {
	s := Spot{Scene: scene, Place: Place{By: PlacedScene}}
	gone := Refusal(KindNotFound, "places.scene_unknown")
	if len(scene) < len(ScenePoint) {
		return Spot{}, gone
	}
	kind, id := scene[:len(ScenePoint)], scene[len(ScenePoint):]
	closed := false
	switch kind {
	case ScenePoint:
		p, ok := d.points[PointID(id)]
		if !ok {
			return Spot{}, gone
		}
		s.Name, s.Place.Station, closed = p.Name, p.Station, p.Closed
		if g, ok := d.grids[p.Grid]; ok && !g.Closed && g.Station == p.Station {
			s.Place.Grid = g.ID
		}
	case SceneStation:
		x, ok := d.stations[StationID(id)]
		if !ok {
			return Spot{}, gone
		}
		s.Name, s.Place.Station = x.Name, x.ID
	case SceneGrid:
		g, ok := d.grids[GridID(id)]
		if !ok {
			return Spot{}, gone
		}
		s.Name, s.Place.Station, s.Place.Grid, closed = g.Name, g.Station, g.ID, g.Closed
	default:
		return Spot{}, gone
	}
	station, ok := d.stations[s.Place.Station]
	if closed || !ok || station.Closed {
		return Spot{}, Refusal(KindConflict, "places.scene_closed", "name", s.Name)
	}
	return s, nil
}

// IsPlaceScene reports whether a scene is meant to be that of a place.
func IsPlaceScene(scene string) bool {
	for _, prefix := range []string{ScenePoint, SceneStation, SceneGrid} {
		if strings.HasPrefix(scene, prefix) {
			return true
		}
	}
	return false
}
