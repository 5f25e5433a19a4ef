package handlers_test

import (
	"testing"

	"echowall"
)

// Somebody whose console sessions an officer ended reads as what, and why.
func TestEndedSessionsAreTold(t *testing.T) {
	g := newTalk(t)
	registrar := &echowall.Who{Person: "p-registrar", Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: echowall.ScopeEverywhere}}}
	slips, err := g.app.People.Issue(t.Context(), registrar, "P02")
	if err != nil {
		t.Fatal(err)
	}
	g.want(g.say("居民王", "绑定 "+slips[0].Code), "绑定好了")
	if err := g.app.People.EndConsole(t.Context(), registrar, "P02", "办公室电脑忘了退出"); err != nil {
		t.Fatal(err)
	}
	g.want(g.say("居民王", "谁看过"), "名册管理员（全部）\n　让您在工作台的登录全部退出：办公室电脑忘了退出")
}
