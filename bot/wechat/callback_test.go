package wechat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"echowall"
)

var modes = []Mode{ModePlain, ModeCompat, ModeSafe}

func TestVerification(t *testing.T) {
	for _, mode := range modes {
		c := newCallback(mode, &notebook{})
		q := newSender(mode).query()
		q.Set("echostr", "8231<b>&+ 7")
		// The same check may be repeated for ever: no time window here.
		c.Now = func() time.Time { return noon.Add(24 * time.Hour) }
		for range 2 {
			w := serve(c, httptest.NewRequest(http.MethodGet, "/wechat?"+q.Encode(), nil))
			if w.Code != 200 || w.Body.String() != "8231<b>&+ 7" {
				t.Errorf("%v: %d %q", mode, w.Code, w.Body)
			}
			if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
				t.Errorf("echostr served as %q, a browser might run it", got)
			}
		}
		q.Set("nonce", "415670742")
		if w := serve(c, httptest.NewRequest(http.MethodGet, "/wechat?"+q.Encode(), nil)); w.Code != 403 || strings.Contains(w.Body.String(), "8231") {
			t.Errorf("%v: forged verification answered %d %q", mode, w.Code, w.Body)
		}
	}
	c := newCallback(ModeSafe, &notebook{})
	if w := serve(c, httptest.NewRequest(http.MethodGet, "/wechat", nil)); w.Code != 403 {
		t.Errorf("bare GET answered %d", w.Code)
	}
	if w := serve(c, httptest.NewRequest(http.MethodGet, "/wechat?"+newSender(ModeSafe).query().Encode(), nil)); w.Code != 400 {
		t.Errorf("GET without echostr answered %d", w.Code)
	}
}

