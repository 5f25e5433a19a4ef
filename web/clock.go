package web

import (
	"time"

	"echowall"
)

// clockView is the station's own promise (站内承诺): one segment a working day.
type clockView struct {
	Chip      chip
	Bar       []segment
	BarSays   string
	Promise   string
	Date      echowall.Date
	WhoseRule string
}

// promise is one clock of a wish: so many working days from start.
type promise struct {
	days  int
	due   time.Time
	ended time.Time // zero while it runs
	key   string    // of its sentences
}

// promiseOf finds the clock that runs, or the last one that ran.
func promiseOf(w *echowall.Wish, cal *echowall.Calendar) (p promise, ok bool) {
	for _, e := range w.History {
		switch e.Move {
		case echowall.MoveSubmit:
			p, ok = promise{days: echowall.ScreeningDays, key: "screening", due: cal.Deadline(e.At, echowall.ScreeningDays)}, true
		case echowall.MoveAccept:
			p, ok = promise{days: echowall.HandlingDays, key: "handling", due: cal.Deadline(e.At, echowall.HandlingDays)}, true
		case echowall.MoveRedo:
			p, ok = promise{days: echowall.RedoDays, key: "redo", due: cal.Deadline(e.At, echowall.RedoDays)}, true
		case echowall.MoveAnswer:
			p.ended = e.At
		}
	}
	if ok && p.ended.IsZero() && !w.Due.IsZero() {
		p.due = w.Due // the truth while the clock runs
	}
	return p, ok
}

// Units of the segment bar.
const (
	clockWidth = 340
	clockGap   = 5
)

func (s *Server) clockOf(w *echowall.Wish) *clockView {
	cal := s.Wishes.Calendar
	p, ok := promiseOf(w, cal)
	if !ok {
		return nil
	}
	at, tone := s.Now(), "c1"
	if !p.ended.IsZero() {
		at, tone = p.ended, "c5"
	}
	left := cal.WorkdaysBetween(cal.Today(at), cal.Today(p.due))
	used := p.days - min(max(left, 0), p.days)
	if at.After(p.due) {
		tone = "c1"
	}
	v := &clockView{
		Date:      cal.Today(p.due),
		BarSays:   s.words.Say("web.clock_bar", "days", p.days, "used", used),
		WhoseRule: s.words.Say("web.clock_rule_" + p.key),
	}
	due := p.due.In(s.Location)
	if p.ended.IsZero() {
		v.Chip = s.words.dueChip(cal, at, p.due, p.days)
		v.Promise = s.words.Say("web.clock_"+p.key, "days", p.days, "due", due)
	} else {
		v.Chip = s.words.keptChip(cal, p.ended, p.due)
		v.Promise = s.words.Say("web.clock_ended", "days", p.days, "due", cal.Today(p.due), "ended", cal.Today(p.ended))
	}
	width := (clockWidth - clockGap*(p.days-1)) / p.days
	for i := range p.days {
		class := "c3"
		if i < used {
			class = tone
		}
		v.Bar = append(v.Bar, segment{X: i * (width + clockGap), Width: width, Class: class})
	}
	return v
}
