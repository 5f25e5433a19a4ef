package store

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

var (
	restNoon     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))
	restCalendar = echowall.NewCalendar(nil, restNoon.Location())
	restOfficer  = echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromConsole}
)

// wishMoves lead a wish to rest, one after the other.
var wishMoves = []struct {
	name   string
	packed bool
	move   func(*echowall.Wish) error
}{
	{"accepted", true, func(w *echowall.Wish) error { return w.Accept(restNoon, restCalendar, restOfficer) }},
	{"answered", true, func(w *echowall.Wish) error {
		return w.Reply(restNoon, restCalendar, restOfficer, echowall.Answer{Class: "A", Text: "路灯已修好，今晚起正常亮灯。"})
	}},
	{"redacted", true, func(w *echowall.Wish) error {
		return w.Redact(restNoon, restOfficer, "北门到公交站没有路灯，晚上看不清")
	}},
	{"published", true, func(w *echowall.Wish) error {
		return w.Publish(restNoon, echowall.Actor{Role: echowall.RoleHead, By: "p-head"})
	}},
	{"closed", true, func(w *echowall.Wish) error {
		return w.Rate(restNoon, restCalendar, "a1", echowall.RatingGood, echowall.FromChat)
	}},
}

// A wish is packed as soon as a station has taken it up, and nobody who reads, changes, exports or restores it can tell.
func TestWishAtRestIsPacked(t *testing.T) {
	ctx := t.Context()
	s := openAt(t, redistest.Run(t).URL(), "gh_rest")
	w := &echowall.Wish{Author: "a1", Station: "c1", Text: "北门到公交站没有路灯，晚上看不清路，请装一盏", MayPublish: true}
	if err := s.AddWish(ctx, w, func(w *echowall.Wish) error { return w.Submit(restNoon, restCalendar, echowall.FromChat) }); err != nil {
		t.Fatal(err)
	}
	key := s.keys.wish(w.Number)
	var last *echowall.Wish
	for i, m := range wishMoves {
		err := s.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error {
			err := m.move(w)
			last = w
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", m.name, err)
		}
		stored := s.rdb.Get(ctx, key).Val()
		if packed := !strings.Contains(stored, "路灯"); packed != m.packed {
			t.Errorf("%s: packed %v, want %v", m.name, packed, m.packed)
		}
		plain, err := plainText(stored)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := marshalDoc(i+2, last); plain != want {
			t.Errorf("%s:\n got %s\nwant %s", m.name, plain, want)
		}
		if m.packed && len(stored) >= len(plain)*3/4 {
			t.Errorf("%s: %d bytes of %d are left", m.name, len(stored), len(plain))
		}
		got, err := s.Wish(ctx, w.Number)
		if err != nil || len(got.History) != i+2 || got.VerifyHistory() != -1 {
			t.Errorf("%s: read %+v, %v", m.name, got, err)
		}
	}
	wall, err := s.Wall(ctx, 10)
	if err != nil || len(wall) != 1 || wall[0].Public.Text != last.Public.Text {
		t.Errorf("wall %v, %v", wall, err)
	}

	text := export(t, s, ExportOptions{})
	if !strings.Contains(text, w.Text) {
		t.Errorf("the export does not show the text: %s", text)
	}
	other := openAt(t, redistest.Run(t).URL(), "gh_rest")
	if _, err := other.Restore(ctx, strings.NewReader(text), RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	before, after := s.rdb.Get(ctx, key).Val(), other.rdb.Get(ctx, key).Val()
	if before != after {
		t.Errorf("restored as %q, want %q", after, before)
	}
	if got, err := other.Wish(ctx, w.Number); err != nil || !reflect.DeepEqual(got.History, last.History) {
		t.Errorf("restored %+v, %v", got, err)
	}
}

func TestDamagedDocuments(t *testing.T) {
	text := `{"v":3,"number":"XY1001","text":"` + strings.Repeat("北门到公交站没有路灯。", 9) + `","state":"CLOSED"}`
	packed, err := dictionaries[0].pack(text)
	if err != nil || packed == text {
		t.Fatalf("packed %q, %v", packed, err)
	}
	head := `{"v":3,"z":1}`
	if !strings.HasPrefix(packed, head) {
		t.Fatalf("packed document begins %q, want %q", packed[:len(head)], head)
	}
	for name, tc := range map[string]struct{ text, want string }{
		"cut off":            {packed[:len(packed)-6], "damaged"},
		"nothing left":       {head, "damaged"},
		"head only":          {`{"v":3,"z":1`, "breaks off"},
		"overwritten":        {head + strings.Repeat("\xff", 40), "damaged"},
		"another dictionary": {`{"v":3,"z":77}` + packed[len(head):], `dictionary "77"`},
	} {
		t.Run(name, func(t *testing.T) {
			var w echowall.Wish
			_, err := unmarshalDoc(tc.text, &w)
			if echowall.KindOf(err) != echowall.KindInternal || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
	var w echowall.Wish // and a damaged one spoils nothing for the next
	if v, err := unmarshalDoc(packed, &w); err != nil || v != 3 || w.Number != "XY1001" {
		t.Errorf("read %d, %+v, %v", v, w, err)
	}
}

// Documents in Redis were packed with the dictionary as it is: a better one gets another number.
func TestDictionaryNeverChanges(t *testing.T) {
	sums := map[string]string{"1": "77c4d512553a"}
	for _, d := range dictionaries {
		sum := sha256.Sum256(d.text)
		if got := hex.EncodeToString(sum[:6]); sums[d.id] != got {
			t.Errorf("dictionary %s has the sum %s, want %s", d.id, got, sums[d.id])
		}
	}
}
