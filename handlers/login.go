package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// flowLogin asks whoever scanned the code of the log-in page for the two digits that the page shows.
const flowLogin = "login"

// loggingIn is the browser that waits.
type loggingIn struct {
	Ticket string `json:"ticket"`
	Device string `json:"device,omitempty"`
	Number string `json:"-"`
}

func (a *App) registerLogin(r *bot.Router) {
	a.command(r, "登录", a.loginCode)
	r.Flow(a.loginFlow())
}

// loginCode gives six digits to type on the log-in page, for whoever cannot scan.
func (a *App) loginCode(c *bot.Context) (echowall.Message, error) {
	if a.Logins == nil {
		return c.Reply("console.login_none")
	}
	code, err := a.Logins.Offer(c, c.Who())
	if err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("console.login_code", "code", code, "minutes", int(echowall.LoginCodeKept.Minutes()), "url", a.PageURL("/console/"))
}

// loginScene is what follows when somebody scans the code of the log-in page; the scene without its beginning
// is the ticket.
func (a *App) loginScene(c *bot.Context, scene string) (echowall.Message, error) {
	if a.Logins == nil {
		return c.Reply("console.login_none")
	}
	id := strings.TrimPrefix(scene, echowall.LoginScene)
	t, err := a.Logins.Scan(c, c.Who(), id)
	if err != nil {
		return echowall.Message{}, err
	}
	return a.loginFlow().Start(c, loggingIn{Ticket: id, Device: t.Device})
}

func (a *App) loginFlow() *bot.Flow[loggingIn] {
	return &bot.Flow[loggingIn]{
		Name: flowLogin, Version: 1, First: "number",
		Steps: map[string]bot.Step[loggingIn]{"number": {
			Ask: func(c *bot.Context, s *loggingIn) (string, error) {
				device := s.Device
				if device == "" {
					device = c.Say("console.login_device")
				}
				return c.Say("console.login_ask", "device", device), nil
			},
			Take: func(c *bot.Context, s *loggingIn) (string, error) {
				s.Number = c.Text
				return bot.End, nil
			},
		}},
		Finish: func(c *bot.Context, s *loggingIn) (echowall.Message, error) {
			right, err := a.Logins.Confirm(c, c.Who(), s.Ticket, s.Number)
			if text, ok := c.Refused(err); ok { // nothing could be mended by going back
				return echowall.Message{Text: text}, nil
			}
			switch {
			case err != nil:
				return echowall.Message{}, err
			case !right:
				return c.Reply("console.login_number_wrong")
			}
			return c.Reply("console.login_done")
		},
	}
}
