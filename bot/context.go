package bot

import (
	"context"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

// Context is one message on its way through middleware and handlers. Use cases called with it change
// nothing until the turn is committed.
type Context struct {
	context.Context
	In   *wechat.Inbound
	Turn echowall.Turn
	Now  time.Time
	// Text is what was typed, normalised; Rest is what followed the command word.
	Text, Rest string
	// Command is the canonical command, "" while a dialog runs or nothing matched.
	Command string

	bot   *Bot
	match *match // of Text, once looked for
}

// match is what Words.Match says.
type match struct {
	name, rest string
	ok         bool
}

// matched looks for the command that the text starts with; several places ask.
func (c *Context) matched(w Words) match {
	if c.match == nil {
		c.match = new(match)
		c.match.name, c.match.rest, c.match.ok = w.Match(c.Text)
	}
	return *c.match
}

// Say returns one sentence of the catalogue; pairs are name, value, …
func (c *Context) Say(key string, pairs ...any) string {
	if len(pairs) == 0 {
		return c.bot.Say(key, nil)
	}
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return c.bot.Say(key, args)
}

// Reply is Say as a message.
func (c *Context) Reply(key string, pairs ...any) (echowall.Message, error) {
	return echowall.Message{Text: c.Say(key, pairs...)}, nil
}

// Refused is the sentence of an error that a person may read; ok is false for our own failures.
func (c *Context) Refused(err error) (text string, ok bool) {
	e, ok := refusal(err)
	if !ok {
		return "", false
	}
	args := make(map[string]any, len(e.Args))
	for k, v := range e.Args {
		args[k] = v
	}
	return c.bot.Say(e.Key, args), true
}

// Who says which roles the person holds.
func (c *Context) Who() *echowall.Who { return c.Turn.Who() }

// Conversation is what is remembered of talking with the person.
func (c *Context) Conversation() *echowall.Conversation { return c.Turn.Conversation() }
