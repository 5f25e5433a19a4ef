package echowall

import (
	"context"
	"time"
)

// codeStored is how much longer than it is good for a code is kept, so that whoever types it late reads why it
// does nothing.
const codeStored = CodeKept + 7*24*time.Hour

// Invite makes a one-time code that gives a name and roles directly, whatever the roster says: for the first
// administrator, who is there before any roster.
func (u *People) Invite(ctx context.Context, name string, grants ...Grant) (string, error) {
	code := NewCode()
	return code, u.Store.InOneStep(ctx, func(ctx context.Context) error {
		c := BindingCode{Name: name, Grants: grants, Expires: u.Now().UTC().Truncate(time.Second).Add(CodeKept)}
		if err := u.Store.PutCode(ctx, code, c, codeStored); err != nil {
			return err
		}
		return u.log(ctx, &Who{}, Grant{}, "", "", "invite")
	})
}

// Issue makes a code for each of the lines, in their order, and voids their older ones. Lines that are bound
// need none and are left out, and so are those of staff whose roles go beyond what actor looks after.
func (u *People) Issue(ctx context.Context, actor *Who, lines ...RosterID) ([]Slip, error) {
	var slips []Slip
	err := u.Store.InOneStep(ctx, func(ctx context.Context) error {
		slips = nil
		none := error(Refusal(KindConflict, "people.all_bound"))
		d, err := u.Roster.Directory(ctx)
		if err != nil {
			return err
		}
		for _, id := range lines {
			if q, ok := d.Person(id); ok && d.onlyPartly(actor, ActionCodeIssue, q) {
				none = staffLine(q)
				continue
			}
			p, as, err := u.onRoster(ctx, d, actor, ActionCodeIssue, id)
			if err != nil {
				return err
			}
			if p.Left {
				return Refusal(KindConflict, "people.left", "name", p.Name)
			}
			b, err := u.Store.Binding(ctx, id)
			if err != nil {
				return err
			}
			if b.Person != "" {
				continue
			}
			s, err := u.issue(ctx, d, p)
			if err != nil {
				return err
			}
			slips = append(slips, s)
			if err := u.log(ctx, actor, as, "", p.ID, "issue"); err != nil {
				return err
			}
		}
		if len(slips) == 0 {
			return none
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slips, nil
}

// issue makes the code of one line.
func (u *People) issue(ctx context.Context, d *Directory, p *RosterPerson) (Slip, error) {
	code := NewCode()
	s := Slip{
		Roster: p.ID, Name: p.Name, Code: code, Scene: SceneBind + code,
		Expires: u.Now().UTC().Truncate(time.Second).Add(CodeKept),
	}
	if b, ok := d.Branch(p.Branch); ok {
		s.Branch = b.Name
	}
	return s, u.Store.PutCode(ctx, code, BindingCode{Roster: p.ID, Expires: s.Expires}, codeStored)
}

// onRoster is a line that actor may do something with, and as what. One that they may not see is as good as none.
func (u *People) onRoster(ctx context.Context, d *Directory, actor *Who, a Action, id RosterID) (*RosterPerson, Grant, error) {
	p, ok := d.Person(id)
	if !ok {
		return nil, Grant{}, Refusal(KindNotFound, "people.nobody", "who", string(id))
	}
	g, err := d.allowedOn(actor, a, p)
	if KindOf(err) == KindNotFound {
		err = Refusal(KindNotFound, "people.nobody", "who", string(id))
	}
	if err != nil {
		return nil, Grant{}, u.guard().Refuse(ctx, actor, a, Target{}, err)
	}
	return p, g, nil
}

func (u *People) guard() *Guard { return &Guard{Roster: u.Roster, Access: u.Access} }

// log records a change of what somebody may do: by whom, as what, to which account and which line.
func (u *People) log(ctx context.Context, actor *Who, as Grant, about PersonID, line RosterID, what string) error {
	return u.Access.AppendAccess(ctx, AccessEntry{
		At: u.Now(), Kind: AccessRoles, By: actor.Person, Roster: actor.Roster, Role: as.Role, Scope: as.Scope,
		Subject: Recipient(about), Case: string(line), Why: what,
	})
}
