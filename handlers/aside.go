package handlers

import (
	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// Commands about the own data. Said in the middle of a dialog they answer no question of it: whoever wants to see
// or erase everything must not find that a wish's place is 删除我的数据.
const (
	commandData  = "我的数据"
	commandErase = "删除我的数据"
)

// leadAside lets these commands out of the open dialog; what was typed so far stays as a draft.
func (a *App) leadAside(next bot.Handler) bot.Handler {
	return func(c *bot.Context) (echowall.Message, error) {
		conv := c.Conversation()
		if conv.Dialog == nil || c.In.Type != wechat.TypeText {
			return next(c)
		}
		name, rest, ok := a.Pack.Commands.Match(c.In.Text)
		if !ok || rest != "" || name != commandData && name != commandErase {
			return next(c)
		}
		kept := hasDraft(conv.Dialog.Name)
		if kept {
			conv.Draft = conv.Dialog
		}
		conv.Dialog = nil
		m, err := next(c)
		if kept && err == nil {
			m.Text = c.Say("common.draft_aside", "command", bot.WordResume) + "\n" + m.Text
		}
		return m, err
	}
}

// hasDraft reports whether anything is typed in a dialog that is worth taking up again.
func hasDraft(dialog string) bool {
	switch dialog {
	case flowWish, flowReply, flowNotice, flowTeach:
		return true
	}
	return false
}
