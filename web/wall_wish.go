package web

import (
	"net/http"
	"time"

	"echowall"
)

// wallItem is a published wish as the list shows it: redacted text, state, station. Nothing else of the
// wish reaches a public page: not its own text, its photos, its place, or anything about its author.
type wallItem struct {
	Number  string
	Title   string
	Text    string // the answer's beginning, else the public text
	Chip    chip
	Due     *chip
	When    string
	Promise string
	Station string
}

func (s *Server) wallItem(w *echowall.Wish, stations stationMap) wallItem {
	title, whole := headline(w.Public.Text)
	it := wallItem{Number: w.Number, Title: title, Station: s.stationName(stations, w.Station), Chip: s.wallChip(w)}
	switch {
	case echoed(w):
		it.Text = echowall.Shorten(w.Answer.Text, wallExcerpt)
		it.When = s.words.Say("wall.answered_on", "date", s.dayOf(w.Answer.At))
		it.Promise = longDate(w.Answer.Promise)
	case !whole:
		it.Text = echowall.Shorten(w.Public.Text, wallExcerpt)
	}
	if !w.Due.IsZero() {
		due := s.dueOf(w)
		it.Due = &due
		it.When = s.words.Say("wall.due_on_"+dueKind(w), "date", s.dayOf(w.Due))
	}
	return it
}

// wallChip is the result once it is public, else the state. A wish that was sent back has none for now.
func (s *Server) wallChip(w *echowall.Wish) chip {
	if echoed(w) && w.State != echowall.WishRedo {
		return s.words.outcomeChip(w)
	}
	return s.words.stateChip(w.State)
}

// dueOf is the chip of the clock that runs.
func (s *Server) dueOf(w *echowall.Wish) chip {
	days := 0
	if p, ok := promiseOf(w, s.Wishes.Calendar); ok {
		days = p.days
	}
	return s.words.dueChip(s.Wishes.Calendar, s.Now(), w.Due, days)
}

// dueKind says what is due: to accept, or to answer.
func dueKind(w *echowall.Wish) string {
	if w.State == echowall.WishSubmitted {
		return "accept"
	}
	return "answer"
}

func (s *Server) stationName(stations stationMap, id echowall.StationID) string {
	if st, ok := stations[id]; ok {
		return st.Name
	}
	return s.words.Say("common.station_desk")
}

func (s *Server) dayOf(t time.Time) echowall.Date { return echowall.DateOf(t.In(s.Location)) }

// wallWishView is one published wish with its way so far.
type wallWishView struct {
	wallItem
	Text   string // the public text when the title does not say all of it
	State  *chip  // beside the result
	Answer *answerView
	Hidden bool // answered, but the answer is not public yet
	Steps  []step
	Phone  string
}

func (s *Server) wallWish(w http.ResponseWriter, r *http.Request) error {
	// Single cases are for neighbours, not for search engines.
	w.Header().Set("X-Robots-Tag", "noindex")
	wish, err := s.Wishes.Published(r.Context(), r.PathValue("number"))
	if echowall.KindOf(err) == echowall.KindNotFound {
		return echowall.Refusal(echowall.KindNotFound, "web.not_on_wall")
	}
	if err != nil {
		return err
	}
	stations, err := s.stationsByID(r.Context())
	if err != nil {
		return err
	}
	v := wallWishView{wallItem: s.wallItem(wish, stations), Steps: s.publicSteps(wish), Phone: stations[wish.Station].Phone}
	if _, whole := headline(wish.Public.Text); !whole {
		v.Text = wish.Public.Text
	}
	if echoed(wish) {
		v.Answer = s.answerView(wish, v.Station, s.words.Say("wall.answered_on", "date", s.dayOf(wish.Answer.At)))
		if state := s.words.stateChip(wish.State); state != v.Chip {
			v.State = &state
		}
	}
	v.Hidden = wish.Answer != nil && v.Answer == nil
	return s.show(w, r, http.StatusOK, "wall_wish", frame{Title: v.Title, Data: v})
}
