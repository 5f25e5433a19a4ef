package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store"
)

// desk is a station with one wish in it.
type desk struct {
	*echowall.Wishes
	store  *store.Store
	wish   *echowall.Wish
	log    *echowall.AccessLog
	person *echowall.Who // an officer of the station
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s := openTest(t)
	if err := s.PutStations(t.Context(), echowall.Station{ID: "c1", Name: "竹园社区联络站", Kind: echowall.StationCommunity}); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	guard := &echowall.Guard{Roster: s, Access: s}
	return &desk{
		Wishes: &echowall.Wishes{Store: s, Contacts: s, Guard: guard, Calendar: calendar, Now: now},
		store:  s, wish: addWish(t, s, "a-author", "c1"), log: &echowall.AccessLog{Store: s, Guard: guard, Now: now},
		person: &echowall.Who{Person: "p-officer", Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c1"}}},
	}
}

func refused(t *testing.T, err error, kind echowall.Kind, key string) {
	t.Helper()
	var e *echowall.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Key != key {
		t.Errorf("%v, want %s (%s)", err, kind, key)
	}
}

func TestContactIsTheAuthors(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	if c, err := d.OwnContact(ctx, "a-author"); err != nil || c != (echowall.ContactCard{}) {
		t.Errorf("before anything: %+v, %v", c, err)
	}
	refused(t, d.SetMayGive(ctx, "a-author", true), echowall.KindNotFound, "contact.none")
	if _, err := d.SetContact(ctx, "a-author", "打我", true); err == nil {
		t.Error("打我 is taken for a number")
	}
	if _, err := d.SetContact(ctx, "a-author", " 139-1234-5678 ", false); err != nil {
		t.Fatal(err)
	}
	if err := d.SetMayGive(ctx, "a-author", true); err != nil {
		t.Fatal(err)
	}
	if c, err := d.OwnContact(ctx, "a-author"); err != nil || c.Phone != "13912345678" || !c.MayGive || !c.Changed.Equal(noon) {
		t.Errorf("read back %+v, %v", c, err)
	}
	if c, err := d.OwnContact(ctx, "a-other"); err != nil || c.Phone != "" {
		t.Errorf("somebody else has %+v, %v", c, err)
	}
	// Nothing in the database tells the number.
	if raw := d.store.Redis().Get(ctx, "ew:{wx1}:contact:a-author").Val(); raw == "" || strings.Contains(raw, "1391") {
		t.Errorf("stored as %q", raw)
	}
	// A sealed card belongs to its author.
	d.store.Redis().Rename(ctx, "ew:{wx1}:contact:a-author", "ew:{wx1}:contact:a-other")
	if c, err := d.OwnContact(ctx, "a-other"); err == nil {
		t.Errorf("a card opened under another author: %+v", c)
	}
	if _, err := d.SetContact(ctx, "a-author", "0571-88886666", true); err != nil {
		t.Fatal(err)
	}
	if err := d.RemoveContact(ctx, "a-author"); err != nil {
		t.Fatal(err)
	}
	if c, err := d.OwnContact(ctx, "a-author"); err != nil || c.Phone != "" {
		t.Errorf("after the removal: %+v, %v", c, err)
	}
}

func TestContactIsShownForAReason(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	n, why := d.wish.Number, "核对漏水的楼层"
	looks := func() int {
		t.Helper()
		about, err := d.log.About(ctx, 100, "a-author")
		if err != nil {
			t.Fatal(err)
		}
		return len(about)
	}

	_, err := d.Contact(ctx, d.person, n, why)
	refused(t, err, echowall.KindConflict, "contact.not_given")
	if _, err := d.SetContact(ctx, "a-author", "13912345678", false); err != nil {
		t.Fatal(err)
	}
	_, err = d.Contact(ctx, d.person, n, why)
	refused(t, err, echowall.KindConflict, "contact.not_given")
	if err := d.SetMayGive(ctx, "a-author", true); err != nil {
		t.Fatal(err)
	}
	_, err = d.Contact(ctx, d.person, n, " 核对 ")
	refused(t, err, echowall.KindInvalid, "errors.why")
	_, err = d.Contact(ctx, d.person, n, strings.Repeat("核", 101))
	refused(t, err, echowall.KindInvalid, "errors.why_long")
	_, err = d.Contact(ctx, d.person, n, "打 13912345678 核对")
	refused(t, err, echowall.KindInvalid, "errors.why_number")

	grant := func(role echowall.Role, scope string) *echowall.Who {
		return &echowall.Who{Person: echowall.PersonID("p-" + string(role)), Grants: []echowall.Grant{{Role: role, Scope: scope}}}
	}
	for _, who := range []*echowall.Who{
		{Person: "p-resident"}, grant(echowall.RoleDeputy, "c1"), grant(echowall.RoleSupervisor, "*"), grant(echowall.RoleAuditor, "*"),
		grant(echowall.RolePrivacy, "*"), grant(echowall.RoleHandler, "u1"), grant(echowall.RoleSecretary, "b1"),
	} {
		_, err := d.Contact(ctx, who, n, why)
		refused(t, err, echowall.KindForbidden, "errors.staff_only")
	}
	_, err = d.Contact(ctx, grant(echowall.RoleLiaison, "c2"), n, why)
	refused(t, err, echowall.KindNotFound, "staff.not_found")
	if looks() != 0 {
		t.Errorf("%d looks are on record before anybody saw anything", looks())
	}

	card, err := d.Contact(ctx, d.person, " xy"+strings.TrimPrefix(n, "XY"), why)
	if err != nil || card.Phone != "13912345678" {
		t.Fatalf("%+v, %v", card, err)
	}
	about, err := d.log.About(ctx, 100, "a-author")
	if err != nil || len(about) != 1 {
		t.Fatalf("looks %+v, %v", about, err)
	}
	want := echowall.AccessLook{At: noon.UTC(), Kind: echowall.AccessContact, Role: echowall.RoleLiaison, Scope: "c1", Case: n, Why: why}
	if got := about[0]; got != want {
		t.Errorf("the author sees %+v, want %+v", got, want)
	}

	// Withdrawn is withdrawn.
	if err := d.SetMayGive(ctx, "a-author", false); err != nil {
		t.Fatal(err)
	}
	_, err = d.Contact(ctx, d.person, n, why)
	refused(t, err, echowall.KindConflict, "contact.not_given")
}

// A look that cannot be put on record does not happen.
func TestContactIsNotShownOffTheRecord(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	if _, err := d.SetContact(ctx, "a-author", "13912345678", true); err != nil {
		t.Fatal(err)
	}
	d.store.Redis().Set(ctx, "ew:{wx1}:accesshead", "damaged", 0)
	if card, err := d.Contact(ctx, d.person, d.wish.Number, "核对漏水的楼层"); err == nil || card.Phone != "" {
		t.Errorf("shown: %+v, %v", card, err)
	}
}

// Denials of the use cases are on record, with the case and without a word of it.
func TestDenialsAreOnRecord(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	stranger := &echowall.Who{Person: "p-stranger", Roster: "r-7", Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c2"}}}
	_, err := d.Accept(ctx, stranger, d.wish.Number, echowall.FromChat)
	refused(t, err, echowall.KindNotFound, "staff.not_found")
	_, err = d.Accept(ctx, stranger, "XY9999", echowall.FromChat) // nothing was denied: there is no such wish
	refused(t, err, echowall.KindNotFound, "staff.not_found")
	_, err = d.Todo(ctx, &echowall.Who{Person: "p-resident"}, 10)
	refused(t, err, echowall.KindForbidden, "errors.staff_only")
	_, err = d.log.Lines(ctx, stranger, 0)
	refused(t, err, echowall.KindForbidden, "errors.forbidden")

	lines, err := d.log.Lines(ctx, &echowall.Who{Person: "p-auditor", Grants: []echowall.Grant{{Role: echowall.RoleAuditor, Scope: "*"}}}, 0)
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v; want 3", len(lines), err)
	}
	for i, want := range []struct {
		by   echowall.PersonID
		what string
	}{{"p-stranger", "access.read"}, {"p-resident", "wish.todo"}, {"p-stranger", "wish.accept " + d.wish.Number}} {
		if e := lines[i]; e.Kind != echowall.AccessDenied || e.By != want.by || e.Case != want.what {
			t.Errorf("line %d: %+v, want %+v", i, e, want)
		}
	}
	if lines[0].Roster != "r-7" {
		t.Errorf("the line of the roster is missing: %+v", lines[0])
	}
}

func TestNormalisePhone(t *testing.T) {
	for typed, want := range map[string]string{
		"13912345678": "13912345678", "139 1234 5678": "13912345678", "+86 139-1234-5678": "13912345678", "８６１３９１２３４５６７８": "13912345678",
		"0571-88886666": "057188886666", "（0571）8888666": "05718888666", "88886666": "88886666",
		"": "", "12345": "", "12912345678": "", "1391234567": "", "139123456789": "", "一三九": "", "13912345678 找我": "", "11012345": "",
	} {
		got, ok := echowall.NormalisePhone(typed)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}
