package echowall

import (
	"testing"
	"unicode"
)

// Every rune that is space is noticed, alone and between others; the marks of a sentence are not taken for it.
func TestHasSpace(t *testing.T) {
	for r := range unicode.MaxRune {
		if unicode.IsSpace(r) && !hasSpace("张"+string(r)+"三") {
			t.Errorf("%U is not noticed", r)
		}
	}
	if hasSpace("门口的路灯坏了，很久没有人来修。请帮忙问一问、看一看！") {
		t.Error("space is seen where there is none")
	}
}
