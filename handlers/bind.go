package handlers

import (
	"context"
	"strings"

	"echowall"
	"echowall/bot"
)

const flowBind = "bind"

// binding is the dialog that asks for the code; Code is what was typed.
type binding struct {
	Code string `json:"-"`
}

func (a *App) registerBind(r *bot.Router) {
	a.command(r, "绑定", a.bind)
	a.command(r, "身份", a.identity)
	r.Flow(a.bindFlow())
}

// bind uses up a one-time code, or asks for it.
func (a *App) bind(c *bot.Context) (echowall.Message, error) {
	if c.Rest == "" {
		return a.bindFlow().Start(c, binding{})
	}
	return a.bindCode(c, c.Rest)
}

func (a *App) bindFlow() *bot.Flow[binding] {
	return &bot.Flow[binding]{
		Name: flowBind, Version: 1, First: "code",
		Steps: map[string]bot.Step[binding]{"code": {
			Ask: func(c *bot.Context, _ *binding) (string, error) { return c.Say("common.ask_code"), nil },
			Take: func(c *bot.Context, s *binding) (string, error) {
				s.Code = c.Text
				return bot.End, nil
			},
		}},
		Finish: func(c *bot.Context, s *binding) (echowall.Message, error) { return a.bindCode(c, s.Code) },
	}
}

func (a *App) bindCode(c *bot.Context, code string) (echowall.Message, error) {
	who, err := a.People.Bind(c, c.Turn.Person(), code)
	if err != nil {
		return echowall.Message{}, err
	}
	roles, err := a.roles(c, who)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("common.bound", "name", who.Name, "roles", roles)
}

// identity says who the account takes the person for.
func (a *App) identity(c *bot.Context) (echowall.Message, error) {
	who := c.Who()
	if len(who.Grants) == 0 {
		return c.Reply("common.identity_resident")
	}
	roles, err := a.roles(c, who)
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("common.identity", "name", who.Name, "roles", roles)
}

var roleNames = map[echowall.Role]string{
	echowall.RoleMember:    "common.role_member",
	echowall.RoleSecretary: "common.role_secretary",
	echowall.RoleLiaison:   "common.role_liaison",
	echowall.RoleHead:      "common.role_head",
}

// roles lists what a person is, one role a line.
func (a *App) roles(ctx context.Context, who *echowall.Who) (string, error) {
	stations, err := a.stationsNow(ctx)
	if err != nil {
		return "", err
	}
	branches, err := a.People.Store.Branches(ctx)
	if err != nil {
		return "", err
	}
	names := map[string]string{string(echowall.TriageStation): a.say("common.station_desk")}
	for _, s := range stations {
		names[string(s.ID)] = s.Name
	}
	for _, b := range branches {
		names[string(b.ID)] = b.Name
	}
	var lines []string
	for _, g := range who.Grants {
		if key, ok := roleNames[g.Role]; ok {
			lines = append(lines, a.say(key, "scope", names[g.Scope]))
		}
	}
	return strings.Join(lines, "\n"), nil
}
