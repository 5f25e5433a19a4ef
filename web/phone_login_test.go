package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"echowall/store/redistest"
	"echowall/web"
)

func TestPhoneLogin(t *testing.T) {
	p := newPhones(t)
	number := p.submit("竹园东门的路灯坏了")
	j := jar{}
	state := p.away(j, "/m/wish/"+number)
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(state) {
		t.Errorf("state %q", state)
	}
	a := p.back(j, state, "li")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/m/wish/"+number {
		t.Fatalf("%d %s\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	for _, c := range a.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
		for _, id := range []string{string(author), "p-the-author"} {
			if strings.Contains(c.Value, id) {
				t.Errorf("the cookie %s tells who it is", c.Name)
			}
		}
	}
	page := p.open(j, "/m/wish/"+number)
	contains(t, page.text(), "竹园东门的路灯坏了", "公开和称呼", "这一页只有您登录后能看")
	lacks(t, page.text(), "链接 30 天有效")
	for path, want := range map[string]string{
		"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
	} {
		if got := page.Header.Get(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'") {
		t.Errorf("policy %q", csp)
	}
	list := p.open(j, "/m/me")
	contains(t, list.text(), "我的心愿", "竹园东门的路灯坏了", number, "待受理")
	lacks(t, list.text(), "今天的微党课") // a resident has none
	if p.open(j, "/m/login").Header.Get("Location") != "/m/me" {
		t.Error("somebody who is logged in is sent away again")
	}
	// In Redis nothing of the session can be read.
	dump := redistest.Dump(t, p.store.Redis(), p.store.KeyPrefix()+"session:")
	if len(dump) == 0 || len(redistest.Holding(dump, string(author))) > 0 {
		t.Errorf("sessions are stored as %q", dump)
	}
}

func TestPhoneStateIsBoundToTheBrowser(t *testing.T) {
	p := newPhones(t)
	refused := func(name string, a answerOf, words string) {
		t.Helper()
		if a.StatusCode != http.StatusForbidden || !strings.Contains(a.text(), words) {
			t.Errorf("%s: %d\n%s", name, a.StatusCode, a.text())
		}
	}
	mine, theirs := jar{}, jar{}
	state, other := p.away(mine, "/m/me"), p.away(theirs, "/m/me")
	refused("no cookie", p.back(jar{}, state, "li"), "没有登录成功")
	refused("another browser's state", p.back(jar{"m-state": mine["m-state"]}, other, "li"), "没有登录成功")
	refused("no state", p.back(jar{"m-state": mine["m-state"]}, "", "li"), "没有登录成功")
	refused("no code", p.back(jar{"m-state": mine["m-state"]}, state, ""), "没有得到您的同意")

	kept := jar{"m-state": mine["m-state"]}
	if a := p.back(mine, state, "li"); a.Header.Get("Location") != "/m/me" {
		t.Fatalf("%d", a.StatusCode)
	}
	delete(mine, "phone")
	refused("used before", p.back(mine, state, "li"), "没有登录成功")

	p.at(monday.Add(5*time.Minute + time.Second))
	refused("too late", p.back(kept, state, "li"), "没有登录成功")

	// Who tampers with the way back is refused too.
	p.at(monday)
	j := jar{}
	state = p.away(j, "/m/me")
	parts := strings.Split(j["m-state"], ".")
	for i, with := range map[int]string{1: "3", 2: "L20vZXJhc2U"} { // /m/erase
		bad := append([]string{}, parts...)
		bad[i] = with
		refused("tampered", p.back(jar{"m-state": strings.Join(bad, ".")}, state, "li"), "没有登录成功")
	}
}

// A code that is of no use starts the log-in over, once.
func TestPhoneLoginStartsOverOnce(t *testing.T) {
	p := newPhones(t)
	j := jar{}
	state := p.away(j, "/m/settings")
	again := p.back(j, state, "stale")
	to, err := url.Parse(again.Header.Get("Location"))
	p.must(err)
	second := to.Query().Get("state")
	if to.Host != "platform.example" || second == state || second == "" {
		t.Fatalf("%d %s", again.StatusCode, to)
	}
	twice := jar{"m-state": j["m-state"]}
	if a := p.back(twice, second, "stale"); a.StatusCode != http.StatusForbidden || a.Header.Get("Location") != "" {
		t.Errorf("started over twice: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := p.back(j, second, "li"); a.Header.Get("Location") != "/m/settings" {
		t.Errorf("%d %s", a.StatusCode, a.Header.Get("Location"))
	}
}

func TestPhoneSnapshotSeesNothing(t *testing.T) {
	p := newPhones(t)
	j := jar{}
	a := p.back(j, p.away(j, "/m/me"), "snapshot")
	if a.StatusCode != http.StatusForbidden || j["phone"] != "" {
		t.Errorf("%d, cookies %v", a.StatusCode, j)
	}
	contains(t, a.text(), "请点右下角“使用完整服务”")
	if a := p.back(j, p.away(j, "/m/me"), "nobody"); a.StatusCode != http.StatusInternalServerError || p.inside(j) {
		t.Errorf("nobody was let in: %d", a.StatusCode)
	}
}

func TestPhoneOutsideThePlatform(t *testing.T) {
	p := newPhones(t, func(c *web.Config) {
		c.Phone.InApp = func(userAgent string) bool { return strings.Contains(userAgent, "MicroMessenger") }
	})
	a := p.get("/m/login", "User-Agent", "Mozilla/5.0 Firefox/140")
	if a.StatusCode != http.StatusForbidden || len(a.Cookies()) > 0 {
		t.Errorf("%d %v", a.StatusCode, a.Cookies())
	}
	contains(t, a.text(), "请用微信打开")
	if a := p.get("/m/login", "User-Agent", "Mozilla/5.0 MicroMessenger/8.0"); !strings.HasPrefix(a.Header.Get("Location"), "https://platform.example/") {
		t.Errorf("%d", a.StatusCode)
	}
}

func TestPhoneLoginLeadsToOwnPagesOnly(t *testing.T) {
	p := newPhones(t)
	for next, want := range map[string]string{
		"/m/data": "/m/data", "/m/wish/XY1001?shown=1": "/m/wish/XY1001?shown=1",
		"https://evil.example/m/me": "/m/me", "//evil.example/m/me": "/m/me", `/\evil.example/m/`: "/m/me", "/m/../wall": "/m/me",
		"/m//evil.example": "/m/me", "/wall": "/m/me", "/console/": "/m/me", "": "/m/me", "/m/login?next=/m/me": "/m/me", "/m/oauth": "/m/me",
		"javascript:alert(1)": "/m/me", "/m/me\r\nSet-Cookie: a=b": "/m/me", "/m/%2e%2e/wall": "/m/me",
	} {
		j := jar{}
		state := p.away(j, "/m/login?"+url.Values{"next": {next}}.Encode())
		if got := p.back(j, state, "li").Header.Get("Location"); got != want {
			t.Errorf("next=%q leads to %q, want %q", next, got, want)
		}
		if got := p.open(j, "/m/login?"+url.Values{"next": {next}}.Encode()).Header.Get("Location"); got != want {
			t.Errorf("next=%q leads somebody who is logged in to %q, want %q", next, got, want)
		}
	}
}

func TestPhoneSessionFixation(t *testing.T) {
	p := newPhones(t)
	planted := jar{"phone": strings.Repeat("x", 43)}
	before := planted["phone"]
	p.back(planted, p.away(planted, "/m/me"), "li")
	if planted["phone"] == before || !p.inside(planted) || p.inside(jar{"phone": before}) {
		t.Error("the planted token is inside, or the new one is not")
	}
	old := planted["phone"]
	p.send(planted, "/m/logout")
	if p.inside(jar{"phone": old}) {
		t.Error("the token outlived the log-out")
	}
}

func TestPhoneSessionEnds(t *testing.T) {
	p := newPhones(t)
	j := p.login("li")
	p.at(monday.Add(29 * time.Minute))
	if !p.inside(j) {
		t.Fatal("out after 29 minutes")
	}
	p.at(monday.Add(29*time.Minute + 30*time.Minute + time.Second))
	if p.inside(j) {
		t.Error("inside after 30 minutes without a request")
	}
	if a := p.send(j, "/m/settings/publish"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a form that came too late was taken: %d", a.StatusCode)
	}
}

// An account without the platform's login has the signed links and nothing more.
func TestNoPhonePagesWithoutLogin(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/m/me", "/m/data", "/m/erase", "/m/login"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a := s.get("/m/wish/XY1001"); a.StatusCode != http.StatusForbidden {
		t.Errorf("%d", a.StatusCode)
	}
}

// Over https the cookies belong to this host alone and travel by https alone.
func TestPhoneCookiesOverHTTPS(t *testing.T) {
	p := newPhones(t, func(c *web.Config) {
		secret := bytes.Repeat([]byte("k"), 32)
		c.Signer = web.NewSigner(secret, "https://wall.example", c.Now)
	})
	a := p.get("/m/login")
	for _, c := range a.Cookies() {
		if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("cookie %s", c)
		}
	}
	if len(a.Cookies()) != 1 {
		t.Errorf("%v", a.Cookies())
	}
}
