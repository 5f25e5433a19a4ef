package echowall_test

import (
	"testing"

	"echowall"
)

func named(t *testing.T) *echowall.Directory {
	t.Helper()
	return echowall.NewDirectory(&echowall.Roster{Stations: []echowall.Station{
		{ID: "c01", Name: "竹园社区联络站", Kind: echowall.StationCommunity, Aliases: []string{"竹园", "中心小区"}, Lat: 30.10, Lng: 120.20},
		{ID: "c02", Name: "竹园北社区联络站", Kind: echowall.StationCommunity, Aliases: []string{"竹园北"}},
		{ID: "c03", Name: "河沿社区联络站", Kind: echowall.StationCommunity, Aliases: []string{"河沿", "中心小区", ""}},
		{ID: "t01", Name: "物业行业联络站", Kind: echowall.StationTrade, Aliases: []string{"物业公司"}},
		{ID: "old", Name: "旧街社区联络站", Kind: echowall.StationCommunity, Closed: true},
	}}, 1)
}

func TestPlaceOf(t *testing.T) {
	d := named(t)
	at := &echowall.Position{Lat: 30.101, Lng: 120.20}
	far := &echowall.Position{Lat: 35, Lng: 120}
	for _, tt := range []struct {
		text string
		pos  *echowall.Position
		want echowall.StationID
		by   echowall.PlacedBy
	}{
		{"竹园东门", nil, "c01", echowall.PlacedNamed},
		{"竹园北门口", nil, "c02", echowall.PlacedNamed},  // the longer name
		{"竹园社区东门", nil, "c01", echowall.PlacedNamed}, // the name without the word for station
		{"在河沿", nil, "c03", echowall.PlacedNamed},
		{"中心小区三栋", nil, echowall.TriageStation, ""}, // two stations, equally long
		{"竹园和河沿之间", nil, echowall.TriageStation, ""},
		{"物业公司不管", nil, "t01", echowall.PlacedNamed},
		{"旧街社区", nil, echowall.TriageStation, ""}, // closed
		{"火车站", nil, echowall.TriageStation, ""},
		{"", nil, echowall.TriageStation, ""},
		{"河沿", at, "c01", echowall.PlacedNear}, // the position goes first
		{"河沿", far, "c03", echowall.PlacedNamed},
		{"", far, echowall.TriageStation, ""},
	} {
		if got, want := d.PlaceOf(tt.text, tt.pos), (echowall.Place{Station: tt.want, By: tt.by}); got != want {
			t.Errorf("PlaceOf(%q, %v) = %+v, want %+v", tt.text, tt.pos, got, want)
		}
	}
}

func TestStationCalled(t *testing.T) {
	d := named(t)
	for text, want := range map[string]echowall.StationID{"c01": "c01", "竹园社区联络站": "c01", "竹园社区": "c01", " 竹园 ": "c01", "竹园北": "c02"} {
		if s, err := d.StationCalled(text); err != nil || s.ID != want {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	for text, want := range map[string]echowall.Kind{"中心小区": echowall.KindConflict, "竹园东门": echowall.KindNotFound, "old": echowall.KindNotFound, "旧街社区": echowall.KindNotFound, "": echowall.KindNotFound} {
		if s, err := d.StationCalled(text); echowall.KindOf(err) != want {
			t.Errorf("%q: %v, %v, want %s", text, s, err, want)
		}
	}
}
