package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"echowall"
	"echowall/roster"
	"echowall/store"
	"echowall/web"
)

// console is a site with its staff console.
type console struct {
	*site
	logins *echowall.Logins
	live   *web.Live

	mu    sync.Mutex
	codes []string // scenes that codes were made for
}

func newConsole(t *testing.T) *console {
	t.Helper()
	c := &console{}
	c.site = newSite(t, func(conf *web.Config) {
		s := conf.Wishes.Store.(*store.Store)
		c.logins = &echowall.Logins{Store: s, Guard: conf.Wishes.Guard, Now: conf.Now, Code: func(_ context.Context, scene string, _ time.Duration) (string, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.codes = append(c.codes, scene)
			return "http://weixin.qq.com/q/" + scene, nil
		}}
		c.live = web.NewLive(s.Pulses, 5*time.Millisecond, conf.Logger)
		conf.Console = &web.Console{
			Logins: c.logins, Sessions: s.SessionsOf(store.ConsoleSession), Live: c.live,
			Queues: &echowall.Queues{Store: s, Guard: conf.Wishes.Guard, Calendar: conf.Wishes.Calendar, Now: conf.Now},
			Access: &echowall.AccessLog{Store: s, Guard: conf.Wishes.Guard, Now: conf.Now},
			Ledger: &echowall.Ledger{Store: s, Guard: conf.Wishes.Guard, Access: s},
			Places: &echowall.Places{Guard: conf.Wishes.Guard, Store: s, Now: conf.Now, Make: c.logins.Code},
			Office: &roster.Office{
				Store: s, Guard: conf.Wishes.Guard, Access: s, Uploads: s,
				Say:   func(err *echowall.Error) string { return conf.Pack.Words.Error(err) },
				Today: func() echowall.Date { return conf.Wishes.Calendar.Today(conf.Now()) },
			},
		}
	})
	t.Cleanup(c.live.Close)
	for _, who := range []*echowall.Who{officer, head, auditor, member, elsewhere} {
		c.must(c.store.UpdatePerson(t.Context(), who.Person, func(w *echowall.Who) error {
			w.Person, w.Name, w.Grants = who.Person, "周敏", who.Grants
			return nil
		}))
	}
	return c
}

var (
	auditor   = &echowall.Who{Person: "p-auditor-0000001", Grants: []echowall.Grant{{Role: echowall.RoleAuditor, Scope: echowall.ScopeEverywhere}}}
	member    = &echowall.Who{Person: "p-member-00000001", Grants: []echowall.Grant{{Role: echowall.RoleMember, Scope: "b1"}}}
	elsewhere = &echowall.Who{Person: "p-elsewhere-00001", Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: "s1"}}}
)

// person is a person of the roster as the store knows them.
func (c *console) person(who *echowall.Who) *echowall.Who {
	c.t.Helper()
	w, err := c.store.Person(c.t.Context(), who.Person)
	c.must(err)
	return w
}

// jar is one browser's cookies.
type jar map[string]string

func (j jar) header() string {
	var parts []string
	for name, v := range j {
		parts = append(parts, name+"="+v)
	}
	return strings.Join(parts, "; ")
}

// take keeps the cookies of an answer.
func (j jar) take(a answerOf) answerOf {
	for _, c := range a.Cookies() {
		if c.MaxAge < 0 {
			delete(j, c.Name)
		} else {
			j[c.Name] = c.Value
		}
	}
	return a
}

func (c *site) open(j jar, path string) answerOf {
	c.t.Helper()
	return j.take(c.get(path, "Cookie", j.header()))
}

func (c *site) send(j jar, path string, form ...string) answerOf {
	c.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Set(form[i], form[i+1])
	}
	body := v.Encode()
	if body == "" {
		body = "none="
	}
	return j.take(c.do(http.MethodPost, path, body, "Cookie", j.header(), "Origin", c.URL, "Sec-Fetch-Site", "same-origin"))
}

const ticketCookie, sessionCookie = "desklogin", "desk"

// login logs a new browser in by scanning.
func (c *console) login(who *echowall.Who) jar {
	c.t.Helper()
	j := jar{}
	c.open(j, "/console/login")
	c.confirm(who, j[ticketCookie])
	if a := c.open(j, "/console/login"); a.StatusCode != http.StatusSeeOther || j[sessionCookie] == "" {
		c.t.Fatalf("not let in: %d\n%s", a.StatusCode, a.body)
	}
	return j
}

// made lists the scenes that scan codes were made for.
func (c *console) made() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.codes)
}

