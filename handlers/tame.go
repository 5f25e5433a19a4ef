package handlers

import (
	"regexp"
	"strings"

	"echowall"
	"echowall/bot"
)

// anchor is a link as link writes it.
var anchor = regexp.MustCompile(`<a href="([^"<>]*)">[^<>]*</a>`)

// tame takes the power out of links that people typed. The platform's client makes a link of every <a> in a
// text of ours, and one to weixin://bizmsgmenu says words of its author's choice in the name of whoever taps
// it: a wish could publish itself by the officer's own hand. Links to our own pages stay; any other < becomes
// a wide one, which looks alike and does nothing.
func (a *App) tame(text string) string {
	if !strings.Contains(text, "<") {
		return text
	}
	own := a.PageURL("/")
	var b strings.Builder
	wide := func(s string) { b.WriteString(strings.ReplaceAll(s, "<", "＜")) }
	end := 0
	for _, m := range anchor.FindAllStringSubmatchIndex(text, -1) {
		if !strings.HasPrefix(text[m[2]:m[3]], own) {
			continue
		}
		wide(text[end:m[0]])
		b.WriteString(text[m[0]:m[1]])
		end = m[1]
	}
	wide(text[end:])
	return b.String()
}

// tameReplies is tame for everything that is said in a conversation.
func (a *App) tameReplies(next bot.Handler) bot.Handler {
	return func(c *bot.Context) (echowall.Message, error) {
		m, err := next(c)
		m.Text = a.tame(m.Text)
		return m, err
	}
}
