package echowall

import (
	"context"
	"errors"
	"time"
)

// Limits of one night. What is left over is found again the next night.
const (
	RetentionMost = 2000             // removals
	RetentionTime = 30 * time.Minute // of real time
)

// Held is a part of what is stored, as far as it can be over its time.
type Held struct {
	Wishes  []*Wish
	Authors map[AuthorID][]*Wish // whose openid or phone number is held, with all of their wishes
	Left    map[PersonID]time.Time
}

// RetentionStore is what removing by the calendar needs of storage. Every removal is one step: it happens with its
// line in the access log or its event in the wish, or not at all. The functions given to it may run again.
type RetentionStore interface {
	// EachHeld goes through what can be over its time, some at a time.
	EachHeld(ctx context.Context, f func(Held) error) error
	// Owing lists to whom a message is owed that has not been given up.
	Owing(ctx context.Context) (map[Recipient]bool, error)
	// RetainWish changes a wish like WishStore.UpdateWish; files that it no longer holds go, and one without an
	// author leaves the author's list.
	RetainWish(ctx context.Context, number string, rule func(*Wish) error) error
	// SelfOf finds both ids of somebody; KindNotFound when the vault does not know who that is.
	SelfOf(ctx context.Context, r Recipient) (Self, error)
	// AllWishesBy lists all wishes of an author; the step under ctx fails when one of them changes.
	AllWishesBy(ctx context.Context, a AuthorID) ([]*Wish, error)
	// ForgetAuthor forgets who an author is and the phone number, unless agree fails. A message of the author
	// that is being worked on meanwhile is worked on again.
	ForgetAuthor(ctx context.Context, a AuthorID, agree func(context.Context) error, line AccessEntry) error
	// TrimAccess removes the oldest lines of the access log that are from before t, at most so many.
	TrimAccess(ctx context.Context, t time.Time, most int) (int, error)
	// TrimErasures removes what is remembered of erasures that were finished before t.
	TrimErasures(ctx context.Context, t time.Time) (int, error)

	Contact(ctx context.Context, a AuthorID) (*ContactCard, error)
	Person(ctx context.Context, p PersonID) (*Who, error)
	Reach(ctx context.Context, p PersonID) (Reach, error)
}

// Retention removes what was kept for its period; see RetentionTable. It removes nothing of a wish that is open,
// and nobody to whom something is owed.
type Retention struct {
	Store   RetentionStore
	Erasure *Erasure
	Now     func() time.Time
}

// Removed counts what one night removed.
type Removed struct {
	Archived int // wishes without place, files and form of address
	Expired  int // wishes without words
	Authors  int // authors nobody can map back any more
	Leavers  int // people who unfollowed and are gone
	Lines    int // of the access log
	Erasures int // remembered erasures
	// Failed joins what went wrong with single things; nil when nothing did.
	Failed error
}

// Run removes what is over its time, within the limits of a night. One removal that fails does not keep the others
// back. Whatever stops it, every removal has happened or has not, and the next run finds the rest.
func (u *Retention) Run(ctx context.Context) (Removed, error) {
	hours, cancel := context.WithTimeout(ctx, RetentionTime)
	defer cancel()
	n := night{Retention: u, now: u.Now()}
	err := n.run(hours)
	if errors.Is(err, errNightOver) || hours.Err() != nil && ctx.Err() == nil {
		err = nil
	}
	return n.Removed, err
}

// errNightOver says that the night's work is done.
var errNightOver = errors.New("enough for one night")

// night is one run.
type night struct {
	*Retention
	Removed
	now   time.Time
	owing map[Recipient]bool
	tried int
}

