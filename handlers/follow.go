package handlers

import (
	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

func (a *App) registerFollow(r *bot.Router) {
	r.Event(wechat.EventSubscribe, a.follow)
	r.Event(wechat.EventUnsubscribe, a.unfollow)
	r.Event(wechat.EventScan, a.scan)
}

// follow greets, tells what becomes of personal data, and says what to do next. A scanned scene makes no
// difference yet.
func (a *App) follow(c *bot.Context) (echowall.Message, error) {
	forget(c)
	text := c.Say("common.greeting", "account", a.Office.Account) + "\n\n" + c.Say("common.privacy", "operator", a.operator(), "contact", a.contact()) + "\n\n" + c.Say("common.next_help")
	return echowall.Message{Text: text}, nil
}

// unfollow takes the person's roles away and forgets what they were in the middle of; nobody can be answered.
func (a *App) unfollow(c *bot.Context) (echowall.Message, error) {
	return echowall.Message{}, a.leave(c, "unfollow")
}

func (a *App) scan(c *bot.Context) (echowall.Message, error) { return c.Reply("common.scanned") }

func forget(c *bot.Context) {
	conv := c.Conversation()
	conv.Dialog, conv.Draft, conv.Unknown = nil, nil, 0
}
