package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"echowall"
	"echowall/bot/emulator"
	"echowall/store"
	"echowall/store/redistest"
)

// TestOutlinesFromTheCommandLine: nothing changes without -apply, nor while a number is unknown.
func TestOutlinesFromTheCommandLine(t *testing.T) {
	platform := &emulator.Platform{Account: emulator.Account{Type: emulator.SV, Mode: emulator.Safe}}
	if err := platform.Start(""); err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	redis := redistest.Run(t)
	vars := settingsOf(platform, "127.0.0.1:0", redis.URL())
	s, err := store.Open(t.Context(), store.Config{URL: redis.URL(), Account: platform.Account.AppID, Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Stations: []echowall.Station{{ID: "s1", Name: "竹园社区联络站", Kind: echowall.StationCommunity}},
			Grids:    []echowall.Grid{{ID: "g1", Name: "第一网格", Station: "s1"}},
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "grids.geojson")
	draw := func(numbers ...string) {
		t.Helper()
		var features []string
		for _, n := range numbers {
			features = append(features, `{"type":"Feature","properties":{"编号":"`+n+`"},"geometry":{"type":"Polygon","coordinates":[[[120.4,30.4],[120.41,30.4],[120.41,30.41],[120.4,30.4]]]}}`)
		}
		if err := os.WriteFile(file, []byte(`{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(want int, say string, drawn bool, args ...string) {
		t.Helper()
		code, stdout, errs := cli(t, vars, append([]string{"roster", "outlines"}, args...)...)
		if code != want || !strings.Contains(stdout+errs, say) {
			t.Errorf("%v: code %d, want %d and %q\n%s%s", args, code, want, say, stdout, errs)
		}
		d, err := s.Directory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Locate(30.402, 120.408); (got.Grid == "g1") != drawn {
			t.Errorf("%v: the position is at %+v", args, got)
		}
	}
	run(exitUsage, "a GeoJSON file is needed", false)
	draw("g1", "g9")
	run(exitFailed, "grid g9: not on the roster", false, file, "-apply")
	draw("g1")
	run(exitOK, "nothing was written; -apply does it", false, file)
	run(exitOK, "1 outlines to change", true, file, "-apply")
	run(exitOK, "0 outlines to change, 1 the same", true, file, "-apply")
}
