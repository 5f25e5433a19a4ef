package emulator

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// visit opens the authorize page and returns where the browser is sent.
func visit(t *testing.T, client *http.Client, p *Platform, query string) (*http.Response, url.Values) {
	t.Helper()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Get(p.URL() + "/connect/oauth2/authorize?" + query)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	to, err := res.Location()
	if err != nil {
		return res, nil
	}
	return res, to.Query()
}

func TestOAuth(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }, Account: Account{OAuthDomain: "bot.example"}}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.SetProfile(Profile{Name: "王小明", UnionID: "u1"})
	a := p.Account
	query := func(scope string) string {
		return "appid=" + a.AppID + "&redirect_uri=" + url.QueryEscape("https://bot.example/m/?x=1") + "&response_type=code&scope=" + scope + "&state=abc123"
	}
	code := func(scope string) string {
		t.Helper()
		_, to := visit(t, ph.Browser(), p, query(scope))
		if to.Get("code") == "" || to.Get("state") != "abc123" || to.Get("x") != "1" {
			t.Fatalf("sent back with %v", to)
		}
		return to.Get("code")
	}
	exchange := func(code string) answer {
		t.Helper()
		return c.get("/sns/oauth2/access_token?appid=" + a.AppID + "&secret=" + a.Secret + "&code=" + code + "&grant_type=authorization_code")
	}
	first := code("snsapi_userinfo")
	out := exchange(first)
	if out["openid"] != "oU1" || out["unionid"] != "u1" || out.int("is_snapshotuser") != 0 || out.int("expires_in") != 7200 {
		t.Errorf("token %v", out)
	}
	if got := exchange(first).code(); got != 40163 {
		t.Errorf("code used twice: %d", got)
	}
	if got := exchange("nonsense").code(); got != 40029 {
		t.Errorf("unknown code: %d", got)
	}
	late := code("snsapi_base")
	at = at.Add(5 * time.Minute)
	if got := exchange(late).code(); got != 42003 {
		t.Errorf("old code: %d", got)
	}
	user := func(out answer) answer {
		t.Helper()
		saved := c.token
		defer func() { c.token = saved }()
		c.token = out["access_token"].(string)
		return c.get("/sns/userinfo?openid=" + out["openid"].(string) + "&lang=zh_CN")
	}
	if info := user(out); info["nickname"] != "王小明" {
		t.Errorf("userinfo %v", info)
	}
	if got := user(exchange(code("snsapi_base"))).code(); got != 48001 {
		t.Errorf("userinfo with base scope: %d", got)
	}
	fresh := c.get("/sns/oauth2/refresh_token?appid=" + a.AppID + "&grant_type=refresh_token&refresh_token=" + out["refresh_token"].(string))
	if fresh["openid"] != "oU1" || user(fresh)["nickname"] != "王小明" {
		t.Errorf("refresh %v", fresh)
	}
	at = at.Add(30 * 24 * time.Hour)
	if got := c.get("/sns/oauth2/refresh_token?appid=" + a.AppID + "&grant_type=refresh_token&refresh_token=" + out["refresh_token"].(string)).code(); got != 42002 {
		t.Errorf("old refresh token: %d", got)
	}

	ph.DenyOAuth(true)
	if _, to := visit(t, ph.Browser(), p, query("snsapi_userinfo")); to.Has("code") || to.Get("state") != "abc123" {
		t.Errorf("refused consent: %v", to)
	}
	ph.DenyOAuth(false)
	p.Change(func(p *Platform) { p.SnapshotUsers = true })
	if out := exchange(code("snsapi_base")); out.int("is_snapshotuser") != 1 || out["openid"] == "oU1" {
		t.Errorf("snapshot page: %v", out)
	}
}

func TestAuthorizePageRefuses(t *testing.T) {
	p := &Platform{Account: Account{OAuthDomain: "bot.example"}}
	start(t, p)
	p.Phone("oU1")
	good := "appid=" + p.Account.AppID + "&redirect_uri=https%3A%2F%2Fbot.example%2F&response_type=code&scope=snsapi_base&state=a&openid=oU1"
	if res, to := visit(t, &http.Client{}, p, good); res.StatusCode != http.StatusFound || to.Get("code") == "" {
		t.Errorf("the helper parameter does not work: %d", res.StatusCode)
	}
	for name, query := range map[string]string{
		"domain":  strings.Replace(good, "bot.example", "evil.example", 1),
		"appid":   strings.Replace(good, p.Account.AppID, "wxother", 1),
		"scope":   strings.Replace(good, "snsapi_base", "snsapi_all", 1),
		"type":    strings.Replace(good, "=code", "=token", 1),
		"browser": strings.Replace(good, "oU1", "oNobody", 1),
	} {
		if res, _ := visit(t, &http.Client{}, p, query); res.StatusCode != http.StatusForbidden {
			t.Errorf("wrong %s: status %d", name, res.StatusCode)
		}
	}
	expect(t, p)
	visit(t, &http.Client{}, p, "redirect_uri=https%3A%2F%2Fbot.example%2F&appid="+p.Account.AppID+"&response_type=code&scope=snsapi_base&state=a-b&openid=oU1")
	expect(t, p, "order", "letters and digits")
}
