package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

const flowUnbind = "unbind"

// unbinding is the dialog that makes sure; the four digits are shown with what will be lost.
type unbinding struct {
	Code string `json:"code"`
}

// unbind asks whether the person really wants to give up the own roles.
func (a *App) unbind(c *bot.Context) (echowall.Message, error) {
	if who := c.Who(); who.Roster == "" && len(who.Grants) == 0 {
		return c.Reply("people.unbind_nothing")
	}
	return a.unbindFlow().Start(c, unbinding{Code: newCode()})
}

func (a *App) unbindFlow() *bot.Flow[unbinding] {
	return &bot.Flow[unbinding]{
		Name: flowUnbind, Version: 1, First: stepConfirm,
		Steps: map[string]bot.Step[unbinding]{stepConfirm: {
			Ask: func(c *bot.Context, s *unbinding) (string, error) {
				roles, err := a.roleLines(c, c.Who())
				return c.Say("people.unbind_ask", "name", c.Who().Name, "roles", roles, "code", s.Code), err
			},
			Take: func(c *bot.Context, s *unbinding) (string, error) {
				if strings.ReplaceAll(c.Text, " ", "") != s.Code {
					return "", echowall.Refusal(echowall.KindInvalid, "people.bad_code")
				}
				return bot.End, nil
			},
		}},
		Finish: func(c *bot.Context, _ *unbinding) (echowall.Message, error) {
			if err := a.leave(c, "unbind"); err != nil {
				return echowall.Message{}, err
			}
			return c.Reply("people.unbind_done")
		},
	}
}

// leave takes everything away that the person may do, and what they were in the middle of.
func (a *App) leave(c *bot.Context, what string) error {
	forget(c)
	return a.People.Leave(c, c.Turn.Person(), what)
}
