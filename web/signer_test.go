package web

import (
	"strings"
	"testing"
	"time"

	"echowall"
)

func TestSigner(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	key := []byte(strings.Repeat("k", 32))
	s := NewSigner(key, "https://wall.example/", clock)
	token := func(address string) string {
		t.Helper()
		_, k, ok := strings.Cut(address, "?k=")
		if !ok {
			t.Fatalf("no token in %q", address)
		}
		return k
	}
	wish := s.WishURL("XY1001", "a-author")
	if !strings.HasPrefix(wish, "https://wall.example/m/wish/XY1001?k=") || strings.Contains(wish, "author") {
		t.Errorf("address %q", wish)
	}
	k := token(wish)
	flipped := []byte(k)
	flipped[len(flipped)-5] ^= 1
	for name, tc := range map[string]struct {
		err  error
		open bool
	}{
		"its own":         {s.check(k, forWish, "XY1001", "a-author"), true},
		"another wish":    {s.check(k, forWish, "XY1002", "a-author"), false},
		"another author":  {s.check(k, forWish, "XY1001", "a-other"), false},
		"another purpose": {s.check(k, forMedia, "XY1001", "a-author"), false},
		"joined subject":  {s.check(k, forWish, "XY1001a-author"), false},
		"another service": {NewSigner([]byte(strings.Repeat("j", 32)), "", clock).check(k, forWish, "XY1001", "a-author"), false},
		"one bit":         {s.check(string(flipped), forWish, "XY1001", "a-author"), false},
		"empty":           {s.check("", forWish, "XY1001", "a-author"), false},
		"cut":             {s.check(k[:10], forWish, "XY1001", "a-author"), false},
		"no base64":       {s.check("!", forWish, "XY1001", "a-author"), false},
	} {
		if (tc.err == nil) != tc.open || !tc.open && echowall.KindOf(tc.err) != echowall.KindForbidden {
			t.Errorf("%s: %v", name, tc.err)
		}
	}
	now = now.Add(linkKept)
	if err := s.check(k, forWish, "XY1001", "a-author"); err != nil {
		t.Errorf("on the 30th day: %v", err)
	}
	now = now.Add(time.Second)
	if err := s.check(k, forWish, "XY1001", "a-author"); err == nil {
		t.Error("the link opens after 30 days")
	}
	if pack, own := s.LessonURL("ew-001"), s.LessonURL("b-b1-2026-11-23"); pack != "https://wall.example/m/lesson/ew-001" || s.check(token(own), forLesson, "b-b1-2026-11-23") != nil {
		t.Errorf("lessons: %q, %q", pack, own)
	}
	if s.PageURL("/wall") != "https://wall.example/wall" {
		t.Error(s.PageURL("/wall"))
	}
}

// A photo keeps its address for a day, so that it is fetched once, and is readable a day at least.
func TestMediaPath(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	s := NewSigner([]byte(strings.Repeat("k", 32)), "", func() time.Time { return now })
	first := s.mediaPath("m1")
	now = now.Add(23 * time.Hour)
	if s.mediaPath("m1") != first {
		t.Error("the address changed within the day")
	}
	k := first[strings.Index(first, "?k=")+3:]
	now = now.Add(24 * time.Hour)
	if err := s.check(k, forMedia, "m1"); err != nil {
		t.Errorf("a day later: %v", err)
	}
	now = now.Add(2 * time.Hour)
	if err := s.check(k, forMedia, "m1"); err == nil {
		t.Error("the photo's link does not expire")
	}
}

func TestBranchLesson(t *testing.T) {
	day := echowall.Date{Year: 2026, Month: 11, Day: 23}
	for id, want := range map[string]echowall.BranchID{
		"b-b1-2026-11-23": "b1", "b-zhu-yuan-1-2026-11-23": "zhu-yuan-1",
		"b-2026-11-23": "", "b--2026-11-23": "", "ew-001": "", "b-b1-2026-13-23": "", "b-b1": "", "b-": "", "": "",
	} {
		b, d, ok := branchLesson(id)
		if ok != (want != "") || ok && (b != want || d != day) {
			t.Errorf("%q: %q %v %v", id, b, d, ok)
		}
	}
}
