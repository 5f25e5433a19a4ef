package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

func (a *App) registerHelp(r *bot.Router) {
	a.command(r, bot.WordHelp, a.help)
	a.command(r, bot.WordHuman, a.human)
	a.command(r, "隐私", a.privacy)
	a.command(r, "心愿墙", a.wall)
}

// help lists what this person can do, by the roles held.
func (a *App) help(c *bot.Context) (echowall.Message, error) {
	c.Conversation().Unknown = 0
	who := c.Who()
	parts := []string{c.Say("help.resident")}
	if who.Has(echowall.RoleMember) || who.Has(echowall.RoleSecretary) {
		parts = append(parts, c.Say("help.member"))
	}
	if who.Has(echowall.RoleSecretary) {
		parts = append(parts, c.Say("help.secretary"))
	}
	if isStaff(who) {
		parts = append(parts, c.Say("help.staff"))
	}
	if len(who.Grants) == 0 {
		parts = append(parts, c.Say("help.anyone"))
	}
	parts = append(parts, c.Say("help.always"))
	if c.Conversation().Dialog != nil {
		parts = append(parts, c.Say("help.in_dialog"))
	}
	return echowall.Message{Text: strings.Join(parts, "\n\n")}, nil
}

func isStaff(w *echowall.Who) bool {
	return w.Has(echowall.RoleLiaison) || w.Has(echowall.RoleHead)
}

func (a *App) privacy(c *bot.Context) (echowall.Message, error) {
	operator, contact := a.Office.Operator, a.Office.Contact
	if operator == "" {
		operator = a.Office.Account
	}
	if contact == "" {
		contact = c.Say("privacy.contact_default")
	}
	return c.Reply("privacy.notice", "account", a.Office.Account, "operator", operator, "contact", contact,
		"retention", c.Say("privacy.retention_default"))
}

func (a *App) wall(c *bot.Context) (echowall.Message, error) {
	return echowall.Message{Text: link(a.PageURL("/wall"), c.Say("wish.wall"))}, nil
}
