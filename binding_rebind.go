package echowall

import (
	"context"
	"strconv"
	"time"
)

// Limits of a proposal to bind somebody anew.
const (
	RebindKept  = 24 * time.Hour // the second person has so long
	RebindTries = 3              // wrong digits end the proposal
)

// Rebinding is a proposal, after a lost phone, to take a line of the roster from the account it is bound to. It
// takes two people: one who says so, and another who heard it from the first, with the four digits, and agrees.
type Rebinding struct {
	Person   PersonID  `json:"person"` // the account that would lose everything
	By       PersonID  `json:"by"`
	ByRoster RosterID  `json:"by_roster,omitempty"`
	Digits   string    `json:"digits"`
	Wrong    int       `json:"wrong,omitempty"`
	Expires  time.Time `json:"expires"`
}

// open reports whether the proposal still stands for the account that is bound.
func (r *Rebinding) open(now time.Time, bound PersonID) bool {
	return r.Digits != "" && now.Before(r.Expires) && r.Person == bound
}

// ProposeRebinding proposes to bind a line anew and returns the proposal, with the digits that the proposer tells
// the second person. Proposing again shows the same digits.
func (u *People) ProposeRebinding(ctx context.Context, actor *Who, line RosterID) (*Rebinding, error) {
	var out *Rebinding
	err := u.Store.InOneStep(ctx, func(ctx context.Context) error {
		out = nil
		p, as, b, err := u.rebindable(ctx, actor, ActionRebindPropose, line)
		if err != nil {
			return err
		}
		fresh := false
		err = u.Store.UpdateRebinding(ctx, line, func(r *Rebinding) error {
			now := u.Now()
			fresh = !r.open(now, b.Person)
			if !fresh && r.By != actor.Person {
				return Refusal(KindConflict, "people.rebind_waits", "name", p.Name)
			}
			if fresh {
				*r = Rebinding{
					Person: b.Person, By: actor.Person, ByRoster: actor.Roster,
					Digits: randomDigits(4), Expires: now.UTC().Truncate(time.Second).Add(RebindKept),
				}
			}
			out = r
			return nil
		})
		if err != nil || !fresh {
			return err
		}
		return u.log(ctx, actor, as, b.Person, line, "rebind.propose")
	})
	return out, err
}

// ConfirmRebinding is the word of the second person: the account that was bound loses everything at once, and
// the slip has a new code. Roles that were given directly are not on the roster and have to be given anew. Wrong digits are counted; as with Bind, a surface must keep the turn's changes when it
// answers a refusal.
func (u *People) ConfirmRebinding(ctx context.Context, actor *Who, line RosterID, digits string) (*Slip, error) {
	var slip *Slip
	var refused error
	err := u.Store.InOneStep(ctx, func(ctx context.Context) error {
		slip, refused = nil, nil
		p, as, b, err := u.rebindable(ctx, actor, ActionRebindConfirm, line)
		if err != nil {
			return err
		}
		err = u.Store.UpdateRebinding(ctx, line, func(r *Rebinding) error {
			refused = r.confirm(u.Now(), actor, b.Person, p.Name, digits)
			return nil
		})
		if err != nil || refused != nil {
			return err
		}
		if err := u.strip(ctx, b.Person); err != nil {
			return err
		}
		d, err := u.Roster.Directory(ctx)
		if err != nil {
			return err
		}
		s, err := u.issue(ctx, d, p)
		if err != nil {
			return err
		}
		slip = &s
		return u.log(ctx, actor, as, b.Person, line, "rebind.confirm")
	})
	if err != nil {
		return nil, err
	}
	return slip, refused
}

// confirm uses the proposal up when the second person may confirm it and knows the digits.
func (r *Rebinding) confirm(now time.Time, actor *Who, bound PersonID, name, digits string) error {
	switch {
	case !r.open(now, bound):
		*r = Rebinding{}
		return Refusal(KindConflict, "people.rebind_none", "name", name)
	case r.By == actor.Person, r.ByRoster != "" && r.ByRoster == actor.Roster:
		return Refusal(KindForbidden, "people.rebind_second", "name", name)
	case r.Digits != foldTyped(digits):
		if r.Wrong++; r.Wrong >= RebindTries {
			*r = Rebinding{}
			return Refusal(KindConflict, "people.rebind_void", "name", name)
		}
		return Refusal(KindInvalid, "people.rebind_digits", "left", strconv.Itoa(RebindTries-r.Wrong))
	}
	*r = Rebinding{}
	return nil
}

// CancelRebinding takes a proposal back. Whoever could have made it may do so.
func (u *People) CancelRebinding(ctx context.Context, actor *Who, line RosterID) error {
	return u.Store.InOneStep(ctx, func(ctx context.Context) error {
		p, as, b, err := u.rebindable(ctx, actor, ActionRebindPropose, line)
		if err != nil {
			return err
		}
		err = u.Store.UpdateRebinding(ctx, line, func(r *Rebinding) error {
			if !r.open(u.Now(), b.Person) {
				return Refusal(KindConflict, "people.rebind_none", "name", p.Name)
			}
			*r = Rebinding{}
			return nil
		})
		if err != nil {
			return err
		}
		return u.log(ctx, actor, as, b.Person, line, "rebind.cancel")
	})
}

// rebindable is a line that actor may bind anew, with the account bound to it. Nobody has a say in their own case.
func (u *People) rebindable(ctx context.Context, actor *Who, a Action, line RosterID) (*RosterPerson, Grant, *Binding, error) {
	d, err := u.Roster.Directory(ctx)
	if err != nil {
		return nil, Grant{}, nil, err
	}
	p, as, err := u.onRoster(ctx, d, actor, a, line)
	if err != nil {
		return nil, Grant{}, nil, err
	}
	b, err := u.Store.Binding(ctx, line)
	switch {
	case err != nil:
		return nil, Grant{}, nil, err
	case line == actor.Roster || b.Person == actor.Person && b.Person != "":
		return nil, Grant{}, nil, Refusal(KindForbidden, "people.rebind_self")
	case p.Left:
		return nil, Grant{}, nil, Refusal(KindConflict, "people.left", "name", p.Name)
	case b.Person == "":
		return nil, Grant{}, nil, Refusal(KindConflict, "people.not_bound", "name", p.Name)
	}
	return p, as, b, nil
}
