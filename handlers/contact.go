package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

func (a *App) registerContact(r *bot.Router) {
	a.command(r, "我的电话", a.ownContact)
	a.command(r, "谁看过", a.looks)
	a.command(r, "联系", a.contactOf)
}

// ownContact shows, sets and removes a resident's own number, and the consent to its use. The consent is a step
// of its own: to leave a number is not to give it away.
func (a *App) ownContact(c *bot.Context) (echowall.Message, error) {
	author := c.Turn.Author()
	switch strings.TrimRight(strings.ReplaceAll(c.Rest, " ", ""), "。.!") {
	case "":
		card, err := a.Wishes.OwnContact(c, author)
		switch {
		case err != nil:
			return echowall.Message{}, err
		case card.Phone == "":
			return c.Reply("contact.how")
		case card.MayGive:
			return c.Reply("contact.own_given", "phone", card.Phone)
		}
		return c.Reply("contact.own_kept", "phone", card.Phone)
	case "同意", "可以":
		return a.done(c, a.Wishes.SetMayGive(c, author, true), "contact.agreed")
	case "不同意", "不可以", "收回":
		return a.done(c, a.Wishes.SetMayGive(c, author, false), "contact.withdrawn")
	case "删除", "删掉", "不留":
		return a.done(c, a.Wishes.RemoveContact(c, author), "contact.removed")
	}
	before, err := a.Wishes.OwnContact(c, author)
	if err != nil {
		return echowall.Message{}, err
	}
	card, err := a.Wishes.SetContact(c, author, c.Rest, before.MayGive)
	switch {
	case err != nil:
		return echowall.Message{}, err
	case card.MayGive:
		return c.Reply("contact.saved", "phone", card.Phone)
	}
	return c.Reply("contact.saved_ask", "phone", card.Phone)
}

// done says that something is, unless err has it otherwise.
func (a *App) done(c *bot.Context, err error, key string) (echowall.Message, error) {
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply(key)
}

// lookNames are the kinds of access in words.
var lookNames = map[echowall.AccessKind]string{
	echowall.AccessContact:  "contact.what_contact",
	echowall.AccessIdentity: "contact.what_identity",
	echowall.AccessExport:   "contact.what_export",
	echowall.AccessRoles:    "contact.what_roles",
	echowall.AccessLogin:    "contact.what_login",
	echowall.AccessDenied:   "contact.what_denied",
	echowall.AccessErasure:  "contact.what_erasure",
	echowall.AccessSessions: "contact.what_sessions",
	echowall.AccessResend:   "contact.what_resend",
}

// looksShown is how many records one answer lists.
const looksShown = 8

// looks tells a person who looked at or changed what is held about them: as what, when, in which case, why.
func (a *App) looks(c *bot.Context) (echowall.Message, error) {
	list, err := a.Access.About(c, looksShown, echowall.Recipient(c.Turn.Author()), echowall.Recipient(c.Turn.Person()))
	switch {
	case err != nil:
		return echowall.Message{}, err
	case len(list) == 0:
		return c.Reply("contact.looks_none")
	}
	d, err := a.Wishes.Guard.Directory(c)
	if err != nil {
		return echowall.Message{}, err
	}
	lines := make([]string, len(list))
	for i, l := range list {
		role := c.Say("contact.self")
		if l.Role == echowall.RoleClock {
			role = c.Say("retention.account")
		}
		if key, ok := roleNames[l.Role]; ok {
			role = c.Say(key, "scope", a.scopeName(d, echowall.Grant{Role: l.Role, Scope: l.Scope}))
		}
		what := c.Say(lookNames[l.Kind])
		switch l.Kind {
		case echowall.AccessContact:
			lines[i] = c.Say("contact.look_line", "time", a.when(l.At), "role", role, "what", what, "number", l.Case, "why", l.Why)
		case echowall.AccessSessions:
			lines[i] = c.Say("contact.look_why", "time", a.when(l.At), "role", role, "what", what, "why", l.Why)
		default: // their reasons are codes
			lines[i] = c.Say("contact.look_plain", "time", a.when(l.At), "role", role, "what", what)
		}
	}
	return c.Reply("contact.looks", "lines", strings.Join(lines, "\n"))
}

// contactOf shows an officer the number of a wish's author: 联系 XY2031 理由.
func (a *App) contactOf(c *bot.Context) (echowall.Message, error) {
	number, _, err := needNumber("联系", c.Rest)
	if err != nil && c.Who().Can(echowall.ActionContactSee) {
		return echowall.Message{}, err
	}
	_, why := splitNumber(a.raw(c))
	card, err := a.Wishes.Contact(c, c.Who(), number, why)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("contact.shown", "number", number, "phone", card.Phone)
}
