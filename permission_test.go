package echowall

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// allRoles is every role there is, with a scope in district in which it may be held and one below, if the
// role's scope has anything below.
var allRoles = []struct {
	role            Role
	scope           string
	in, below, away *Target
}{
	{RoleMember, "b1", &Target{Branch: "b1"}, nil, &Target{Branch: "b2"}},
	{RoleSecretary, "b1", &Target{Branch: "b1"}, nil, &Target{Branch: "b2"}},
	{RoleLiaison, "s0", &Target{Station: "s0"}, &Target{Station: "s1"}, &Target{Station: "s3"}},
	{RoleHead, "s0", &Target{Station: "s0"}, &Target{Station: "s1"}, &Target{Station: "s3"}},
	{RoleGrid, "g1", &Target{Station: "s1", Grid: "g1"}, nil, &Target{Station: "s1"}},
	{RoleDeputy, "s0", &Target{Station: "s0"}, &Target{Station: "s1"}, &Target{Station: "s3"}},
	{RolePresidium, "s0", &Target{Station: "s0"}, &Target{Station: "s1"}, &Target{Station: TriageStation}},
	{RoleHandler, "u1", &Target{Station: "s1", Unit: "u1"}, nil, &Target{Station: "s1"}},
	{RoleApprover, "u1", &Target{Station: "s1", Unit: "u1"}, nil, &Target{Station: "s1"}},
	{RoleLeader, "u1", &Target{Station: "s1", Unit: "u1"}, nil, &Target{Station: "s1"}},
	{RoleSupervisor, "s0", &Target{Station: "s0"}, &Target{Station: "s2"}, &Target{Station: "s3"}},
	{RoleCallback, "s0", &Target{Station: "s0"}, &Target{Station: "s2"}, &Target{Station: "s3"}},
	{RoleReviewer, "s0", &Target{Station: "s0"}, &Target{Station: "s2"}, &Target{Station: "s3"}},
	{RolePublisher, "s0", &Target{Station: "s0"}, &Target{Station: "s2"}, &Target{Station: "s3"}},
	{RoleRegistrar, "c1", nil, &Target{Branch: "b1"}, &Target{Branch: "b2"}},
	{RolePrivacy, ScopeEverywhere, nil, nil, nil},
	{RoleAuditor, ScopeEverywhere, nil, nil, nil},
}

// heldEverywhere are the roles that may be.
var heldEverywhere = []Role{RoleSupervisor, RoleCallback, RoleReviewer, RolePublisher, RolePrivacy, RoleAuditor, RoleRegistrar}

// expected reads testdata/permissions.txt: action → role → how far.
func expected(t *testing.T) map[Action]map[Role]string {
	t.Helper()
	text, err := os.ReadFile("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[Action]map[Role]string)
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		left, roles, ok := strings.Cut(line, ":")
		words := strings.Fields(left)
		if !ok || len(words) != 2 || !slices.Contains([]string{"own", "scope", "below", "all"}, words[1]) {
			t.Fatalf("line %d: want “action far: roles”, have %q", n+1, line)
		}
		a := Action(words[0])
		if out[a] == nil {
			out[a] = make(map[Role]string)
		}
		for _, r := range strings.Fields(roles) {
			if r == "everybody" {
				r = string(everybody)
			}
			if _, twice := out[a][Role(r)]; twice {
				t.Errorf("line %d: %s for %s stands twice", n+1, a, r)
			}
			out[a][Role(r)] = words[1]
		}
	}
	return out
}

// TestPermissionMatrix asks for every action as every role, about what is one's own, in the scope, below it,
// elsewhere, and the account as a whole.
func TestPermissionMatrix(t *testing.T) {
	d, want := district(), expected(t)
	if got, file := len(Actions()), len(want); got != file {
		t.Errorf("the program has %d actions, the file %d", got, file)
	}
	for _, a := range Actions() {
		if want[a] == nil {
			t.Errorf("%s is not in the file", a)
		}
	}
	asked := 0
	for a := range want {
		ownAllowed := want[a][everybody] == "own"
		resident := &Who{Person: "p"}
		check := func(name string, who *Who, target string, t2 Target, allowed bool) {
			asked++
			err := d.Allow(who, a, t2)
			if allowed != (err == nil) {
				t.Errorf("%s as %s, %s: %v, want allowed=%v", a, name, target, err, allowed)
			}
			if err != nil && KindOf(err) != KindForbidden && KindOf(err) != KindNotFound {
				t.Errorf("%s as %s, %s: not a refusal: %v", a, name, target, err)
			}
		}
		check("resident", resident, "own", Target{Own: true}, ownAllowed)
		check("resident", resident, "a wish", Target{Station: "s1", Branch: "b1", Unit: "u1", Grid: "g1"}, false)
		check("resident", resident, "the account", Target{}, false)
		check("nobody", nil, "own", Target{Own: true}, ownAllowed)
		check("nobody", nil, "a wish", Target{Station: "s1"}, false)
		for _, r := range allRoles {
			who := &Who{Person: "p", Grants: []Grant{{r.role, r.scope}}}
			far := want[a][r.role]
			check(string(r.role), who, "own", Target{Own: true}, ownAllowed || far == "all" || far != "" && r.scope == ScopeEverywhere)
			if r.in != nil {
				check(string(r.role), who, "scope", *r.in, far == "scope" || far == "below" || far == "all")
			}
			if r.below != nil {
				check(string(r.role), who, "below", *r.below, far == "below" || far == "all")
			}
			if r.away != nil {
				check(string(r.role), who, "elsewhere", *r.away, far == "all")
			}
			check(string(r.role), who, "the account", Target{}, far == "all")

			everywhere := &Who{Person: "p", Grants: []Grant{{r.role, ScopeEverywhere}}}
			held := slices.Contains(heldEverywhere, r.role)
			check(string(r.role)+" everywhere", everywhere, "a wish", Target{Station: "s1", Branch: "b1", Unit: "u1", Grid: "g1"}, held && far != "")
			check(string(r.role)+" everywhere", everywhere, "the account", Target{}, held && far != "")
		}
	}
	if least := len(want) * len(allRoles) * 4; asked < least {
		t.Errorf("asked %d questions only, want %d at least", asked, least)
	}
}

