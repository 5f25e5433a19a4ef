package store

import (
	"testing"

	"echowall"
	"echowall/store/redistest"
)

// Unfollowed on 26 November at 10:00: gone after the night of the 28th, unless something is going on.
func TestLeaverGoes(t *testing.T) {
	const openid = "oLeaver"
	box := func(l *ledger, to echowall.Recipient, state echowall.DebtState) {
		d := l.owe(to, "n1")
		p := l.load(d)
		switch state {
		case echowall.DebtOwed:
		case echowall.DebtSending:
			l.record(nil, l.claim(p))
		default:
			l.record(&echowall.Settlement{Payment: p, State: state}, nil)
		}
	}
	owed := func(state echowall.DebtState) func(l *ledger, self echowall.Self) {
		return func(l *ledger, self echowall.Self) { box(l, echowall.Recipient(self.Person), state) }
	}
	for _, tt := range []struct {
		name  string
		first func(l *ledger, self echowall.Self) // before unfollowing
		then  func(l *ledger, self echowall.Self) // after it
		stays bool
	}{
		{"a resident", nil, nil, false},
		{"with study", func(l *ledger, self echowall.Self) {
			l.no(l.s.UpdateStudy(l.Context(), self.Person, func(r *echowall.StudyRecord) error {
				r.Days = map[string]echowall.StudyDay{"2026-11-23": {Lesson: "l1", Letters: "B"}}
				return nil
			}))
		}, nil, false},
		{"who was given a notice", func(l *ledger, self echowall.Self) {
			n := &echowall.Notice{Branch: "b1", Title: "开会", Body: "周五开会", By: "p-secretary", Confirm: true, To: []echowall.PersonID{"p-other", self.Person}}
			l.no(l.s.AddNotice(l.Context(), n, func(*echowall.Notice) []echowall.Debt { return nil }))
			_, err := l.s.Confirm(l.Context(), n.ID, self.Person, l.now)
			l.no(err)
		}, nil, false},
		{"with a message that was given up", owed(echowall.DebtDead), nil, false},
		{"with a message owed", owed(echowall.DebtOwed), nil, true},
		{"with a message being sent", owed(echowall.DebtSending), nil, true},
		{"with a message in the box", owed(echowall.DebtBoxed), nil, true},
		{"with a message of unknown fate", owed(echowall.DebtUnknown), nil, true},
		{"with something in the box of the author", func(l *ledger, self echowall.Self) { box(l, echowall.Recipient(self.Author), echowall.DebtBoxed) }, nil, true},
		{"with a role", nil, func(l *ledger, self echowall.Self) {
			l.no(l.s.UpdatePerson(l.Context(), self.Person, func(w *echowall.Who) error {
				w.Grant(echowall.Grant{Role: echowall.RoleLiaison, Scope: "c1"})
				return nil
			}))
		}, true},
		{"who came back", nil, func(l *ledger, _ echowall.Self) { l.turn(openid, echowall.Followed, nil) }, true},
		{"who left once more", nil, func(l *ledger, _ echowall.Self) {
			l.at("2026-11-27 03:00")
			l.turn(openid, echowall.Followed, nil)
			l.turn(openid, echowall.Unfollowed, nil)
		}, true},
		{"with a wish just closed", func(l *ledger, _ echowall.Self) { l.wish(openid, echowall.WishClosed) }, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLedger(t)
			self := l.self(openid)
			l.at("2026-11-26 10:00")
			l.turn(openid, echowall.FollowUnchanged, nil)
			if tt.first != nil {
				tt.first(l, self)
			}
			l.turn(openid, echowall.Unfollowed, nil)
			if tt.then != nil {
				tt.then(l, self)
			}
			before := l.state()
			if n := l.retention("2026-11-27 02:20"); n != (echowall.Removed{}) {
				t.Errorf("the night before: %+v", n)
			}
			if tt.name != "who left once more" { // which is later
				same(t, "the night before", before, l.state())
			}
			n := l.retention("2026-11-28 02:20")
			if tt.stays {
				if n != (echowall.Removed{}) {
					t.Errorf("%+v", n)
				}
				same(t, "kept", before, l.state())
				return
			}
			if n != (echowall.Removed{Leavers: 1}) {
				t.Errorf("%+v", n)
			}
			l.nowhere(self, openid)
			l.served(openid)
		})
	}
}

// nowhere fails for every key that names somebody, but for the access log.
func (l *ledger) nowhere(self echowall.Self, openid string) {
	l.Helper()
	dump := l.everything()
	for _, secret := range []string{openid, string(self.Person), string(self.Author)} {
		for _, key := range redistest.Holding(dump, secret) {
			if name, _ := l.s.keys.splitKey(key); name != "accesslog" && name != "accessof" && key != "export" {
				l.Errorf("%q is still in %s: %.300s", secret, key, dump[key])
			}
		}
	}
	lines, err := l.s.AccessAbout(l.Context(), 10, self.Recipients()...)
	l.no(err)
	if len(lines) != 1 || lines[0].Kind != echowall.AccessErasure || lines[0].Why != "left" || lines[0].By != "" {
		l.Errorf("access log %+v", lines)
	}
	if list, err := l.s.OrderedErasures(l.Context()); err != nil || len(list) != 0 {
		l.Errorf("%d orders are left, %v", len(list), err)
	}
}

