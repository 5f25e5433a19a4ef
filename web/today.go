package web

import (
	"net/http"

	"echowall"
)

// todayUrgent is how many wishes the first page shows.
const todayUrgent = 5

// todayView is the first page of the console: what waits, and what falls due.
type todayView struct {
	Day     string
	Figures []todayFigure
	Urgent  []queueItem
	Total   int
	Version int64 // for live updates
	Queue   bool  // there is a queue in reach
	Pages   []navItem
}

// todayFigure is one number and the list behind it.
type todayFigure struct {
	Words, Path, Note string
	Count             int
	Late              bool
}

func (s *Server) today(w http.ResponseWriter, r *http.Request, d *desk) error {
	v := todayView{Day: longDate(s.dayOf(s.Now())), Queue: d.who.Can(echowall.ActionQueue)}
	for _, x := range s.navOf(d) {
		if !x.Here {
			v.Pages = append(v.Pages, x)
		}
	}
	if v.Queue {
		var err error
		if v.Version, err = s.liveVersion(r.Context(), d.directory.Scopes(d.who, echowall.ActionQueue)); err != nil {
			return err
		}
		list, err := s.Console.Queues.Look(r.Context(), d.who, echowall.QueueFilter{Limit: todayUrgent})
		if err != nil {
			return err
		}
		v.Total = list.Total
		v.Figures = s.todayFigures(list)
		for _, x := range list.Wishes {
			v.Urgent = append(v.Urgent, s.queueItem(d, x))
		}
	}
	page := s.frameOf(d, s.words.Say("console.nav_today"), v)
	page.Live = v.Queue
	return s.deskWrite(w, r, http.StatusOK, "console_today", page)
}

func (s *Server) todayFigures(list *echowall.QueueView) []todayFigure {
	var sum echowall.QueueCount
	for _, n := range list.Counts {
		sum.All, sum.Late, sum.Soon = sum.All+n.All, sum.Late+n.Late, sum.Soon+n.Soon
	}
	all := queueFilter{}.address()
	return []todayFigure{
		{s.words.Say("console.today_late"), all, s.words.Say("console.today_of", "count", sum.All), sum.Late, sum.Late > 0},
		{s.words.Say("console.today_soon"), all, s.words.Say("console.today_of", "count", sum.All), sum.Soon, false},
		{s.words.Say("console.today_new"), queueFilter{State: string(echowall.WishSubmitted)}.address(), s.words.Say("console.today_new_note"), list.Counts[echowall.WishSubmitted].All, false},
		{s.words.Say("console.today_redo"), queueFilter{State: string(echowall.WishRedo)}.address(), s.words.Say("console.today_redo_note"), list.Counts[echowall.WishRedo].All, false},
	}
}
