package handlers

import (
	"echowall"
	"echowall/bot"
)

const flowBind = "bind"

// binding is the dialog that asks for the code. Note stands above the question when the code was wrong; Done is
// what came of it.
type binding struct {
	Note string `json:"note,omitempty"`
	Done string `json:"-"`
}

func (a *App) registerBind(r *bot.Router) {
	a.command(r, "绑定", a.bind)
	a.command(r, "解绑", a.unbind)
	a.command(r, "换绑", a.rebind)
	a.command(r, "身份", a.identity)
	r.Flow(a.bindFlow())
	r.Flow(a.unbindFlow())
}

// bind uses up a one-time code, or asks for it.
func (a *App) bind(c *bot.Context) (echowall.Message, error) {
	if c.Rest == "" {
		return a.bindFlow().Start(c, binding{})
	}
	return a.bindScene(c, c.Rest)
}

// bindScene is what scanning a slip with a code does: the same as typing the code.
func (a *App) bindScene(c *bot.Context, code string) (echowall.Message, error) {
	text, _, err := a.tryCode(c, code)
	return echowall.Message{Text: text}, err
}

func (a *App) bindFlow() *bot.Flow[binding] {
	return &bot.Flow[binding]{
		Name: flowBind, Version: 2, First: "code",
		Steps: map[string]bot.Step[binding]{"code": {
			Ask: func(c *bot.Context, s *binding) (string, error) {
				if s.Note != "" {
					return s.Note + "\n" + c.Say("people.ask_code"), nil
				}
				return c.Say("people.ask_code"), nil
			},
			Take: func(c *bot.Context, s *binding) (string, error) {
				text, again, err := a.tryCode(c, c.Text)
				if again {
					s.Note = text
					return "code", err
				}
				s.Done = text
				return bot.End, err
			},
		}},
		Finish: func(_ *bot.Context, s *binding) (echowall.Message, error) {
			return echowall.Message{Text: s.Done}, nil
		},
	}
}

// tryCode says what came of a code, and whether another may be tried at once. A refusal is no error here: the
// engine would drop the turn's changes with it, and the count of wrong codes is one of them.
func (a *App) tryCode(c *bot.Context, code string) (text string, again bool, err error) {
	who, err := a.People.Bind(c, c.Turn.Person(), code)
	if text, ok := c.Refused(err); ok {
		return text, echowall.KindOf(err) == echowall.KindNotFound, nil
	}
	if err != nil {
		return "", false, err
	}
	if len(who.Grants) == 0 {
		return c.Say("people.bound_plain", "name", who.Name), false, nil
	}
	roles, err := a.roleLines(c, who)
	return c.Say("people.bound", "name", who.Name, "roles", roles), false, err
}
