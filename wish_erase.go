package echowall

import "time"

// Erase makes w forget, because its author wants it, who wrote it and everything that anybody wrote in it: the
// words, the place, the files, the station's answer, the text on the wall. What stays is what the station has to
// account for: number, dates, states, station, and the class of the answer. A wish that somebody still works on
// ends as withdrawn; one that was answered and not rated ends as closed without a rating.
//
// Events stay as they are, so that their chain holds; their notes are codes, never words of people.
func (w *Wish) Erase(now time.Time, author AuthorID, source EventSource) error {
	if author == "" || author != w.Author {
		return Refusal(KindNotFound, "wish.not_found", "number", w.Number)
	}
	w.forget(now, Actor{Role: RoleAuthor, Source: source}, MoveErase)
	return nil
}

// forget does what Erase says, by whatever move.
func (w *Wish) forget(now time.Time, by Actor, m Move) {
	to := w.State
	switch w.State {
	case WishSubmitted, WishAccepted, WishRedo:
		to = WishWithdrawn
	case WishToVerify:
		to = WishClosed
	}
	// A field that is added to Wish later is forgotten unless somebody says here that it stays.
	kept := Wish{
		Number: w.Number, State: w.State, Created: w.Created, Station: w.Station,
		Round: w.Round, Rating: w.Rating, History: w.History,
	}
	if w.Answer != nil {
		kept.Answer = &Answer{Class: w.Answer.Class, Promise: w.Answer.Promise, At: w.Answer.At}
	}
	*w = kept
	w.record(now, by, m, to, "")
}

// Erased reports whether the wish has no words and no author any more: the author wanted it, or it was kept long
// enough.
func (w *Wish) Erased() bool {
	_, wanted := w.moved(MoveErase)
	return wanted || w.Expired()
}

// Expired reports whether that is so because it was kept long enough.
func (w *Wish) Expired() bool {
	_, ok := w.moved(MoveExpire)
	return ok
}
