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
		v.Promise = s.ended(p, used)
	}
	v.Bar = clockBar(p.days, used, tone)
	return v
}

// ended says on which day of the promise the answer came.
func (s *Server) ended(p promise, used int) string {
	cal := s.Wishes.Calendar
	due := cal.Today(p.due)
	switch {
	case p.ended.After(p.due):
		return s.words.Say("web.clock_ended_late", "days", p.days, "due", due, "ended", cal.Today(p.ended))
	case used == 0:
		return s.words.Say("web.clock_ended_same", "days", p.days, "due", due)
	}
	return s.words.Say("web.clock_ended", "days", p.days, "due", due, "used", used)
}

// clockBar draws one segment a working day, the used ones in class tone.
func clockBar(days, used int, tone string) (bar []segment) {
	width := (clockWidth - clockGap*(days-1)) / days
	for i := range days {
		class := "c3"
		if i < used {
			class = tone
		}
		bar = append(bar, segment{X: i * (width + clockGap), Width: width, Class: class})
	}
	return bar
}
