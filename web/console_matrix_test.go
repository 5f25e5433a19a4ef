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

// TestEveryRouteForEveryRole opens every page and act of the console as every role held at the place, above it
// and elsewhere: 403 for whoever may do such a thing nowhere, 404 for what lies out of reach, and not a word of
// either.
func TestEveryRouteForEveryRole(t *testing.T) {
	c := newConsole(t)
	c.must(c.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Committees: []echowall.Committee{{ID: "k1", Name: "街道党工委"}, {ID: "k2", Name: "别处党委"}},
			Branches:   []echowall.Branch{{ID: "b1", Name: "第一支部", Committee: "k1"}, {ID: "b2", Name: "第二支部", Committee: "k2"}},
			Grids:      []echowall.Grid{{ID: "g1", Name: "第一网格", Station: "c1"}, {ID: "g2", Name: "第二网格", Station: "c2"}},
			People: []echowall.RosterPerson{
				{ID: "R77", Name: "欧阳静", Branch: "b1"}, {ID: "R88", Name: "欧阳明", Duties: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c1"}}},
			},
		}, nil
	}))
	const words = "三号楼的水管冻裂了"
	w := &echowall.Wish{Author: author, Text: words, Station: "c1", Grid: "g1", MayPublish: true}
	c.must(c.store.AddWish(t.Context(), w, func(w *echowall.Wish) error {
		return w.Submit(c.clock(), c.wishes.Calendar, echowall.FromChat)
	}))
	// Whom a role looks after: those of its branches, or of its station.
	persons := map[echowall.Role]string{}
	for _, r := range deskRoles {
		persons[r.role] = "R88"
	}
	persons[echowall.RoleSecretary], persons[echowall.RoleRegistrar] = "R77", "R77"
	far := reaches(t)
	srv, err := web.New(c.config)
	c.must(err)
	routes := srv.ConsoleRoutes()

	asked := 0
	play := func(role echowall.Role, scope, where string) {
		if scope == "" {
			return
		}
		who := &echowall.Who{Person: echowall.PersonID("p-matrix-" + string(role) + "-" + where + "-" + strings.Trim(scope, "*"))}
		c.must(c.store.UpdatePerson(t.Context(), who.Person, func(x *echowall.Who) error {
			x.Person, x.Name, x.Grants = who.Person, "周敏", []echowall.Grant{{Role: role, Scope: scope}}
			return nil
		}))
		j := c.login(who)
		for pattern, action := range routes {
			method, path, _ := strings.Cut(pattern, " ")
			aboutWish, aboutPerson := strings.Contains(path, "/wish/{number}"), strings.Contains(path, "/people/{id}")
			path = strings.NewReplacer("{$}", "", "{number}", w.Number).Replace(path)
			if aboutPerson {
				path = strings.Replace(path, "{id}", persons[role], 1)
			}
			if strings.Contains(path, "{") || strings.HasSuffix(path, "/sessions/end") {
				continue // the owners of such pages test them
			}
			asked++
			var a answerOf
			if method == http.MethodPost {
				a = c.send(j, path, "station", "c1") // to the station that has it: refused, but not as out of reach
			} else {
				a = c.open(j, path)
			}
			reach := far[action][role]
			if far[action]["everybody"] != "" {
				reach = "all"
			}
			seen := reach == "all" || scope == "*" || reach != "" && where == "at the place" || reach == "below" && where == "above"
			switch {
			case a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/console/login"):
				t.Errorf("%s by %s %s: logged out", pattern, role, where)
			case reach == "" && a.StatusCode != http.StatusForbidden:
				t.Errorf("%s by %s %s: %d, want 403", pattern, role, where, a.StatusCode)
			case reach != "" && a.StatusCode == http.StatusForbidden && seen && !aboutWish:
				t.Errorf("%s by %s %s: forbidden", pattern, role, where)
			case reach != "" && (aboutWish || aboutPerson) && seen == (a.StatusCode == http.StatusNotFound):
				t.Errorf("%s by %s %s: %d, want seen=%v", pattern, role, where, a.StatusCode, seen)
			}
			if (aboutWish || aboutPerson) && !seen && (strings.Contains(a.body, words) || strings.Contains(a.body, "欧阳")) {
				t.Errorf("%s by %s %s: %d, and tells", pattern, role, where, a.StatusCode)
			}
		}
	}
	for _, r := range deskRoles {
		play(r.role, r.in, "at the place")
		play(r.role, r.above, "above")
		play(r.role, r.away, "elsewhere")
	}
	if asked < 25*len(deskRoles) {
		t.Errorf("%d questions only", asked)
	}
	for pattern, action := range routes {
		if !slices.Contains(echowall.Actions(), action) {
			t.Errorf("%s: there is no action %q", pattern, action)
		}
	}
}
