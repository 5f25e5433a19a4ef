package wechat

import (
	"strings"
	"unicode/utf8"
)

// legal reports whether r may stand in an XML 1.0 document.
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// cleanXML makes a document, or a piece of text on its way into one, free of what XML forbids and people
// send all the same: control characters are dropped, bytes that are not UTF-8 become U+FFFD. Everything
// else stays as it is.
func cleanXML(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	brackets := 0 // how many ] end the output
	dropped := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || legal(r) {
			// Dropping what stood inside "]\v]>" must not make an end of CDATA out of it.
			if dropped && brackets > 0 && (r == ']' || r == '>') {
				b.WriteRune(utf8.RuneError)
			}
			dropped = false
			if r == ']' {
				brackets++
			} else {
				brackets = 0
			}
			b.WriteRune(r)
		} else {
			dropped = true
		}
		i += size
	}
	return b.String()
}

// suspect marks the bytes that clean text does not hold, or holds only in some company: control characters,
// and the first byte of U+FFFE and U+FFFF.
var suspect = func() (table [256]bool) {
	for c := range 0x20 {
		table[c] = !legal(rune(c))
	}
	table[0xEF] = true
	return table
}()

// isClean is the usual case, two quick passes over the bytes.
func isClean(s string) bool {
	for i := range len(s) {
		if suspect[s[i]] && !(s[i] == 0xEF && i+2 < len(s) && (s[i+1] != 0xBF || s[i+2] < 0xBE)) {
			return false
		}
	}
	return utf8.ValidString(s)
}
