package emulator

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRehearsal(t *testing.T) {
	p := &Platform{Account: Account{Mode: Safe}}
	b := start(t, p)
	handler := p.RehearsalHandler(PhonesOptions{People: []PhonePerson{{OpenID: "oU1", Name: "居民王"}}})
	s := browse(t, p, handler)
	p.PublicURL = s.url
	page := s.page("/")
	contains(t, page,
		"ECHOWALL_WECHAT_APP_ID="+p.Account.AppID, "ECHOWALL_WECHAT_APP_SECRET="+p.Account.Secret, "ECHOWALL_WECHAT_TOKEN="+p.Account.Token,
		"ECHOWALL_WECHAT_AES_KEY="+p.Account.AESKey, "ECHOWALL_WECHAT_ORIGINAL_ID="+p.Account.OriginalID,
		"ECHOWALL_WECHAT_ACCOUNT=service&#43;verified", "ECHOWALL_WECHAT_MODE=safe", "ECHOWALL_WECHAT_API_URL="+s.url, "还没有推送")
	press := func(name string, fields ...string) string {
		t.Helper()
		res, _ := s.form("/rehearsal/"+name, fields...)
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %s", name, res.Status)
		}
		return s.page("/")
	}

	contains(t, press("verify"), "没有通过") // this bot answers success to everything
	b.answer = func(r *http.Request, _ []byte) (int, string) {
		if r.Method == http.MethodGet {
			return http.StatusOK, r.URL.Query().Get("echostr")
		}
		return http.StatusOK, "success"
	}
	contains(t, press("verify", "url", p.CallbackURL+"?new=1"), "验证通过", "?new=1")
	contains(t, press("verify", "url", "ftp://x/"), "要写全")

	contains(t, press("account", "mode", "plain", "type", "T"), "明文模式、测试号", "ECHOWALL_WECHAT_MODE=plain", "ECHOWALL_WECHAT_ACCOUNT=test")
	contains(t, press("account", "mode", "x", "type", "T"), "没有这种模式")

	before := p.Time()
	press("clock", "by", "48h")
	if moved := p.Time().Sub(before); moved < 48*time.Hour || moved > 49*time.Hour {
		t.Errorf("the clock moved by %s", moved)
	}
	contains(t, press("clock", "by", "-1h"), "只能向前")

	contains(t, press("fault", "kind", "duplicate"), "每条推送送两份")
	s.form("/phone/oU1/follow")
	d, err := p.AwaitDelivery(within(t), func(d *Delivery) bool { return d.Event() == "subscribe" })
	if err != nil || len(d.Copies) != 1 {
		t.Fatalf("no duplicate: %+v, %v", d, err)
	}
	contains(t, press("fault", "kind", "delay"), "接口慢 3s")
	contains(t, press("fault", "kind", "none"), "现在没有干扰")
	contains(t, press("fault", "kind", "fail", "code", "45009"), "错误码 45009")
	res, text := s.do(http.MethodGet, "/cgi-bin/token", "", nil)
	if res.StatusCode != http.StatusOK || !strings.Contains(text, `"errcode":45009`) {
		t.Errorf("the API is not served with its fault: %s %s", res.Status, text)
	}
	contains(t, press("fault", "kind", "fail", "code", "x"), "要写数字")
	contains(t, press("fault", "kind", "x"), "没有这种干扰")
	pushes := len(p.Deliveries())
	contains(t, press("again"), "再送一次：subscribe")
	if err := p.await(within(t), func() bool { return len(p.deliveries.values) > pushes }); err != nil {
		t.Error("nothing was delivered again")
	}

	page = s.page("/")
	contains(t, page, `<td data-th="谁">居民王</td><td data-th="什么">subscribe</td>`, "GET /cgi-bin/token", "45009")
	lacks(t, page, "oU1", "signature=")
	if res, _ := s.do(http.MethodPost, "/rehearsal/clock", "", nil, "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %s", res.Status)
	}
}

// A server that is down shows as a problem without the signed address.
func TestRehearsalNamesProblems(t *testing.T) {
	p := &Platform{Attempts: 1, CallbackURL: "http://127.0.0.1:1/wechat"}
	t.Cleanup(func() { p.Close() })
	s := browse(t, p, p.RehearsalHandler(PhonesOptions{}))
	p.Phone("oU1").Follow(context.Background())
	page := s.page("/")
	contains(t, page, "connection refused", "failed")
	lacks(t, page, "signature=")
}
