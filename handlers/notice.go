package handlers

import (
	"regexp"
	"strings"

	"echowall"
	"echowall/bot"
	"echowall/content"
)

func (a *App) registerNotice(r *bot.Router) {
	a.command(r, "通知", a.notice)
	a.command(r, "发通知", a.sendNotice)
	a.command(r, "收到", a.confirm)
	a.command(r, "回执", a.receipts)
	r.Flow(a.noticeFlow())
}

var (
	// noticeNumber is the number of a notice at the beginning of what follows a command.
	noticeNumber = regexp.MustCompile(`^(?i:TZ)?[\s\-]*[0-9]{1,9}(?:[^0-9]|$)`)
	bareNotice   = regexp.MustCompile(`^(?i:TZ)[\s\-]*[0-9]{1,9}$`)
)

// numberOf is the notice that the text names; "" for thanks and other words.
func numberOf(text string) string {
	text = content.Normalise(text)
	if !noticeNumber.MatchString(text) {
		return ""
	}
	digits := strings.TrimLeft(text, "TZtz -")
	if i := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = digits[:i]
	}
	return digits
}

// notice shows the newest notice, or the one named.
func (a *App) notice(c *bot.Context) (echowall.Message, error) {
	n, err := a.Notices.Latest(c, c.Who(), numberOf(c.Rest))
	if err != nil {
		return echowall.Message{}, err
	}
	if _, err := a.shown(c, about(n.ID, echowall.DebtNotice)); err != nil {
		return echowall.Message{}, err
	}
	text := a.noticeText(n)
	switch {
	case n.By == c.Turn.Person():
		text += "\n" + c.Say("notice.see_receipts", "number", n.ID)
	case n.Confirm:
		done, err := a.confirmed(c, n, c.Turn.Person())
		if err != nil {
			return echowall.Message{}, err
		}
		if done {
			text += "\n" + c.Say("notice.is_confirmed")
		} else {
			text += "\n" + c.Say("notice.please_confirm", "number", n.ID)
		}
	}
	return echowall.Message{Text: text}, nil
}

// noticeText is what the members read.
func (a *App) noticeText(n *echowall.Notice) string {
	return a.say("notice.text", "title", n.Title, "body", n.Body, "time", a.date(n.Created), "number", n.ID)
}
