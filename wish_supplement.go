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

// Put says where the wish belongs.
func (w *Wish) Put(p Place) { w.Station, w.Grid, w.Placed = p.Station, p.Grid, p.By }

// MayMove reports whether the author may still say another place: nobody has signed for the wish, and its
// place is not known or only that of a code that was scanned.
func (w *Wish) MayMove() bool {
	return w.State == WishSubmitted && (w.Station == TriageStation || w.Placed == PlacedScene)
}

// Add takes a supplement of the author while the station still works on the wish. A place that is known
// stays as it is, unless the wish may move: then it goes to the station that the new place tells, and stays
// where it is when that tells none.
func (w *Wish) Add(now time.Time, author AuthorID, s Supplement, d *Directory, source EventSource) error {
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
	scanned := w.MayMove() && w.Placed == PlacedScene
	if s.Place != "" && (w.Place == "" || scanned) {
		w.Place = s.Place
	}
	if s.At != nil && (w.At == nil || scanned) {
		w.At = s.At
	}
	if w.MayMove() && (s.Place != "" || s.At != nil) {
		if p := d.PlaceOf(w.Place, w.At); p.Known() {
			w.Put(p)
		}
	}
	w.record(now, a, MoveSupplement, w.State, "")
	return nil
}

// Supplement adds to a wish of its author.
func (u *Wishes) Supplement(ctx context.Context, a AuthorID, number string, s Supplement, source EventSource) (*Wish, error) {
	d, err := u.Guard.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return u.update(ctx, number, func(w *Wish) error {
		if err := w.Add(u.Now(), a, s, d, source); err != nil {
			return err
		}
		d.Withhold(w) // the place may have brought it to somebody whom the text names
		return nil
	})
}
