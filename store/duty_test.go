package store_test

import (
	"testing"
	"time"

	"echowall"
)

// Nobody is told of a wish in which they are named: not at once, not when they look after the queue, not when its
// author asks for somebody. Others of the same station are.
func TestDutyLeavesOutWhoIsNamed(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	if err := s.ChangeRoster(ctx, func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Stations: []echowall.Station{{ID: "c1", Name: "竹园社区联络站", Kind: echowall.StationCommunity}},
			People:   []echowall.RosterPerson{{ID: "r1", Name: "张三丰"}, {ID: "r2", Name: "李四光"}},
		}, nil
	}); err != nil {
		t.Fatal(err)
	}
	for p, line := range map[echowall.PersonID]echowall.RosterID{"p1": "r1", "p2": "r2"} {
		if err := s.UpdatePerson(ctx, p, func(w *echowall.Who) error {
			w.Person, w.Roster = p, line
			w.Grant(echowall.Grant{Role: echowall.RoleLiaison, Scope: "c1"})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	u := &echowall.Duty{Store: s, Guard: &echowall.Guard{Roster: s, Access: s}, Calendar: calendar, Now: func() time.Time { return noon }}
	told := func(what string, want int, n int, err error) {
		t.Helper()
		if err != nil || n != want {
			t.Errorf("%s: %d are told, %v; want %d", what, n, err, want)
		}
	}
	named := &echowall.Wish{Author: "a1", Station: "c1", Text: "张三丰不理人", Excluded: []echowall.Party{echowall.PartyPerson("r1")}}
	if err := s.AddWish(ctx, named, func(w *echowall.Wish) error { return w.Submit(noon, calendar, echowall.FromChat) }); err != nil {
		t.Fatal(err)
	}
	n, err := u.RemindNew(ctx, "c1")
	told("new, one names somebody", 1, n, err)
	n, err = u.RemindDue(ctx, "c1")
	told("due, one names somebody", 1, n, err)
	n, err = u.Call(ctx, "a1", "c1", named.Number)
	told("a call about it", 1, n, err)
	n, err = u.Call(ctx, "a1", "c1", "")
	told("a call about nothing", 2, n, err)
	for _, alarmed := range []struct {
		w    *echowall.Wish
		want int64
	}{{named, 1}, {addWish(t, s, "a2", "c1"), 2}} {
		before, err := s.DebtCounts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := u.Alarm(ctx, alarmed.w); err != nil {
			t.Fatal(err)
		}
		after, err := s.DebtCounts(ctx)
		told("alarm", int(alarmed.want), int(after.Waiting-before.Waiting), err)
	}
	u.Now = func() time.Time { return noon.AddDate(0, 0, 1) }
	n, err = u.RemindNew(ctx, "c1")
	told("new, another names nobody", 2, n, err)
	n, err = u.RemindDue(ctx, "c1")
	told("due, one of two names somebody", 3, n, err)
}
