package store

import (
	"testing"

	"echowall"
	"echowall/store/redistest"
)

// Whoever has a copy of the database, or an export, must not find binding codes by trying them all.
func TestCodesAreHiddenWithTheKey(t *testing.T) {
	url := redistest.Run(t).URL()
	one, other := openExport(t, url, 'k'), openExport(t, url, 'x')
	for _, s := range []*Store{one, other} {
		if err := s.PutCode(t.Context(), "ABCD2345", echowall.BindingCode{Name: "王"}, echowall.CodeKept); err != nil {
			t.Fatalf("two keys name one code alike: %v", err)
		}
	}
	if _, err := one.TakeCode(t.Context(), "ABCD2345"); err != nil {
		t.Errorf("the code does not work: %v", err)
	}
	if _, err := one.TakeCode(t.Context(), "ABCD2345"); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("the code works twice: %v", err)
	}
}
