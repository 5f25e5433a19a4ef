package content

import (
	"strings"
	"testing"
	"unicode"
)

// The table only saves work.
func TestAlikeIsChange(t *testing.T) {
	marks := altered()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := alike(r, marks), change(r); got != want {
			t.Errorf("%U becomes %U, want %U", r, got, want)
		}
	}
}

// normaliseSlowly says in so many words what Normalise does.
func normaliseSlowly(s string) string {
	words := strings.Fields(strings.Map(change, s))
	for i, w := range words {
		if n, ok := chineseNumber(w); ok {
			words[i] = n
		}
	}
	return strings.Join(words, " ")
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{
		"", " ", "　三 ", "心愿：路灯坏了", "三", "十二", "三 十二　五", "ＸＹ２０３１", "\u200b三\u200b", "\u200b", "a\u200b b", "路燈 壞 三", "\xff三", "三\xff",
		"\ufffd", " a  b ", "a \u00a0", "一二三四五六七八九〇一", "𠀀 三", "心愿 三单元",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Normalise(s), normaliseSlowly(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	})
}
