package handlers

import (
	"echowall"
	"echowall/bot"
)

// sign accepts a wish for the officer's station; the author is told.
func (a *App) sign(c *bot.Context) (echowall.Message, error) {
	number, _, err := needNumber("签收", c.Rest)
	if err != nil && c.Who().Can(echowall.ActionWishAccept) {
		return echowall.Message{}, err
	}
	w, err := a.Wishes.Accept(c, c.Who(), number, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("staff.signed", "number", w.Number, "due", a.when(w.Due))
}
