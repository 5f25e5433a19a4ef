package emulator

import (
	"testing"
	"time"
)

func TestQuotas(t *testing.T) {
	const path = "/cgi-bin/menu/get"
	at := monday
	p := &Platform{Now: func() time.Time { return at }, Quota: map[string]int{path: 2}, MinuteQuota: map[string]int{"/cgi-bin/tags/get": 1}}
	start(t, p)
	c := newCaller(t, p)
	for i, want := range []int{46003, 46003, 45009} {
		if got := c.get(path).code(); got != want {
			t.Errorf("call %d: %d, want %d", i, got, want)
		}
	}
	out := c.post("/cgi-bin/openapi/quota/get", map[string]any{"cgi_path": path})
	if quota := out.sub("quota"); quota.int("daily_limit") != 2 || quota.int("used") != 2 || quota.int("remain") != 0 {
		t.Errorf("quota/get: %v", out)
	}
	c.want(76021, "/cgi-bin/openapi/quota/get", map[string]any{"cgi_path": "/nowhere"})
	for i, want := range []int{0, 45011} {
		if got := c.get("/cgi-bin/tags/get").code(); got != want {
			t.Errorf("minute call %d: %d, want %d", i, got, want)
		}
	}
	at = at.Add(time.Minute)
	if got := c.get("/cgi-bin/tags/get").code(); got != 0 {
		t.Errorf("next minute: %d", got)
	}
	c.want(40013, "/cgi-bin/clear_quota", map[string]any{"appid": "wxother"})
	c.want(0, "/cgi-bin/clear_quota", map[string]any{"appid": p.Account.AppID})
	if got := c.get(path).code(); got != 46003 {
		t.Errorf("after clearing: %d", got)
	}
	c.want(40125, "/cgi-bin/clear_quota/v2", map[string]any{"appid": p.Account.AppID, "appsecret": "x"})
	for i := range 10 {
		want := 0
		if i == 9 {
			want = 48006
		}
		c.want(want, "/cgi-bin/clear_quota/v2", map[string]any{"appid": p.Account.AppID, "appsecret": p.Account.Secret})
	}
	c.get(path)
	c.get(path)
	at = time.Date(2026, 11, 24, 0, 0, 0, 0, beijing)
	c.refresh()
	if got := c.get(path).code(); got != 46003 {
		t.Errorf("next day in Beijing: %d", got)
	}
}

func TestStandingQuotasOfTestAccounts(t *testing.T) {
	for _, tc := range []struct {
		kind AccountType
		want int
	}{{SV, 500}, {T, 100}} {
		p := &Platform{Account: Account{Type: tc.kind}}
		start(t, p)
		c := newCaller(t, p)
		out := c.post("/cgi-bin/openapi/quota/get", map[string]any{"cgi_path": "/cgi-bin/user/get"})
		if out.sub("quota").int("daily_limit") != tc.want {
			t.Errorf("%s: %v, want %d", tc.kind, out, tc.want)
		}
	}
}
