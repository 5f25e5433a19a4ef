package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// A photo of a draft that nobody sends must not stay for ever; one that a wish or a lesson holds must.
func TestMediaStayOnlyWithWhatHoldsThem(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	put := func(ctx context.Context, contentType string) string {
		t.Helper()
		m, err := s.PutMedia(ctx, contentType, []byte("data"))
		if err != nil {
			t.Fatal(err)
		}
		return m.ID
	}
	stays := func(s *Store, what, id string, want bool) {
		t.Helper()
		for _, key := range []string{s.keys.media(id), s.keys.mediaInfo(id)} {
			ttl := s.rdb.TTL(ctx, key).Val()
			if stays := ttl == -1; stays != want || !want && (ttl <= echowall.DraftKept || ttl > mediaKept) {
				t.Errorf("%s: %s lives for %v", what, strings.TrimPrefix(key, s.keys.prefix), ttl)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	draft, later := put(ctx, "image/jpeg"), put(ctx, "image/jpeg")
	stays(s, "a draft's", draft, false)

	// Downloaded and submitted in one turn, as a photo with a wish in one line would be.
	turn, err := s.Begin(ctx, echowall.Contact{Key: "m1", From: "u1", At: time.Now()})
	must(err)
	inTurn := put(turn.Context(ctx), "image/jpeg")
	w := &echowall.Wish{Author: turn.Author(), Text: "路灯坏了", Station: "zhuyuan", State: echowall.WishSubmitted, Media: []string{inTurn}}
	must(s.AddWish(turn.Context(ctx), w, func(*echowall.Wish) error { return nil }))
	must(turn.Commit(ctx, []byte("done")))
	stays(s, "a wish's", inTurn, true)

	must(s.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error { w.Media = append(w.Media, later); return nil }))
	stays(s, "a supplement's", later, true)

	voice := put(ctx, "audio/amr")
	must(s.PutBranchLesson(ctx, "b1", echowall.Date{Year: 2026, Month: 11, Day: 23}, echowall.Lesson{ID: "b-b1-2026-11-23", Voice: voice}))
	stays(s, "a lesson's", voice, true)

	// A backup brings back what lives for a while as something that lives for a while.
	other := openAt(t, redistest.Run(t).URL(), "wx1")
	if _, err := other.Restore(ctx, strings.NewReader(export(t, s, ExportOptions{})), RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	stays(other, "a restored draft's", draft, false)
	stays(other, "a restored wish's", inTurn, true)
}
