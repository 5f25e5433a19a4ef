package web_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"echowall"
)

// The page shows the number only after somebody has scanned, refreshes itself, and lets in once.
func TestLoginByScan(t *testing.T) {
	c := newConsole(t)
	j := jar{}
	a := c.open(j, "/console/login?next=%2Fconsole%2Fqueue")
	if a.StatusCode != 200 || len(a.all("svg", "qr")) != 1 || a.Header.Get("Refresh") != "3" {
		t.Fatalf("%d, refresh %q, %d codes", a.StatusCode, a.Header.Get("Refresh"), len(a.all("svg", "qr")))
	}
	id := echowall.LoginID(j[ticketCookie])
	if made := c.made(); !slices.Equal(made, []string{echowall.LoginScene + id}) {
		t.Errorf("codes were made for %q", made)
	}
	lacks(t, a.body, j[ticketCookie])
	ticket, err := c.logins.Ticket(t.Context(), j[ticketCookie])
	c.must(err)
	if n := a.texts("p", "num"); len(n) > 0 {
		t.Errorf("the number is shown before anybody scanned: %q", n)
	}
	c.open(j, "/console/login?next=%2Fconsole%2Fqueue")
	if made := c.made(); len(made) != 1 {
		t.Errorf("looking again made %d codes", len(made))
	}
	_, err = c.logins.Scan(t.Context(), c.person(officer), id)
	c.must(err)
	if n := c.open(j, "/console/login").texts("p", "num"); !slices.Equal(n, []string{ticket.Number}) {
		t.Errorf("after the scan the page shows %q, want %s", n, ticket.Number)
	}
	if _, err := c.logins.Scan(t.Context(), c.person(head), id); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("a second person could scan: %v", err)
	}
	if _, err := c.logins.Confirm(t.Context(), c.person(head), id, ticket.Number); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("a second person could confirm: %v", err)
	}
	right, err := c.logins.Confirm(t.Context(), c.person(officer), id, ticket.Number)
	if err != nil || !right {
		t.Fatal(right, err)
	}
	secret := j[ticketCookie]
	a = c.open(j, "/console/login?next=%2Fconsole%2Fqueue")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/console/queue" {
		t.Fatalf("%d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if !c.inside(j) {
		t.Error("not inside")
	}
	again := jar{ticketCookie: secret}
	c.open(again, "/console/login")
	if c.inside(again) {
		t.Error("one ticket let two browsers in")
	}
	log, err := c.store.AccessLog(t.Context(), 0, 10)
	c.must(err)
	if len(log) != 1 || log[0].Kind != echowall.AccessLogin || log[0].By != officer.Person || log[0].Why != "scan" {
		t.Errorf("access log: %+v", log)
	}
}

// A wrong number ends the ticket, even for the right number afterwards.
func TestLoginWrongNumber(t *testing.T) {
	c := newConsole(t)
	j := jar{}
	c.open(j, "/console/login")
	id := echowall.LoginID(j[ticketCookie])
	ticket, err := c.logins.Scan(t.Context(), c.person(officer), id)
	c.must(err)
	n, err := strconv.Atoi(ticket.Number)
	c.must(err)
	right, err := c.logins.Confirm(t.Context(), c.person(officer), id, strconv.Itoa(10+(n-10+1)%90))
	if err != nil || right {
		t.Fatal(right, err)
	}
	if _, err := c.logins.Confirm(t.Context(), c.person(officer), id, ticket.Number); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("the ticket lives on: %v", err)
	}
	contains(t, c.open(j, "/console/login").text(), "二维码已经过期")
}

// The code of one browser lets no other in: whoever has only seen it knows the id, not the secret.
func TestTicketOfAnotherBrowser(t *testing.T) {
	c := newConsole(t)
	victim := jar{}
	c.open(victim, "/console/login")
	id := echowall.LoginID(victim[ticketCookie])
	c.confirm(officer, victim[ticketCookie])
	for _, secret := range []string{id, "l-" + id, "", strings.Repeat("A", 32)} {
		thief := jar{ticketCookie: secret}
		c.open(thief, "/console/login")
		if thief[sessionCookie] != "" {
			t.Errorf("%q let a thief in", secret)
		}
	}
	c.open(victim, "/console/login")
	if !c.inside(victim) {
		t.Error("the browser itself was kept out")
	}
}

