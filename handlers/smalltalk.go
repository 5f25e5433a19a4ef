package handlers

import (
	"echowall"
	"echowall/bot"
)

// smalltalk is what people say to a person: greetings, thanks, and that they want to denounce something.
var smalltalk = map[string]string{"你好": "common.hello", "谢谢": "common.thanks", "举报": "wish.denounce_how"}

// registerSmalltalk answers it. What follows such a word is what the person means.
func (a *App) registerSmalltalk(r *bot.Router) {
	for word, key := range smalltalk {
		a.command(r, word, func(c *bot.Context) (echowall.Message, error) {
			if c.Rest != "" && !a.polite(c.Rest) {
				return a.unknown(c)
			}
			return c.Reply(key)
		})
	}
}

// polite reports whether a text is smalltalk and nothing else: 谢谢，辛苦了.
func (a *App) polite(text string) bool {
	word, rest, ok := a.Pack.Commands.Match(text)
	return ok && rest == "" && smalltalk[word] != ""
}
