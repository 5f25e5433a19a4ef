package echowall

import "context"

// TryEndConsole is EndConsole without doing anything: the refusal that it would give.
func (u *People) TryEndConsole(ctx context.Context, actor *Who, line RosterID, why string) error {
	_, _, err := u.endConsole(ctx, actor, line, why)
	return err
}

// EndConsole ends all console sessions of somebody on the roster, for a reason (see accessWhy) that the person
// concerned can read. The person stays bound and may log in again: it is for a browser that was left open. Whether
// there was a session is not told.
func (u *People) EndConsole(ctx context.Context, actor *Who, line RosterID, why string) error {
	return u.Store.InOneStep(ctx, func(ctx context.Context) error {
		e, p, err := u.endConsole(ctx, actor, line, why)
		if err != nil {
			return err
		}
		if err := u.Sessions.EndConsole(ctx, p); err != nil {
			return err
		}
		return u.Access.AppendAccess(ctx, e)
	})
}

// endConsole returns whose sessions are to end, and what goes on record.
func (u *People) endConsole(ctx context.Context, actor *Who, line RosterID, why string) (e AccessEntry, p PersonID, err error) {
	d, err := u.Roster.Directory(ctx)
	if err != nil {
		return e, "", err
	}
	onRoster, as, err := u.onRoster(ctx, d, actor, ActionSessionRevoke, line)
	if err != nil {
		return e, "", err
	}
	if why, err = accessWhy(why); err != nil {
		return e, "", err
	}
	b, err := u.Store.Binding(ctx, line)
	if err != nil {
		return e, "", err
	}
	if b.Person == "" || u.Sessions == nil {
		return e, "", Refusal(KindConflict, "people.no_console", "name", onRoster.Name)
	}
	return AccessEntry{
		At: u.Now(), Kind: AccessSessions, By: actor.Person, Roster: actor.Roster, Role: as.Role, Scope: as.Scope,
		Subject: Recipient(b.Person), Case: string(line), Why: why,
	}, b.Person, nil
}
