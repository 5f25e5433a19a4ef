package echowall

import (
	"context"
	"slices"
	"strings"
	"time"
)

// WishStore is what the wish use cases need of storage. Changes made under a Turn's context become visible
// with the turn.
type WishStore interface {
	// AddWish gives the wish its number, calls submit, and stores it with what it owes.
	AddWish(ctx context.Context, w *Wish, submit func(*Wish) error) error
	Wish(ctx context.Context, number string) (*Wish, error)
	// UpdateWish reads, changes and writes one wish; change may run again on a conflict.
	UpdateWish(ctx context.Context, number string, change func(*Wish) error) error
	// WishesBy lists an author's wishes, newest first.
	WishesBy(ctx context.Context, a AuthorID, limit int) ([]*Wish, error)
	// Queue lists a station's wishes in the given states, by due time.
	Queue(ctx context.Context, station StationID, states []WishState, limit int) ([]*Wish, error)
	// Counts says how many wishes are in each state; together they are all wishes there are.
	Counts(ctx context.Context) (map[WishState]int, error)
	// Wall lists published wishes, newest first.
	Wall(ctx context.Context, limit int) ([]*Wish, error)
}

// Wishes are the use cases around wishes; chat, browser and clock use the same ones.
type Wishes struct {
	Store    WishStore
	Contacts ContactStore
	Guard    *Guard
	Calendar *Calendar
	Now      func() time.Time
}

// Submit hands in a wish and returns it with its receipt number. Where it belongs follows from what its author
// wrote and sent, unless the caller has Put it somewhere.
func (u *Wishes) Submit(ctx context.Context, w Wish, source EventSource) (*Wish, error) {
	d, err := u.Guard.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if w.Station == "" {
		place := d.PlaceOf(w.Place, w.At)
		// Many people name the place only in the wish itself.
		if !place.Known() && w.Place == "" {
			place = d.Named(w.Text)
		}
		w.Put(place)
	}
	d.Withhold(&w)
	err = u.Store.AddWish(ctx, &w, func(w *Wish) error { return w.Submit(u.Now(), u.Calendar, source) })
	if err != nil {
		return nil, err
	}
	return &w, nil
}

// Mine returns one wish of its author; somebody else's number is as good as none.
func (u *Wishes) Mine(ctx context.Context, a AuthorID, number string) (*Wish, error) {
	w, err := u.Store.Wish(ctx, NormaliseNumber(number))
	if KindOf(err) == KindNotFound || (err == nil && w.Author != a) {
		return nil, Refusal(KindNotFound, "wish.not_found", "number", NormaliseNumber(number))
	}
	return w, err
}

// MineAll lists the newest wishes of an author.
func (u *Wishes) MineAll(ctx context.Context, a AuthorID, limit int) ([]*Wish, error) {
	return u.Store.WishesBy(ctx, a, limit)
}

// Rate records the author's letter.
func (u *Wishes) Rate(ctx context.Context, a AuthorID, number string, r Rating, source EventSource) (*Wish, error) {
	return u.update(ctx, number, func(w *Wish) error { return w.Rate(u.Now(), u.Calendar, a, r, source) })
}

// Todo lists what the stations of who have to do, by due time; of a role that is switched on, what waits for
// that one.
func (u *Wishes) Todo(ctx context.Context, who *Who, limit int) ([]*Wish, error) {
	span, d, err := u.Guard.Span(ctx, who, ActionTodo)
	if err != nil {
		return nil, err
	}
	if on, ok := who.ActsAs(); ok {
		span = d.Scopes(&Who{Grants: []Grant{on}}, ActionTodo)
	}
	return u.queue(ctx, d, who, ActionTodo, span.Stations, OpenStates, limit)
}