// Some things no table may ever say.
func TestPermissionsThatNobodyMayHave(t *testing.T) {
	handling := []Action{ActionTodo, ActionWishAccept, ActionWishAnswer, ActionWishRedact, ActionWishPublish, ActionWishRoute, ActionContactSee}
	never := map[Role][]Action{
		RoleDeputy:     handling, // deputies do not handle (Deputies Law, art. 31)
		RoleSupervisor: handling, // whoever supervises does not give out
		RoleAuditor: append([]Action{
			ActionRosterChange, ActionRosterImport, ActionRosterExport, ActionCodeIssue, ActionRebindPropose, ActionRebindConfirm,
			ActionUnbind, ActionOwedRetry, ActionPlaceChange, ActionNoticeSend, ActionLessonTeach, ActionDataExport, ActionSessionRevoke,
		}, handling...), // read-only
		RoleHandler:   {ActionContactSee, ActionRosterRead},
		RoleApprover:  {ActionContactSee, ActionRosterRead},
		RoleLeader:    {ActionContactSee, ActionRosterRead},
		RoleMember:    append([]Action{ActionConsole, ActionQueue, ActionWishRead, ActionRosterRead}, handling...),
		RoleSecretary: append([]Action{ActionQueue, ActionWishRead}, handling...), // study and wishes never meet
		RoleReviewer:  {ActionWishPublish},
		RolePublisher: {ActionWishRedact},
	}
	for _, p := range Permissions() {
		if slices.Contains(never[p.Role], p.Action) {
			t.Errorf("%s may %s", p.Role, p.Action)
		}
		if p.Extent == ExtentOwn != (p.Role == everybody) {
			t.Errorf("%s of %s goes as far as %s: what is one's own is everybody's, and nothing else is", p.Action, p.Role, p.Extent)
		}
		if p.Role != everybody && scopeOf[p.Role] == (scopeOf[Role("")]) {
			t.Errorf("nobody knows what the scope of %s is", p.Role)
		}
	}
}

// A refusal tells who has no business with such things, and hides what exists from who has.
func TestRefusalsHide(t *testing.T) {
	d := district()
	officer := &Who{Grants: []Grant{{RoleLiaison, "s1"}}}
	for _, c := range []struct {
		who    *Who
		action Action
		target Target
		kind   Kind
		key    string
	}{
		{&Who{}, ActionWishRead, Target{Number: "XY1", Station: "s1"}, KindForbidden, "errors.staff_only"},
		{officer, ActionWishRead, Target{Number: "XY1", Station: "s2"}, KindNotFound, "staff.not_found"},
		{officer, ActionWishRead, Target{Number: "XY1", Station: "s1", Excluded: []Party{"s:s1"}}, KindNotFound, "staff.not_found"},
		{&Who{Grants: []Grant{{RoleMember, "b1"}}}, ActionNoticeSend, Target{Branch: "b1"}, KindForbidden, "errors.secretary_only"},
		{&Who{Grants: []Grant{{RoleSecretary, "b1"}}}, ActionNoticeSend, Target{Branch: "b2"}, KindForbidden, "errors.secretary_only"},
		{officer, ActionRosterImport, Target{}, KindForbidden, "errors.forbidden"},
		{&Who{Grants: []Grant{{RoleRegistrar, "c1"}}}, ActionRosterImport, Target{}, KindNotFound, "errors.not_found"},
	} {
		err := d.Allow(c.who, c.action, c.target)
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.Key != c.key {
			t.Errorf("%s of %+v: %v, want %s %s", c.action, c.target, err, c.kind, c.key)
		}
	}
}