// served lets somebody who was erased write again: as somebody new, who can be answered.
func (l *ledger) served(openid echowall.OpenID) {
	l.Helper()
	guess, ok := l.s.Guess(echowall.Contact{Key: "again", From: openid, At: l.now, Opens: echowall.WindowMessage})
	if ok {
		if err := guess.Commit(l.Context(), nil); err != nil && echowall.KindOf(err) != echowall.KindConflict {
			l.Error(err)
		}
	}
	w := l.wish(openid, echowall.WishAccepted)
	self := l.self(openid)
	ids, err := l.s.OpenIDs(l.Context(), self.Recipients()...)
	l.no(err)
	if len(ids) != 2 || ids[echowall.Recipient(w.Author)] != openid {
		l.Errorf("%d of two ids can be mapped back", len(ids))
	}
	reach, err := l.s.Reach(l.Context(), self.Person)
	l.no(err)
	if mine, err := l.s.WishesBy(l.Context(), self.Author, 10); err != nil || len(mine) != 1 || !reach.Following {
		l.Errorf("%d wishes, %v; reach %+v", len(mine), err, reach)
	}
}

// Somebody who left and whose wishes are all closed long ago: nothing leads to the person, the words stay their time.
func TestLeaverWithOldWishes(t *testing.T) {
	l := newLedger(t)
	self := l.self("oLeaver")
	l.at("2026-11-26 10:00")
	w := l.wish("oLeaver", echowall.WishClosed)
	l.turn("oLeaver", echowall.Unfollowed, nil)
	if n := l.retention("2027-02-25 02:20"); n.Leavers != 1 || n.Archived != 1 {
		t.Errorf("%+v", n)
	}
	if ids, err := l.s.OpenIDs(t.Context(), self.Recipients()...); err != nil || len(ids) != 0 {
		t.Errorf("%d ids can be mapped back, %v", len(ids), err)
	}
	got, err := l.s.Wish(t.Context(), w.Number)
	if err != nil || got.Text != w.Text || got.Erased() || !got.OnWall() {
		t.Errorf("%+v, %v", got, err)
	}
}

// Somebody who left comes back after being erased and before the rest is looked for: what began since stays.
func TestReturnDuringErasureOfALeaver(t *testing.T) {
	l := newLedger(t)
	ctx, self := t.Context(), l.self("oLeaver")
	n := &echowall.Notice{Branch: "b1", Title: "开会", Body: "周五开会", By: "p-secretary", Confirm: true, To: []echowall.PersonID{self.Person}}
	l.no(l.s.AddNotice(ctx, n, func(*echowall.Notice) []echowall.Debt { return nil }))
	l.at("2026-11-26 10:00")
	l.turn("oLeaver", echowall.Unfollowed, nil)
	l.at("2026-11-28 02:20")
	hook := dies(l.s) // the night ends with the person gone and the order on the journal
	for commands := int64(1); ; commands++ {
		hook.left.Store(commands)
		_, err := (&echowall.Retention{Store: l.s, Erasure: l.erasure(), Now: l.s.now}).Run(ctx)
		hook.left.Store(1 << 40)
		orders, listed := l.s.OrderedErasures(ctx)
		l.no(listed)
		if len(orders) == 1 {
			break
		}
		if err == nil {
			t.Fatal("the night never stops there")
		}
	}
	w := l.wish("oLeaver", echowall.WishSubmitted)
	d := l.owe(echowall.Recipient(self.Author), "back")
	l.record(&echowall.Settlement{Payment: l.load(d), State: echowall.DebtBoxed}, nil)
	if n, err := l.erasure().Run(ctx); err != nil || n != 1 {
		t.Fatalf("%d orders carried out, %v", n, err)
	}
	if boxed, err := l.s.Boxed(ctx, 10, self.Recipients()...); err != nil || len(boxed) != 1 || boxed[0].ID != d.ID {
		t.Errorf("in the box %+v, %v", boxed, err)
	}
	if ids, err := l.s.OpenIDs(ctx, self.Recipients()...); err != nil || len(ids) != 2 {
		t.Errorf("%d ids can be mapped back, %v", len(ids), err)
	}
	if got, err := l.s.Wish(ctx, w.Number); err != nil || got.Text == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := l.s.NoticesOf(ctx, "b1", 1); err != nil || len(list) != 1 || len(list[0].To) != 0 {
		t.Errorf("the notice still names who left: %+v, %v", list, err)
	}
}
