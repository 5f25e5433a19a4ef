package web_test

import (
	"strings"
	"testing"
	"time"

	"echowall/store"
)

// A token that was planted before the log-in is worth nothing after it.
func TestSessionFixation(t *testing.T) {
	c := newConsole(t)
	planted := jar{sessionCookie: strings.Repeat("x", 43)}
	c.open(planted, "/console/login")
	before := planted[sessionCookie]
	c.confirm(officer, planted[ticketCookie])
	c.open(planted, "/console/login")
	if planted[sessionCookie] == before || !c.inside(planted) {
		t.Fatal("the token did not change at the log-in")
	}
	if c.inside(jar{sessionCookie: before}) {
		t.Error("the planted token is inside")
	}

	// Logging in again in a browser that is logged in does not keep the old token alive either.
	old := planted[sessionCookie]
	c.send(planted, "/console/logout")
	if c.inside(jar{sessionCookie: old}) {
		t.Error("the token outlived the log-out")
	}
}

func TestSessionEnds(t *testing.T) {
	c := newConsole(t)
	j := c.login(officer)
	c.at(monday.Add(14 * time.Minute))
	if !c.inside(j) {
		t.Fatal("out after 14 minutes")
	}
	c.at(monday.Add(28 * time.Minute))
	if !c.inside(j) {
		t.Fatal("out 14 minutes after the last click")
	}
	c.at(monday.Add(28*time.Minute + 15*time.Minute + time.Second))
	if c.inside(j) {
		t.Error("inside after 15 minutes without a click")
	}

	c.at(monday)
	j = c.login(officer)
	now := monday
	for now.Sub(monday) < 12*time.Hour {
		if !c.inside(j) {
			t.Fatalf("out after %s", now.Sub(monday))
		}
		now = now.Add(10 * time.Minute)
		c.at(now)
	}
	c.at(now.Add(time.Second))
	if c.inside(j) {
		t.Error("inside after more than 12 hours")
	}
}

// Ending a session elsewhere, and all of somebody's at once, works at the very next request, also while one is
// running.
func TestRevokeSessions(t *testing.T) {
	c := newConsole(t)
	here, there, other := c.login(officer), c.login(officer), c.login(head)
	page := c.open(here, "/console/sessions")
	contains(t, page.text(), "这台")
	ids := page.ids("id")
	if len(ids) != 2 {
		t.Fatalf("%d sessions are listed, want 2", len(ids))
	}
	// Somebody else's id does nothing.
	foreign := c.open(other, "/console/sessions").ids("id")
	c.send(here, "/console/sessions/end", "id", foreign[0])
	if !c.inside(other) {
		t.Error("somebody else's session was ended")
	}
	// A request that is running with the other session must not bring it back.
	found, _, err := c.store.SessionsOf(store.ConsoleSession).FindCtx(t.Context(), strings.TrimPrefix(foreign[0], "desk:"))
	c.must(err)
	c.send(here, "/console/sessions/end", "all", "1")
	if c.inside(there) || !c.inside(here) {
		t.Error("the other session goes on, or this one does not")
	}
	c.must(c.store.EndSessions(t.Context(), head.Person, ""))
	c.must(c.store.SessionsOf(store.ConsoleSession).CommitCtx(t.Context(), strings.TrimPrefix(foreign[0], "desk:"), found, time.Now().Add(time.Hour)))
	if c.inside(other) {
		t.Error("an ended session came back")
	}
}