// queue lists the wishes of stations to which who may do a, by due time. What a person is excluded from is
// left out as if it were not there, so more is read where something is.
func (u *Wishes) queue(ctx context.Context, d *Directory, who *Who, a Action, stations []StationID, states []WishState, limit int) ([]*Wish, error) {
	var all []*Wish
	for _, s := range stations {
		for ask := limit; ; ask *= 2 {
			list, err := u.Store.Queue(ctx, s, states, ask)
			if err != nil {
				return nil, err
			}
			read := len(list)
			list = slices.DeleteFunc(list, func(w *Wish) bool { return d.Allow(who, a, w.Target()) != nil })
			if len(list) >= limit || read < ask {
				all = append(all, list...)
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Wish) int { return a.Due.Compare(b.Due) })
	return all[:min(len(all), limit)], nil
}

// ForStaff returns a wish that who may read: of an own station, or of one below.
func (u *Wishes) ForStaff(ctx context.Context, who *Who, number string) (*Wish, error) {
	w, _, err := u.allowed(ctx, who, ActionWishRead, number)
	return w, err
}

// allowed returns a wish to which who may do a, and the role that allows it.
func (u *Wishes) allowed(ctx context.Context, who *Who, a Action, number string) (*Wish, Grant, error) {
	number = NormaliseNumber(number)
	if who == nil || !who.Can(a) { // before the wish is looked for: there is nothing to be learnt from the answer
		return nil, Grant{}, u.Guard.Refuse(ctx, who, a, Target{}, Refusal(KindForbidden, a.forbidden()))
	}
	w, err := u.Store.Wish(ctx, number)
	if KindOf(err) == KindNotFound {
		return nil, Grant{}, a.missing(Target{Number: number})
	}
	if err != nil {
		return nil, Grant{}, err
	}
	grant, err := u.Guard.Allow(ctx, who, a, w.Target())
	if err != nil {
		return nil, Grant{}, err
	}
	return w, grant, nil
}

// Accept signs for a wish (签收).
func (u *Wishes) Accept(ctx context.Context, who *Who, number string, source EventSource) (*Wish, error) {
	return u.staff(ctx, who, ActionWishAccept, number, source, func(w *Wish, a Actor) error { return w.Accept(u.Now(), u.Calendar, a) })
}

// Answer tells the author what became of it.
func (u *Wishes) Answer(ctx context.Context, who *Who, number string, ans Answer, source EventSource) (*Wish, error) {
	return u.staff(ctx, who, ActionWishAnswer, number, source, func(w *Wish, a Actor) error { return w.Reply(u.Now(), u.Calendar, a, ans) })
}

// Redact proposes the text for the wall.
func (u *Wishes) Redact(ctx context.Context, who *Who, number, text string, source EventSource) (*Wish, error) {
	return u.staff(ctx, who, ActionWishRedact, number, source, func(w *Wish, a Actor) error { return w.Redact(u.Now(), a, text) })
}

// Publish puts a redacted wish on the wall.
func (u *Wishes) Publish(ctx context.Context, who *Who, number string, source EventSource) (*Wish, error) {
	return u.staff(ctx, who, ActionWishPublish, number, source, func(w *Wish, a Actor) error { return w.Publish(u.Now(), a) })
}

func (u *Wishes) staff(ctx context.Context, who *Who, action Action, number string, source EventSource, move func(*Wish, Actor) error) (*Wish, error) {
	if _, _, err := u.allowed(ctx, who, action, number); err != nil {
		return nil, err
	}
	d, err := u.Guard.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return u.update(ctx, number, func(w *Wish) error {
		grant, err := d.Allowed(who, action, w.Target()) // it may have changed since
		if err != nil {
			return err
		}
		return move(w, Actor{Role: grant.Role, By: who.Person, Source: source})
	})
}

func (u *Wishes) update(ctx context.Context, number string, change func(*Wish) error) (*Wish, error) {
	var out *Wish
	err := u.Store.UpdateWish(ctx, NormaliseNumber(number), func(w *Wish) error {
		out = w
		return change(w)
	})
	if KindOf(err) == KindNotFound {
		return nil, Refusal(KindNotFound, "wish.not_found", "number", NormaliseNumber(number))
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Counts says how many wishes are in each state.
func (u *Wishes) Counts(ctx context.Context) (map[WishState]int, error) { return u.Store.Counts(ctx) }

// Wall lists what everybody may see, newest first.
func (u *Wishes) Wall(ctx context.Context, limit int) ([]*Wish, error) {
	return u.Store.Wall(ctx, limit)
}

// Published returns one wish that everybody may see; one that is not published is as good as none.
func (u *Wishes) Published(ctx context.Context, number string) (*Wish, error) {
	w, err := u.Store.Wish(ctx, NormaliseNumber(number))
	if err == nil && !w.OnWall() {
		return nil, Refusal(KindNotFound, "wish.not_found", "number", NormaliseNumber(number))
	}
	return w, err
}

// NormaliseNumber writes a receipt number as we print it: XY2031, whatever width, case or spacing it was
// typed in; bare digits count too.
func NormaliseNumber(s string) string { return "XY" + strings.TrimPrefix(foldTyped(s), "XY") }

// foldTyped undoes what phones do to typed numbers and codes: full width, lower case, spaces, hyphens.
func foldTyped(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			return r - 0xFEE0
		case r == ' ' || r == '　' || r == '-' || r == '#':
			return -1
		}
		return r
	}, s))
}
