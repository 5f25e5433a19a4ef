package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
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
