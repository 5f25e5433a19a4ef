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

func TestWordList(t *testing.T) {
	var l WordList
	if l.Marks("着火") != 0 {
		t.Error("a list without words finds one")
	}
	l.Add(1, "着火", "起火", "")
	l.Add(2, "举报", "着急", "𠀀火")
	l.Add(4, "举报", "火")
	for text, want := range map[string]uint{
		"": 0, "路灯坏了": 0, "着": 0, "楼上着火": 5, "着急": 2, "起": 0, "火": 4, "我要举报": 6, "𠀀": 0, "𠀀火": 6, "\u0000火": 4, "起急着火": 5,
	} {
		if got := l.Marks(text); got != want {
			t.Errorf("%q: marks %b, want %b", text, got, want)
		}
	}
}
