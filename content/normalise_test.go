package content

import (
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
