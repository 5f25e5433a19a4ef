package store_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"echowall"
)

var (
	// head and other look after the station where M2 is an officer: two who may agree on M2.
	head  = &echowall.Who{Person: "p-head", Roster: "H1", Grants: []echowall.Grant{{Role: echowall.RoleHead, Scope: "c1"}}}
	other = &echowall.Who{Person: "p-other", Grants: []echowall.Grant{{Role: echowall.RoleHead, Scope: "c1"}}}
	// outsider may bind anew, but nobody of this branch.
	outsider = &echowall.Who{Person: "p-outsider", Grants: []echowall.Grant{{Role: echowall.RoleSecretary, Scope: "b2"}}}
)

func TestRebinding(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	openid := echowall.OpenID("o-lost")
	old := o.store.Identifier().Person(openid)
	o.bind(old, "M2")
	o.no(o.store.UpdatePerson(ctx, old, func(w *echowall.Who) error {
		w.Grant(echowall.Grant{Role: echowall.RoleAuditor, Scope: "*"})
		return nil
	}))
	talk(o, openid, "m1", func(turn echowall.Turn) {
		turn.Conversation().Dialog = &echowall.Dialog{Name: "reply", Step: "answer", Version: 1, Data: json.RawMessage(`{}`), Touched: noon}
	})

	r, err := o.one.ProposeRebinding(ctx, head, "M2")
	o.no(err)
	if len(r.Digits) != 4 {
		t.Fatalf("proposal %+v", r)
	}
	again, err := o.other.ProposeRebinding(ctx, head, "M2")
	if o.no(err); *again != *r {
		t.Errorf("proposed again: %+v, before %+v", again, r)
	}
	for _, c := range []struct {
		who *echowall.Who
		key string
	}{
		{head, "people.rebind_second"},
		{secretary, "people.staff_line"},
		{&echowall.Who{Person: "p-head-2", Roster: head.Roster, Grants: head.Grants}, "people.rebind_second"}, // another phone of the same
		{outsider, "people.nobody"},
		{o.who(old), "errors.forbidden"},
		{&echowall.Who{Person: old, Grants: registrar.Grants}, "people.rebind_self"},
		{&echowall.Who{Person: "p9", Roster: "M2", Grants: registrar.Grants}, "people.rebind_self"},
	} {
		_, err := o.one.ConfirmRebinding(ctx, c.who, "M2", r.Digits)
		o.refused(err, c.key)
	}
	if w := o.who(old); w.Roster != "M2" || len(w.Grants) != 3 {
		t.Fatalf("something was taken before anybody agreed: %+v", w)
	}

	// A message of the old phone is being worked on while the second person agrees.
	turn, err := o.store.Begin(ctx, echowall.Contact{Key: "m2", From: openid, At: noon})
	o.no(err)
	slip, err := o.other.ConfirmRebinding(ctx, other, "M2", " "+r.Digits)
	o.no(err)
	if err := turn.Commit(ctx, []byte("late")); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("a turn begun as somebody was committed as nobody: %v", err)
	}
	turn.Abandon(ctx)
	if w := o.who(old); w.Roster != "" || w.Name != "" || len(w.Grants) != 0 {
		t.Errorf("the old account is %+v", w)
	}
	talk(o, openid, "m3", func(turn echowall.Turn) {
		if turn.Conversation().Dialog != nil || len(turn.Who().Grants) != 0 {
			t.Errorf("the old phone goes on with %+v as %+v", turn.Conversation().Dialog, turn.Who())
		}
	})
	for _, g := range []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c1"}, {Role: echowall.RoleMember, Scope: "b1"}, {Role: echowall.RoleAuditor, Scope: "*"}} {
		if holders, err := o.store.HoldersOf(ctx, g); err != nil || len(holders) != 0 {
			t.Errorf("%v is held by %v, %v", g, holders, err)
		}
	}
	_, err = o.one.ConfirmRebinding(ctx, other, "M2", r.Digits)
	o.refused(err, "people.not_bound")

	w, err := o.one.Bind(ctx, "p-new", slip.Code)
	o.no(err)
	if w.Roster != "M2" || !w.Holds(echowall.RoleLiaison, "c1") || w.Holds(echowall.RoleAuditor, "*") {
		t.Errorf("the new account is %+v", w)
	}
	want := []string{
		"roles bind M2 p-new p-new",
		"roles rebind.confirm M2 p-other " + string(old),
		"roles rebind.propose M2 p-head " + string(old),
	}
	got := slices.DeleteFunc(o.logged(20), func(line string) bool { return line[:6] == "denied" })
	if len(got) < 3 || !slices.Equal(got[:3], want) {
		t.Errorf("on record: %q", got)
	}
	if _, err := o.store.VerifyAccess(ctx); err != nil {
		t.Error(err)
	}
}

// talk is one message of a person, from beginning to end.
func talk(o *office, from echowall.OpenID, key string, do func(echowall.Turn)) {
	o.Helper()
	turn, err := o.store.Begin(o.Context(), echowall.Contact{Key: key, From: from, At: noon, Opens: echowall.WindowMessage})
	o.no(err)
	do(turn)
	o.no(turn.Commit(o.Context(), nil))
}

