package handlers

import (
	"echowall"
	"echowall/bot"
)

// redact proposes the text for the wall: 上墙 XY2031 文字. A second person publishes it.
func (a *App) redact(c *bot.Context) (echowall.Message, error) {
	number, text, err := needNumber("上墙", a.raw(c))
	if err != nil && c.Who().Can(echowall.ActionWishRedact) {
		return echowall.Message{}, err
	}
	if c.Who().Can(echowall.ActionWishRedact) {
		// What must not be kept must not be published either.
		if documents.MatchString(text) || phones.MatchString(text) {
			return echowall.Message{}, echowall.Refusal(echowall.KindInvalid, "staff.redact_numbers")
		}
	}
	w, err := a.Wishes.Redact(c, c.Who(), number, text, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("staff.redacted", "number", w.Number, "text", w.Public.Text)
}

// publish puts on the wall what somebody else has redacted: 公开 XY2031.
func (a *App) publish(c *bot.Context) (echowall.Message, error) {
	number, _, err := needNumber("公开", c.Rest)
	if err != nil && c.Who().Can(echowall.ActionWishPublish) {
		return echowall.Message{}, err
	}
	w, err := a.Wishes.Publish(c, c.Who(), number, echowall.FromChat)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("staff.published", "number", w.Number, "text", w.Public.Text, "link", link(a.PageURL("/wall"), c.Say("wish.wall")))
}
