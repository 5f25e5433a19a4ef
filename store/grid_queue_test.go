package store_test

import (
	"strings"
	"testing"
	"time"

	"echowall"
)

// Whoever sees single grids gets their wishes and counts alone, also beside whole stations. The figures are
// worked out by hand from the table of wishes.
func TestQueueOfGrids(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	if err := s.ChangeRoster(ctx, func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Stations: []echowall.Station{
				{ID: "c1", Name: "竹园社区联络站", Kind: echowall.StationCommunity},
				{ID: "c2", Name: "梧桐里社区联络站", Kind: echowall.StationCommunity},
				{ID: "c3", Name: "河沿社区联络站", Kind: echowall.StationCommunity},
			},
			Grids: []echowall.Grid{
				{ID: "g1", Name: "一网格", Station: "c1"}, {ID: "g2", Name: "二网格", Station: "c1"}, {ID: "g3", Name: "三网格", Station: "c2"},
			},
			People: []echowall.RosterPerson{{ID: "r1", Name: "张三丰"}},
		}, nil
	}); err != nil {
		t.Fatal(err)
	}
	put := func(station echowall.StationID, grid echowall.GridID, state echowall.WishState, hours int, excluded ...echowall.Party) string {
		t.Helper()
		w := &echowall.Wish{Author: "a1", Text: "路灯不亮", Station: station, Grid: grid, Excluded: excluded}
		if err := s.AddWish(ctx, w, func(w *echowall.Wish) error {
			w.State, w.Created = state, noon
			if state != echowall.WishClosed {
				w.Due = noon.Add(time.Duration(hours) * time.Hour)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return w.Number
	}
	const submitted, accepted, redo = echowall.WishSubmitted, echowall.WishAccepted, echowall.WishRedo
	// From noon, midnight is twelve hours away: what is due by then is soon.
	for _, w := range []struct {
		number  string
		station echowall.StationID
		grid    echowall.GridID
		state   echowall.WishState
		hours   int
	}{
		{"XY1001", "c1", "g1", submitted, 30},
		{"XY1002", "c1", "g1", submitted, -1},
		{"XY1003", "c1", "g1", accepted, 5},
		{"XY1004", "c1", "g2", submitted, -2},
		{"XY1005", "c1", "g2", redo, 40},
		{"XY1006", "c1", "", submitted, 3},
		{"XY1007", "c2", "g3", submitted, 6},
		{"XY1008", "c2", "", accepted, -4},
		{"XY1009", "c3", "", accepted, 7},
		{"XY1010", "c1", "g1", echowall.WishClosed, 0},
	} {
		if got := put(w.station, w.grid, w.state, w.hours); got != w.number {
			t.Fatalf("%s is %s", got, w.number)
		}
	}
	if got := put("c1", "g1", submitted, 2, echowall.PartyPerson("r1")); got != "XY1011" {
		t.Fatalf("%s is XY1011", got)
	}

	u := &echowall.Queues{Store: s, Guard: &echowall.Guard{Roster: s, Access: s}, Calendar: calendar, Now: func() time.Time { return noon }}
	grid := func(id string) echowall.Grant { return echowall.Grant{Role: echowall.RoleGrid, Scope: id} }
	liaison := func(id string) echowall.Grant { return echowall.Grant{Role: echowall.RoleLiaison, Scope: id} }
	n := func(all, late, soon int) echowall.QueueCount {
		return echowall.QueueCount{All: all, Late: late, Soon: soon}
	}
	type counts = map[echowall.WishState]echowall.QueueCount
	for _, c := range []struct {
		name   string
		line   echowall.RosterID
		grants []echowall.Grant
		filter echowall.QueueFilter
		want   string
		total  int
		counts counts
	}{
		{
			"one grid", "", []echowall.Grant{grid("g1")}, echowall.QueueFilter{Limit: 10},
			"XY1002 XY1011 XY1003 XY1001", 4, counts{submitted: n(3, 1, 1), accepted: n(1, 0, 1)},
		},
		{
			"one grid, named in a wish of it", "r1", []echowall.Grant{grid("g1")}, echowall.QueueFilter{Limit: 10},
			"XY1002 XY1003 XY1001", 3, counts{submitted: n(2, 1, 0), accepted: n(1, 0, 1)},
		},
		{
			"one state of one grid", "", []echowall.Grant{grid("g1")}, echowall.QueueFilter{State: accepted, Limit: 10},
			"XY1003", 1, counts{submitted: n(3, 1, 1), accepted: n(1, 0, 1)},
		},
		{
			"the second page of one grid", "", []echowall.Grant{grid("g1")}, echowall.QueueFilter{Skip: 2, Limit: 1},
			"XY1003", 4, counts{submitted: n(3, 1, 1), accepted: n(1, 0, 1)},
		},
		{
			"behind the last page", "", []echowall.Grant{grid("g1")}, echowall.QueueFilter{Skip: 9, Limit: 5},
			"", 4, counts{submitted: n(3, 1, 1), accepted: n(1, 0, 1)},
		},
		{
			"two grids of two stations", "", []echowall.Grant{grid("g2"), grid("g3")}, echowall.QueueFilter{Limit: 10},
			"XY1004 XY1007 XY1005", 3, counts{submitted: n(2, 1, 1), redo: n(1, 0, 0)},
		},
		{
			"a grid beside a whole station", "", []echowall.Grant{grid("g3"), liaison("c3")}, echowall.QueueFilter{Limit: 10},
			"XY1007 XY1009", 2, counts{submitted: n(1, 0, 1), accepted: n(1, 0, 1)},
		},
		{
			"a grid beside a whole station, the second page", "", []echowall.Grant{grid("g3"), liaison("c3")}, echowall.QueueFilter{Skip: 1, Limit: 1},
			"XY1009", 2, counts{submitted: n(1, 0, 1), accepted: n(1, 0, 1)},
		},
		{
			"a grid of a station that is in reach as a whole", "", []echowall.Grant{grid("g1"), liaison("c1")}, echowall.QueueFilter{Limit: 10},
			"XY1004 XY1002 XY1011 XY1006 XY1003 XY1001 XY1005", 7, counts{submitted: n(5, 2, 2), accepted: n(1, 0, 1), redo: n(1, 0, 0)},
		},
		{
			"the whole station alone", "", []echowall.Grant{grid("g3"), liaison("c1")}, echowall.QueueFilter{Station: "c1", Limit: 3},
			"XY1004 XY1002 XY1011", 7, counts{submitted: n(5, 2, 2), accepted: n(1, 0, 1), redo: n(1, 0, 0)},
		},
		{"a grid that is gone", "", []echowall.Grant{grid("g9")}, echowall.QueueFilter{Limit: 10}, "", 0, counts{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := u.Look(ctx, &echowall.Who{Person: "p1", Roster: c.line, Grants: c.grants}, c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range v.Wishes {
				got = append(got, w.Number)
			}
			if list := strings.Join(got, " "); list != c.want || v.Total != c.total {
				t.Errorf("%q of %d, want %q of %d", list, v.Total, c.want, c.total)
			}
			for _, state := range echowall.OpenStates {
				if v.Counts[state] != c.counts[state] {
					t.Errorf("%s: %+v, want %+v", state, v.Counts[state], c.counts[state])
				}
			}
		})
	}
	// The station of a grid is not in reach as a whole.
	_, err := u.Look(ctx, &echowall.Who{Person: "p1", Grants: []echowall.Grant{grid("g1")}}, echowall.QueueFilter{Station: "c1", Limit: 10})
	if echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("the grid's station by name: %v", err)
	}
}
