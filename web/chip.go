package web

import (
	"time"

	"echowall"
)

// chip says a state by colour, icon and words together. Tone is a class of base.css: rest, move, wait,
// good, late; Icon a symbol of views/icons.html.
type chip struct {
	Tone, Icon, Words string
	Due               bool // a deadline: outlined
}

type look struct{ tone, icon string }

// stateLooks follow the table of the design language. Closed is grey: it is not the same as solved.
var stateLooks = map[echowall.WishState]look{
	echowall.WishSubmitted: {"rest", "ring"},
	echowall.WishAccepted:  {"move", "dot"},
	echowall.WishToVerify:  {"move", "rate"},
	echowall.WishRedo:      {"wait", "loop"},
	echowall.WishClosed:    {"rest", "closed"},
	echowall.WishWithdrawn: {"rest", "x"},
}

var outcomeLooks = map[echowall.Outcome]look{
	echowall.OutcomeSolved:   {"good", "tick"},
	echowall.OutcomeUnderway: {"move", "clock"},
	echowall.OutcomePlanned:  {"move", "cal"},
	echowall.OutcomeRefused:  {"rest", "bubble"},
	echowall.OutcomeNoProof:  {"rest", "ask"},
	echowall.OutcomeOther:    {"rest", "fork"},
}

func (p phrases) stateChip(s echowall.WishState) chip {
	l := stateLooks[s]
	return chip{Tone: l.tone, Icon: l.icon, Words: p.Say(stateKey(s))}
}

// outcomeChip is the class of the answer. "Solved" is the unit's claim until the resident has said so.
func (p phrases) outcomeChip(w *echowall.Wish) chip {
	l := outcomeLooks[w.Answer.Class]
	c := chip{Tone: l.tone, Icon: l.icon, Words: p.Say(outcomeKey(w.Answer.Class))}
	if w.Answer.Class == echowall.OutcomeSolved && !confirmed(w) {
		c.Tone, c.Words = "move", p.Say("web.claimed_solved")
	}
	return c
}

// confirmed reports whether the author said that the wish is solved.
func confirmed(w *echowall.Wish) bool {
	return w.State == echowall.WishClosed && w.Rating.Valid() && w.Rating != echowall.RatingUnsolved
}

// dueChip says how a running deadline of days workdays stands at now. The whole working days after today
// count, up to and including the due day; late ones count from the day after it, today included.
func (p phrases) dueChip(cal *echowall.Calendar, now, due time.Time, days int) chip {
	today, last := cal.Today(now), cal.Today(due)
	clock := func(tone, words string) chip { return chip{Tone: tone, Icon: "clock", Words: words, Due: true} }
	left := cal.WorkdaysBetween(today, last)
	switch {
	case now.After(due) && left == 0: // the evening of the due day, or the weekend behind it
		return chip{Tone: "late", Icon: "warn", Words: p.Say("web.due_just_late"), Due: true}
	case now.After(due):
		return chip{Tone: "late", Icon: "warn", Words: p.Say("web.due_late", "days", -left), Due: true}
	case today == last:
		return clock("wait", p.Say("web.due_today", "time", due.In(cal.Location()).Format("15:04")))
	case left == 0: // the due day became a rest day after the promise was given
		return clock("wait", p.Say("web.due_soon"))
	case left == 1 || 5*left <= days:
		return clock("wait", p.Say("web.due_left", "days", left))
	}
	return clock("move", p.Say("web.due_left", "days", left))
}

// keptChip says whether a deadline that has ended was kept.
func (p phrases) keptChip(cal *echowall.Calendar, ended, due time.Time) chip {
	if !ended.After(due) {
		return chip{Tone: "good", Icon: "tick", Words: p.Say("web.due_kept"), Due: true}
	}
	late := max(1, cal.WorkdaysBetween(cal.Today(due), cal.Today(ended)))
	return chip{Tone: "late", Icon: "warn", Words: p.Say("web.due_missed", "days", late), Due: true}
}
