package echowall

import (
	"context"
	"slices"
)

// MoveLine makes branch the home branch of somebody on the roster, from today on.
func (u *People) MoveLine(ctx context.Context, actor *Who, id RosterID, branch BranchID, group GroupID, today Date) error {
	return u.changeLine(ctx, actor, id, "move", func(p *RosterPerson) { p.MoveTo(branch, group, today) })
}

// LeaveLine ends what somebody on the roster may do, from today on, and their sessions. The line stays.
func (u *People) LeaveLine(ctx context.Context, actor *Who, id RosterID, today Date) error {
	if id == actor.Roster {
		return Refusal(KindForbidden, "people.leave_self")
	}
	return u.changeLine(ctx, actor, id, "leave", func(p *RosterPerson) { p.Leave(today) })
}

// ReturnLine undoes LeaveLine.
func (u *People) ReturnLine(ctx context.Context, actor *Who, id RosterID) error {
	return u.changeLine(ctx, actor, id, "return", (*RosterPerson).Return)
}

// changeLine changes one line of the roster and records it in one step. A change that would leave the roster
// broken (a unit without an approver, say) is refused with what it would break.
func (u *People) changeLine(ctx context.Context, actor *Who, id RosterID, what string, rule func(*RosterPerson)) error {
	var bound PersonID
	err := u.Store.InOneStep(ctx, func(ctx context.Context) error {
		var as Grant
		b, err := u.Store.Binding(ctx, id)
		if err != nil {
			return err
		}
		bound = b.Person
		err = u.Roster.ChangeRoster(ctx, func(d *Directory) (*Roster, error) {
			var p *RosterPerson
			var err error
			if p, as, err = u.onRoster(ctx, d, actor, ActionRosterChange, id); err != nil {
				return nil, err
			}
			next := *p
			rule(&next)
			return &Roster{People: []RosterPerson{next}}, d.breaks(next)
		})
		if err != nil {
			return err
		}
		return u.log(ctx, actor, as, bound, id, what)
	})
	if err != nil || bound == "" || u.Sessions == nil {
		return err
	}
	return u.Sessions.EndSessions(ctx, bound, "")
}

// breaks is the refusal to change a line so that the roster is less whole than before; nil when it is not.
func (d *Directory) breaks(line RosterPerson) error {
	next := *d.Roster
	next.People = slices.Clone(next.People)
	i := slices.IndexFunc(next.People, func(p RosterPerson) bool { return p.ID == line.ID })
	next.People[i] = line
	before := d.Roster.Check()
	for _, problem := range next.Check() {
		if !slices.ContainsFunc(before, problem.Equal) {
			return &Error{Kind: KindConflict, Key: problem.Why.Key, Args: problem.Why.Args, Err: problem.Why.Err}
		}
	}
	return nil
}
