package echowall

import "context"

// Leave takes everything away that a person may do, at once: the line of the roster, grants, browser sessions
// and dialogs. It is what unfollowing and 解绑 do; what says which of
// the two. What the person studied and
// wrote as a resident stays with the account. Following again gives nothing back: that takes a new code.
func (u *People) Leave(ctx context.Context, p PersonID, what string) error {
	return u.Store.InOneStep(ctx, func(ctx context.Context) error {
		who, err := u.Store.Person(ctx, p)
		if err != nil {
			return err
		}
		if who.Roster == "" && len(who.Grants) == 0 {
			return nil
		}
		if err := u.strip(ctx, p); err != nil {
			return err
		}
		return u.log(ctx, who, Grant{}, p, who.Roster, what)
	})
}

// Unbind takes the account off a line of the roster, as Leave does.
func (u *People) Unbind(ctx context.Context, actor *Who, line RosterID) error {
	return u.Store.InOneStep(ctx, func(ctx context.Context) error {
		d, err := u.Roster.Directory(ctx)
		if err != nil {
			return err
		}
		onRoster, as, err := u.onRoster(ctx, d, actor, ActionUnbind, line)
		if err != nil {
			return err
		}
		b, err := u.Store.Binding(ctx, line)
		if err != nil {
			return err
		}
		if b.Person == "" {
			return Refusal(KindConflict, "people.not_bound", "name", onRoster.Name)
		}
		if err := u.strip(ctx, b.Person); err != nil {
			return err
		}
		return u.log(ctx, actor, as, b.Person, line, "unbind")
	})
}

// strip takes everything away from a person.
func (u *People) strip(ctx context.Context, p PersonID) error {
	var line RosterID
	err := u.Store.UpdatePerson(ctx, p, func(w *Who) error {
		line = w.Roster
		*w = Who{Person: p}
		return nil
	})
	if err != nil {
		return err
	}
	if line != "" {
		err := u.Store.UpdateBinding(ctx, line, func(b *Binding) error {
			*b = Binding{}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if u.Sessions != nil {
		if err := u.Sessions.EndSessions(ctx, p, ""); err != nil {
			return err
		}
	}
	return u.Store.ForgetDialog(ctx, p)
}
