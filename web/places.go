package web

import (
	"net/http"
	"net/url"
	"strings"

	"echowall"
)

// placesPage is how many stations a page shows.
const placesPage = 30

// placesView is the list of stations.
type placesView struct {
	Text           string
	Items          []stationItem
	Total          int
	Previous, Next string
}

// stationItem is one station in the list.
type stationItem struct {
	Path, Name, Kind, Parent, Head string
	Grids, Points, Officers        int
	Closed                         bool
}

// placeView is one station with what belongs to it.
type placeView struct {
	Name     string
	Closed   bool
	Facts    []fact
	Deputies []string
	Poster   string // its own poster; empty when the reader may not print it
	Grids    []spotItem
	Points   []spotItem
}

// spotItem is a grid or a collection point.
type spotItem struct{ Name, Number, Officer, Poster string }

func stationPath(id echowall.StationID) string {
	return "/console/places/" + url.PathEscape(string(id))
}

func (s *Server) places(w http.ResponseWriter, r *http.Request, d *desk) error {
	dir, page := d.directory, pageOf(r.URL.Query())
	v := placesView{Text: echowall.Shorten(strings.TrimSpace(r.URL.Query().Get("q")), 40)}
	grids, points := make(map[echowall.StationID]int), make(map[echowall.StationID]int)
	for _, g := range dir.Roster.Grids {
		grids[g.Station]++
	}
	for _, p := range dir.Roster.Points {
		points[p.Station]++
	}
	for i := range dir.Roster.Stations {
		x := &dir.Roster.Stations[i]
		if v.Text != "" && !strings.Contains(x.Name, v.Text) && !strings.EqualFold(string(x.ID), v.Text) {
			continue
		}
		if v.Total >= (page-1)*placesPage && len(v.Items) < placesPage {
			v.Items = append(v.Items, stationItem{
				Path: stationPath(x.ID), Name: x.Name, Kind: s.words.Say("desk.kind_" + string(x.Kind)), Parent: s.parentName(dir, x),
				Head: personName(dir, x.Head), Grids: grids[x.ID], Points: points[x.ID], Officers: len(x.Officers), Closed: x.Closed,
			})
		}
		v.Total++
	}
	v.Previous, v.Next = around(r.URL, page, placesPage, v.Total)
	return s.deskShow(w, r, d, "console_places", s.words.Say("console.nav_places"), v)
}

func (s *Server) place(w http.ResponseWriter, r *http.Request, d *desk) error {
	dir := d.directory
	x, ok := dir.Station(echowall.StationID(r.PathValue("id")))
	if !ok {
		return echowall.Refusal(echowall.KindNotFound, "errors.not_found")
	}
	v := placeView{Name: x.Name, Closed: x.Closed, Poster: s.posterPath(d, "station", string(x.ID), x.ID)}
	add := func(key, text string) {
		if text != "" {
			v.Facts = append(v.Facts, fact{s.words.Say("desk.place_" + key), text})
		}
	}
	add("number", string(x.ID))
	add("kind", s.words.Say("desk.kind_"+string(x.Kind)))
	add("parent", s.parentName(dir, x))
	add("hours", x.Hours)
	add("phone", x.Phone)
	add("head", personName(dir, x.Head))
	var officers []string
	for _, id := range x.Officers {
		officers = append(officers, personName(dir, id))
	}
	add("officers", strings.Join(officers, "、"))
	add("aliases", strings.Join(x.Aliases, "、"))
	for _, dep := range x.Deputies {
		v.Deputies = append(v.Deputies, s.words.Say("desk.deputy", "name", dep.Name, "level", s.words.Say("desk.deputy_"+string(dep.Level))))
	}
	for i := range dir.Roster.Grids {
		if g := &dir.Roster.Grids[i]; g.Station == x.ID && !g.Closed {
			v.Grids = append(v.Grids, spotItem{g.Name, string(g.ID), personName(dir, g.Officer), s.posterPath(d, "grid", string(g.ID), x.ID)})
		}
	}
	for i := range dir.Roster.Points {
		if p := &dir.Roster.Points[i]; p.Station == x.ID && !p.Closed {
			v.Points = append(v.Points, spotItem{p.Name, string(p.ID), "", s.posterPath(d, "point", string(p.ID), x.ID)})
		}
	}
	return s.deskShow(w, r, d, "console_place", x.Name, v)
}

// posterPath is the page to print for a place of a station, if the reader may print there.
func (s *Server) posterPath(d *desk, kind, id string, station echowall.StationID) string {
	t := echowall.Target{Station: station}
	if kind == "grid" {
		t.Grid = echowall.GridID(id)
	}
	if d.directory.Allow(d.who, echowall.ActionPlacePrint, t) != nil {
		return ""
	}
	return "/console/print/" + kind + "/" + url.PathEscape(id)
}

func (s *Server) parentName(d *echowall.Directory, x *echowall.Station) string {
	if p, ok := d.Station(x.Parent); ok {
		return p.Name
	}
	return ""
}

func personName(d *echowall.Directory, id echowall.RosterID) string {
	if p, ok := d.Person(id); ok {
		return p.Name
	}
	return string(id)
}

// placeFacts are the names of a station's facts.
var placeFacts = []string{"number", "kind", "parent", "hours", "phone", "head", "officers", "aliases"}

func placeKeys() (keys []string) {
	for _, f := range placeFacts {
		keys = append(keys, "desk.place_"+f)
	}
	return keys
}
