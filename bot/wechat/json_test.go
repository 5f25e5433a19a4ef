package wechat

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEncodeJSONIsRaw(t *testing.T) {
	for given, want := range map[string]string{
		"您好<a href=\"x?a=1&b=2\">": `"您好<a href=\"x?a=1&b=2\">"`,
		"line\u2028sep\u2029":      "\"line\u2028sep\u2029\"",
		"bell\x07\x1b gone":        `"bell gone"`,
		"tab\tline\n":              `"tab\tline\n"`,
		`back\u0041slash\\u4f60`:   `"back\\u0041slash\\\\u4f60"`,
		"broken\xff":               "\"broken\ufffd\"",
		"😀":                        `"😀"`,
	} {
		b, err := encodeJSON(given)
		if err != nil || string(b) != want {
			t.Errorf("encodeJSON(%q) = %s, want %s (%v)", given, b, want, err)
		}
		if got := string(appendString(nil, given)); got != want {
			t.Errorf("appendString(%q) = %s, want %s", given, got, want)
		}
	}
}

// FuzzAppendString holds the hand-written encoder against encoding/json: what comes back is what went in,
// without control characters and with U+FFFD for bytes that are no UTF-8.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "您好", "a\"\\b\n", "\x00\xff\xed\xa0\x80", "\u2028\x7f", "\\\x1cu"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%q: %s is no JSON: %v", s, b, err)
		}
		// With the escaped backslashes out of the way, a backslash before u can only begin a \uXXXX sequence.
		if strings.Contains(strings.ReplaceAll(string(b), `\\`, ""), `\u`) {
			t.Errorf("%q is escaped: %s", s, b)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
				return -1
			}
			return r
		}, s)
		if back != want {
			t.Errorf("%q came back as %q", s, back)
		}
	})
}