// confirm is what the phone does.
func (c *console) confirm(who *echowall.Who, secret string) {
	c.t.Helper()
	c.confirmID(who, echowall.LoginID(secret))
}

func (c *console) confirmID(who *echowall.Who, id string) {
	c.t.Helper()
	t, err := c.logins.Scan(c.t.Context(), c.person(who), id)
	c.must(err)
	if right, err := c.logins.Confirm(c.t.Context(), c.person(who), id, t.Number); err != nil || !right {
		c.t.Fatalf("confirm: %v, %v", right, err)
	}
}

// inside reports whether the browser is logged in.
func (c *console) inside(j jar) bool {
	c.t.Helper()
	a := c.open(j, "/console/")
	if a.StatusCode == http.StatusOK {
		return true
	}
	if loc := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(loc, "/console/login") {
		c.t.Fatalf("neither in nor out: %d %q", a.StatusCode, loc)
	}
	return false
}

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

// ids are the values of hidden fields of that name.
func (a answerOf) ids(name string) []string {
	var out []string
	for _, n := range a.all("input", "") {
		if attr(n, "name") == name {
			out = append(out, attr(n, "value"))
		}
	}
	return out
}

// Forms of other sites are refused on every route of the console, and change nothing.
func TestConsoleOtherSites(t *testing.T) {
	c := newConsole(t)
	j := c.login(officer)
	number := c.submit("路灯坏了三天了")
	for _, path := range []string{"/console/wish/" + number + "/accept", "/console/logout", "/console/sessions/end", "/console/login"} {
		for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
			a := c.do(http.MethodPost, path, "all=1", append([]string{"Cookie", j.header()}, header...)...)
			if a.StatusCode != http.StatusForbidden {
				t.Errorf("%s from %q: %d", path, header, a.StatusCode)
			}
		}
	}
	if w, err := c.store.Wish(t.Context(), number); err != nil || w.State != echowall.WishSubmitted || !c.inside(j) {
		t.Errorf("a form from elsewhere did something: %v, %s", err, w.State)
	}
}

func TestConsoleRedirectsStayHere(t *testing.T) {
	c := newConsole(t)
	for next, want := range map[string]string{
		"/console/queue?state=REDO":     "/console/queue?state=REDO",
		"https://evil.example/console/": "/console/",
		"//evil.example/console/":       "/console/",
		"/\\evil.example/console/":      "/console/",
		"/console/\\evil.example":       "/console/",
		"/console/../wall":              "/console/",
		"/console//evil.example":        "/console/",
		"/wall":                         "/console/",
		"/console/logout":               "/console/",
		"/console/login?next=/x":        "/console/",
		"javascript:alert(1)":           "/console/",
		"/console/queue#x":              "/console/",
		"/console/%0d%0aSet-Cookie:a=b": "/console/%0d%0aSet-Cookie:a=b", // stays escaped
	} {
		j := jar{}
		c.open(j, "/console/login")
		c.confirm(officer, j[ticketCookie])
		if got := c.open(j, "/console/login?next="+url.QueryEscape(next)).Header.Get("Location"); got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
		if got := c.open(j, "/console/login?next="+url.QueryEscape(next)).Header.Get("Location"); got != want {
			t.Errorf("logged in, next %q leads to %q, want %q", next, got, want)
		}
	}
	if got := c.get("/console/queue?state=REDO").Header.Get("Location"); got != "/console/login?next=%2Fconsole%2Fqueue%3Fstate%3DREDO" {
		t.Errorf("logged out, the queue leads to %q", got)
	}
}

// Every page of the console is kept nowhere, framed by nobody, and runs no script but ours.
func TestConsoleHeaders(t *testing.T) {
	c := newConsole(t)
	j := c.login(officer)
	number := c.submit("路灯坏了三天了")
	for path, status := range map[string]int{
		"/console/": 200, "/console/queue": 200, "/console/sessions": 200, "/console/wish/" + number: 200, "/console/wish/XY9": 404, "/console/login": 303,
	} {
		a := c.open(j, path)
		if a.StatusCode != status {
			t.Errorf("%s: %d\n%s", path, a.StatusCode, a.body)
		}
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex",
			"Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "same-origin",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := a.Header.Get("Content-Security-Policy")
		contains(t, csp, "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
		lacks(t, csp, "unsafe")
		for _, n := range a.all("script", "") {
			if attr(n, "src") == "" || n.FirstChild != nil {
				t.Errorf("%s has a script of its own", path)
			}
		}
		if a.doc != nil {
			for n := range a.doc.Descendants() {
				for _, at := range n.Attr {
					if at.Key == "style" || strings.HasPrefix(at.Key, "on") {
						t.Errorf("%s: %s has %s", path, n.Data, at.Key)
					}
				}
			}
		}
	}
	for _, cookie := range c.get("/console/login").Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("cookie %s: %+v", cookie.Name, cookie)
		}
	}
}