// Of several roles that would do, the one that is switched on acts, else the first of the table.
func TestActingRole(t *testing.T) {
	d := district()
	who := &Who{Grants: []Grant{{RoleHead, "s1"}, {RoleLiaison, "s1"}, {RoleSecretary, "b1"}}}
	at := Target{Station: "s1"}
	for _, c := range []struct{ on, want Grant }{
		{Grant{}, Grant{RoleLiaison, "s1"}},
		{Grant{RoleHead, "s1"}, Grant{RoleHead, "s1"}},
		{Grant{RoleSecretary, "b1"}, Grant{RoleLiaison, "s1"}}, // that one cannot
		{Grant{RoleHead, "s2"}, Grant{RoleLiaison, "s1"}},      // lost since
	} {
		who.Acting = c.on
		if got, err := d.Allowed(who, ActionWishAccept, at); err != nil || got != c.want {
			t.Errorf("with %v on: %v, %v, want %v", c.on, got, err, c.want)
		}
	}
}

// Somebody on the roster is reached through the own branches and through the places where the person acts; the
// roles of staff are handed over only by who looks after all of them.
func TestPersonAsTarget(t *testing.T) {
	d := district()
	for _, c := range []struct {
		grant  Grant
		person RosterID
		read   bool
		code   bool
	}{
		{Grant{RoleSecretary, "b1"}, "r-member", true, true},
		{Grant{RoleSecretary, "b2"}, "r-member", false, false},
		{Grant{RoleSecretary, "b1"}, "r-joint", true, true},
		{Grant{RoleSecretary, "b2"}, "r-joint", true, true},
		{Grant{RoleRegistrar, "c1"}, "r-member", true, true},
		{Grant{RoleRegistrar, "c3"}, "r-member", false, false},
		{Grant{RoleHead, "s1"}, "r-zhang", true, true},
		{Grant{RoleHead, "s1"}, "r-grid", true, true},
		{Grant{RoleHead, "s1"}, "r-sole", false, false},
		{Grant{RoleSecretary, "b1"}, "r-zhang", false, false},
		{Grant{RoleSecretary, "b1"}, "r-both", true, false}, // a member who is staff elsewhere
		{Grant{RoleRegistrar, ScopeEverywhere}, "r-both", true, true},
	} {
		p, ok := d.Person(c.person)
		if !ok {
			t.Fatalf("nobody is %s", c.person)
		}
		who := &Who{Grants: []Grant{c.grant}}
		if _, err := d.allowedOn(who, ActionRosterRead, p); c.read != (err == nil) {
			t.Errorf("%v reads %s: %v, want %v", c.grant, c.person, err, c.read)
		}
		if _, err := d.allowedOn(who, ActionCodeIssue, p); c.code != (err == nil) {
			t.Errorf("%v makes a code for %s: %v, want %v", c.grant, c.person, err, c.code)
		}
	}
}

func TestScopes(t *testing.T) {
	d := district()
	for _, c := range []struct {
		grants []Grant
		action Action
		want   Span
	}{
		{nil, ActionQueue, Span{}},
		{[]Grant{{RoleMember, "b1"}}, ActionQueue, Span{}},
		{[]Grant{{RoleLiaison, "s1"}, {RoleLiaison, string(TriageStation)}}, ActionQueue, Span{Stations: []StationID{"s1", TriageStation}}},
		{[]Grant{{RoleHead, "s0"}}, ActionQueue, Span{Stations: []StationID{"s0", "s1", "s2", "s9"}}},
		{[]Grant{{RoleHead, "s0"}}, ActionTodo, Span{Stations: []StationID{"s0"}}},
		{[]Grant{{RoleHead, "s0"}, {RoleLiaison, "s1"}}, ActionQueue, Span{Stations: []StationID{"s0", "s1", "s2", "s9"}}},
		{[]Grant{{RoleGrid, "g1"}, {RoleHandler, "u1"}}, ActionQueue, Span{Grids: []GridID{"g1"}, GridStations: []StationID{"s1"}, Units: []UnitID{"u1"}}},
		{[]Grant{{RoleRegistrar, "c1"}}, ActionRosterRead, Span{Branches: []BranchID{"b1"}}},
		{[]Grant{{RoleLiaison, ScopeEverywhere}}, ActionQueue, Span{}}, // such a role is held at a station
		{[]Grant{{RoleAuditor, ScopeEverywhere}}, ActionQueue, Span{
			All: true, Stations: []StationID{"s0", "s1", "s2", "s3", "s9", TriageStation}, Branches: []BranchID{"b1", "b2"},
			Grids: []GridID{"g1"}, Units: []UnitID{"u1"},
		}},
	} {
		got := d.Scopes(&Who{Grants: c.grants}, c.action)
		if got.All != c.want.All || !slices.Equal(got.Stations, c.want.Stations) || !slices.Equal(got.Branches, c.want.Branches) ||
			!slices.Equal(got.Grids, c.want.Grids) || !slices.Equal(got.GridStations, c.want.GridStations) || !slices.Equal(got.Units, c.want.Units) {
			t.Errorf("%v %s: %+v, want %+v", c.grants, c.action, got, c.want)
		}
	}
}
