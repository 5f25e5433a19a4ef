package handlers

import (
	"context"
	"strings"

	"echowall"
	"echowall/bot"
)

// route gives a wish to another station: 转站 XY2031 竹园社区.
func (a *App) route(c *bot.Context) (echowall.Message, error) {
	number, _, err := needNumber("转站", c.Rest)
	if err != nil && c.Who().Can(echowall.ActionWishRoute) {
		return echowall.Message{}, err
	}
	_, station := splitNumber(a.raw(c))
	if station == "" && c.Who().Can(echowall.ActionWishRoute) {
		return c.Reply("places.route_how", "number", number)
	}
	w, to, err := a.Wishes.Route(c, c.Who(), number, station, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	tell := a.Duty.Arrived
	if a.danger(w.Text) {
		tell = a.Duty.Alarm
	}
	if err := tell(c, w); err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("places.routed", "number", w.Number, "station", to.Name)
}

// letterRouted tells the author which station the wish is with.
func (a *App) letterRouted(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	w, err := a.Wishes.Store.Wish(ctx, d.Subject)
	if err != nil || w.State != echowall.WishSubmitted || d.To != echowall.Recipient(w.Author) {
		return letter{}, err
	}
	return a.wishLetter(ctx, w, a.WishURL(w.Number, w.Author), func(station string) []string {
		return strings.Split(a.say("places.letter_routed", "number", w.Number, "title", w.Title(), "station", station, "due", a.when(w.Due)), "\n")
	})
}
