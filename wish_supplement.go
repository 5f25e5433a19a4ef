package echowall

import (
	"context"
	"time"
	"unicode/utf8"
)

// WishMediaLimit is how many photos and voices a wish holds together.
const WishMediaLimit = WishPhotoLimit + 2

// Supplement is what an author adds to a wish afterwards.
type Supplement struct {
	Place string
	At    *Position
	Media []string
}

// Add takes a supplement of the author while the station still works on the wish. A place that is known
// stays as it is. A wish that nobody has signed for and that waits for a person to sort it goes to the
// station that the new place tells.
func (w *Wish) Add(now time.Time, author AuthorID, s Supplement, stations []Station, source EventSource) error {
	if author != w.Author {
		return Refusal(KindNotFound, "wish.not_found", "number", w.Number)
	}
	a := Actor{Role: RoleAuthor, Source: source}
	if err := w.allow(a, MoveSupplement); err != nil {
		return err
	}
	if len(w.Media)+len(s.Media) > WishMediaLimit {
		return Refusal(KindInvalid, "wish.media_full", "number", w.Number)
	}
	if utf8.RuneCountInString(s.Place) > WishPlaceLimit {
		return Refusal(KindInvalid, "wish.place_too_long", "limit", "60")
	}
	w.Media = append(w.Media, s.Media...)
	if w.Place == "" {
		w.Place = s.Place
	}
	if w.At == nil {
		w.At = s.At
	}
	if w.State == WishSubmitted && w.Station == TriageStation {
		w.Station = FindStation(stations, w.Place, w.At)
	}
	w.record(now, a, MoveSupplement, w.State, "")
	return nil
}

// Supplement adds to a wish of its author.
func (u *Wishes) Supplement(ctx context.Context, a AuthorID, number string, s Supplement, stations []Station, source EventSource) (*Wish, error) {
	return u.update(ctx, number, func(w *Wish) error { return w.Add(u.Now(), a, s, stations, source) })
}
