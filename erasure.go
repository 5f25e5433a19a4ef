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
	// EraseTraces forgets what is found by looking through everything: messages owed, messages not worked on
	// yet, receipts, sessions.
	EraseTraces(ctx context.Context, s Self) error
	// FinishErasure strikes an order off the journal and puts a line into the access log, in one step; an order
	// that is struck off already leaves no second line.
	FinishErasure(ctx context.Context, order string, line AccessEntry) error
	// Compact lets the database rewrite its files, so that what was erased is not in them for long.
	Compact(ctx context.Context) error
}

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
	if err := u.finish(ctx, Erasing{order, s, source}); err != nil {
		return true, err
	}
	return true, u.Store.Compact(ctx)
}

// Run finishes the erasures that were ordered and returns how many. One that fails does not keep the others back.
func (u *Erasure) Run(ctx context.Context) (int, error) {
	list, err := u.Store.OrderedErasures(ctx)
	if err != nil {
		return 0, err
	}
	var errs []error
	done := 0
	for _, e := range list {
		if err := u.finish(ctx, e); err != nil {
			errs = append(errs, err)
			continue
		}
		done++
	}
	if done > 0 {
		errs = append(errs, u.Store.Compact(ctx))
	}
	return done, errors.Join(errs...)
}

// finish does the whole of one erasure, however much of it was done before. First access goes, as when somebody
// unbinds, and nothing can be sent any more; then the wishes go, so that nothing more is owed to their author; then
// what was owed.
func (u *Erasure) finish(ctx context.Context, e Erasing) error {
	err := u.Store.ErasePerson(ctx, e.Self, func(ctx context.Context) error {
		return u.People.Leave(ctx, e.Self.Person, "erased")
	})
	if err != nil {
		return err
	}
	err = u.Store.EraseWishes(ctx, e.Self.Author, func(w *Wish) error { return w.Erase(u.Now(), e.Self.Author, e.Source) })
	if err != nil {
		return err
	}
	if err := u.Store.EraseTraces(ctx, e.Self); err != nil {
		return err
	}
	// The line names the person by the id of the chat only; with that of the wishes it would join the two.
	return u.Store.FinishErasure(ctx, e.Order, AccessEntry{
		At: u.Now(), Kind: AccessErasure, By: e.Self.Person, Subject: Recipient(e.Self.Person), Why: "erased",
	})
}
