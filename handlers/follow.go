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

// follow greets, tells what becomes of personal data, and says what to do next: what the code means by which
// the person came, if it was one.
func (a *App) follow(c *bot.Context) (echowall.Message, error) {
	forget(c)
	next := c.Say("common.next_help")
	if c.In.Scene != "" {
		m, err := a.scene(c, c.In.Scene)
		if text, refused := c.Refused(err); refused {
			m.Text, err = text, nil
		}
		if err != nil {
			return echowall.Message{}, err
		}
		next = m.Text
	}
	text := c.Say("common.greeting", "account", a.Office.Account) + "\n\n" + c.Say("common.privacy", "operator", a.operator(), "contact", a.contact()) + "\n\n" + next
	return echowall.Message{Text: text}, nil
}

// unfollow takes the person's roles away and forgets what they were in the middle of; nobody can be answered.
func (a *App) unfollow(c *bot.Context) (echowall.Message, error) {
	return echowall.Message{}, a.leave(c, "unfollow")
}

func forget(c *bot.Context) {
	conv := c.Conversation()
	conv.Dialog, conv.Draft, conv.Here, conv.Unknown = nil, nil, nil, 0
}