func TestRebindingIsGivenUp(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	_, err := o.one.ProposeRebinding(ctx, secretary, "M1")
	o.refused(err, "people.not_bound")
	o.bind("p1", "M1")
	propose := func() string {
		t.Helper()
		r, err := o.one.ProposeRebinding(ctx, secretary, "M1")
		o.no(err)
		return r.Digits
	}
	for range 2 {
		propose()
		for try := range echowall.RebindTries {
			_, err := o.other.ConfirmRebinding(ctx, registrar, "M1", "x")
			o.refused(err, map[bool]string{false: "people.rebind_digits", true: "people.rebind_void"}[try == echowall.RebindTries-1])
		}
	}
	digits := propose()
	o.later(echowall.RebindKept)
	_, err = o.other.ConfirmRebinding(ctx, registrar, "M1", digits)
	o.refused(err, "people.rebind_none")

	digits = propose()
	o.refused(o.one.CancelRebinding(ctx, outsider, "M1"), "people.nobody")
	o.no(o.other.CancelRebinding(ctx, registrar, "M1"))
	_, err = o.one.ConfirmRebinding(ctx, registrar, "M1", digits)
	o.refused(err, "people.rebind_none")

	// The person unbinds, and another account is bound: the proposal was about the first.
	digits = propose()
	o.no(o.one.Leave(ctx, "p1", "unbind"))
	o.bind("p2", "M1")
	_, err = o.one.ConfirmRebinding(ctx, registrar, "M1", digits)
	o.refused(err, "people.rebind_none")
	if o.who("p2").Roster != "M1" {
		t.Error("the second account was taken by a proposal about the first")
	}
}

func TestUnbind(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.bind("p1", "M1")
	o.refused(o.one.Unbind(ctx, secretary, "M1"), "errors.forbidden") // the registrar does it alone, nobody else
	o.no(o.one.Unbind(ctx, registrar, "M1"))
	if w := o.who("p1"); w.Roster != "" || len(w.Grants) != 0 {
		t.Errorf("unbound: %+v", w)
	}
	o.refused(o.one.Unbind(ctx, registrar, "M1"), "people.not_bound")
	o.refused(o.one.Unbind(ctx, registrar, "M9"), "people.nobody")
	if got := o.logged(1); got[0] != "roles unbind M1 p-registrar p1" {
		t.Errorf("on record: %q", got)
	}
	o.bind("p1", "M1")
	o.no(o.one.Leave(ctx, "p1", "unfollow"))
	o.no(o.one.Leave(ctx, "p1", "unfollow")) // nothing is left to leave, and nothing is recorded
	if got := o.logged(2); got[0] != "roles unfollow M1 p1 p1" || got[1] != "roles bind M1 p1 p1" {
		t.Errorf("on record: %q", got)
	}
}

// sessions counts what was ended, and can refuse to.
type sessions struct {
	ended []echowall.PersonID
	err   error
}

func (s *sessions) EndSessions(_ context.Context, p echowall.PersonID, _ string) error {
	s.ended = append(s.ended, p)
	return s.err
}

func (s *sessions) EndConsole(ctx context.Context, p echowall.PersonID) error {
	return s.EndSessions(ctx, p, "")
}

// Taking access away is one step: when a part of it cannot be done, nothing is, and the caller knows.
func TestTakingAwayIsOneStep(t *testing.T) {
	o := newOffice(t)
	o.bind("p1", "M1")
	browsers := &sessions{err: echowall.Errorf(echowall.KindUnavailable, "no browsers today")}
	o.one.Sessions = browsers
	if err := o.one.Leave(t.Context(), "p1", "unbind"); echowall.KindOf(err) != echowall.KindUnavailable {
		t.Errorf("left: %v", err)
	}
	if w := o.who("p1"); w.Roster != "M1" {
		t.Errorf("half of it was done: %+v", w)
	}
	browsers.err = nil
	o.no(o.one.Leave(t.Context(), "p1", "unbind"))
	if !slices.Equal(browsers.ended, []echowall.PersonID{"p1", "p1"}) {
		t.Errorf("ended %v", browsers.ended)
	}
}

func TestActing(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.bind("p2", "M2")
	liaison := echowall.Grant{Role: echowall.RoleLiaison, Scope: "c1"}
	o.no(o.one.Act(ctx, o.who("p2"), liaison))
	if on, ok := o.who("p2").ActsAs(); !ok || on != liaison {
		t.Errorf("acts as %v, %v", on, ok)
	}
	o.refused(o.one.Act(ctx, o.who("p2"), echowall.Grant{Role: echowall.RoleHead, Scope: "c1"}), "people.no_such_role")

	// The roster takes the role away: all that are left count again.
	o.no(o.store.ChangeRoster(ctx, func(d *echowall.Directory) (*echowall.Roster, error) {
		s, _ := d.Station("c1")
		changed := *s
		changed.Officers = nil
		return &echowall.Roster{Stations: []echowall.Station{changed}}, nil
	}))
	w := o.who("p2")
	if on, ok := w.ActsAs(); ok || !w.Holds(echowall.RoleMember, "b1") {
		t.Errorf("acts as %v with %v", on, w.Grants)
	}
}

func TestTries(t *testing.T) {
	var tries echowall.Tries
	for want := echowall.TriesLimit - 1; want >= 0; want-- {
		if left := tries.Miss(noon); left != want {
			t.Errorf("%d left, want %d", left, want)
		}
	}
	if until := tries.LockedUntil(noon); !until.Equal(noon.Add(time.Hour)) {
		t.Errorf("locked until %v", until)
	}
	if until := tries.LockedUntil(noon.Add(time.Hour)); !until.IsZero() {
		t.Errorf("still locked until %v", until)
	}
	if left := tries.Miss(noon.Add(time.Hour)); left != echowall.TriesLimit-1 {
		t.Errorf("%d left after the lock", left)
	}
}
