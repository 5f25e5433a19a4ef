package echowall

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// Bind uses a code: the person becomes the line of the roster that the code was made for. A wrong code is
// counted, and the fifth in a row locks for an hour, in which the right one does nothing either and is not used
// up. The count is part of what Bind changes: a surface that answers a refusal of Bind must keep the turn's
// changes.
func (u *People) Bind(ctx context.Context, p PersonID, code string) (*Who, error) {
	var who *Who
	var refused error
	err := u.Store.InOneStep(ctx, func(ctx context.Context) error {
		who, refused = nil, nil
		c, err := u.tryCode(ctx, p, NormaliseCode(code))
		if err == nil {
			err = u.bind(ctx, p, NormaliseCode(code), c)
		}
		if isRefusal(err) {
			refused = err
			return nil
		}
		if err != nil {
			return err
		}
		who, err = u.Store.Person(ctx, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return who, refused
}

// tryCode is one try of a person: the code, or a refusal.
func (u *People) tryCode(ctx context.Context, p PersonID, code string) (*BindingCode, error) {
	now := u.Now()
	c, err := u.Store.Code(ctx, code)
	found := err == nil
	if !found && KindOf(err) != KindNotFound {
		return nil, err
	}
	var until time.Time
	var left int
	err = u.Store.UpdateTries(ctx, p, func(t *Tries) error {
		switch until = t.LockedUntil(now); {
		case !until.IsZero():
		case !found:
			left = t.Miss(now)
			until = t.LockedUntil(now)
		case c.Expires.IsZero() || now.Before(c.Expires):
			*t = Tries{}
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case !until.IsZero():
		return nil, locked(until, now)
	case !found:
		return nil, Refusal(KindNotFound, "people.code_wrong", "left", strconv.Itoa(left))
	case !c.Expires.IsZero() && !now.Before(c.Expires):
		return nil, Refusal(KindConflict, "people.code_expired")
	}
	return c, nil
}

// locked says how long a lock still lasts, in whole minutes.
func locked(until, now time.Time) error {
	minutes := int((until.Sub(now) + time.Minute - 1) / time.Minute)
	return Refusal(KindConflict, "people.code_locked", "limit", strconv.Itoa(TriesLimit), "minutes", strconv.Itoa(minutes))
}

// bind does what a good code says, unless person or line are bound already. It changes nothing when it
// refuses.
func (u *People) bind(ctx context.Context, p PersonID, code string, c *BindingCode) error {
	name := c.Name
	who, err := u.Store.Person(ctx, p)
	if err != nil {
		return err
	}
	if c.Roster != "" {
		if name, err = u.bindable(ctx, who, c.Roster); err != nil {
			return err
		}
	}
	if _, err := u.Store.TakeCode(ctx, code); err != nil {
		return err
	}
	if c.Roster != "" {
		err := u.Store.UpdateBinding(ctx, c.Roster, func(b *Binding) error {
			*b = Binding{}
			return nil
		})
		if err != nil {
			return err
		}
	}
	err = u.Store.UpdatePerson(ctx, p, func(w *Who) error {
		w.Person, w.Name = p, name
		if c.Roster != "" {
			w.Roster = c.Roster
		}
		for _, g := range c.Grants {
			w.Grant(g)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return u.log(ctx, &Who{Person: p, Roster: c.Roster}, Grant{}, p, c.Roster, "bind")
}

// bindable is the name of a line that who may be bound to.
func (u *People) bindable(ctx context.Context, who *Who, line RosterID) (string, error) {
	d, err := u.Roster.Directory(ctx)
	if err != nil {
		return "", err
	}
	p, ok := d.Person(line)
	if !ok || p.Left {
		return "", Refusal(KindConflict, "people.code_void")
	}
	b, err := u.Store.Binding(ctx, line)
	if err != nil {
		return "", err
	}
	switch {
	case who.Roster != "" && who.Roster != line:
		return "", Refusal(KindConflict, "people.bound_already", "name", who.Name)
	case b.Person != "" && b.Person != who.Person:
		return "", Refusal(KindConflict, "people.taken", "name", p.Name)
	}
	return p.Name, nil
}

// isRefusal reports whether a person will read err.
func isRefusal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Key != ""
}
