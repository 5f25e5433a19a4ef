package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// tame takes the power out of links that people typed. The platform's client makes a link of every <a> in a
// text of ours, and one to weixin://bizmsgmenu says words of its author's choice in the name of whoever taps
// it: a wish could publish itself by the officer's own hand. Links to our own pages stay; any other < becomes
// a wide one, which looks alike and does nothing.
func (a *App) tame(text string) string {
	next := strings.IndexByte(text, '<')
	if next < 0 {
		return text
	}
	own := a.PageURL("/")
	var b strings.Builder
	b.Grow(len(text) + 64)
	for next >= 0 {
		b.WriteString(text[:next])
		text = text[next:]
		if n := anchor(text, own); n > 0 {
			b.WriteString(text[:n])
			text = text[n:]
		} else {
			b.WriteString("＜")
			text = text[1:]
		}
		next = strings.IndexByte(text, '<')
	}
	b.WriteString(text)
	return b.String()
}

// anchor is the length of the link that text begins with, as link writes it, to an address that begins with own;
// 0 if there is none.
func anchor(text, own string) int {
	rest, found := strings.CutPrefix(text, `<a href="`)
	if !found || !strings.HasPrefix(rest, own) {
		return 0
	}
	end := strings.IndexAny(rest, `"<>`)
	if end < 0 || !strings.HasPrefix(rest[end:], `">`) {
		return 0
	}
	rest = rest[end+2:]
	end = strings.IndexAny(rest, "<>")
	if end < 0 || !strings.HasPrefix(rest[end:], "</a>") {
		return 0
	}
	return len(text) - len(rest) + end + len("</a>")
}

// tameReplies is tame for everything that is said in a conversation.
func (a *App) tameReplies(next bot.Handler) bot.Handler {
	return func(c *bot.Context) (echowall.Message, error) {
		m, err := next(c)
		m.Text = a.tame(m.Text)
		return m, err
	}
}
