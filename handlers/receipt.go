package handlers

import (
	"context"

	"echowall"
	"echowall/bot"
)

// confirm is 收到: a receipt for the newest notice that asks for one, or for the one named. Who gets no
// notices just means to be polite.
func (a *App) confirm(c *bot.Context) (echowall.Message, error) {
	if c.Who().Branch() == "" {
		return c.Reply("notice.thanks")
	}
	n, again, err := a.Notices.Confirm(c, c.Who(), numberOf(c.Rest))
	switch {
	case err != nil:
		return echowall.Message{}, err
	case again:
		return c.Reply("notice.confirmed_before", "number", n.ID, "title", n.Title)
	}
	text := c.Say("notice.confirmed", "number", n.ID, "title", n.Title)
	waited, err := a.shown(c, about(n.ID, echowall.DebtNotice))
	if waited { // confirmed before it was there to be read
		text += "\n\n" + a.noticeText(n)
	}
	return echowall.Message{Text: text}, err
}

// receipts tells the secretary how many have confirmed: numbers, never names.
func (a *App) receipts(c *bot.Context) (echowall.Message, error) {
	n, count, err := a.Notices.Counts(c, c.Who(), numberOf(c.Rest))
	switch {
	case err != nil:
		return echowall.Message{}, err
	case !n.Confirm:
		return c.Reply("notice.count_sent", "number", n.ID, "title", n.Title, "sent", count.Sent)
	}
	return c.Reply("notice.count", "number", n.ID, "title", n.Title,
		"sent", count.Sent, "confirmed", count.Confirmed, "missing", count.Sent-count.Confirmed)
}

// confirmed reports whether a person's receipt for n is there.
func (a *App) confirmed(ctx context.Context, n *echowall.Notice, p echowall.PersonID) (bool, error) {
	got, err := a.Notices.Store.Receipts(ctx, n.ID)
	_, ok := got[p]
	return ok, err
}
