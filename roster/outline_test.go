package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"echowall"
	"echowall/roster"
)

const square = `[[120.40,30.40],[120.41,30.40],[120.41,30.41],[120.40,30.41],[120.40,30.40]]`
const hole = `[[120.404,30.404],[120.406,30.404],[120.406,30.406],[120.404,30.406],[120.404,30.404]]`

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func drawn(head, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature",%s,"geometry":{"type":%q,"coordinates":%s}}`, head, kind, coordinates)
}

func TestReadOutlines(t *testing.T) {
	list, err := roster.ReadOutlines(strings.NewReader(collection(
		drawn(`"properties":{"编号":" 001 ","名称":"第一网格"}`, "Polygon", "["+square+"]"),
		drawn(`"id":"002","properties":{}`, "Polygon", "["+square+","+hole+"]"),
		drawn(`"id":3,"properties":null`, "MultiPolygon", "[["+square+"]]"),
		drawn(`"id":"feature-9","properties":{"编号":"004"}`, "Polygon", strings.ReplaceAll("["+square+"]", "30.40]", "30.40,12.5]")),
	)))
	if err != nil || len(list) != 4 {
		t.Fatalf("%d outlines, %v", len(list), err)
	}
	for i, want := range []echowall.GridID{"001", "002", "3", "004"} {
		if list[i].Grid != want || len(list[i].Ring) != 5 || list[i].Ring[1] != [2]float64{120.41, 30.40} {
			t.Errorf("feature %d: %+v, want grid %s", i+1, list[i], want)
		}
	}
	if len(list[1].Holes) != 1 || len(list[1].Holes[0]) != 5 || list[0].Holes != nil {
		t.Errorf("holes: %v and %v", list[1].Holes, list[0].Holes)
	}
}

func TestOutlinesAreRefused(t *testing.T) {
	good := drawn(`"id":"1"`, "Polygon", "["+square+"]")
	for name, tt := range map[string]struct{ file, want string }{
		"nothing":              {"", "no GeoJSON"},
		"an Excel file":        {"PK\x03\x04", "no GeoJSON"},
		"a lone feature":       {good, "want a FeatureCollection"},
		"no features":          {collection(), "no features"},
		"a point":              {collection(drawn(`"id":"1"`, "Point", "[120,30]")), `feature 1: grid 1: it is a "Point"`},
		"two pieces":           {collection(drawn(`"id":"1"`, "MultiPolygon", "[["+square+"],["+hole+"]]")), "2 pieces"},
		"no pieces":            {collection(drawn(`"id":"1"`, "MultiPolygon", "[]")), "0 pieces"},
		"no border":            {collection(drawn(`"id":"1"`, "Polygon", "[]")), "no border"},
		"no geometry":          {collection(`{"type":"Feature","id":"1","geometry":null}`), "no geometry"},
		"no number":            {collection(good, drawn(`"properties":{"编号":""}`, "Polygon", "["+square+"]")), "feature 2: it has neither"},
		"a bare number":        {collection(drawn(`"properties":{"编号":1}`, "Polygon", "["+square+"]")), "leading zeros"},
		"one grid twice":       {collection(good, good), "feature 2: grid 1 was drawn in feature 1"},
		"half a point":         {collection(drawn(`"id":"1"`, "Polygon", "[[[120.4]]]")), "fewer than two"},
		"words for numbers":    {collection(drawn(`"id":"1"`, "Polygon", `[[["120.4","30.4"]]]`)), "coordinates"},
		"latitude first":       {collection(drawn(`"id":"1"`, "Polygon", `[[[30,120],[30.01,120],[30,120.01],[30,120]]]`)), "no longitude and latitude"},
		"crossing itself":      {collection(drawn(`"id":"1"`, "Polygon", `[[[120,30],[120.02,30.01],[120.02,30],[120,30.02],[120,30]]]`)), "crosses or touches itself"},
		"too many features":    {collection(strings.TrimSuffix(strings.Repeat("{},", roster.OutlineFeatures+1), ",")), "at most 20000"},
		"too large":            {strings.Repeat(" ", roster.OutlineBytes+1), "larger than 32 MiB"},
		"more than one screen": {collection(strings.TrimSuffix(strings.Repeat("{},", 50), ",")), "and 30 more"},
	} {
		if _, err := roster.ReadOutlines(strings.NewReader(tt.file)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %.200v, want %q", name, err, tt.want)
		}
	}
}

func TestPlanOutlines(t *testing.T) {
	read := func(features ...string) []roster.Outline {
		t.Helper()
		list, err := roster.ReadOutlines(strings.NewReader(collection(features...)))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	grid := func(id echowall.GridID) echowall.Grid { return echowall.Grid{ID: id, Name: "网格", Station: "s"} }
	same, near, far, closed := grid("same"), grid("near"), grid("far"), grid("closed")
	same.Outline = read(drawn(`"id":"same"`, "Polygon", "["+square+"]"))[0].Ring
	near.Lat, near.Lng = 30.3999, 120.405 // 11 m south of the border, though 480 m from its corners
	far.Lat, far.Lng = 30.395, 120.405    // 556 m south
	closed.Closed = true
	d := echowall.NewDirectory(&echowall.Roster{
		Stations: []echowall.Station{{ID: "s"}},
		Grids:    []echowall.Grid{closed, far, near, grid("new"), same, grid("without")},
	}, 1)
	of := func(id string) string { return drawn(`"id":"`+id+`"`, "Polygon", "["+square+"]") }
	p := roster.PlanOutlines(d, read(of("same"), of("new"), of("near"), of("far"), of("closed"), of("none")))
	if got, want := p.String(), "3 outlines to change, 1 the same, 1 unknown grids, 1 closed; 1 open grids without an outline"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, g := range p.Changed.Grids {
		if len(g.Outline) != 5 || g.Station != "s" || g.Name != "网格" {
			t.Errorf("changed to %+v", g)
		}
	}
	if len(p.Odd) != 1 || p.Odd[0] != (roster.OddOutline{Grid: "far", Metres: 555}) {
		t.Errorf("odd: %v", p.Odd)
	}
}
