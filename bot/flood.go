package bot

import (
	"echowall"
	"echowall/bot/wechat"
)

// LimitFlood answers a burst of messages once and politely, and drops the rest of it until the person slows
// down. Events are not counted.
func LimitFlood(next Handler) Handler {
	return func(c *Context) (echowall.Message, error) {
		if c.In.Type == wechat.TypeEvent {
			return next(c)
		}
		f := &c.Conversation().Flood
		if f.Take(c.Now) {
			return next(c)
		}
		if f.Warned {
			return echowall.Message{}, nil
		}
		f.Warned = true
		return c.Reply("common.flood")
	}
}
