package content

import (
	"strconv"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Normalise makes what people type on phones comparable: full-width letters, digits and signs become
// half-width, common traditional characters simplified, runs of space one space, invisible characters
// vanish, and a word that is wholly a Chinese number becomes digits ("三" → "3", "十二" → "12").
// It is for commands, numbers and choices, never for text that is kept.
func Normalise(s string) string {
	var room [1024]byte
	out := room[:0]
	word := 0 // where the last word begins in out
	from := 0 // up to where s is in out
	marks := altered()
	for i, r := range s {
		if marks.plain(r) {
			continue
		}
		p := change(r)
		if p == r && !unicode.IsSpace(r) && r != utf8.RuneError {
			continue
		}
		out = append(out, s[from:i]...)
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
		switch {
		case p < 0:
		case !unicode.IsSpace(p):
			out = utf8.AppendRune(out, p)
		case len(out) > word:
			out = append(spellOut(out, word), ' ')
			word = len(out)
		}
	}
	if from == 0 { // nothing to change but, perhaps, the whole
		if n, ok := chineseNumber(s); ok {
			return n
		}
		return s
	}
	out = append(out, s[from:]...)
	if len(out) > word {
		out = spellOut(out, word)
	} else if word > 0 {
		out = out[:word-1] // the space
	}
	return string(out)
}

// spellOut writes the word that begins at from in digits, if it is wholly a Chinese number.
func spellOut(out []byte, from int) []byte {
	// One look at its first character spares most words a copy.
	if r, _ := utf8.DecodeRune(out[from:]); r < unicode.MaxASCII || !inNumber(r) {
		return out
	}
	if n, ok := chineseNumber(string(out[from:])); ok {
		return append(out[:from], n...)
	}
	return out
}

// fold is Normalise for one character of a command word.
func fold(r rune) rune { return unicode.ToLower(alike(r, altered())) }

// alike is one character in its plain form, -1 for one that vanishes.
func alike(r rune, marks *runeSet) rune {
	if marks.plain(r) {
		return r
	}
	return change(r)
}

// plain reports that r is its own plain form and no space. False says nothing.
func (m *runeSet) plain(r rune) bool { return uint32(r) < plainRunes && m[r/64]>>(r%64)&1 == 0 }

func change(r rune) rune {
	if p := width.LookupRune(r).Folded(); p != 0 {
		r = p
	}
	return simplify(r)
}

// altered marks the characters below plainRunes that are not their own plain form, or need a second look.
// Most of what is typed is plain, and every message is looked at several times.
var altered = sync.OnceValue(func() *runeSet {
	marks := new(runeSet)
	for r := range rune(plainRunes) {
		if change(r) != r || unicode.IsSpace(r) || r == utf8.RuneError {
			marks[r/64] |= 1 << (r % 64)
		}
	}
	return marks
})

const plainRunes = 1 << 16

type runeSet [plainRunes / 64]uint64

func simplify(r rune) rune {
	if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
		return -1
	}
	if s, ok := simplified[r]; ok {
		return s
	}
	return r
}

// simplified covers the characters of our own commands and of usual short answers; it is no dictionary.
var simplified = pairs(
	"學习習习黨党課课題题願愿進进辦办簽签發发執执綁绑幫帮確确認认錯错誤误對对門门請请單单牆墙審审聯联絡络約约參参" +
		"導导查查數数據据時时間间關关開开啟启動动議议見见復复評评價价滿满無无號号樓楼區区員员書书記记條条後后裡里點点" +
		"續续選选擇择電电話话鬧闹長长訂订閱阅錄录報报資资訊讯麼么嗎吗個个這这來来寫写問问說说還还沒没從从學学")

func pairs(s string) map[rune]rune {
	rs := []rune(s)
	m := make(map[rune]rune, len(rs)/2)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]] = rs[i+1]
	}
	return m
}

// chineseDigits holds the value of every character that is a digit, formal ones (壹) included.
var chineseDigits = func() map[rune]int {
	m := make(map[rune]int)
	for value, chars := range []string{"〇零", "一壹", "二两贰貳兩", "三叁叄", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"} {
		for _, r := range chars {
			m[r] = value
		}
	}
	return m
}()

// chineseScales are the number characters that multiply the digit before them.
var chineseScales = map[rune]int{'十': 10, '拾': 10, '百': 100, '佰': 100}

// inNumber reports whether a word of Chinese number characters may have r.
func inNumber(r rune) bool {
	_, digit := chineseDigits[r]
	return digit || chineseScales[r] != 0
}

// chineseNumber reads a word that consists of Chinese number characters only, below 1,000.
func chineseNumber(w string) (string, bool) {
	total, digit, plain, unit := 0, -1, "", false
	for _, r := range w {
		if d, ok := chineseDigits[r]; ok {
			digit = d
			plain += strconv.Itoa(d)
			continue
		}
		scale := chineseScales[r]
		if scale == 0 {
			return "", false
		}
		if digit < 0 {
			digit = 1
		}
		total += digit * scale
		digit, unit = -1, true
	}
	switch {
	case w == "":
		return "", false
	case !unit:
		return plain, true
	}
	return strconv.Itoa(total + max(digit, 0)), true
}
