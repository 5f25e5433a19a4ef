package echowall

import (
	"context"
	"strings"
)

// namesakesShown is how many people of one name are listed.
const namesakesShown = 8

// Find is the one person of the roster with whom actor may do a and whom text names, by number or by the full
// name. Of several, the refusal lists the numbers.
func (u *People) Find(ctx context.Context, actor *Who, a Action, text string) (*RosterPerson, error) {
	d, err := u.Roster.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if !actor.Can(a) {
		return nil, u.guard().Refuse(ctx, actor, a, Target{}, d.Allow(actor, a, Target{}))
	}
	text = strings.TrimSpace(text)
	var found []*RosterPerson
	var partly error
	for i := range d.Roster.People {
		p := &d.Roster.People[i]
		if !strings.EqualFold(string(p.ID), text) && (p.Name != text || p.Left) {
			continue
		}
		switch _, err := d.allowedOn(actor, a, p); {
		case err == nil:
			found = append(found, p)
		case isStaffLine(err):
			partly = err
		}
	}
	switch {
	case len(found) == 0 && partly != nil:
		return nil, u.guard().Refuse(ctx, actor, a, Target{}, partly)
	case len(found) == 0:
		return nil, Refusal(KindNotFound, "people.nobody", "who", Shorten(text, 20))
	case len(found) == 1:
		return found[0], nil
	}
	var lines []string
	for _, p := range found[:min(namesakesShown, len(found))] {
		line := string(p.ID) + " " + p.Name
		if b, ok := d.Branch(p.Branch); ok {
			line += " " + b.Name
		}
		lines = append(lines, line)
	}
	return nil, Refusal(KindConflict, "people.namesakes", "list", strings.Join(lines, "\n"))
}
