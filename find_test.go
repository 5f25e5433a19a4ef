package echowall

import (
	"strings"
	"testing"
)

func TestFinder(t *testing.T) {
	texts := []string{"", "灯", "abc", "永安路第03小区路灯不亮", strings.Repeat("请尽快修理楼道里的灯，谢谢您。", 40)}
	words := []string{"", "a", "bc", "abc", "abcd", "灯", "路灯", "永安路", "永安路第03小区", "永安路第04小区", "小区路灯不亮", "不亮了", "谢谢您。请", "理楼道"}
	for _, text := range texts {
		f := NewFinder(text)
		for _, w := range words {
			if got, want := f.Contains(w), strings.Contains(text, w); got != want {
				t.Errorf("%.20q contains %q: %v, want %v", text, w, got, want)
			}
		}
		for i := range text { // every piece is found
			for j := i; j <= min(len(text), i+30); j++ {
				if !f.Contains(text[i:j]) {
					t.Fatalf("%.20q does not contain its %q", text, text[i:j])
				}
			}
		}
	}
}

func FuzzFinder(f *testing.F) {
	f.Add("永安路第03小区", "第03")
	f.Fuzz(func(t *testing.T, text, word string) {
		if got, want := NewFinder(text).Contains(word), strings.Contains(text, word); got != want {
			t.Errorf("%q contains %q: %v", text, word, got)
		}
	})
}
