package wechat

import (
	"strconv"
	"strings"
)

const (
	cdataOpen  = "<![CDATA["
	cdataClose = "]]>"
)

// scanXML reads the XML the platform writes: one <xml> element; elements with plain names and no
// attributes; text, CDATA sections, the five entities and character references. It reports false when it
// meets anything else, right or wrong, having fed part of the document to t.
func scanXML(doc string, t *tree) bool {
	rest := strings.TrimLeft(doc, " \t\r\n")
	if !strings.HasPrefix(rest, "<xml>") {
		return false
	}
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return false
		}
		if i > 0 {
			text, ok := unescape(rest[:i])
			if !ok {
				return false
			}
			t.text(text)
			rest = rest[i:]
		}
		if strings.HasPrefix(rest, cdataOpen) {
			rest = rest[len(cdataOpen):]
			end := strings.Index(rest, cdataClose)
			if end < 0 {
				return false
			}
			t.text(newlines(rest[:end]))
			rest = rest[end+len(cdataClose):]
			continue
		}
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return false
		}
		tag := rest[1:end]
		rest = rest[end+1:]
		if !scanTag(tag, t) {
			return false
		}
		if len(t.path) == 0 {
			return strings.Trim(rest, " \t\r\n") == ""
		}
	}
}

// scanTag handles what stands between < and >.
func scanTag(tag string, t *tree) bool {
	if tag == "" {
		return false
	}
	if tag[0] == '/' {
		if tag[1:] != t.path[len(t.path)-1] {
			return false
		}
		t.close()
		return true
	}
	empty := tag[len(tag)-1] == '/'
	if empty {
		tag = tag[:len(tag)-1]
	}
	if !plainName(tag) {
		return false
	}
	t.open(tag)
	if empty {
		t.close()
	}
	return true
}

func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && s[i] != '_' && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// newlines makes \r\n and \r one \n, as XML wants.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unescape resolves references in text outside CDATA. Character references to what XML forbids are dropped,
// like the characters themselves. It reports false for unknown entities and a stray "]]>".
func unescape(s string) (string, bool) {
	if strings.Contains(s, cdataClose) {
		return "", false
	}
	amp := strings.IndexByte(s, '&')
	if amp < 0 {
		return newlines(s), true
	}
	out := make([]byte, 0, len(s))
	for amp >= 0 {
		out = append(out, newlines(s[:amp])...)
		end := strings.IndexByte(s[amp:], ';')
		if end < 0 {
			return "", false
		}
		var ok bool
		if out, ok = appendReference(out, s[amp+1:amp+end]); !ok {
			return "", false
		}
		s = s[amp+end+1:]
		amp = strings.IndexByte(s, '&')
	}
	return string(append(out, newlines(s)...)), true
}

// appendReference resolves what stands between & and ;.
func appendReference(out []byte, name string) ([]byte, bool) {
	switch name {
	case "amp":
		return append(out, '&'), true
	case "lt":
		return append(out, '<'), true
	case "gt":
		return append(out, '>'), true
	case "quot":
		return append(out, '"'), true
	case "apos":
		return append(out, '\''), true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	if !isNumber {
		return out, false
	}
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if err != nil {
		return out, false
	}
	if r := rune(n); legal(r) {
		out = append(out, string(r)...)
	}
	return out, true
}
