package handlers

import (
	"strconv"
	"strings"

	"echowall"
	"echowall/bot"
)

func (a *App) registerStaff(r *bot.Router) {
	a.command(r, "待办", a.todo)
	a.command(r, "办理", a.viewCase)
	a.command(r, "签收", a.sign)
	a.command(r, "答复", a.reply)
	a.command(r, "转站", a.route)
	a.command(r, "上墙", a.redact)
	a.command(r, "公开", a.publish)
	r.Flow(a.replyFlow())
}

// todo lists what the officer's stations have to do, the most pressing first.
func (a *App) todo(c *bot.Context) (echowall.Message, error) {
	const most, counted = 10, 100
	list, err := a.Wishes.Todo(c, c.Who(), counted)
	if err != nil {
		return echowall.Message{}, err
	}
	as, err := a.actingAs(c)
	if err != nil {
		return echowall.Message{}, err
	}
	switch {
	case len(list) == 0 && as != "":
		return c.Reply("people.acting_no_queue", "role", as)
	case len(list) == 0:
		return c.Reply("staff.todo_empty")
	}
	if _, err := a.shown(c, func(d echowall.Debt) bool {
		return d.Kind == echowall.DebtWishNew && !bareNumber.MatchString(d.Subject)
	}); err != nil {
		return echowall.Message{}, err
	}
	var lines []string
	for _, w := range list[:min(most, len(list))] {
		lines = append(lines, c.Say("staff.todo_line", "number", w.Number, "title", w.Title(),
			"state", c.Say(stateNames[w.State]), "left", a.left(w.Due)))
	}
	if len(list) > most {
		lines = append(lines, c.Say("staff.todo_more", "count", most))
	}
	count := strconv.Itoa(len(list))
	if len(list) == counted {
		count = c.Say("staff.todo_many", "count", counted)
	}
	text := c.Say("staff.todo", "count", count, "lines", strings.Join(lines, "\n"))
	if as != "" {
		text = c.Say("people.acting_head", "role", as) + "\n" + text
	}
	return echowall.Message{Text: text}, nil
}
