package wechat

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// The platform's published example (encryption guide): a push and the answer to it.
const (
	pushEncrypt   = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
	pushSignature = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
	replyEncrypt  = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
	replySigned   = "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
)

func exampleCipher(t testing.TB) *msgCipher {
	t.Helper()
	m, err := newMsgCipher(exampleKey, exampleApp)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPublishedSignatures(t *testing.T) {
	for _, tc := range []struct {
		want  string
		parts []string
	}{
		{"899cf89e464efb63f54ddac96b0a0a235f53aa78", []string{exampleToken, "1714037059", "486452656"}},
		{"6c5c811b55cc85e0e1b54100749188c20beb3f5d", []string{exampleToken, "1714112445", "415670741"}},
		{pushSignature, []string{exampleToken, "1714112445", "415670741", pushEncrypt}},
		{replySigned, []string{exampleToken, "1713424427", "415670741", replyEncrypt}},
	} {
		if !signed(tc.want, tc.parts...) {
			t.Errorf("sign(%q) = %s, want %s", tc.parts, sign(tc.parts...), tc.want)
		}
		for _, forged := range []string{"", tc.want[1:], tc.want + "0", strings.ToUpper(tc.want), "x" + tc.want[1:]} {
			if signed(forged, tc.parts...) {
				t.Errorf("%q was accepted for %s", forged, tc.want)
			}
		}
	}
}

func TestPublishedPush(t *testing.T) {
	got, err := exampleCipher(t).open(pushEncrypt, new(scratch))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 167 || !strings.HasPrefix(got, `{"ToUserName":"gh_97417a04a28d"`) || !strings.Contains(got, `"Event":"debug_demo"`) {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func TestPublishedReply(t *testing.T) {
	plain := append([]byte("707722b803182950"), 0, 0, 0, 0)
	plain = append(plain, `{"demo_resp":"good luck"}`...)
	encrypted := exampleCipher(t).encrypt(plain)
	if got := base64.StdEncoding.EncodeToString(encrypted); got != replyEncrypt {
		t.Errorf("ciphertext %s", got)
	}
	c := newCallback(ModeSafe, &notebook{})
	want := "<xml><Encrypt><![CDATA[" + replyEncrypt + "]]></Encrypt><MsgSignature><![CDATA[" + replySigned +
		"]]></MsgSignature><TimeStamp>1713424427</TimeStamp><Nonce><![CDATA[415670741]]></Nonce></xml>"
	if got := c.envelop(encrypted, "415670741", time.Unix(1713424427, 0)); string(got) != want {
		t.Errorf("envelope\n%s\nwant\n%s", got, want)
	}
}

// The published push in an XML envelope passes every check up to its content, which is JSON: refused
// loudly, so that the operator learns to choose XML.
func TestPublishedPushAsRequest(t *testing.T) {
	c := newCallback(ModeSafe, &notebook{})
	c.Now = func() time.Time { return time.Unix(1714112445, 0) }
	body := "<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><Encrypt><![CDATA[" + pushEncrypt + "]]></Encrypt></xml>"
	url := "/wechat?signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445&nonce=415670741&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes&msg_signature="
	if w := serve(c, httptest.NewRequest("POST", url+pushSignature, strings.NewReader(body))); w.Code != 500 {
		t.Errorf("JSON content: %d", w.Code)
	}
	if w := serve(c, httptest.NewRequest("POST", url+strings.Repeat("0", 40), strings.NewReader(body))); w.Code != 403 {
		t.Errorf("forged: %d", w.Code)
	}
}

// Both directions against the SDK's cipher, over every padding length.
func TestCipherAgainstSDK(t *testing.T) {
	ours := exampleCipher(t)
	random := []byte("0123456789abcdef")
	for n := range 70 {
		message := bytes.Repeat([]byte("x"), n)
		theirs, err := util.EncryptMsg(random, message, exampleApp, exampleKey)
		if err != nil {
			t.Fatal(err)
		}
		plain := append(append(append([]byte{}, random...), 0, 0, 0, 0), message...)
		encrypted := base64.StdEncoding.EncodeToString(ours.encrypt(plain))
		if encrypted != string(theirs) {
			t.Fatalf("%d bytes: ours %s, theirs %s", n, encrypted, theirs)
		}
		opened, err := ours.open(string(theirs), new(scratch))
		if err != nil || opened != string(message) {
			t.Fatalf("%d bytes: %q, %v", n, opened, err)
		}
	}
}

// The last of the 43 characters of a key has two bits that mean nothing; the platform hands out keys with
// any of them set.
func TestKeyWithUnusedBits(t *testing.T) {
	for _, last := range "ABCD" {
		m, err := newMsgCipher(exampleKey[:42]+string(last), exampleApp)
		if err != nil {
			t.Fatalf("%c: %v", last, err)
		}
		if _, err := m.open(pushEncrypt, new(scratch)); err != nil {
			t.Errorf("%c: %v", last, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	m := exampleCipher(t)
	for name, encrypt := range map[string]string{
		"empty":         "",
		"not base64":    "!!!!",
		"half a block":  base64.StdEncoding.EncodeToString(make([]byte, 16)),
		"no padding":    base64.StdEncoding.EncodeToString(make([]byte, 32)),
		"cut off":       pushEncrypt[:len(pushEncrypt)-44],
		"other padding": pushEncrypt[:88],
	} {
		if got, err := m.open(encrypt, new(scratch)); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		}
	}
	uneven := append(append(make([]byte, headLength), exampleApp...), bytes.Repeat([]byte{26}, 26)...)
	if got, err := m.message(bytes.Clone(uneven)); err != nil || got != "" {
		t.Fatalf("even padding: %q, %v", got, err)
	}
	uneven[len(uneven)-26] = 0
	for name, plain := range map[string][]byte{
		"uneven pad":      uneven,
		"pad 0":           make([]byte, 32),
		"pad 33":          bytes.Repeat([]byte{33}, 64),
		"nothing but pad": bytes.Repeat([]byte{32}, 32),
		"length too large": append(append(make([]byte, 16), 0xff, 0xff, 0xff, 0xff),
			bytes.Repeat([]byte{12}, 12)...),
	} {
		if got, err := m.message(plain); err == nil {
			t.Errorf("%s: taken for %q", name, got)
		}
	}
}

// reply is what the platform's client would read.
type reply struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
	ImageID                                    string `xml:"Image>MediaId"`
	VoiceID                                    string `xml:"Voice>MediaId"`
	ArticleCount                               int
	Articles                                   []struct{ Title, Description, PicUrl, Url string } `xml:"Articles>item"`
}

// openReply reads a response body as the platform does: with the SDK's signature and cipher, and encoding/xml.
func openReply(t testing.TB, mode Mode, key string, body []byte) reply {
	t.Helper()
	if mode != ModePlain {
		var env struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
		if err := xml.Unmarshal(body, &env); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if want := util.Signature(exampleToken, env.TimeStamp, env.Nonce, env.Encrypt); env.MsgSignature != want {
			t.Fatalf("reply signed %s, want %s", env.MsgSignature, want)
		}
		if env.Nonce != "415670741" {
			t.Errorf("nonce %q is not the request's", env.Nonce)
		}
		var err error
		if _, body, err = util.DecryptMsg(exampleApp, env.Encrypt, key); err != nil {
			t.Fatal(err)
		}
	}
	if body[0] != '<' {
		t.Errorf("reply begins with %q", body[0])
	}
	var r reply
	if err := xml.Unmarshal(body, &r); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return r
}

// FuzzDecrypt looks for ciphertext that stops the program or opens without the key.
func FuzzDecrypt(f *testing.F) {
	f.Add(pushEncrypt)
	f.Add(replyEncrypt)
	f.Add("")
	f.Add(base64.StdEncoding.EncodeToString(make([]byte, 64)))
	m, err := newMsgCipher(otherKey, exampleApp)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, encrypt string) {
		if got, err := m.open(encrypt, new(scratch)); err == nil {
			t.Errorf("opened as %q without the key", got)
		}
		// The same bytes as content of a genuine message come back unchanged.
		sealed := base64.StdEncoding.EncodeToString(m.encrypt(append(make([]byte, headLength), encrypt...)))
		if got, err := m.open(sealed, new(scratch)); err != nil || got != encrypt {
			t.Errorf("round trip of %q gave %q, %v", encrypt, got, err)
		}
	})
}
