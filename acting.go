package echowall

import (
	"context"
	"slices"
)

// ActsAs is the role that the person has switched on. ok is false when none is, or when it was lost since: then
// all of them count.
func (w *Who) ActsAs() (g Grant, ok bool) {
	if w.Acting == (Grant{}) || !slices.Contains(w.Grants, w.Acting) {
		return Grant{}, false
	}
	return w.Acting, true
}

// Act switches one of the person's roles on; the zero Grant switches all of them on.
func (u *People) Act(ctx context.Context, who *Who, g Grant) error {
	if g != (Grant{}) && !slices.Contains(who.Grants, g) {
		return Refusal(KindConflict, "people.no_such_role")
	}
	return u.Store.UpdatePerson(ctx, who.Person, func(w *Who) error {
		w.Person, w.Acting = who.Person, g
		return nil
	})
}
