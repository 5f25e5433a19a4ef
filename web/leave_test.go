package web_test

import (
	"testing"

	"echowall"
)

// Whoever unbinds, unfollows or is bound anew is out of the console with the next click, in every browser, and an
// hour later still; somebody else's browser is not touched.
func TestLeavingEndsConsoleSessions(t *testing.T) {
	c := newConsole(t)
	people := c.config.People
	line := echowall.RosterPerson{ID: "L1", Name: "周敏", Duties: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "c1"}}}
	c.must(c.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{People: []echowall.RosterPerson{line}}, nil
	}))
	registrar := &echowall.Who{Person: "p-registrar-00001", Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: echowall.ScopeEverywhere}}}
	privacy := &echowall.Who{Person: "p-privacy-0000001", Grants: []echowall.Grant{{Role: echowall.RolePrivacy, Scope: echowall.ScopeEverywhere}}}
	bound := &echowall.Who{Person: "p-bound-000000001"}
	bystander := c.login(head)

	for what, leave := range map[string]func() error{
		"unfollow": func() error { return people.Leave(t.Context(), bound.Person, "unfollow") },
		"unbind":   func() error { return people.Unbind(t.Context(), registrar, line.ID) },
		"rebind": func() error {
			r, err := people.ProposeRebinding(t.Context(), registrar, line.ID)
			if err == nil {
				_, err = people.ConfirmRebinding(t.Context(), privacy, line.ID, r.Digits)
			}
			return err
		},
	} {
		slips, err := people.Issue(t.Context(), registrar, line.ID)
		c.must(err)
		if _, err := people.Bind(t.Context(), bound.Person, slips[0].Code); err != nil {
			t.Fatal(err)
		}
		one, two := c.login(bound), c.login(bound)
		if !c.inside(one) || !c.inside(two) {
			t.Fatal("not let in")
		}
		c.must(leave())
		if c.inside(one) || c.inside(two) {
			t.Errorf("%s: the console is still open", what)
		}
		if !c.inside(bystander) {
			t.Errorf("%s: somebody else was put out", what)
		}
	}
}
