package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// reminders says whether the evening reminder is on and how to change that.
func (a *App) reminders(c *bot.Context) (echowall.Message, error) {
	if c.Who().Branch() == "" {
		return c.Reply("study.reminder_members_only")
	}
	wanted, _, err := a.Study.Reminders(c, c.Turn.Person())
	if err != nil {
		return echowall.Message{}, err
	}
	if wanted {
		return c.Reply("study.reminder_is_on")
	}
	return c.Reply("study.reminder_is_off")
}

// setReminders turns the member's evening reminder on or off.
func (a *App) setReminders(wanted bool) bot.Handler {
	return func(c *bot.Context) (echowall.Message, error) {
		if c.Who().Branch() == "" {
			return c.Reply("study.reminder_members_only")
		}
		if err := a.Study.SetReminders(c, c.Turn.Person(), wanted); err != nil {
			return echowall.Message{}, err
		}
		if wanted {
			return c.Reply("study.reminder_on")
		}
		return c.Reply("study.reminder_off")
	}
}

// reminderWording is one way to remind; it is used only where it is true.
type reminderWording struct {
	key   string
	holds func(l *echowall.Lesson, tomorrowOff bool) bool // nil: always
}

// reminderWordings take turns: each reminder of a person uses the next slot, and of a slot the first wording
// that is true. No wording stands in two slots, so none comes back within five reminders (study reference D).
// None counts days, answers or people.
var reminderWordings = [][]reminderWording{
	{{key: "study.reminder_one_letter"}},
	{{key: "study.reminder_waits"}},
	{{"study.reminder_minutes", func(l *echowall.Lesson, _ bool) bool { return l.Minutes > 0 }}, {key: "study.reminder_short"}},
	{{key: "study.reminder_after_supper"}},
	{{key: "study.reminder_which"}},
	{{"study.reminder_rest", func(_ *echowall.Lesson, tomorrowOff bool) bool { return tomorrowOff }}, {key: "study.reminder_no_hurry"}},
}

// reminderText is the count-th reminder of a person.
func (a *App) reminderText(l *echowall.Lesson, day echowall.Date, count int) string {
	off := !a.calendar().IsWorkday(day.AddDays(1))
	head := ""
	for _, w := range reminderWordings[max(count-1, 0)%len(reminderWordings)] {
		if w.holds == nil || w.holds(l, off) {
			head = a.say(w.key, "title", l.Title, "minutes", l.Minutes)
			break
		}
	}
	return strings.Join([]string{head, "", a.questionText(l.Questions[0]), a.say("study.reminder_stop")}, "\n")
}
