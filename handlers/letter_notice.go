package handlers

import (
	"context"

	"echowall"
)

// letterNotice brings a member a notice of the branch. Who has read and confirmed it needs none.
func (a *App) letterNotice(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	n, err := a.Notices.Store.Notice(ctx, d.Subject)
	if err != nil {
		return letter{}, err
	}
	person := echowall.PersonID(d.To)
	who, err := a.People.Store.Person(ctx, person)
	if err != nil || !who.Holds(echowall.RoleMember, string(n.Branch)) {
		return letter{}, err
	}
	text := a.noticeText(n)
	if n.Confirm {
		if done, err := a.confirmed(ctx, n, person); done || err != nil {
			return letter{}, err
		}
		text += "\n" + a.say("notice.please_confirm", "number", n.ID)
	}
	return letter{message: echowall.Message{Text: text}, facts: map[string]string{
		"number": n.ID, "title": n.Title, "state": a.say("notice.state"),
		"time": a.date(n.Created),
	}}, nil
}
