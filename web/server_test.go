package web_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"echowall"
	"echowall/web"
)

func TestNewWantsEverything(t *testing.T) {
	if _, err := web.New(web.Config{}); err == nil {
		t.Error("an empty Config was accepted")
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	number := s.submit("路灯坏了")
	for _, tc := range []struct {
		path, cache string
		status      int
	}{
		{"/wall", "no-cache", 200},
		{"/m/lesson/ew-001", "no-cache", 200},
		{s.signer.WishURL(number, author), "no-store", 200},
		{"/m/wish/" + number, "no-store", 403},
		{"/nowhere", "no-store", 404},
		{"/healthz", "no-store", 200},
	} {
		res := s.get(tc.path)
		if res.StatusCode != tc.status || res.Header.Get("Cache-Control") != tc.cache {
			t.Errorf("%s: %d, Cache-Control %q", tc.path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", tc.path, name, got)
			}
		}
		csp := res.Header.Get("Content-Security-Policy")
		contains(t, csp, "default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'self'", "media-src 'self'")
		lacks(t, csp, "unsafe", "script-src")
		if strings.HasPrefix(tc.path, "/m/wish") && res.Header.Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s may be indexed", tc.path)
		}
	}
	if res := s.get("/"); res.StatusCode != http.StatusFound || res.Header.Get("Location") != "/wall" {
		t.Errorf("/: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestStatic(t *testing.T) {
	s := newSite(t)
	links := s.get("/wall").all("link", "")
	if len(links) != 4 {
		t.Fatalf("%d linked files, want an icon and three style sheets", len(links))
	}
	for _, l := range links {
		res := s.get(attr(l, "href"))
		if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "max-age=31536000") {
			t.Errorf("%s: %d %q", attr(l, "href"), res.StatusCode, res.Header.Get("Cache-Control"))
		}
		if attr(l, "rel") == "stylesheet" && !strings.HasPrefix(res.Header.Get("Content-Type"), "text/css") {
			t.Errorf("%s is %q", attr(l, "href"), res.Header.Get("Content-Type"))
		}
	}
	for _, path := range []string{"/static/other/base.css", "/static/other/none.css"} {
		if res := s.get(path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestGzip(t *testing.T) {
	s := newSite(t)
	plain := s.get("/wall", "Accept-Encoding", "identity")
	packed := s.get("/wall", "Accept-Encoding", "gzip")
	if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q and %q", plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	s.must(err)
	body, err := io.ReadAll(z)
	s.must(err)
	if string(body) != plain.body || len(packed.body) >= len(plain.body) {
		t.Errorf("packed %d of %d bytes, equal %v", len(packed.body), len(plain.body), string(body) == plain.body)
	}
	contains(t, strings.Join(packed.Header.Values("Vary"), ","), "Accept-Encoding", "Cookie")
}

func TestLargeType(t *testing.T) {
	s := newSite(t)
	number := s.submit("路灯坏了")
	address := s.signer.WishURL(number, author)
	first := s.get(address)
	if attr(first.all("html", "")[0], "data-type") != "" {
		t.Error("large type without being asked")
	}
	toggle := attr(first.all("a", "tap")[0], "href")
	contains(t, toggle, "large=1", "k=")
	set := s.get(toggle)
	if set.StatusCode != http.StatusSeeOther || s.URL+set.Header.Get("Location") != address {
		t.Fatalf("%d to %q, want to %q", set.StatusCode, set.Header.Get("Location"), address)
	}
	cookies := set.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].MaxAge < 86400 {
		t.Fatalf("cookies %v", cookies)
	}
	large := s.get(address, "Cookie", cookies[0].Name+"="+cookies[0].Value)
	if attr(large.all("html", "")[0], "data-type") != "large" {
		t.Error("large type is not remembered")
	}
	back := attr(large.all("a", "tap")[0], "href")
	contains(t, back, "large=0")
	if c := s.get(back).Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("standard type keeps the cookie: %v", c)
	}
	if to := s.get("//evil.example/wall?large=1").Header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "://") {
		t.Errorf("sends people away to %q", to)
	}
}

func TestHealth(t *testing.T) {
	var away error
	s := newSite(t, func(c *web.Config) { c.Ready = func(context.Context) error { return away } })
	if res := s.get("/readyz"); res.StatusCode != 200 {
		t.Errorf("ready: %d", res.StatusCode)
	}
	away = errors.New("redis at secret.host is away")
	res := s.get("/readyz")
	if res.StatusCode != 503 {
		t.Errorf("not ready: %d", res.StatusCode)
	}
	lacks(t, res.body, "secret.host")
	if res := s.get("/healthz"); res.StatusCode != 200 || res.body != "ok\n" {
		t.Errorf("alive: %d %q", res.StatusCode, res.body)
	}
}

func TestMetrics(t *testing.T) {
	s := newSite(t, func(c *web.Config) { c.Metrics = func(w io.Writer) { fmt.Fprintln(w, "echowall_wishes 3") } })
	if res := s.get("/metrics"); res.StatusCode != 200 || res.body != "echowall_wishes 3\n" {
		t.Errorf("from beside: %d %q", res.StatusCode, res.body)
	}
	for _, h := range []string{"X-Forwarded-For", "Forwarded"} {
		if res := s.get("/metrics", h, "for=192.0.2.1"); res.StatusCode != 403 || strings.Contains(res.body, "echowall") {
			t.Errorf("with %s: %d %q", h, res.StatusCode, res.body)
		}
	}
}

func TestCallbackAndPanic(t *testing.T) {
	s := newSite(t, func(c *web.Config) {
		c.Callback = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("panic") {
				panic("defect in a handler")
			}
			fmt.Fprint(w, r.Method)
		})
	})
	// The platform sends no Origin, but whoever posts here is judged by signature only.
	if res := s.do("POST", "/wechat", "x=1", "Origin", "https://elsewhere.example"); res.StatusCode != 200 || res.body != "POST" {
		t.Errorf("callback: %d %q", res.StatusCode, res.body)
	}
	res := s.get("/wechat?panic=1&secret=abc")
	if res.StatusCode != 500 {
		t.Errorf("a panic answers %d; the platform would not deliver again", res.StatusCode)
	}
	lacks(t, res.text(), "defect")
	// A panic's words may quote a message; where it happened is enough.
	contains(t, s.log.String(), "web: panic", "server_test.go", "route=/wechat")
	lacks(t, s.log.String(), "secret=abc", "defect in a handler")
}

// brokenWishes is a store that is away.
type brokenWishes struct{ echowall.WishStore }

func (brokenWishes) Counts(context.Context) (map[echowall.WishState]int, error) {
	return nil, echowall.Errorf(echowall.KindUnavailable, "redis at secret.host is away")
}

func TestStoreAway(t *testing.T) {
	s := newSite(t, func(c *web.Config) {
		c.Wishes = &echowall.Wishes{Store: brokenWishes{c.Wishes.Store}, Calendar: c.Wishes.Calendar, Now: c.Now}
	})
	res := s.get("/wall?q=灯")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	contains(t, res.text(), "这一页暂时打不开", "再试一次")
	lacks(t, res.body, "secret.host")
	contains(t, s.log.String(), "unavailable")
	lacks(t, s.log.String(), "灯")
}
