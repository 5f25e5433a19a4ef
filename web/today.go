package web

import (
	"net/http"

	"echowall"
)

// todayView is the first page of the console: what waits for this person.
type todayView struct {
	Day      string
	Figures  []todayFigure
	Nothing  bool // no queue is in reach
	QueueURL string
}

// todayFigure is one number of the own queue and the list behind it.
type todayFigure struct {
	Words, Path string
	Count       int
	Late        bool
}

func (s *Server) today(w http.ResponseWriter, r *http.Request, d *desk) error {
	v := todayView{Day: longDate(s.dayOf(s.Now())), Nothing: !d.who.Can(echowall.ActionQueue)}
	return s.deskShow(w, r, d, "console_today", s.words.Say("console.nav_today"), v)
}