func TestLoginByCode(t *testing.T) {
	c := newConsole(t)
	j := jar{}
	c.open(j, "/console/login")
	code, err := c.logins.Offer(t.Context(), c.person(officer))
	c.must(err)
	if a := c.send(j, "/console/login", "code", code, "next", "/console/sessions"); a.Header.Get("Location") != "/console/sessions" {
		t.Fatalf("%d %q %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	if !c.inside(j) {
		t.Error("not inside")
	}
	other := jar{}
	c.open(other, "/console/login")
	if a := c.send(other, "/console/login", "code", code); a.StatusCode != 400 || c.inside(other) {
		t.Errorf("a code worked twice: %d", a.StatusCode)
	}

	// A newer code ends the older one, and time ends them all.
	first, err := c.logins.Offer(t.Context(), c.person(officer))
	c.must(err)
	second, err := c.logins.Offer(t.Context(), c.person(officer))
	c.must(err)
	if a := c.send(other, "/console/login", "code", first); a.StatusCode != 400 && first != second {
		t.Errorf("the older code: %d", a.StatusCode)
	}
	c.at(monday.Add(echowall.LoginCodeKept + time.Second))
	late := jar{}
	c.open(late, "/console/login")
	if a := c.send(late, "/console/login", "code", second); a.StatusCode != 400 || c.inside(late) {
		t.Errorf("a code of five minutes ago: %d", a.StatusCode)
	}
}

// Five tries a browser, sixty an hour from all of them, then not even the right code helps.
func TestLoginCodeBruteForce(t *testing.T) {
	c := newConsole(t)
	code, err := c.logins.Offer(t.Context(), c.person(officer))
	c.must(err)
	wrong := func(i int) string {
		n, err := strconv.Atoi(code)
		c.must(err)
		return strconv.Itoa(100000 + (n-100000+1+i)%900000)
	}
	tried := 0
	for browser := 0; tried < echowall.LoginTriesHour; browser++ {
		j := jar{}
		c.open(j, "/console/login")
		for range echowall.LoginCodeTries {
			if a := c.send(j, "/console/login", "code", wrong(tried)); a.StatusCode != 400 {
				t.Fatalf("try %d: %d", tried, a.StatusCode)
			}
			tried++
		}
		if browser == 0 {
			if a := c.send(j, "/console/login", "code", code); a.StatusCode != 403 || c.inside(j) {
				t.Errorf("a sixth try of one browser: %d", a.StatusCode)
			}
		}
	}
	j := jar{}
	c.open(j, "/console/login")
	if a := c.send(j, "/console/login", "code", code); a.StatusCode != 503 || c.inside(j) {
		t.Errorf("after %d wrong codes the right one: %d", tried, a.StatusCode)
	}
	// Scanning is not affected.
	c.confirm(officer, j[ticketCookie])
	c.open(j, "/console/login")
	if !c.inside(j) {
		t.Error("scanning was closed too")
	}
	c.at(monday.Add(2 * time.Hour))
	code, err = c.logins.Offer(t.Context(), c.person(officer))
	c.must(err)
	fresh := jar{}
	c.open(fresh, "/console/login")
	if a := c.send(fresh, "/console/login", "code", code); a.StatusCode != 303 {
		t.Errorf("two hours later: %d", a.StatusCode)
	}
}

// A flood of log-in pages uses up no more scan codes than the platform gives, and does not close the way by
// code.
func TestLoginFlood(t *testing.T) {
	c := newConsole(t)
	for range echowall.LoginTickets + 5 {
		_, _, err := c.logins.Begin(t.Context(), "")
		c.must(err)
	}
	if n := len(c.made()); n != echowall.LoginTickets {
		t.Errorf("%d scan codes were made, want %d", n, echowall.LoginTickets)
	}
	j := jar{}
	a := c.open(j, "/console/login")
	if len(a.all("svg", "qr")) != 0 {
		t.Error("one more code")
	}
	contains(t, a.text(), "用登录码进入")
	lacks(t, a.text(), "扫不了码")
	code, err := c.logins.Offer(t.Context(), c.person(officer))
	c.must(err)
	c.send(j, "/console/login", "code", code)
	if !c.inside(j) {
		t.Error("the code from the chat does not work")
	}
}

// Members and residents stay outside, whichever way they try, and so does somebody whose roles are gone.
func TestOnlyStaffLogIn(t *testing.T) {
	c := newConsole(t)
	for _, who := range []*echowall.Who{member, {Person: "p-resident-000001"}} {
		j := jar{}
		c.open(j, "/console/login")
		if _, err := c.logins.Scan(t.Context(), c.person(who), echowall.LoginID(j[ticketCookie])); echowall.KindOf(err) != echowall.KindForbidden {
			t.Errorf("%s could scan: %v", who.Person, err)
		}
		if _, err := c.logins.Offer(t.Context(), c.person(who)); echowall.KindOf(err) != echowall.KindForbidden {
			t.Errorf("%s got a code: %v", who.Person, err)
		}
	}
	j := c.login(officer)
	c.must(c.store.UpdatePerson(t.Context(), officer.Person, func(w *echowall.Who) error { w.Grants = nil; return nil }))
	if c.inside(j) {
		t.Error("inside without a role")
	}
	c.must(c.store.UpdatePerson(t.Context(), officer.Person, func(w *echowall.Who) error { w.Grants = officer.Grants; return nil }))
	if c.inside(j) {
		t.Error("the session came back with the role")
	}
}