// Where people come by https, cookies are bound to the host and never sent without it.
func TestConsoleCookiesByHTTPS(t *testing.T) {
	c := newConsole(t)
	conf := c.config
	conf.Signer = web.NewSigner([]byte(strings.Repeat("k", 32)), "https://wall.example", c.clock)
	srv, err := web.New(conf)
	c.must(err)
	c.Config.Handler = srv.Handler()
	a := c.get("/console/login")
	if len(a.Cookies()) != 1 || a.Cookies()[0].Name != "__Host-desklogin" || !a.Cookies()[0].Secure {
		t.Fatalf("cookies %v", a.Cookies())
	}
	c.confirm(officer, a.Cookies()[0].Value)
	a = c.get("/console/login", "Cookie", "__Host-desklogin="+a.Cookies()[0].Value)
	found := false
	for _, k := range a.Cookies() {
		found = found || k.Name == "__Host-desk" && k.Secure && k.HttpOnly && k.Path == "/" && k.Domain == "" && k.MaxAge == 0
	}
	if !found {
		t.Errorf("cookies %v", a.Cookies())
	}
}

// Nothing behind the log-in opens without a session, and nothing opens to somebody who may do its action
// nowhere.
func TestConsoleRoutesAreGuarded(t *testing.T) {
	c := newConsole(t)
	number := c.submit("路灯坏了三天了")
	srv, err := web.New(c.config)
	c.must(err)
	routes := srv.ConsoleRoutes()
	if len(routes) < 8 {
		t.Fatalf("%d routes only", len(routes))
	}
	people := []*echowall.Who{officer, auditor, elsewhere}
	browsers := map[*echowall.Who]jar{}
	for _, who := range people {
		browsers[who] = c.login(who)
	}
	all := echowall.Actions()
	for pattern, action := range routes {
		if !slices.Contains(all, action) {
			t.Errorf("%s: no action %q in the table", pattern, action)
		}
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{number}", number).Replace(path)
		for _, name := range []string{"{id}", "{code}", "{person}", "{station}", "{kind}"} {
			path = strings.ReplaceAll(path, name, "x")
		}
		ask := func(j jar) answerOf {
			if method == http.MethodPost {
				return c.send(j, path)
			}
			return c.open(j, path)
		}
		if a := ask(jar{}); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/console/login") {
			t.Errorf("%s without a session: %d to %q", pattern, a.StatusCode, a.Header.Get("Location"))
		}
		for _, who := range people {
			a := ask(browsers[who])
			if can := c.person(who).Can(action); !can && a.StatusCode != http.StatusForbidden {
				t.Errorf("%s for %s: %d, want 403", pattern, who.Grants[0].Role, a.StatusCode)
			} else if can && a.StatusCode == http.StatusForbidden && action == echowall.ActionConsole {
				t.Errorf("%s for %s: forbidden", pattern, who.Grants[0].Role)
			}
			if strings.Contains(path, number) && who == elsewhere {
				if a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusForbidden {
					t.Errorf("%s of another station: %d", pattern, a.StatusCode)
				}
				lacks(t, a.body, "路灯坏了")
			}
		}
	}
	if w, err := c.store.Wish(t.Context(), number); err != nil || w.Answer != nil || w.Public != nil {
		t.Errorf("somebody changed it: %+v, %v", w, err)
	}
}

// labelled checks that every field of a page has a label and every id is there once.
func labelled(t *testing.T, name string, a answerOf) {
	t.Helper()
	ids, labels := map[string]bool{}, map[string]bool{}
	for n := range a.doc.Descendants() {
		if id := attr(n, "id"); n.Type == html.ElementNode && id != "" {
			if ids[id] {
				t.Errorf("%s: id %s twice", name, id)
			}
			ids[id] = true
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, n := range a.all(tag, "") {
			switch attr(n, "type") {
			case "hidden", "radio": // radios stand in their labels
			default:
				if !labels[attr(n, "id")] {
					t.Errorf("%s: %s %q has no label", name, tag, attr(n, "name"))
				}
			}
		}
	}
	for _, n := range a.all("a", "") {
		if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && !ids[to] {
			t.Errorf("%s: a link leads to #%s, which is not there", name, to)
		}
	}
	if len(a.all("h1", "")) != 1 {
		t.Errorf("%s has %d h1", name, len(a.all("h1", "")))
	}
}
