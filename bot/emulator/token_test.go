package emulator

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// fetch gets a token of either family.
func (c *caller) fetch(stable, force bool) (token string, expires int, code int) {
	c.t.Helper()
	a := c.p.Account
	var out answer
	if stable {
		out = c.post("/cgi-bin/stable_token", map[string]any{
			"grant_type": "client_credential", "appid": a.AppID, "secret": a.Secret, "force_refresh": force,
		})
	} else {
		out = c.get("/cgi-bin/token?grant_type=client_credential&appid=" + a.AppID + "&secret=" + a.Secret)
	}
	token, _ = out["access_token"].(string)
	return token, out.int("expires_in"), out.code()
}

// works uses a token and returns the errcode.
func (c *caller) works(token string) int {
	c.t.Helper()
	c.token = token
	return c.get("/cgi-bin/getcallbackip").code()
}

func TestStableTokenStaysUntilItsLastMinutes(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := &caller{t: t, p: p}
	first, left, _ := c.fetch(true, false)
	if left != 7200 || len(first) < 100 {
		t.Fatalf("token of %d characters for %d s", len(first), left)
	}
	at = at.Add(6900 * time.Second)
	if again, left, _ := c.fetch(true, false); again != first || left != 300 {
		t.Errorf("at 300 s: same %v, %d s left", again == first, left)
	}
	at = at.Add(time.Second)
	second, left, _ := c.fetch(true, false)
	if second == first || left != 7200 {
		t.Errorf("at 299 s: same %v, %d s left", second == first, left)
	}
	if c.works(first) != 0 || c.works(second) != 0 {
		t.Error("both tokens must work in the overlap")
	}
	at = at.Add(299 * time.Second)
	if got := c.works(first); got != 42001 {
		t.Errorf("expired token: %d", got)
	}
}

func TestForceRefreshLimits(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := &caller{t: t, p: p}
	first, _, _ := c.fetch(true, false)
	second, _, _ := c.fetch(true, true)
	if second == first || c.works(first) != 40001 || c.works(second) != 0 {
		t.Error("a forced refresh must replace the token at once")
	}
	at = at.Add(29 * time.Second)
	if token, _, _ := c.fetch(true, true); token != second {
		t.Error("refreshed again within 30 s")
	}
	last := second
	refreshed := 1
	for range 30 {
		at = at.Add(30 * time.Second)
		if token, _, _ := c.fetch(true, true); token != last {
			refreshed++
			last = token
		}
	}
	if refreshed != 20 {
		t.Errorf("%d forced refreshes in a day, want 20", refreshed)
	}
}

func TestPlainTokensOverlapAndFamiliesAreIsolated(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := &caller{t: t, p: p}
	stable, _, _ := c.fetch(true, false)
	first, _, _ := c.fetch(false, false)
	second, _, _ := c.fetch(false, false)
	if first == second {
		t.Fatal("each call must make a new token")
	}
	at = at.Add(299 * time.Second)
	if c.works(first) != 0 || c.works(second) != 0 || c.works(stable) != 0 {
		t.Error("old, new and the other family's token must work")
	}
	at = at.Add(time.Second)
	if c.works(first) == 0 || c.works(second) != 0 || c.works(stable) != 0 {
		t.Error("after five minutes only the old token must be dead")
	}
	p.RevokeTokens()
	if got := c.works(second); got != 40001 {
		t.Errorf("revoked: %d", got)
	}
	third, _, _ := c.fetch(true, false)
	p.ExpireTokens()
	if got := c.works(third); got != 42001 {
		t.Errorf("expired: %d", got)
	}
}

func TestTokenErrors(t *testing.T) {
	p := &Platform{Account: Account{IPWhitelist: []string{"192.0.2.1"}}}
	start(t, p)
	c := &caller{t: t, p: p}
	p.init()
	a := p.Account
	for _, tc := range []struct {
		name, grant, appID, secret string
		want                       int
	}{
		{"grant", "x", a.AppID, a.Secret, 40002},
		{"no appid", "client_credential", "", a.Secret, 41002},
		{"no secret", "client_credential", a.AppID, "", 41004},
		{"appid", "client_credential", "wxother", a.Secret, 40013},
		{"short secret", "client_credential", a.AppID, "abc", 40125},
		{"wrong secret", "client_credential", a.AppID, strings.Repeat("0", len(a.Secret)), 40001},
		{"address", "client_credential", a.AppID, a.Secret, 40164},
	} {
		out := c.get("/cgi-bin/token?" + url.Values{"grant_type": {tc.grant}, "appid": {tc.appID}, "secret": {tc.secret}}.Encode())
		if out.code() != tc.want {
			t.Errorf("%s: %v, want %d", tc.name, out, tc.want)
		}
		if tc.want == 40164 && !strings.Contains(out["errmsg"].(string), "127.0.0.1") {
			t.Errorf("errmsg %q does not name the address", out["errmsg"])
		}
	}
	if got := c.works(""); got != 41001 {
		t.Errorf("no token: %d", got)
	}
	if got := c.works("short"); got != 40014 {
		t.Errorf("malformed token: %d", got)
	}
	if got := c.works(strings.Repeat("x", 136)); got != 40001 {
		t.Errorf("unknown token: %d", got)
	}
}

func TestJSTicketIsKept(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := newCaller(t, p)
	first := c.get("/cgi-bin/ticket/getticket?type=jsapi")
	at = at.Add(time.Hour)
	if again := c.get("/cgi-bin/ticket/getticket?type=jsapi"); again["ticket"] != first["ticket"] || again.int("expires_in") != 3600 {
		t.Errorf("ticket %v, first %v", again, first)
	}
	if got := c.get("/cgi-bin/ticket/getticket?type=wx_card"); got.code() != 40035 {
		t.Errorf("other type: %v", got)
	}
}
