package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"echowall"
	"echowall/web"
)

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
