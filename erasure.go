package echowall

import (
	"context"
	"errors"
	"time"
)

// Self is one person as the account knows them: by the id of conversations, roles and study, and by the id of
// wishes. The two meet while a person looks at or erases the own data, and in no document that is not sealed.
type Self struct {
	Person PersonID
	Author AuthorID
}

// Recipients are the names under which messages are owed to the person.
func (s Self) Recipients() []Recipient { return []Recipient{Recipient(s.Person), Recipient(s.Author)} }

// Erasing is one erasure that was ordered and is not finished.
type Erasing struct {
	Order  string // names the order in the journal and says nothing about the person
	Self   Self
	Source EventSource
}

// ErasureStore is what erasing needs of storage. Every step may be repeated.
type ErasureStore interface {
	// OrderErasure notes in the journal that a person is to be erased, with the turn under ctx if there is one.
	OrderErasure(ctx context.Context, s Self, source EventSource) (order string, err error)
	// OrderedErasures lists the orders that are not finished.
	OrderedErasures(ctx context.Context) ([]Erasing, error)
	// ErasePerson forgets in one step who the person is and everything kept about talking, studying and roles;
	// what leave changes under its context belongs to the step. From then on nothing can be sent to the person.
	ErasePerson(ctx context.Context, s Self, leave func(context.Context) error) error
	// EraseWishes lets erase change every wish of an author, with its files and its place in the author's list.
	EraseWishes(ctx context.Context, a AuthorID, erase func(*Wish) error) error
	// EraseTraces forgets what is found by looking through everything, of all people given at once: messages owed,
	// messages not worked on yet, receipts, sessions.
	EraseTraces(ctx context.Context, people ...Self) error
	// EraseNames forgets, like EraseTraces, where people are named who left: receipts, and messages that were given
	// up. Whatever else there is under their ids they began since, as somebody new.
	EraseNames(ctx context.Context, people ...Self) error
	// FinishErasure strikes an order off the journal and puts a line into the access log, in one step; an order
	// that is struck off already leaves no second line. Unless the clock ordered it, the erasure is remembered
	// for backups that are older than it.
	FinishErasure(ctx context.Context, e Erasing, line AccessEntry) error
	// Compact sees to it that the database rewrites its files, so that what was erased is not in them for long.
	// Called again and again, it tells how far that is.
	Compact(ctx context.Context) (Rewriting, error)
}

// Rewriting is how far the database is with forgetting what its files hold of things erased.
type Rewriting int

// The answers of Compact.
const (
	RewritingNothing Rewriting = iota // nothing was erased since the last time
	RewritingWaits                    // the files still hold it
	RewritingDone                     // as of now they do not
	RewritingRefused                  // the server takes no orders; its own rule for rewriting applies
)

// Erasure is the right to be forgotten (Personal Information Protection Law, art. 47): one use case for chat
// and page. An order is on the journal before anything is erased and leaves it when everything is, so a crash
// in the middle only delays the rest.
type Erasure struct {
	Store  ErasureStore
	People *People
	Now    func() time.Time
}

// Order notes that the person wants to be erased; Run does it. Under a turn the order counts once the turn is
// committed.
func (u *Erasure) Order(ctx context.Context, s Self, source EventSource) error {
	_, err := u.Store.OrderErasure(ctx, s, source)
	return err
}

// Erase orders and erases at once. Once it was ordered it will be done: whoever hangs up does not stop it, and
// what failed is tried again by Run.
func (u *Erasure) Erase(ctx context.Context, s Self, source EventSource) (ordered bool, err error) {
	order, err := u.Store.OrderErasure(ctx, s, source)
	if err != nil {
		return false, err
	}
	ctx = context.WithoutCancel(ctx)
	e := Erasing{order, s, source}
	if err := u.begin(ctx, e); err != nil {
		return true, err
	}
	if err := u.finish(ctx, e); err != nil {
		return true, err
	}
	_, err = u.Store.Compact(ctx)
	return true, err
}

// Run finishes the erasures that were ordered and returns how many. One that fails does not keep the others back.
func (u *Erasure) Run(ctx context.Context) (int, error) {
	list, err := u.Store.OrderedErasures(ctx)
	errs := []error{err} // orders that can be read are carried out
	begun := make([]Erasing, 0, len(list))
	for _, e := range list {
		if err := u.begin(ctx, e); err != nil {
			errs = append(errs, err)
			continue
		}
		begun = append(begun, e)
	}
	if len(begun) > 0 {
		if err := u.finish(ctx, begun...); err != nil {
			return 0, errors.Join(append(errs, err)...)
		}
	}
	return len(begun), errors.Join(errs...)
}

// begin erases what stands under the person's own ids, however much of it was done before. First access goes, as
// when somebody unbinds, and nothing can be sent any more; then the wishes go, so that nothing more is owed to
// their author. Whom the clock erased went with the order, and wishes have periods of their own.
func (u *Erasure) begin(ctx context.Context, e Erasing) error {
	if e.Source == FromClock {
		return nil
	}
	err := u.Store.ErasePerson(ctx, e.Self, func(ctx context.Context) error {
		return u.People.Leave(ctx, e.Self.Person, "erased")
	})
	if err != nil {
		return err
	}
	return u.Store.EraseWishes(ctx, e.Self.Author, func(w *Wish) error { return w.Erase(u.Now(), e.Self.Author, e.Source) })
}

// finish erases what is left of people whose erasure has begun: what was owed to them, and where else they are named.
func (u *Erasure) finish(ctx context.Context, list ...Erasing) error {
	var gone, left []Self
	for _, e := range list {
		if e.Source == FromClock {
			left = append(left, e.Self)
		} else {
			gone = append(gone, e.Self)
		}
	}
	if len(gone) > 0 {
		if err := u.Store.EraseTraces(ctx, gone...); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		if err := u.Store.EraseNames(ctx, left...); err != nil {
			return err
		}
	}
	for _, e := range list {
		why := "erased"
		if e.Source == FromClock {
			why = "left"
		}
		// The line names the person by the id of the chat only; with that of the wishes it would join the two.
		line := AccessEntry{At: u.Now(), Kind: AccessErasure, By: e.Self.Person, Subject: Recipient(e.Self.Person), Why: why}
		if e.Source == FromClock {
			line.By, line.Role = "", RoleClock
		}
		if err := u.Store.FinishErasure(ctx, e, line); err != nil {
			return err
		}
	}
	return nil
}

// forgetLeaver erases what stands under the ids of somebody who left, unless agree fails, and orders the rest, in
// one step: a crash leaves all of the person, or an order.
func (u *Erasure) forgetLeaver(ctx context.Context, s Self, agree func(context.Context) error) error {
	return u.Store.ErasePerson(ctx, s, func(ctx context.Context) error {
		if err := agree(ctx); err != nil {
			return err
		}
		if err := u.People.Leave(ctx, s.Person, "left"); err != nil {
			return err
		}
		_, err := u.Store.OrderErasure(ctx, s, FromClock)
		return err
	})
}
