package echowall_test

import (
	"testing"

	"echowall"
)

func TestRoute(t *testing.T) {
	now := at("2026-11-23 11:00")
	to := echowall.Place{Station: "c02", Grid: "g1", By: echowall.PlacedSorted}
	w := wishIn(t, echowall.WishSubmitted)
	due := w.Due
	w.TakeOwed()
	if err := w.Route(now, officer, to); err != nil {
		t.Fatal(err)
	}
	owed := w.TakeOwed()
	last := w.History[len(w.History)-1]
	if w.Station != "c02" || w.Grid != "g1" || w.Placed != echowall.PlacedSorted || w.State != echowall.WishSubmitted || !w.Due.Equal(due) ||
		last.Move != echowall.MoveRoute || last.Note != "c02" || last.By != officer.By || w.VerifyHistory() >= 0 {
		t.Errorf("%+v, %+v", w, last)
	}
	if len(owed) != 1 || owed[0].Kind != echowall.DebtWishRouted || owed[0].To != echowall.Recipient(w.Author) {
		t.Errorf("owed: %+v", owed)
	}
	if err := w.Route(now, officer, to); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("to the station that has it: %v", err)
	}
	// Back and forth again: each time is a message of its own.
	for _, s := range []echowall.StationID{"c01", "c02"} {
		if err := w.Route(now, head, echowall.Place{Station: s, By: echowall.PlacedSorted}); err != nil {
			t.Fatal(err)
		}
		if next := w.TakeOwed(); len(next) != 1 || next[0].ID == owed[0].ID {
			t.Errorf("to %s: %+v", s, next)
		}
	}
	w.Excluded = []echowall.Party{echowall.PartyStation("c03")}
	if err := w.Route(now, officer, echowall.Place{Station: "c03"}); echowall.KindOf(err) != echowall.KindConflict || w.Station != "c02" {
		t.Errorf("to a station that is named: %v, at %s", err, w.Station)
	}
	if err := w.Route(now, member, to); echowall.KindOf(err) != echowall.KindForbidden {
		t.Errorf("by a member: %v", err)
	}
	for _, state := range []echowall.WishState{echowall.WishAccepted, echowall.WishToVerify, echowall.WishRedo, echowall.WishClosed} {
		if err := wishIn(t, state).Route(now, officer, to); echowall.KindOf(err) != echowall.KindConflict {
			t.Errorf("from %s: %v", state, err)
		}
	}
}

// A place that only a code told may be corrected until somebody signs; one that the author named stays.
func TestSupplementMoves(t *testing.T) {
	d := named(t)
	now := at("2026-11-23 11:00")
	for _, tt := range []struct {
		name   string
		placed echowall.PlacedBy
		from   echowall.StationID
		add    echowall.Supplement
		want   echowall.StationID
		place  string
	}{
		{"another place after a scan", echowall.PlacedScene, "c01", echowall.Supplement{Place: "河沿"}, "c03", "河沿"},
		{"a closer word after a scan", echowall.PlacedScene, "c01", echowall.Supplement{Place: "东门第三根灯杆"}, "c01", "东门第三根灯杆"},
		{"a position after a scan", echowall.PlacedScene, "c03", echowall.Supplement{At: &echowall.Position{Lat: 30.10, Lng: 120.20}}, "c01", "老地方"},
		{"photos after a scan", echowall.PlacedScene, "c03", echowall.Supplement{Media: []string{"m"}}, "c03", "老地方"},
		{"a place that was named", echowall.PlacedNamed, "c01", echowall.Supplement{Place: "河沿"}, "c01", "老地方"},
		{"at the triage desk, by position", "", echowall.TriageStation, echowall.Supplement{At: &echowall.Position{Lat: 30.10, Lng: 120.20}}, "c01", "老地方"},
	} {
		w := wishIn(t, echowall.WishSubmitted)
		w.Station, w.Placed, w.Place = tt.from, tt.placed, "老地方"
		if err := w.Add(now, w.Author, tt.add, d, echowall.FromChat); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if w.Station != tt.want || w.Place != tt.place {
			t.Errorf("%s: at %s, %q", tt.name, w.Station, w.Place)
		}
	}
	w := wishIn(t, echowall.WishAccepted)
	w.Placed = echowall.PlacedScene
	if err := w.Add(now, w.Author, echowall.Supplement{Place: "河沿"}, d, echowall.FromChat); err != nil || w.Station != "c01" {
		t.Errorf("after signing: %v, at %s", err, w.Station)
	}
}
