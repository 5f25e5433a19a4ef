package echowall

import "context"

// Guard asks the table of permissions for the use cases and keeps denials on record.
type Guard struct {
	Roster RosterStore
	Access AccessStore
}

// Directory is the roster as it stands now.
func (g *Guard) Directory(ctx context.Context) (*Directory, error) { return g.Roster.Directory(ctx) }

// Allow returns the role that lets who do a to t (RoleAuthor for what is somebody's own), or the refusal of
// Directory.Allow, which is on record by then.
func (g *Guard) Allow(ctx context.Context, who *Who, a Action, t Target) (Grant, error) {
	d, err := g.Roster.Directory(ctx)
	if err != nil {
		return Grant{}, err
	}
	grant, err := d.Allowed(who, a, t)
	if err != nil {
		return Grant{}, g.Refuse(ctx, who, a, t, err)
	}
	return grant, nil
}

// Span is Directory.Scopes for lists; the refusal is KindForbidden where the person may do a nowhere.
func (g *Guard) Span(ctx context.Context, who *Who, a Action) (Span, *Directory, error) {
	d, err := g.Roster.Directory(ctx)
	if err != nil {
		return Span{}, nil, err
	}
	s := d.Scopes(who, a)
	if s.Empty() {
		return Span{}, nil, g.Refuse(ctx, who, a, Target{}, Refusal(KindForbidden, a.forbidden()))
	}
	return s, d, nil
}

// Refuse puts a refusal of Directory.Allow on record and returns it. When it cannot be recorded, that is the
// error, and nothing is done either way.
func (g *Guard) Refuse(ctx context.Context, who *Who, a Action, t Target, refusal error) error {
	e := AccessEntry{Kind: AccessDenied, Case: string(a)}
	if who != nil {
		e.By, e.Roster = who.Person, who.Roster
	}
	if t.Number != "" {
		e.Case += " " + t.Number
	}
	if err := g.Access.AppendDenial(ctx, a, e); err != nil {
		return err
	}
	return refusal
}
