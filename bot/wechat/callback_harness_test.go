package wechat

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"echowall"
)

// The values of the platform's published example.
const (
	exampleToken = "AAAAA"
	exampleApp   = "wxba5fad812f8e6fb9"
	otherKey     = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

var (
	exampleKey = strings.Repeat("A", 43)
	noon       = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

const helloXML = `<xml><ToUserName><![CDATA[gh_a1]]></ToUserName><FromUserName><![CDATA[oU1]]></FromUserName>` +
	`<CreateTime>1790000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hello]]></Content>` +
	`<MsgId>24000000000000001</MsgId></xml>`

// sender writes requests as the platform does, with the SDK's cipher and signature, not ours.
type sender struct {
	mode              Mode
	token, appID, key string
	at                time.Time
	nonce             string
	clear             string // what compat mode shows beside the ciphertext, if not the content
	tamper            func(q url.Values, body *string)
}

func newSender(mode Mode) *sender {
	return &sender{mode: mode, token: exampleToken, appID: exampleApp, key: exampleKey, at: noon, nonce: "415670741"}
}

func (s *sender) query() url.Values {
	ts := fmt.Sprint(s.at.Unix())
	return url.Values{
		"signature": {util.Signature(s.token, ts, s.nonce)}, "timestamp": {ts}, "nonce": {s.nonce}, "openid": {"oU1"},
	}
}

func (s *sender) push(t testing.TB, content string) *http.Request {
	t.Helper()
	q, body := s.query(), content
	if s.mode != ModePlain {
		enc, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(content), s.appID, s.key)
		if err != nil {
			t.Fatal(err)
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", util.Signature(s.token, q.Get("timestamp"), s.nonce, string(enc)))
		node := "<Encrypt><![CDATA[" + string(enc) + "]]></Encrypt></xml>"
		if s.mode == ModeSafe {
			body = "<xml><ToUserName><![CDATA[gh_a1]]></ToUserName>" + node
		} else {
			if s.clear != "" {
				body = s.clear
			}
			body = strings.TrimSuffix(body, "</xml>") + node
		}
	}
	if s.tamper != nil {
		s.tamper(q, &body)
	}
	return httptest.NewRequest(http.MethodPost, "/wechat?"+q.Encode(), strings.NewReader(body))
}

// receiverFunc makes a function a Receiver.
type receiverFunc func(ctx context.Context, p *Push) ([]byte, error)

func (f receiverFunc) Receive(ctx context.Context, p *Push) ([]byte, error) { return f(ctx, p) }

// saying answers every push with m.
func saying(m echowall.Message) Receiver {
	return receiverFunc(func(_ context.Context, p *Push) ([]byte, error) { return p.Seal(m) })
}

// notebook remembers every push and says nothing.
type notebook struct{ pushes []*Push }

func (k *notebook) Receive(_ context.Context, p *Push) ([]byte, error) {
	k.pushes = append(k.pushes, p)
	return nil, nil
}

func (k *notebook) last(t testing.TB) *Push {
	t.Helper()
	if len(k.pushes) == 0 {
		t.Fatal("nothing was received")
	}
	return k.pushes[len(k.pushes)-1]
}

func newCallback(mode Mode, r Receiver) *Callback {
	return &Callback{
		AppID: exampleApp, Token: exampleToken, AESKey: exampleKey, OriginalID: "gh_a1", Mode: mode,
		Receiver: r, Now: func() time.Time { return noon },
	}
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// echo answers every text with itself.
func echo(_ context.Context, p *Push) ([]byte, error) {
	return p.Seal(echowall.Message{Text: p.Inbound.Text})
}
