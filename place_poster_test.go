package echowall_test

import (
	"context"
	"testing"
	"time"

	"echowall"
	"echowall/store"
	"echowall/store/redistest"
)

// posterRoster has a place of every kind, open and closed.
func posterRoster() *echowall.Directory {
	return echowall.NewDirectory(&echowall.Roster{
		Stations: []echowall.Station{
			{ID: "street", Name: "柳桥街道联络站", Kind: echowall.StationStreet},
			{ID: "z", Name: "竹园社区联络站", Kind: echowall.StationCommunity, Parent: "street"},
			{ID: "old", Name: "旧街社区联络站", Kind: echowall.StationCommunity, Closed: true},
		},
		Grids: []echowall.Grid{
			{ID: "z1", Name: "竹园第一网格", Station: "z"},
			{ID: "z2", Name: "竹园第二网格", Station: "z", Closed: true},
			{ID: "o1", Name: "旧街第一网格", Station: "old"},
		},
		Points: []echowall.CollectionPoint{
			{ID: "wall", Name: "竹园东门民意墙", Station: "z", Grid: "z1"},
			{ID: "lamp", Name: "竹园北门灯杆", Station: "z", Grid: "z2"},
			{ID: "odd", Name: "别处的网格", Station: "z", Grid: "o1"},
			{ID: "gone", Name: "竹园西门民意墙", Station: "z", Closed: true},
			{ID: "o", Name: "旧街民意墙", Station: "old"},
		},
	}, 1)
}

func TestSpotOf(t *testing.T) {
	d := posterRoster()
	at := func(g echowall.GridID) echowall.Place {
		return echowall.Place{Station: "z", Grid: g, By: echowall.PlacedScene}
	}
	for scene, want := range map[string]echowall.Spot{
		"p-wall": {Name: "竹园东门民意墙", Place: at("z1")},
		"p-lamp": {Name: "竹园北门灯杆", Place: at("")}, // its grid is closed
		"p-odd":  {Name: "别处的网格", Place: at("")},  // its grid is another station's
		"s-z":    {Name: "竹园社区联络站", Place: at("")},
		"g-z1":   {Name: "竹园第一网格", Place: at("z1")},
	} {
		want.Scene = scene
		if got, err := d.SpotOf(scene); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", scene, got, err, want)
		}
	}
	for scene, want := range map[string]echowall.Kind{
		"p-gone": echowall.KindConflict, "p-o": echowall.KindConflict, "s-old": echowall.KindConflict, "g-z2": echowall.KindConflict, "g-o1": echowall.KindConflict,
		"p-none": echowall.KindNotFound, "s-": echowall.KindNotFound, "s-wall": echowall.KindNotFound, "g-x": echowall.KindNotFound,
		"b-ABCD2345": echowall.KindNotFound, "x": echowall.KindNotFound, "": echowall.KindNotFound, "123": echowall.KindNotFound,
	} {
		if got, err := d.SpotOf(scene); echowall.KindOf(err) != want {
			t.Errorf("%s: %+v, %v, want %s", scene, got, err, want)
		}
	}
}

func TestPoster(t *testing.T) {
	k, err := store.Open(t.Context(), store.Config{URL: redistest.Run(t).URL(), Account: "wx1", Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	if err := k.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) { return posterRoster().Roster, nil }); err != nil {
		t.Fatal(err)
	}
	made := 0
	var refused error
	u := &echowall.Places{Guard: &echowall.Guard{Roster: k, Access: k}, Store: k, Now: func() time.Time { return at("2026-11-23 09:00") }, Make: func(_ context.Context, scene string, life time.Duration) (string, error) {
		if refused != nil {
			return "", refused
		}
		if life != 0 {
			t.Errorf("%s lives %s", scene, life)
		}
		made++
		return scene + string(rune('0'+made)), nil
	}}
	liaison := &echowall.Who{Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "z"}}}
	other := &echowall.Who{Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "old"}}}
	over := &echowall.Who{Grants: []echowall.Grant{{Role: echowall.RoleHead, Scope: "street"}}}
	resident := &echowall.Who{}

	// Made once, then kept; lost, then made again; made anew on demand.
	for _, want := range []string{"p-wall1", "p-wall1"} {
		if p, err := u.Poster(t.Context(), liaison, "p-wall"); err != nil || p.Code.URL != want || p.Station.ID != "z" || p.Spot.Name != "竹园东门民意墙" {
			t.Fatalf("%+v, %v, want %s", p, err, want)
		}
	}
	if err := k.Redis().HDel(t.Context(), k.KeyPrefix()+"scenes", "p-wall").Err(); err != nil {
		t.Fatal(err)
	}
	if p, err := u.Poster(t.Context(), over, "p-wall"); err != nil || p.Code.URL != "p-wall2" {
		t.Errorf("lost: %+v, %v", p, err)
	}
	if p, err := u.Renew(t.Context(), liaison, "p-wall"); err != nil || p.Code.URL != "p-wall3" {
		t.Errorf("renewed: %+v, %v", p, err)
	}
	if p, err := u.Poster(t.Context(), liaison, "p-wall"); err != nil || p.Code.URL != "p-wall3" {
		t.Errorf("after renewing: %+v, %v", p, err)
	}

	// Not for everybody, and who may not see a place does not learn whether there is one.
	for _, tt := range []struct {
		who   *echowall.Who
		scene string
		want  echowall.Kind
	}{
		{resident, "p-wall", echowall.KindForbidden},
		{resident, "p-none", echowall.KindForbidden},
		{nil, "s-z", echowall.KindForbidden},
		{other, "p-wall", echowall.KindNotFound},
		{other, "p-none", echowall.KindNotFound},
		{liaison, "s-street", echowall.KindNotFound},
		{liaison, "p-gone", echowall.KindConflict},
	} {
		if _, err := u.Poster(t.Context(), tt.who, tt.scene); echowall.KindOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.scene, err, tt.want)
		}
	}

	// Refusals of the platform that somebody can do something about; nothing is kept.
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&echowall.PlatformError{Code: 48001, Reaction: echowall.ReactPermanent}, "places.code_not_allowed"},
		{&echowall.PlatformError{Code: 45029, Reaction: echowall.ReactPermanent}, "places.codes_full"},
		{&echowall.PlatformError{Reaction: echowall.ReactRetry, Unknown: true}, "places.code_later"},
		{&echowall.PlatformError{Code: 45009, Reaction: echowall.ReactQuota}, "places.code_later"},
		{&echowall.PlatformError{Code: 40053, Reaction: echowall.ReactBadRequest}, ""},
	} {
		refused = tt.err
		_, err := u.Poster(t.Context(), liaison, "s-z")
		key := ""
		if e, ok := err.(*echowall.Error); ok {
			key = e.Key
		}
		if err == nil || key != tt.want {
			t.Errorf("%v: %v, want %s", tt.err, err, tt.want)
		}
		if _, err := k.SceneCode(t.Context(), "s-z"); echowall.KindOf(err) != echowall.KindNotFound {
			t.Errorf("%v: something was kept, %v", tt.err, err)
		}
	}
}
