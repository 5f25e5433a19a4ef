package wechat

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// encodeJSON writes v the way the platform reads it: raw UTF-8. It answers \uXXXX sequences with 40033 or
// counts them as six characters, and encoding/json writes them for a few characters whatever its settings.
func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return rawUTF8(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), nil
}

// rawUTF8 replaces the \uXXXX sequences of encoding/json by the characters themselves and leaves control
// characters out. It never lengthens b and works in place.
func rawUTF8(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u`)) {
		return b
	}
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 >= len(b) {
			out = append(out, b[i])
			continue
		}
		if b[i+1] != 'u' || i+6 > len(b) {
			out = append(out, b[i], b[i+1])
			i++
			continue
		}
		code, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 16)
		if err != nil {
			out = append(out, b[i], b[i+1])
			i++
			continue
		}
		if code >= ' ' {
			out = utf8.AppendRune(out, rune(code))
		}
		i += 5
	}
	return out
}

// appendString appends s as a JSON string in raw UTF-8, without control characters other than line ends
// and tabs; bytes that are no UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[start:i]...)
				dst = utf8.AppendRune(dst, utf8.RuneError)
				start = i + 1
			}
			i += size
			continue
		}
		if b >= ' ' && b != '"' && b != '\\' && b != 0x7f {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch b {
		case '"', '\\':
			dst = append(dst, '\\', b)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
