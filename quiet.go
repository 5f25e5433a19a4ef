package echowall

import "time"

// span is a part of the day in minutes after midnight, the end excluded.
type span struct{ from, to int }

// The hours in which nobody is disturbed (study.md section D). The night is written as its two halves.
var quietSpans = []span{
	{0, 7*60 + 30},
	{12*60 + 40, 14 * 60},
	{21*60 + 30, 24 * 60},
}

// officeSpans are the hours outside of which nobody is chased (study.md section D, notice receipts).
var officeClosed = []span{
	{0, 8 * 60},
	{20 * 60, 24 * 60},
}

// plainCalendar serves rules without data: Monday to Friday are workdays. China keeps one zone without
// summer time.
var plainCalendar = NewCalendar(nil, time.FixedZone("Asia/Shanghai", 8*60*60))

// calendar is the one to use, never nil.
func (r *Rules) calendar() *Calendar {
	if r.Calendar == nil {
		return plainCalendar
	}
	return r.Calendar
}

// Earliest returns the first moment from now on at which a debt of this kind may be paid as far as the
// hour and the day are concerned, and what stands in the way until then (WhyQuiet, WhyRestDay, WhyOffice;
// WhyNone when nothing does).
func (r *Rules) Earliest(kind DebtKind, now time.Time) (time.Time, Why) {
	m := mannerOf(kind)
	calendar := r.calendar()
	t, why := now, WhyNone
	// Every round moves t forward, at most once a rule, so few rounds are enough.
	for range 8 {
		local := t.In(calendar.Location())
		day := DateOf(local)
		var until time.Time
		var reason Why
		switch {
		case m.workdays && !calendar.IsWorkday(day):
			until, reason = calendar.NextWorkday(day).In(calendar.Location()), WhyRestDay
		case m.office && within(officeClosed, local, &until):
			reason = WhyOffice
		case m.quiet && within(quietSpans, local, &until):
			reason = WhyQuiet
		default:
			return t, why
		}
		if why == WhyNone {
			why = reason
		}
		t = until
	}
	return t, why
}

// within reports whether local falls into one of spans and sets end to where that span ends.
func within(spans []span, local time.Time, end *time.Time) bool {
	minute := local.Hour()*60 + local.Minute()
	for _, s := range spans {
		if minute >= s.from && minute < s.to {
			*end = DateOf(local).At(0, s.to, local.Location())
			return true
		}
	}
	return false
}
