package store_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store"
)

// browse opens a session of one kind for a person.
func (o *office) browse(kind store.SessionKind, p echowall.PersonID, a echowall.AuthorID, hash string) {
	o.Helper()
	value, err := json.Marshal(map[string]echowall.Session{"session": {Person: p, Author: a, Since: noon, Seen: noon}})
	o.no(err)
	o.no(o.store.SessionsOf(kind).CommitCtx(o.Context(), hash, value, time.Now().Add(time.Hour)))
}

// open are the sessions of a person.
func (o *office) open(p echowall.PersonID) []string {
	o.Helper()
	list, err := o.store.Sessions(o.Context(), p)
	o.no(err)
	var out []string
	for _, x := range list {
		out = append(out, x.ID)
	}
	slices.Sort(out)
	return out
}

// Ending somebody's console sessions takes all of them and nothing else, and tells the person who and why.
func TestEndConsole(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.bind("p1", "M1")
	o.bind("p2", "M2")
	o.browse(store.ConsoleSession, "p1", "", "one")
	o.browse(store.ConsoleSession, "p1", "", "two")
	o.browse(store.PhoneSession, "p1", "a1", "three")
	o.browse(store.ConsoleSession, "p2", "", "four")
	const why = "办公室电脑忘了退出"
	head := &echowall.Who{Person: "p-head", Grants: []echowall.Grant{{Role: echowall.RoleHead, Scope: "c1"}}}
	away := &echowall.Who{Person: "p-away", Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: "k9"}}}
	for _, c := range []struct {
		who  *echowall.Who
		line echowall.RosterID
		why  string
		key  string
	}{
		{secretary, "M1", why, "errors.forbidden"},
		{head, "M2", why, "errors.forbidden"}, // reads the line, and ends nothing
		{away, "M1", why, "people.nobody"},
		{registrar, "M9", why, "people.nobody"},
		{registrar, "M3", why, "people.no_console"},
		{registrar, "M1", " 忘了 ", "errors.why"},
		{registrar, "M1", strings.Repeat("忘", 101), "errors.why_long"},
		{registrar, "M1", "电话 13800001234 说的", "errors.why_number"},
		{secretary, "M1", "", "errors.forbidden"}, // who may not is not told what would be missing
	} {
		o.refused(o.one.TryEndConsole(ctx, c.who, c.line, c.why), c.key)
		o.refused(o.one.EndConsole(ctx, c.who, c.line, c.why), c.key)
	}
	o.no(o.one.TryEndConsole(ctx, registrar, "M1", why))
	if got := o.open("p1"); len(got) != 3 {
		t.Fatalf("open before: %q", got)
	}
	o.no(o.one.EndConsole(ctx, registrar, "M1", "  "+why+" "))
	if got := o.open("p1"); !slices.Equal(got, []string{"phone:three"}) {
		t.Errorf("still open: %q", got)
	}
	if got := o.open("p2"); !slices.Equal(got, []string{"desk:four"}) {
		t.Errorf("open of somebody else: %q", got)
	}
	if w := o.who("p1"); w.Roster != "M1" || len(w.Grants) == 0 {
		t.Errorf("the binding went too: %+v", w)
	}
	about, err := (&echowall.AccessLog{Store: o.store}).About(ctx, 1, "p1")
	o.no(err)
	want := echowall.AccessLook{At: noon, Kind: echowall.AccessSessions, Role: echowall.RoleRegistrar, Scope: "*", Case: "M1", Why: why}
	if len(about) != 1 || !about[0].At.Equal(noon) {
		t.Fatalf("the person reads %+v", about)
	}
	if about[0].At = noon; about[0] != want {
		t.Errorf("the person reads %+v, want %+v", about[0], want)
	}
	// The officer for personal information may do it as well, also when nothing is open: that tells nobody.
	privacy := &echowall.Who{Person: "p-privacy", Grants: []echowall.Grant{{Role: echowall.RolePrivacy, Scope: "*"}}}
	o.no(o.one.EndConsole(ctx, privacy, "M1", why))
	if got := o.logged(1); got[0] != "sessions "+why+" M1 p-privacy p1" {
		t.Errorf("on record: %q", got)
	}
}
