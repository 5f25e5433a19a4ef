package echowall

import (
	"context"
	"slices"
)

// PeopleFilter narrows a look at the roster.
type PeopleFilter struct {
	Text        string   // as for Directory.Search; "" for everybody
	Branch      BranchID // "" for all in reach
	Left        bool     // those who left, too
	Skip, Limit int
}

// PeopleView is one page of the roster.
type PeopleView struct {
	Lines []*RosterPerson
	Total int // at most SearchLimit for a search
	Span  Span
}

// Look lists people of the roster who are in the reach of who: by number, or the best match first. That somebody
// looked is on record.
func (u *People) Look(ctx context.Context, who *Who, f PeopleFilter) (*PeopleView, error) {
	span, d, err := u.guard().Span(ctx, who, ActionRosterRead)
	if err != nil {
		return nil, err
	}
	if err := u.looked(ctx, d, who, "", "", "people"); err != nil {
		return nil, err
	}
	v := &PeopleView{Span: span}
	keep := func(p *RosterPerson) bool {
		if p.Left && !f.Left || f.Branch != "" && p.Branch != f.Branch && !slices.Contains(p.Joint, f.Branch) {
			return false
		}
		if span.All {
			return true
		}
		_, err := d.allowedOn(who, ActionRosterRead, p)
		return err == nil
	}
	if f.Text != "" {
		found := d.Search(f.Text, SearchLimit, keep)
		v.Total = len(found)
		v.Lines = found[min(f.Skip, v.Total):min(f.Skip+f.Limit, v.Total)]
		return v, nil
	}
	for i := range d.Roster.People {
		p := &d.Roster.People[i]
		if !keep(p) {
			continue
		}
		if v.Total >= f.Skip && len(v.Lines) < f.Limit {
			v.Lines = append(v.Lines, p)
		}
		v.Total++
	}
	return v, nil
}

// PeopleLine is all that the roster says of one person, for staff.
type PeopleLine struct {
	Person  *RosterPerson
	Grants  []Grant // the roles that follow from the roster
	Binding *Binding
	Can     map[Action]bool // of what may be done to a line
}

// lineActions are what may be done to a line of the roster.
var lineActions = []Action{ActionRosterChange, ActionCodeIssue, ActionRebindPropose, ActionRebindConfirm, ActionUnbind, ActionSessionRevoke}

// Line shows one line of the roster. The look is on record, and the person concerned can see it.
func (u *People) Line(ctx context.Context, who *Who, id RosterID) (*PeopleLine, error) {
	d, err := u.Roster.Directory(ctx)
	if err != nil {
		return nil, err
	}
	p, _, err := u.onRoster(ctx, d, who, ActionRosterRead, id)
	if err != nil {
		return nil, err
	}
	v := &PeopleLine{Person: p, Grants: d.Grants(id), Can: make(map[Action]bool)}
	if v.Binding, err = u.Store.Binding(ctx, id); err != nil {
		return nil, err
	}
	for _, a := range lineActions {
		_, err := d.allowedOn(who, a, p)
		v.Can[a] = err == nil
	}
	return v, u.looked(ctx, d, who, v.Binding.Person, id, "line")
}

// looked records a look at people of the roster.
func (u *People) looked(ctx context.Context, d *Directory, who *Who, about PersonID, line RosterID, what string) error {
	if about != "" && about == who.Person {
		return nil // at oneself
	}
	e := AccessEntry{Kind: AccessIdentity, By: who.Person, Roster: who.Roster, Subject: Recipient(about), Case: string(line), Why: what}
	for _, g := range who.Grants {
		if slices.ContainsFunc(byAction[ActionRosterRead], func(p Permission) bool { return p.Role == g.Role }) {
			e.Role, e.Scope = g.Role, g.Scope
			break
		}
	}
	return u.Access.AppendAccess(ctx, e)
}
