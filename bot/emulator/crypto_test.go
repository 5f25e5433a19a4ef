package emulator

import (
	"strings"
	"testing"
)

// The platform's published example.
const (
	vectorToken   = "AAAAA"
	vectorAppID   = "wxba5fad812f8e6fb9"
	vectorEncrypt = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
	vectorReply   = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
)

func vectorEnvelope(t *testing.T) *envelope {
	t.Helper()
	e, err := newEnvelope(strings.Repeat("A", 43), vectorAppID)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSignaturesOfThePublishedVectors(t *testing.T) {
	for _, c := range []struct {
		want  string
		parts []string
	}{
		{"899cf89e464efb63f54ddac96b0a0a235f53aa78", []string{vectorToken, "1714037059", "486452656"}},
		{"6c5c811b55cc85e0e1b54100749188c20beb3f5d", []string{vectorToken, "1714112445", "415670741"}},
		{"046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", []string{vectorToken, "1714112445", "415670741", vectorEncrypt}},
		{"1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1", []string{vectorToken, "1713424427", "415670741", vectorReply}},
	} {
		if got := sign(c.parts...); got != c.want {
			t.Errorf("sign(%.60q) = %s, want %s", c.parts, got, c.want)
		}
	}
}

func TestEncryptionOfThePublishedVectors(t *testing.T) {
	e := vectorEnvelope(t)
	random, message, err := e.open(vectorEncrypt)
	if err != nil || string(random) != "a8eedb185eb2fecf" || len(message) != 167 || !strings.Contains(string(message), "debug_demo") {
		t.Errorf("push opens to %q %q (%d bytes), %v", random, message, len(message), err)
	}
	if got := e.seal(random, message); got != vectorEncrypt {
		t.Errorf("push seals to %s", got)
	}
	if got := e.seal([]byte("707722b803182950"), []byte(`{"demo_resp":"good luck"}`)); got != vectorReply {
		t.Errorf("reply seals to %s", got)
	}
}

func TestEveryPaddingLengthOpens(t *testing.T) {
	e := vectorEnvelope(t)
	for n := range 2 * padBlock {
		want := strings.Repeat("x", n)
		_, got, err := e.open(e.seal([]byte("0123456789abcdef"), []byte(want)))
		if err != nil || string(got) != want {
			t.Fatalf("%d bytes open to %d bytes, %v", n, len(got), err)
		}
	}
}

func TestBrokenCiphertextsAreRefused(t *testing.T) {
	e := vectorEnvelope(t)
	other := &envelope{e.block, e.iv, "wxother"}
	for name, sealed := range map[string]string{
		"no base64":        "***",
		"empty":            "",
		"half a block":     vectorReply[:20] + "AA==",
		"last block lost":  e.seal([]byte("0123456789abcdef"), []byte(strings.Repeat("x", 40)))[:84] + "AA==",
		"foreign appid":    other.seal([]byte("0123456789abcdef"), []byte("hello")),
		"too short inside": (&envelope{e.block, e.iv, ""}).seal(nil, nil)[:44],
	} {
		if _, message, err := e.open(sealed); err == nil {
			t.Errorf("%s: opened to %q", name, message)
		}
	}
	if _, err := newEnvelope("short", vectorAppID); err == nil {
		t.Error("a short EncodingAESKey was accepted")
	}
	if _, err := newEnvelope(strings.Repeat("*", 43), vectorAppID); err == nil {
		t.Error("an EncodingAESKey that is no base64 was accepted")
	}
}

func FuzzOpen(f *testing.F) {
	e, err := newEnvelope(strings.Repeat("A", 43), vectorAppID)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(vectorEncrypt)
	f.Add("")
	f.Fuzz(func(t *testing.T, sealed string) {
		random, message, err := e.open(sealed)
		if err == nil && e.seal(random, message) == "" {
			t.Error("opened but does not seal again")
		}
	})
}
