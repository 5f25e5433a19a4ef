package handlers

import (
	"strconv"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
	"echowall/content"
)

// An offer is a question that nobody has to answer: a digit picks, anything else is taken as if it had not
// been asked. Offers are one-step flows; their names are listed here.
const (
	offerPick    = "pick"    // one of some commands
	offerMine    = "mine"    // one of the own wishes
	offerAttach  = "attach"  // what to do with a photo, voice or place that came by itself
	offerLetters = "letters" // what a letter was meant for
	offerDraft   = "draft"   // begin anew though there is a draft
)

// dropOffers closes an offer that this message does not answer, before the message finds its handler.
func dropOffers(next bot.Handler) bot.Handler {
	return func(c *bot.Context) (echowall.Message, error) {
		conv := c.Conversation()
		if d := conv.Dialog; d != nil && isOffer(d.Name) {
			late := c.Now.Sub(d.Touched) > echowall.DialogTimeout
			if late || !answers(c.In, d.Name) {
				conv.Dialog = nil
			}
		}
		return next(c)
	}
}

func isOffer(name string) bool {
	switch name {
	case offerPick, offerMine, offerAttach, offerLetters, offerDraft:
		return true
	}
	return false
}

// answers reports whether a message picks from an offer. More photos join those that wait.
func answers(in *wechat.Inbound, offer string) bool {
	switch in.Type {
	case wechat.TypeText:
		_, ok := digit(content.Normalise(in.Text))
		return ok
	case wechat.TypeImage, wechat.TypeVoice, wechat.TypeLocation:
		return offer == offerAttach
	}
	return false
}

// digit reads a whole text that is one of 1 to 9.
func digit(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && len(text) == 1 && n > 0
}

// choice reads which of n was picked.
func choice(c *bot.Context, n int) (int, error) {
	i, ok := digit(c.Text)
	if !ok || i > n {
		return 0, echowall.Refusal(echowall.KindInvalid, "common.choose", "last", strconv.Itoa(n))
	}
	return i, nil
}

// choices writes a numbered list.
func choices(c *bot.Context, names []string) string {
	list := ""
	for i, name := range names {
		if i > 0 {
			list += "\n"
		}
		list += c.Say("common.choice", "number", i+1, "name", name)
	}
	return list
}
