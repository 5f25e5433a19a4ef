package handlers

import (
	"cmp"
	"strings"

	"echowall"
	"echowall/bot"
)

func (a *App) registerHelp(r *bot.Router) {
	a.command(r, bot.WordHelp, a.help)
	a.command(r, bot.WordHuman, a.human)
	a.command(r, "隐私", a.privacy)
	a.command(r, "心愿墙", a.wall)
	a.registerSmalltalk(r)
}

// help lists what this person can do, by the roles held: their duties first, what everybody can do last.
func (a *App) help(c *bot.Context) (echowall.Message, error) {
	c.Conversation().Unknown = 0
	who := c.Who()
	var parts []string
	if who.Can(echowall.ActionTodo) {
		parts = append(parts, c.Say("help.staff"))
	}
	if who.Can(echowall.ActionNoticeSend) {
		parts = append(parts, c.Say("help.secretary"))
	}
	if who.Can(echowall.ActionNoticeRead) {
		parts = append(parts, c.Say("help.member"))
	}
	parts = append(parts, c.Say("help.resident"))
	if len(who.Grants) == 0 {
		parts = append(parts, c.Say("help.anyone"))
	} else {
		parts = append(parts, c.Say("help.bound"))
	}
	parts = append(parts, c.Say("help.always"))
	if c.Conversation().Dialog != nil {
		parts = append(parts, c.Say("help.in_dialog"))
	}
	return echowall.Message{Text: strings.Join(parts, "\n\n")}, nil
}

func (a *App) privacy(c *bot.Context) (echowall.Message, error) {
	return c.Reply("privacy.notice", "account", a.Office.Account, "operator", a.operator(), "contact", a.contact(),
		"retention", c.Say("retention.kept", "details", echowall.KeptDetails.Days, "text", echowall.KeptText.Years))
}

// operator answers for the personal data, contact is how to reach them.
func (a *App) operator() string { return cmp.Or(a.Office.Operator, a.Office.Account) }
func (a *App) contact() string  { return cmp.Or(a.Office.Contact, a.say("privacy.contact_default")) }

func (a *App) wall(c *bot.Context) (echowall.Message, error) {
	return echowall.Message{Text: link(a.PageURL("/wall"), c.Say("wish.wall"))}, nil
}