func (n *night) run(ctx context.Context) (err error) {
	if n.Lines, err = n.Store.TrimAccess(ctx, KeptAccess.Began(n.now), RetentionMost); err != nil {
		return err
	}
	if n.Erasures, err = n.Store.TrimErasures(ctx, KeptErasures.Began(n.now)); err != nil {
		return err
	}
	if n.owing, err = n.Store.Owing(ctx); err != nil {
		return err
	}
	err = n.Store.EachHeld(ctx, func(h Held) error {
		for _, w := range h.Wishes {
			if err := n.wish(ctx, w); err != nil {
				return err
			}
		}
		for a, wishes := range h.Authors {
			if err := n.author(ctx, a, wishes); err != nil {
				return err
			}
		}
		for p, since := range h.Left {
			if err := n.leaver(ctx, p, since); err != nil {
				return err
			}
		}
		return nil
	})
	if n.Leavers > 0 {
		// They are gone; where else they are named is looked for once, for all of them. What fails here stays on
		// the journal of erasures.
		_, failed := n.Erasure.Run(ctx)
		n.Failed = errors.Join(n.Failed, failed)
	}
	return err
}

// did counts one removal. What failed is only noted, unless nothing can go on.
func (n *night) did(count *int, err error) error {
	switch {
	case errors.Is(err, errKept):
		return nil
	case KindOf(err) == KindUnavailable || errors.Is(err, context.Canceled):
		return err
	case err != nil:
		n.Failed = errors.Join(n.Failed, err)
	default:
		*count++
	}
	if n.tried++; n.tried >= RetentionMost {
		return errNightOver
	}
	return nil
}

func (n *night) wish(ctx context.Context, w *Wish) error {
	switch {
	case !w.Erased() && w.over(KeptText, n.now):
		return n.did(&n.Expired, n.Store.RetainWish(ctx, w.Number, func(w *Wish) error { return w.expire(n.now) }))
	case w.detailed() && w.over(KeptDetails, n.now):
		return n.did(&n.Archived, n.Store.RetainWish(ctx, w.Number, func(w *Wish) error { return w.archive(n.now) }))
	}
	return nil
}

// author forgets who somebody is of whom the station wants nothing any more.
func (n *night) author(ctx context.Context, a AuthorID, wishes []*Wish) error {
	if n.owing[Recipient(a)] || !idle(wishes, n.now) {
		return nil
	}
	line := AccessEntry{At: n.now, Kind: AccessErasure, Role: RoleClock, Subject: Recipient(a), Why: "retention"}
	return n.did(&n.Authors, n.Store.ForgetAuthor(ctx, a, func(ctx context.Context) error {
		if err := n.mayForget(ctx, a); err != nil {
			return err
		}
		card, err := n.Store.Contact(ctx, a)
		if KindOf(err) == KindNotFound {
			return nil
		}
		if err == nil && !KeptIdentity.Over(card.Changed, n.now) { // meant for a wish that is not written yet
			return errKept
		}
		return err
	}, line))
}

// mayForget is errKept unless all wishes of an author are closed for long enough. The step under ctx fails when
// that changes.
func (n *night) mayForget(ctx context.Context, a AuthorID) error {
	wishes, err := n.Store.AllWishesBy(ctx, a)
	if err == nil && !idle(wishes, n.now) {
		return errKept
	}
	return err
}

// leaver erases somebody who unfollowed, holds no role and has nothing going on: at once, like everybody who is
// erased, and with an order for what is left to be looked for. Wishes keep to their own periods.
func (n *night) leaver(ctx context.Context, p PersonID, since time.Time) error {
	if !KeptLeaver.Over(since, n.now) || n.owing[Recipient(p)] {
		return nil
	}
	self, err := n.Store.SelfOf(ctx, Recipient(p))
	switch {
	case KindOf(err) == KindNotFound: // nobody can tell who that was
		return nil
	case err != nil:
		return n.did(new(int), err)
	case n.owing[Recipient(self.Author)]:
		return nil
	}
	return n.did(&n.Leavers, n.Erasure.forgetLeaver(ctx, self, func(ctx context.Context) error {
		r, err := n.Store.Reach(ctx, p)
		if err != nil {
			return err
		}
		who, err := n.Store.Person(ctx, p)
		if err != nil {
			return err
		}
		if r.Following || !KeptLeaver.Over(r.Left, n.now) || len(who.Grants) > 0 {
			return errKept
		}
		return n.mayForget(ctx, self.Author)
	}))
}
