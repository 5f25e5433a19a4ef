package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// rebind is what two people do after a third has lost the phone: the first says "换绑 name", the second
// "换绑 number digits".
func (a *App) rebind(c *bot.Context) (echowall.Message, error) {
	name, last := strings.TrimSpace(c.Rest), ""
	if i := strings.LastIndexAny(name, " 　"); i >= 0 {
		name, last = strings.TrimSpace(name[:i]), strings.TrimSpace(name[i:])
	}
	switch {
	case name == "" && !c.Who().Can(echowall.ActionRebindPropose) && !c.Who().Can(echowall.ActionRebindConfirm):
		return echowall.Message{}, echowall.Refusal(echowall.KindForbidden, "errors.forbidden")
	case name == "":
		return c.Reply("people.rebind_how")
	case last == "":
		return a.proposeRebinding(c, name)
	case last == "撤回":
		return a.cancelRebinding(c, name)
	}
	return a.confirmRebinding(c, name, last)
}

func (a *App) proposeRebinding(c *bot.Context, name string) (echowall.Message, error) {
	p, err := a.People.Find(c, c.Who(), echowall.ActionRebindPropose, name)
	if err != nil {
		return echowall.Message{}, err
	}
	r, err := a.People.ProposeRebinding(c, c.Who(), p.ID)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("people.rebind_proposed", "name", p.Name, "line", p.ID, "code", r.Digits)
}

func (a *App) cancelRebinding(c *bot.Context, name string) (echowall.Message, error) {
	p, err := a.People.Find(c, c.Who(), echowall.ActionRebindPropose, name)
	if err == nil {
		err = a.People.CancelRebinding(c, c.Who(), p.ID)
	}
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("people.rebind_cancelled", "name", p.Name)
}

// confirmRebinding shows the new code to the second person, who gives it to the one concerned. As with a code,
// a refusal is said without dropping the turn: wrong digits count.
func (a *App) confirmRebinding(c *bot.Context, name, digits string) (echowall.Message, error) {
	p, err := a.People.Find(c, c.Who(), echowall.ActionRebindConfirm, name)
	if err != nil {
		return echowall.Message{}, err
	}
	s, err := a.People.ConfirmRebinding(c, c.Who(), p.ID, digits)
	if text, ok := c.Refused(err); ok {
		return echowall.Message{Text: text}, nil
	}
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("people.rebind_done", "name", p.Name, "code", s.Code, "days", int(echowall.CodeKept.Hours()/24))
}
