package handlers

import (
	"time"

	"echowall"
)

// when writes a moment as people say it: 今天 17:30, else 11月26日（周四）17:30.
func (a *App) when(t time.Time) string {
	local := t.In(a.calendar().Location())
	if a.calendar().Today(a.Now()) == echowall.DateOf(local) {
		return a.say("common.today", "time", local.Format("15:04"))
	}
	return a.Pack.Words.Moment(local)
}

// date writes a moment without 今天, for what is read later.
func (a *App) date(t time.Time) string {
	return a.Pack.Words.Moment(t.In(a.calendar().Location()))
}

// left says how a deadline stands, counted in workdays.
func (a *App) left(due time.Time) string {
	cal := a.calendar()
	now := a.Now()
	today, day := cal.Today(now), cal.Today(due)
	switch n := cal.WorkdaysBetween(today, day); {
	case now.After(due):
		return a.say("staff.due_late", "days", max(1, -n))
	case day == today:
		return a.say("staff.due_today", "time", due.In(cal.Location()).Format("15:04"))
	default:
		return a.say("staff.due_days", "days", n, "date", day)
	}
}
