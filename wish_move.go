package echowall

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Default limits in working days (citizen-feedback reference 4.7).
const (
	ScreeningDays = 1 // to accept
	HandlingDays  = 5 // to answer, ordinary
	RedoDays      = 5
	// RedoWithin is how long after a closed rating the author may still say that it is not solved.
	RedoWithin = 30 * 24 * time.Hour
	// MaxRounds is how often a wish may be sent back; after that it is for the supervisor.
	MaxRounds = 2
)

// rule says who may make a move, and from where.
type rule struct {
	from  []WishState
	roles []Role
}

// rules is the whole table of handling moves. What is not in it is forbidden.
var rules = map[Move]rule{
	MoveAccept:     {[]WishState{WishSubmitted}, []Role{RoleLiaison, RoleHead}},
	MoveRoute:      {[]WishState{WishSubmitted}, []Role{RoleLiaison, RoleHead, RolePresidium}},
	MoveSupplement: {[]WishState{WishSubmitted, WishAccepted, WishRedo}, []Role{RoleAuthor}},
	MoveAnswer:     {[]WishState{WishAccepted, WishRedo}, []Role{RoleLiaison, RoleHead}},
	MoveRate:       {[]WishState{WishToVerify, WishClosed}, []Role{RoleAuthor}},
	MoveRedo:       {[]WishState{WishToVerify, WishClosed}, []Role{RoleAuthor}},
	MoveRedact:     {[]WishState{WishAccepted, WishToVerify, WishRedo, WishClosed}, []Role{RoleLiaison, RoleHead, RoleReviewer}},
	MovePublish:    {[]WishState{WishAccepted, WishToVerify, WishRedo, WishClosed}, []Role{RoleLiaison, RoleHead, RolePublisher}},
}

// allow checks a move against the table.
func (w *Wish) allow(a Actor, m Move) error {
	r := rules[m]
	if !slices.Contains(r.roles, a.Role) {
		return Refusal(KindForbidden, "errors.forbidden")
	}
	if !slices.Contains(r.from, w.State) {
		return Refusal(KindConflict, "wish.wrong_state", "number", w.Number, "state", string(w.State))
	}
	return nil
}

// Submit makes the first entry: the author hands the wish in. The caller has set text, place and author,
// the store gives the number.
func (w *Wish) Submit(now time.Time, cal *Calendar, source EventSource) error {
	w.Text = strings.TrimSpace(w.Text)
	if w.Text == "" {
		return Refusal(KindInvalid, "wish.empty")
	}
	if utf8.RuneCountInString(w.Text) > WishTextLimit {
		return Refusal(KindInvalid, "wish.too_long", "limit", "500")
	}
	if utf8.RuneCountInString(w.Place) > WishPlaceLimit {
		return Refusal(KindInvalid, "wish.place_too_long", "limit", "60")
	}
	w.Created = now.UTC().Truncate(time.Second)
	w.Due = cal.Deadline(now, ScreeningDays).UTC()
	w.record(now, Actor{Role: RoleAuthor, Source: source}, MoveSubmit, WishSubmitted, "")
	return nil
}

// Accept signs for the wish and starts the handling clock.
func (w *Wish) Accept(now time.Time, cal *Calendar, a Actor) error {
	if err := w.allow(a, MoveAccept); err != nil {
		return err
	}
	w.Due = cal.Deadline(now, HandlingDays).UTC()
	w.record(now, a, MoveAccept, WishAccepted, "")
	w.owe(NewDebt(DebtWishAccepted, Recipient(w.Author), w.Number, "", now))
	return nil
}

// Reply answers the author and waits for the verdict. Classes B and C must promise a date that is not past.
func (w *Wish) Reply(now time.Time, cal *Calendar, a Actor, ans Answer) error {
	if err := w.allow(a, MoveAnswer); err != nil {
		return err
	}
	ans.Text = strings.TrimSpace(ans.Text)
	switch n := utf8.RuneCountInString(ans.Text); {
	case !ans.Class.Valid():
		return Refusal(KindInvalid, "staff.answer_class")
	case n < 10:
		return Refusal(KindInvalid, "staff.answer_short")
	case n > AnswerLimit:
		return Refusal(KindInvalid, "staff.answer_long", "limit", "400")
	case ans.Class.NeedsPromise() && (ans.Promise.IsZero() || ans.Promise.Before(cal.Today(now))):
		return Refusal(KindInvalid, "staff.answer_promise")
	case !ans.Class.NeedsPromise():
		ans.Promise = Date{}
	}
	ans.At = now.UTC().Truncate(time.Second)
	w.Answer = &ans
	w.Due = time.Time{}
	w.Rating = ""
	if w.Public != nil && w.Public.State == PublicEcho {
		w.Public.State = PublicWall // the new answer is shown once somebody has published it
	}
	w.record(now, a, MoveAnswer, WishToVerify, string(ans.Class))
	w.owe(NewDebt(DebtWishAnswered, Recipient(w.Author), w.Number, round(w.Round), now))
	return nil
}

// Rate takes the author's verdict. Unsolved sends the wish back, at most MaxRounds times; a later letter
// replaces an earlier one, and both stay in the history.
func (w *Wish) Rate(now time.Time, cal *Calendar, author AuthorID, r Rating, source EventSource) error {
	if author != w.Author {
		return Refusal(KindNotFound, "wish.not_found", "number", w.Number)
	}
	a := Actor{Role: RoleAuthor, Source: source}
	if !r.Valid() {
		return Refusal(KindInvalid, "wish.rating")
	}
	if err := w.allow(a, MoveRate); err != nil {
		return err
	}
	if r != RatingUnsolved {
		w.Rating = r
		w.Due = time.Time{}
		w.record(now, a, MoveRate, WishClosed, string(r))
		return nil
	}
	if w.State == WishClosed {
		if closed, ok := w.moved(MoveRate); ok && now.Sub(closed) > RedoWithin {
			return Refusal(KindConflict, "wish.redo_late", "number", w.Number)
		}
	}
	if w.Round >= MaxRounds {
		return Refusal(KindConflict, "wish.redo_spent", "number", w.Number)
	}
	w.Round++
	w.Rating = r
	w.Due = cal.Deadline(now, RedoDays).UTC()
	w.record(now, a, MoveRedo, WishRedo, "")
	// The officer who answered hears of it first; the station's queue shows it to everyone.
	if by := w.answeredBy(); by != "" {
		w.owe(NewDebt(DebtWishRedo, Recipient(by), w.Number, round(w.Round), now))
	}
	return nil
}

// answeredBy is who wrote the last answer.
func (w *Wish) answeredBy() PersonID {
	for i := len(w.History) - 1; i >= 0; i-- {
		if w.History[i].Move == MoveAnswer {
			return w.History[i].By
		}
	}
	return ""
}

func round(n int) string {
	if n == 0 {
		return ""
	}
	return string(rune('0' + n))
}
