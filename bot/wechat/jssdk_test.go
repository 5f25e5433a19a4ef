package wechat

import (
	"strings"
	"testing"
	"time"
)

func TestPageSignature(t *testing.T) {
	// Published example; the digest was checked with sha1sum.
	const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
	const want = "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
	for _, fragment := range []string{"", "#top"} {
		if got := signPage(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value"+fragment); got != want {
			t.Errorf("signature %s, want %s", got, want)
		}
	}
	h := newAPIHost(t)
	h.answer(ticketPath, `{"errcode":0,"errmsg":"ok","ticket":"`+ticket+`","expires_in":7200}`)
	server := testRedis(t)
	now := func() time.Time { return time.Unix(1790000000, 0) }
	clock := func(c *Config) { c.Now = now }
	a, b := h.client(t, withRedis(t, server), clock), h.client(t, withRedis(t, server), clock)
	nonces := map[string]bool{}
	for _, c := range []*Client{a, b, a} {
		cfg, err := c.JSConfig(within(t), "https://x.cn/m?a=1#x")
		if err != nil {
			t.Fatal(err)
		}
		nonces[cfg.NonceStr] = true
		if cfg.Timestamp != 1790000000 || cfg.AppID != "wx0e1c2d3b4a596877" ||
			cfg.Signature != signPage(ticket, cfg.NonceStr, cfg.Timestamp, "https://x.cn/m?a=1") {
			t.Errorf("%+v", cfg)
		}
	}
	if len(nonces) != 3 {
		t.Error("a nonce came twice")
	}
	if q := h.only(t, ticketPath).Query; !strings.Contains(q, "type=jsapi") { // one call for both processes
		t.Errorf("asked with %s", q)
	}
}
