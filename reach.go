package echowall

import (
	"fmt"
	"maps"
	"time"
)

// Window names the reply windows that a person's act opens for customer-service messages (platform
// reference 2.1).
type Window int

// The windows.
const (
	WindowNone    Window = iota
	WindowMessage        // the person sent a message: 5 messages within 48 h
	WindowAct            // menu click, follow or scan: 3 messages within 1 min
)

// Limits of the reply windows (platform reference 2.1).
const (
	MessageWindow      = 48 * time.Hour
	MessageWindowCount = 5
	ActWindow          = time.Minute
	ActWindowCount     = 3
)

// windowMargin is how long before its end a window counts as closed: the call still has to arrive.
const windowMargin = 3 * time.Second

// Limits returns how long the window stays open and how many messages it pays for.
func (w Window) Limits() (time.Duration, int) {
	switch w {
	case WindowMessage:
		return MessageWindow, MessageWindowCount
	case WindowAct:
		return ActWindow, ActWindowCount
	}
	return 0, 0
}

// Reach is what we know about reaching one person: the quota book of design section 3, flow 2.
type Reach struct {
	Following    bool
	Left         time.Time // when the person last stopped following, zero when unknown
	MessageUntil time.Time // end of the 48-hour window
	MessageLeft  int
	ActUntil     time.Time // end of the 1-minute window
	ActLeft      int
	// TemplateDay and TemplateUsed count template messages on one calendar day (2006-01-02).
	TemplateDay  string
	TemplateUsed int
	// LastSent is when we last wrote on our own account, for the attention budget.
	LastSent time.Time
	// ReminderDay is the calendar day of the last study reminder.
	ReminderDay string
	// StudyWeek and StudyUsed count study messages in one ISO week (2026-W47).
	StudyWeek string
	StudyUsed int
	// Accepted counts, by template, the subscription notices the person agreed to and we have not used. The
	// platform keeps the true number; this is what its events told us.
	Accepted map[string]int
}

// LastWrote is when the person last wrote to the account, zero when unknown.
func (r *Reach) LastWrote() time.Time {
	if r.MessageUntil.IsZero() {
		return time.Time{}
	}
	return r.MessageUntil.Add(-MessageWindow)
}

// Spend returns the book after a message that follows decision d, leaving r as it is.
func (r Reach) Spend(kind DebtKind, d Decision, now time.Time, rules *Rules) Reach {
	day := rules.calendar().Today(now)
	switch d.Channel {
	case ChannelReply:
		if d.Window == WindowAct {
			r.ActLeft--
		} else {
			r.MessageLeft--
		}
	case ChannelTemplate:
		if r.TemplateDay != day.String() {
			r.TemplateDay, r.TemplateUsed = day.String(), 0
		}
		r.TemplateUsed++
	case ChannelSubscription:
		r.Accepted = maps.Clone(r.Accepted)
		r.Accepted[d.Template]--
	case ChannelBox:
		return r
	}
	m := mannerOf(kind)
	if !m.answer {
		r.LastSent = now
	}
	if m.study {
		if w := weekOf(day); r.StudyWeek != w {
			r.StudyWeek, r.StudyUsed = w, 0
		}
		r.StudyUsed++
	}
	if kind == DebtStudyReminder {
		r.ReminderDay = day.String()
	}
	return r
}

// weekOf is the ISO week of a day: 2026-W47.
func weekOf(d Date) string {
	year, week := d.In(time.UTC).ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}
