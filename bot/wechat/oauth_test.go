package wechat

import (
	"net/url"
	"testing"
)

func TestOAuth(t *testing.T) {
	h := newAPIHost(t)
	c := h.client(t)
	want := h.URL + "/connect/oauth2/authorize?appid=wx0e1c2d3b4a596877&redirect_uri=https%3A%2F%2Fx.cn%2Fm%2Fback%3Fa%3D1%26b%3D2" +
		"&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect"
	if got := c.OAuthURL("https://x.cn/m/back?a=1&b=2", ScopeBase, "abc123"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	const person = `{"access_token":"u","expires_in":7200,"refresh_token":"r","openid":"o1","scope":"snsapi_base"`
	for answer, snapshot := range map[string]bool{person + `}`: false, person + `,"is_snapshotuser":1}`: true} {
		h.answer(oauthPath, answer)
		who, snap, err := c.OAuthExchange(within(t), "c&1")
		if who != "o1" || snap != snapshot || err != nil {
			t.Errorf("%q, %v, %v", who, snap, err)
		}
	}
	q, _ := url.ParseQuery(h.to(oauthPath)[0].Query)
	if q.Get("code") != "c&1" || q.Get("secret") != testSecret || q.Get("grant_type") != "authorization_code" || q.Get("access_token") != "" {
		t.Errorf("asked with %v", q)
	}
	h.answer(oauthPath, `{"errcode":40029,"errmsg":"invalid code"}`)
	if _, _, err := c.OAuthExchange(within(t), "c"); !RestartOAuth(err) {
		t.Errorf("got %v", err)
	}
	h.answer(oauthPath, `{}`)
	if who, _, err := c.OAuthExchange(within(t), "c"); err == nil {
		t.Errorf("nobody became %q", who)
	}
	if _, _, err := c.OAuthExchange(within(t), ""); err == nil {
		t.Error("no code")
	}
}
