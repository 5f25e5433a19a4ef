package emulator

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestVerification(t *testing.T) {
	p := &Platform{Account: Account{Token: vectorToken}}
	b := start(t, p)
	b.answer = func(r *http.Request, _ []byte) (int, string) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || sign(vectorToken, q.Get("timestamp"), q.Get("nonce")) != q.Get("signature") {
			return http.StatusForbidden, ""
		}
		return http.StatusOK, q.Get("echostr")
	}
	if err := p.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]func(*http.Request, []byte) (int, string){
		"status": func(*http.Request, []byte) (int, string) { return 500, "" },
		"body":   func(r *http.Request, _ []byte) (int, string) { return 200, `"` + r.URL.Query().Get("echostr") + `"` },
	} {
		b.answer = wrong
		if p.Verify(t.Context()) == nil {
			t.Errorf("wrong %s was accepted", name)
		}
	}
}

// pushed reads a push as an account's server does.
type pushed struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	MsgType      string
	Content      string
	MsgId        int64
	Encrypt      string
}

func TestModes(t *testing.T) {
	for _, mode := range []Mode{Plain, Compat, Safe} {
		p := &Platform{Account: Account{Mode: mode}}
		b := start(t, p)
		b.answer = func(r *http.Request, body []byte) (int, string) {
			q := r.URL.Query()
			if sign(p.Account.Token, q.Get("timestamp"), q.Get("nonce")) != q.Get("signature") {
				t.Errorf("mode %d: wrong signature", mode)
			}
			if r.Header.Get("Content-Type") != "text/xml" || q.Get("openid") != "oU1" {
				t.Errorf("mode %d: header %v, openid %s", mode, r.Header, q.Get("openid"))
			}
			var in pushed
			if err := xml.Unmarshal(body, &in); err != nil {
				t.Fatal(err)
			}
			if (in.Encrypt != "") != (mode != Plain) || (in.FromUserName != "") != (mode != Safe) {
				t.Errorf("mode %d: body %s", mode, body)
			}
			if mode == Plain {
				if q.Has("encrypt_type") || q.Has("msg_signature") {
					t.Error("plaintext push looks encrypted")
				}
				return http.StatusOK, plainReply(p, in.FromUserName, "got "+strconv.Itoa(len(in.Content)))
			}
			if q.Get("encrypt_type") != "aes" || q.Get("msg_signature") != sign(p.Account.Token, q.Get("timestamp"), q.Get("nonce"), in.Encrypt) {
				t.Errorf("mode %d: wrong msg_signature", mode)
			}
			_, clear, err := p.seal.open(in.Encrypt)
			if err != nil {
				t.Fatal(err)
			}
			var inner pushed
			if err := xml.Unmarshal(clear, &inner); err != nil {
				t.Fatal(err)
			}
			return http.StatusOK, sealedReply(p, plainReply(p, inner.FromUserName, "got "+strconv.Itoa(len(inner.Content))), q.Get("nonce"))
		}
		ph := p.Phone("oU1")
		ph.Follow(t.Context())
		ph.ClearChat()
		d := ph.Say(t.Context(), "您好 ]]> <&")
		if d.Outcome != Replied || d.Reply.Encrypted != (mode != Plain) {
			t.Errorf("mode %d: %s, %v", mode, d.Outcome, d.Err)
		}
		if got := texts(ph); !strings.HasPrefix(got, "self text 您好 ]]> <&\nreply text got 13") {
			t.Errorf("mode %d: chat %q", mode, got)
		}
	}
}

// sealedReply wraps a reply as an account's server does in safe mode.
func sealedReply(p *Platform, inner, nonce string) string {
	sealed := p.seal.seal([]byte("0123456789abcdef"), []byte(inner))
	return "<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt><MsgSignature><![CDATA[" +
		sign(p.Account.Token, "1790000000", nonce, sealed) + "]]></MsgSignature><TimeStamp>1790000000</TimeStamp><Nonce><![CDATA[" +
		nonce + "]]></Nonce></xml>"
}
