package handlers

import (
	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

func (a *App) registerSubscribe(r *bot.Router) {
	r.Event(wechat.EventSubscribePopup, a.subscribed)
	r.Event(wechat.EventSubscribeChange, a.subscribed)
}

// subscribed keeps count of how often a person agreed to a subscription notice: one agreement is one notice,
// a later rejection takes back all of them. The platform shows no answer to these events.
func (a *App) subscribed(c *bot.Context) (echowall.Message, error) {
	if a.Agree == nil {
		return echowall.Message{}, nil
	}
	for _, item := range c.In.Items {
		n := 0
		if item.Status == "accept" {
			n = 1
		}
		if err := a.Agree(c, c.Turn.Person(), item.TemplateID, n); err != nil {
			return echowall.Message{}, err
		}
	}
	return echowall.Message{}, nil
}
