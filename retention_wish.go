package echowall

import (
	"errors"
	"time"
)

// errKept says that something is not over its time, or not any more.
var errKept = errors.New("is kept")

// byClock is who acts when time has come.
var byClock = Actor{Role: RoleClock, Source: FromClock}

// ended reports whether nobody works on a wish in this state any more. A state that is added later counts as open
// until somebody says here that it is not.
func (s WishState) ended() bool { return s == WishClosed || s == WishWithdrawn }

// Ended is when the periods of a wish begin: when it was closed last, or the end of the day that the answer promised
// if that is later. False while it is open; one that was answered and waits for its author's verdict is open.
func (w *Wish) Ended() (at time.Time, ok bool) {
	if !w.State.ended() {
		return time.Time{}, false
	}
	open := true
	for _, e := range w.History {
		if e.To.ended() && (open || e.Move == MoveRate) {
			at, ok = e.At, true
		}
		open = !e.To.ended()
	}
	if w.Answer != nil && !w.Answer.Promise.IsZero() {
		if promised := w.Answer.Promise.AddDays(1).In(time.UTC); promised.After(at) {
			at = promised
		}
	}
	return at, ok
}

// over reports whether the wish has been closed for a period.
func (w *Wish) over(p Period, now time.Time) bool {
	at, ended := w.Ended()
	return ended && p.Over(at, now)
}

// detailed reports whether anything is left that Archive forgets.
func (w *Wish) detailed() bool {
	return w.Place != "" || w.At != nil || len(w.Media) > 0 || w.Surname != "" || w.Display != DisplayAnonymous
}

// archive forgets what was needed to handle the wish: where exactly, photos and voices, how to address the author.
// The words stay, and the author recognises them as the own.
func (w *Wish) archive(now time.Time) error {
	if !w.detailed() || !w.over(KeptDetails, now) {
		return errKept
	}
	w.Place, w.At, w.Media, w.Surname, w.Display = "", nil, nil, "", DisplayAnonymous
	w.record(now, byClock, MoveArchive, w.State, "")
	return nil
}

// expire forgets everything that Erase forgets.
func (w *Wish) expire(now time.Time) error {
	if w.Erased() || !w.over(KeptText, now) {
		return errKept
	}
	w.forget(now, byClock, MoveExpire)
	return nil
}

// idle reports whether none of an author's wishes needs to know any more who the author is.
func idle(wishes []*Wish, now time.Time) bool {
	for _, w := range wishes {
		if !w.over(KeptIdentity, now) {
			return false
		}
	}
	return true
}
