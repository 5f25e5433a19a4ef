package web_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"echowall"
	"echowall/web"
)

// reaches reads the description of the roles that the domain's matrix is tested with: action → role → how far.
func reaches(t *testing.T) map[echowall.Action]map[echowall.Role]string {
	t.Helper()
	text, err := os.ReadFile("../testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[echowall.Action]map[echowall.Role]string)
	for line := range strings.Lines(string(text)) {
		left, roles, ok := strings.Cut(line, ":")
		words := strings.Fields(left)
		if line[0] == '#' || !ok || len(words) != 2 {
			continue
		}
		a := echowall.Action(words[0])
		if out[a] == nil {
			out[a] = make(map[echowall.Role]string)
		}
		for _, r := range strings.Fields(roles) {
			out[a][echowall.Role(r)] = words[1]
		}
	}
	if len(out) < 40 {
		t.Fatalf("%d actions only", len(out))
	}
	return out
}

// deskRoles is every role that may log in, with what it is held for: where the wish and the person are, above,
// and elsewhere.
var deskRoles = []struct {
	role            echowall.Role
	in, above, away string
}{
	{echowall.RoleSecretary, "b1", "", "b2"},
	{echowall.RoleLiaison, "c1", "s1", "c2"},
	{echowall.RoleHead, "c1", "s1", "c2"},
	{echowall.RoleGrid, "g1", "", "g2"},
	{echowall.RoleDeputy, "c1", "s1", "c2"},
	{echowall.RolePresidium, "c1", "s1", "c2"},
	{echowall.RoleHandler, "", "", "u1"},
	{echowall.RoleApprover, "", "", "u1"},
	{echowall.RoleLeader, "", "", "u1"},
	{echowall.RoleSupervisor, "c1", "s1", "c2"},
	{echowall.RoleCallback, "c1", "s1", "c2"},
	{echowall.RoleReviewer, "c1", "s1", "c2"},
	{echowall.RolePublisher, "c1", "s1", "c2"},
	{echowall.RoleRegistrar, "", "k1", "k2"},
	{echowall.RoleRegistrar, "", "*", ""},
	{echowall.RoleSupervisor, "", "*", ""},
	{echowall.RolePrivacy, "", "*", ""},
	{echowall.RoleAuditor, "", "*", ""},
}

// matrix is a console with one wish, a person of a branch, a person of a station, and places to print.
type matrix struct {
	*console
	wish   *echowall.Wish
	victim jar    // of somebody whom nobody here has to do with
	theirs string // the session of that
}

const (
	matrixWords = "三号楼的水管冻裂了"
	// matrixWhy is why somebody's sessions are ended.
	matrixWhy = "电脑借给别人了"
)

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{console: newConsole(t)}
	m.must(m.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Committees: []echowall.Committee{{ID: "k1", Name: "街道党工委"}, {ID: "k2", Name: "别处党委"}},
			Branches:   []echowall.Branch{{ID: "b1", Name: "第一支部", Committee: "k1"}, {ID: "b2", Name: "第二支部", Committee: "k2"}},
			Grids:      []echowall.Grid{{ID: "g1", Name: "第一网格", Station: "c1"}, {ID: "g2", Name: "第二网格", Station: "c1"}},
			Points:     []echowall.CollectionPoint{{ID: "t1", Name: "东门民意墙", Station: "c1"}},
			People: []echowall.RosterPerson{
				{ID: "R77", Name: "欧阳静", Branch: "b1"}, {ID: "R88", Name: "欧阳明", Duties: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c1"}}},
			},
		}, nil
	}))
	m.wish = &echowall.Wish{Author: author, Text: matrixWords, Station: "c1", Grid: "g1", MayPublish: true}
	m.must(m.store.AddWish(t.Context(), m.wish, func(w *echowall.Wish) error {
		return w.Submit(m.clock(), m.wishes.Calendar, echowall.FromChat)
	}))
	m.victim = m.login(auditor)
	m.theirs = m.open(m.victim, "/console/sessions").ids("id")[0]
	return m
}

// question is one request, and what it is about.
type question struct {
	method, path string
	form         []string
	// secrets are words that nobody reads who does not reach what they are about; none when the request is about
	// the account.
	secrets []string
	// shut are roles that hold the action at the place, and for another kind of thing there.
	shut []echowall.Role
}