// Only the configured mode is accepted, whatever the request claims to be.
func TestModeIsForced(t *testing.T) {
	for _, configured := range modes {
		for _, sent := range modes {
			k := &notebook{}
			w := serve(newCallback(configured, k), newSender(sent).push(t, helloXML))
			want := 403
			if configured == sent {
				want = 200
			}
			if w.Code != want || len(k.pushes) != b2i(want == 200) {
				t.Errorf("configured %v, sent %v: %d, received %d", configured, sent, w.Code, len(k.pushes))
			}
			if want == 200 && (w.Body.String() != "success" || k.last(t).Inbound.Text != "hello") {
				t.Errorf("%v: body %q, text %q", sent, w.Body, k.last(t).Inbound.Text)
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestRefused(t *testing.T) {
	all, cipherModes := modes, []Mode{ModeCompat, ModeSafe}
	for _, tc := range []struct {
		name  string
		modes []Mode
		sends func(s *sender)
		body  string
		want  int
	}{
		{"other token", all, func(s *sender) { s.token = "BBBBB" }, helloXML, 403},
		{"301 s old", all, func(s *sender) { s.at = noon.Add(-301 * time.Second) }, helloXML, 403},
		{"301 s ahead", all, func(s *sender) { s.at = noon.Add(301 * time.Second) }, helloXML, 403},
		{"300 s old", all, func(s *sender) { s.at = noon.Add(-300 * time.Second) }, helloXML, 200},
		{"300 s ahead", all, func(s *sender) { s.at = noon.Add(300 * time.Second) }, helloXML, 200},
		{"no query", all, func(s *sender) {
			s.tamper = func(q url.Values, _ *string) { clear(q) }
		}, helloXML, 403},
		{"timestamp with sign", all, func(s *sender) {
			s.tamper = func(q url.Values, _ *string) { q.Set("timestamp", "+"+q.Get("timestamp")) }
		}, helloXML, 403},
		{"huge timestamp", all, func(s *sender) {
			s.tamper = func(q url.Values, _ *string) { q.Set("timestamp", "9223372036854775807") }
		}, helloXML, 403},
		{"signature of the URL only", cipherModes, func(s *sender) {
			s.tamper = func(q url.Values, _ *string) { q.Set("msg_signature", q.Get("signature")) }
		}, helloXML, 403},
		{"no msg_signature", cipherModes, func(s *sender) {
			s.tamper = func(q url.Values, _ *string) { q.Del("msg_signature") }
		}, helloXML, 403},
		{"plaintext smuggled in", cipherModes, func(s *sender) {
			s.tamper = func(q url.Values, body *string) { q.Del("encrypt_type"); *body = helloXML }
		}, helloXML, 403},
		{"unknown encrypt_type", all, func(s *sender) {
			s.tamper = func(q url.Values, _ *string) { q.Set("encrypt_type", "des") }
		}, helloXML, 403},
		{"changed ciphertext", cipherModes, func(s *sender) {
			s.tamper = func(_ url.Values, body *string) {
				*body = strings.Replace(*body, "<Encrypt><![CDATA[", "<Encrypt><![CDATA[AAAA", 1)
			}
		}, helloXML, 403},
		{"no ciphertext", cipherModes, func(s *sender) {
			s.tamper = func(_ url.Values, body *string) { *body = helloXML }
		}, helloXML, 403},
		{"unreadable envelope", cipherModes, func(s *sender) {
			s.tamper = func(_ url.Values, body *string) { *body = "<xml><Encrypt>" }
		}, helloXML, 403},
		{"other app id", cipherModes, func(s *sender) { s.appID = "wx0000000000000000" }, helloXML, 403},
		{"longer app id", cipherModes, func(s *sender) { s.appID = exampleApp + "0" }, helloXML, 403},
		{"other account", all, nil, strings.Replace(helloXML, "gh_a1", "gh_b2", 1), 403},
		{"other key", cipherModes, func(s *sender) { s.key = otherKey }, helloXML, 500},
		{"broken content", all, nil, "<xml><ToUserName>", 500},
		{"empty content", []Mode{ModePlain}, nil, "", 500},
		{"JSON content", all, nil, `{"ToUserName":"gh_a1"}`, 500},
		{"no sender", all, nil, "<xml><ToUserName>gh_a1</ToUserName><MsgType>text</MsgType></xml>", 500},
		{"document type", all, nil, `<!DOCTYPE xml [<!ENTITY x "y">]>` + helloXML, 500},
		{"external entity", all, nil, `<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.Replace(helloXML, "<![CDATA[hello]]>", "&x;", 1), 500},
		{"262144 bytes", []Mode{ModePlain}, nil, pad(helloXML, 262144), 200},
		{"262145 bytes", []Mode{ModePlain}, nil, pad(helloXML, 262145), 413},
		{"huge ciphertext", cipherModes, nil, pad(helloXML, 262144), 413},
	} {
		for _, mode := range tc.modes {
			k := &notebook{}
			s := newSender(mode)
			if len(tc.body) < maxBody/2 {
				s.clear = helloXML // the fault is in what was encrypted, not beside it
			}
			if tc.sends != nil {
				tc.sends(s)
			}
			w := serve(newCallback(mode, k), s.push(t, tc.body))
			if w.Code != tc.want || len(k.pushes) != b2i(tc.want == 200) {
				t.Errorf("%s, %v: %d (want %d), received %d", tc.name, mode, w.Code, tc.want, len(k.pushes))
			}
			if body := w.Body.String(); tc.want != 200 && (body == "" || body == "success" || strings.HasPrefix(body, "<")) {
				t.Errorf("%s, %v: %q reads like an answer", tc.name, mode, body)
			}
		}
	}
}

func pad(xml string, length int) string {
	return strings.TrimSuffix(xml, "</xml>") + strings.Repeat(" ", length-len(xml)) + "</xml>"
}

// A body without a length is cut off all the same.
func TestOversizeWithoutLength(t *testing.T) {
	k := &notebook{}
	r := newSender(ModePlain).push(t, pad(helloXML, maxBody+1))
	r.ContentLength = -1
	if w := serve(newCallback(ModePlain, k), r); w.Code != 413 || len(k.pushes) != 0 {
		t.Errorf("%d, received %d", w.Code, len(k.pushes))
	}
}

func TestOtherMethods(t *testing.T) {
	for _, method := range []string{"HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"} {
		r := newSender(ModePlain).push(t, helloXML)
		r.Method = method
		w := serve(newCallback(ModePlain, &notebook{}), r)
		if w.Code != 405 || w.Header().Get("Allow") != "GET, POST" {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

// In compat mode anybody on the way can change the clear fields; only the ciphertext counts.
func TestCompatBelievesTheCiphertext(t *testing.T) {
	k := &notebook{}
	s := newSender(ModeCompat)
	s.clear = strings.Replace(helloXML, "oU1", "oEve", 1)
	if w := serve(newCallback(ModeCompat, k), s.push(t, helloXML)); w.Code != 200 {
		t.Fatal(w.Code)
	}
	if from := k.last(t).Inbound.From; from != "oU1" {
		t.Errorf("believed the clear field: %q", string(from))
	}
}

func TestReceiverFailures(t *testing.T) {
	for _, tc := range []struct {
		name     string
		receive  receiverFunc
		want     int
		wantBody string
	}{
		{"nothing to say", func(context.Context, *Push) ([]byte, error) { return nil, nil }, 200, "success"},
		{"empty answer", func(context.Context, *Push) ([]byte, error) { return []byte{}, nil }, 200, "success"},
		{"zero message", saying(echowall.Message{}).Receive, 200, "success"},
		{"stored answer", func(context.Context, *Push) ([]byte, error) { return []byte("<xml>as stored</xml>"), nil }, 200, "<xml>as stored</xml>"},
		{"error", func(context.Context, *Push) ([]byte, error) { return []byte("half"), errors.New("store is away") }, 500, "Internal Server Error\n"},
		{"unavailable", func(context.Context, *Push) ([]byte, error) {
			return nil, echowall.Errorf(echowall.KindUnavailable, "store is away")
		}, 500, "Internal Server Error\n"},
		{"replayed", func(context.Context, *Push) ([]byte, error) {
			return nil, echowall.Errorf(echowall.KindForbidden, "seen")
		}, 403, "Forbidden\n"},
		{"panic", func(context.Context, *Push) ([]byte, error) { panic("defect") }, 500, "Internal Server Error\n"},
	} {
		for _, mode := range modes {
			w := serve(newCallback(mode, tc.receive), newSender(mode).push(t, helloXML))
			if w.Code != tc.want || w.Body.String() != tc.wantBody {
				t.Errorf("%s, %v: %d %q", tc.name, mode, w.Code, w.Body)
			}
		}
	}
}

// The request's context reaches the receiver, so that it can stop when the platform hangs up.
func TestContextReachesReceiver(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var got error
	r := receiverFunc(func(ctx context.Context, _ *Push) ([]byte, error) { got = ctx.Err(); return nil, nil })
	serve(newCallback(ModeSafe, r), newSender(ModeSafe).push(t, helloXML).WithContext(ctx))
	if got != context.Canceled {
		t.Errorf("context error %v", got)
	}
}

func TestPreviousKey(t *testing.T) {
	c := newCallback(ModeSafe, saying(echowall.Message{Text: "ok"}))
	c.AESKey, c.PreviousAESKey = otherKey, exampleKey
	for _, key := range []string{otherKey, exampleKey} {
		s := newSender(ModeSafe)
		s.key = key
		w := serve(c, s.push(t, helloXML))
		if w.Code != 200 {
			t.Fatalf("%.4s…: %d", key, w.Code)
		}
		// The reply is in the key of the push: that is the one the platform is using.
		if reply := openReply(t, ModeSafe, key, w.Body.Bytes()); reply.Content != "ok" {
			t.Errorf("%.4s…: reply %+v", key, reply)
		}
	}
}

// A signature that does not cover the message names the request by itself; one that does needs no other name
// than the message's.
func TestFingerprint(t *testing.T) {
	for _, mode := range modes {
		k := &notebook{}
		c := newCallback(mode, k)
		s := newSender(mode)
		serve(c, s.push(t, helloXML))
		serve(c, s.push(t, helloXML))
		if k.pushes[0].Fingerprint != k.pushes[1].Fingerprint {
			t.Errorf("%v: one request, two fingerprints", mode)
		}
		s.nonce = "415670742"
		serve(c, s.push(t, helloXML))
		if plain := mode == ModePlain; plain == (k.pushes[0].Fingerprint == k.pushes[2].Fingerprint) {
			t.Errorf("%v: fingerprints %q and %q of two requests", mode, k.pushes[0].Fingerprint, k.pushes[2].Fingerprint)
		}
		if k.pushes[0].Key != k.pushes[2].Key {
			t.Errorf("%v: one message, two keys", mode)
		}
		// The signature joins its parts, so exchanging timestamp and nonce keeps it valid: still one request.
		s.nonce = fmt.Sprint(s.at.Unix() + 1)
		serve(c, s.push(t, helloXML))
		s.tamper = func(q url.Values, _ *string) {
			q.Set("nonce", q.Get("timestamp"))
			q.Set("timestamp", s.nonce)
		}
		w := serve(c, s.push(t, helloXML))
		if again := k.last(t); w.Code == 200 && (k.pushes[3].Fingerprint != again.Fingerprint || k.pushes[3].Key != again.Key) {
			t.Errorf("%v: a rearranged request passes as new", mode)
		}
		s.tamper = nil
		signed := s.push(t, helloXML)
		other := s.push(t, strings.Replace(helloXML, "24000000000000001", "24000000000000002", 1))
		other.URL.RawQuery = signed.URL.RawQuery
		if w := serve(c, other); mode != ModePlain && w.Code != 403 {
			t.Errorf("%v: another message under a used signature is answered %d", mode, w.Code)
		} else if mode == ModePlain && k.last(t).Fingerprint != shortHash([]byte(signed.URL.Query().Get("signature"))) {
			t.Error("plain: another message under a used signature has another fingerprint")
		}
	}
}

// Nothing a person wrote, no openid and no secret may reach the log, whatever goes wrong.
func TestLogHoldsNoContent(t *testing.T) {
	var log strings.Builder
	for _, mode := range modes {
		for _, content := range []string{
			helloXML,
			`<xml><ToUserName>gh_a1</ToUserName><FromUserName>oU1</FromUserName><Content>hello</hello></xml>`,
			`<xml><ToUserName>gh_a1</ToUserName><Content>hello</Content></xml>`,
			`<xml a="hello"><FromUserName>&oU1;</FromUserName></xml>`,
		} {
			for _, key := range []string{exampleKey, otherKey} {
				for _, receive := range []receiverFunc{
					func(context.Context, *Push) ([]byte, error) { return nil, errors.New("away") },
					func(_ context.Context, p *Push) ([]byte, error) { panic("cannot handle " + p.Inbound.Text) },
				} {
					c := newCallback(mode, receive)
					c.Logger = slog.New(slog.NewTextHandler(&log, nil))
					s := newSender(mode)
					s.key = key
					serve(c, s.push(t, content))
				}
			}
		}
	}
	if strings.Count(log.String(), "\n") == 0 {
		t.Fatal("nothing was logged")
	}
	for _, secret := range []string{"hello", "oU1", exampleToken, otherKey, exampleKey} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("log holds %.6s…:\n%s", secret, &log)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := newCallback(ModeSafe, &notebook{}).Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		breaks func(c *Callback)
		want   string
	}{
		{func(c *Callback) { c.AppID = "" }, "ECHOWALL_WECHAT_APP_ID"},
		{func(c *Callback) { c.Token = "ab" }, "ECHOWALL_WECHAT_TOKEN"},
		{func(c *Callback) { c.Token = "has space" }, "ECHOWALL_WECHAT_TOKEN"},
		{func(c *Callback) { c.Token = strings.Repeat("a", 33) }, "ECHOWALL_WECHAT_TOKEN"},
		{func(c *Callback) { c.AESKey = "" }, "ECHOWALL_WECHAT_AES_KEY is empty"},
		{func(c *Callback) { c.AESKey = exampleKey[1:] }, "ECHOWALL_WECHAT_AES_KEY must be 43"},
		{func(c *Callback) { c.AESKey = exampleKey[1:] + "=" }, "ECHOWALL_WECHAT_AES_KEY must be 43"},
		{func(c *Callback) { c.PreviousAESKey = "short" }, "ECHOWALL_WECHAT_PREVIOUS_AES_KEY"},
		{func(c *Callback) { c.OriginalID = "wx1" }, "ECHOWALL_WECHAT_ORIGINAL_ID"},
		{func(c *Callback) { c.Mode = 0 }, "ECHOWALL_WECHAT_MODE"},
		{func(c *Callback) { c.Receiver = nil }, "no receiver"},
	} {
		c := newCallback(ModeSafe, &notebook{})
		tc.breaks(c)
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), tc.want) || echowall.KindOf(err) != echowall.KindInvalid {
			t.Errorf("want %s, got %v", tc.want, err)
			continue
		}
		if c.AESKey != "" && strings.Contains(err.Error(), c.AESKey) {
			t.Errorf("error shows the key: %v", err)
		}
		if w := serve(c, newSender(ModeSafe).push(t, helloXML)); w.Code != 500 {
			t.Errorf("%s: a misconfigured callback answered %d", tc.want, w.Code)
		}
	}
	plain := newCallback(ModePlain, &notebook{})
	plain.AESKey = ""
	if err := plain.Validate(); err != nil {
		t.Errorf("plain mode without key: %v", err)
	}
}

func TestParseMode(t *testing.T) {
	for _, mode := range modes {
		if got, err := ParseMode(mode.String()); err != nil || got != mode {
			t.Errorf("%v: %v, %v", mode, got, err)
		}
	}
	for _, s := range []string{"", "unset", "Safe", "aes"} {
		if got, err := ParseMode(s); err == nil || got != 0 {
			t.Errorf("%q read as %v", s, got)
		}
	}
}
