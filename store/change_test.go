package store

import (
	"testing"

	"echowall"
	"echowall/store/redistest"
)

// A client whose connection broke sends the script again; what was applied must not be applied twice, nor
// look like somebody else's change.
func TestChangeSentTwiceIsAppliedOnce(t *testing.T) {
	s, err := Open(t.Context(), Config{URL: redistest.Run(t).URL(), Account: "wx1", Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	key, doc := s.keys.join("test"), s.keys.join("doc")
	c := newChange()
	if err := c.setDoc(doc, 0, struct{}{}); err != nil {
		t.Fatal(err)
	}
	c.do("INCR", key)
	c.once = c.key(s.keys.once("token"))
	for range 2 {
		if err := c.apply(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.rdb.Get(t.Context(), key).Int(); err != nil || n != 1 {
		t.Errorf("applied %d times, %v", n, err)
	}
	other := newChange()
	if err := other.setDoc(doc, 0, struct{}{}); err != nil {
		t.Fatal(err)
	}
	if err := other.apply(t.Context(), s); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("a real conflict: %v", err)
	}
}