// ask makes the question that opens a route for a role.
func (m *matrix) ask(pattern string, role echowall.Role) question {
	method, path, _ := strings.Cut(pattern, " ")
	q := question{method: method, path: strings.TrimSuffix(path, "{$}")}
	is := func(path string) bool { return strings.HasPrefix(q.path, path) }
	id := ""
	switch {
	case is("/console/wish/{number}"):
		id, q.secrets = m.wish.Number, []string{matrixWords}
		q.form = []string{"station", "c1"} // to the station that has it: refused, but not as out of reach
	case is("/console/people/{id}"):
		// Whom a role looks after: those of its branches, or of its station.
		id, q.secrets = "R88", []string{"欧阳"}
		if role == echowall.RoleSecretary || role == echowall.RoleRegistrar {
			id = "R77"
		}
		q.form = []string{"why", matrixWhy, "sure", "1"}
	case is("/console/places/{id}"): // for all staff
		id = "c1"
	case is("/console/print/station/{id}"):
		id, q.secrets, q.shut = "c1", []string{"000-0000-1234"}, []echowall.Role{echowall.RoleGrid}
	case is("/console/print/point/{id}"):
		id, q.secrets, q.shut = "t1", []string{"东门民意墙"}, []echowall.Role{echowall.RoleGrid}
	case is("/console/print/grid/{id}"):
		id, q.secrets = "g1", []string{"第一网格"}
	case is("/console/print/slips"):
		q.secrets, q.form = []string{"第一支部", "欧阳"}, []string{"branch", "b1"}
		q.shut = []echowall.Role{echowall.RoleHead}
		if method == http.MethodGet {
			q.path += "?branch=b1"
		}
	case is("/console/sessions/end"):
		q.form = []string{"id", m.theirs}
	}
	q.path = strings.NewReplacer("{number}", id, "{id}", id).Replace(q.path)
	return q
}

// TestEveryRouteForEveryRole opens every page and act of the console as every role held at the place, above it
// and elsewhere: 403 for whoever may do such a thing nowhere, 404 for what lies out of reach, and not a word of
// either.
func TestEveryRouteForEveryRole(t *testing.T) {
	m := newMatrix(t)
	far := reaches(t)
	srv, err := web.New(m.config)
	m.must(err)
	routes := srv.ConsoleRoutes()
	sees := func(a echowall.Action, role echowall.Role, scope, where string) bool {
		reach := far[a][role]
		if far[a]["everybody"] != "" {
			reach = "all"
		}
		return reach == "all" || reach != "" && (scope == "*" || where == "at the place") || reach == "below" && where == "above"
	}
	asked := 0
	play := func(role echowall.Role, scope, where string) {
		if scope == "" {
			return
		}
		who := &echowall.Who{Person: echowall.PersonID("p-matrix-" + string(role) + "-" + where + "-" + strings.Trim(scope, "*"))}
		m.must(m.store.UpdatePerson(t.Context(), who.Person, func(x *echowall.Who) error {
			x.Person, x.Name, x.Grants = who.Person, "周敏", []echowall.Grant{{Role: role, Scope: scope}}
			return nil
		}))
		j := m.login(who)
		for pattern, action := range routes {
			q := m.ask(pattern, role)
			if strings.Contains(q.path, "{") {
				t.Fatalf("%s: no question", pattern)
			}
			asked++
			var a answerOf
			if q.method == http.MethodPost {
				a = m.send(j, q.path, q.form...)
			} else {
				a = m.open(j, q.path)
			}
			nowhere := far[action][role] == "" && far[action]["everybody"] == ""
			seen := sees(action, role, scope, where) && !slices.Contains(q.shut, role)
			switch {
			case a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/console/login"):
				t.Errorf("%s by %s %s: logged out", pattern, role, where)
			case a.StatusCode >= http.StatusInternalServerError:
				t.Errorf("%s by %s %s: %d", pattern, role, where, a.StatusCode)
			case nowhere && a.StatusCode != http.StatusForbidden:
				t.Errorf("%s by %s %s: %d, want 403", pattern, role, where, a.StatusCode)
			case !nowhere && a.StatusCode == http.StatusForbidden && seen && !slices.Contains(q.secrets, matrixWords):
				t.Errorf("%s by %s %s: forbidden", pattern, role, where)
			case !nowhere && len(q.secrets) > 0 && seen == (a.StatusCode == http.StatusNotFound):
				t.Errorf("%s by %s %s: %d, want seen=%v", pattern, role, where, a.StatusCode, seen)
			}
			for _, words := range q.secrets {
				if !seen && strings.Contains(a.body, words) {
					t.Errorf("%s by %s %s: %d, and tells", pattern, role, where, a.StatusCode)
				}
			}
			m.lists(q.path, a, string(role)+" "+where, sees(echowall.ActionQueue, role, scope, where))
		}
	}
	for _, r := range deskRoles {
		play(r.role, r.in, "at the place")
		play(r.role, r.above, "above")
		play(r.role, r.away, "elsewhere")
	}
	if asked < 40*len(deskRoles) {
		t.Errorf("%d questions only", asked)
	}
	for pattern, action := range routes {
		if !slices.Contains(echowall.Actions(), action) {
			t.Errorf("%s: there is no action %q", pattern, action)
		}
	}
	if !m.inside(m.victim) {
		t.Error("somebody ended a session of somebody else")
	}
}

// lists checks that a page with the queue lists and counts the wish for those who may see it, and for nobody else:
// not for the grid next door either.
func (m *matrix) lists(path string, a answerOf, who string, seen bool) {
	m.t.Helper()
	if path != "/console/" && path != "/console/queue" {
		return
	}
	if strings.Contains(a.body, matrixWords) != seen {
		m.t.Errorf("%s for %s: want the wish listed: %v", path, who, seen)
	}
	for _, count := range []string{"全部 1", "共 1 件"} {
		if path == "/console/queue" && strings.Contains(a.body, count) != seen {
			m.t.Errorf("%s for %s: want “%s”: %v", path, who, count, seen)
		}
	}
}
