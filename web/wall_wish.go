package web

import (
	"net/http"
	"regexp"
	"strings"
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
	case settled(w):
		it.Text = opening(w.Answer.Text)
		it.When = s.words.Say("wall.answered_on", "date", s.dayOf(w.Answer.At))
		it.Promise = longDate(w.Answer.Promise)
	case w.State == echowall.WishRedo:
		it.Text = s.words.Say("wall.sent_back")
	case !whole:
		it.Text = echowall.Shorten(w.Public.Text, wallExcerpt)
	}
	if !w.Due.IsZero() {
		due := s.dueOf(w)
		it.Due = &due
		it.When = s.dueText(w)
	}
	return it
}

// wallChip is the result once it is public, else the state. A wish that was sent back has none for now.
func (s *Server) wallChip(w *echowall.Wish) chip {
	if settled(w) {
		return s.words.outcomeChip(w)
	}
	return s.words.stateChip(w.State)
}

// opening is the first paragraph of an answer, without its number, short enough for a list.
func opening(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, number := range []string{"1.", "1．", "1、", "一、"} {
		first = strings.TrimSpace(strings.TrimPrefix(first, number))
	}
	return echowall.Shorten(first, wallExcerpt)
}

// dueOf is the chip of the clock that runs.
func (s *Server) dueOf(w *echowall.Wish) chip {
	days := 0
	if p, ok := promiseOf(w, s.Wishes.Calendar); ok {
		days = p.days
	}
	return s.words.dueChip(s.Wishes.Calendar, s.Now(), w.Due, days)
}

// dueText is the date of the clock that runs, which always stands next to its chip.
func (s *Server) dueText(w *echowall.Wish) string {
	key := "wall.due_on_"
	if s.Now().After(w.Due) {
		key = "wall.due_was_"
	}
	return s.words.Say(key+dueKind(w), "date", s.dayOf(w.Due))
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

// isNumber keeps anything but receipt numbers away from the store.
var isNumber = regexp.MustCompile(`^XY[0-9]{1,18}$`).MatchString

func (s *Server) dayOf(t time.Time) echowall.Date { return echowall.DateOf(t.In(s.Location)) }

// wallWishView is one published wish with its way so far.
type wallWishView struct {
	wallItem
	Text   string // the public text when the title does not say all of it
	State  *chip  // beside the result
	Answer *answerView
	Stands bool // the answer was not sent back
	Hidden bool // answered, but the answer is not public yet
	Steps  []step
	Phone  string
}

func (s *Server) wallWish(w http.ResponseWriter, r *http.Request) error {
	// Single cases are for neighbours, not for search engines.
	w.Header().Set("X-Robots-Tag", "noindex")
	number := r.PathValue("number")
	if !isNumber(number) {
		return echowall.Refusal(echowall.KindNotFound, "web.not_on_wall")
	}
	wish, err := s.Wishes.Published(r.Context(), number)
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
		v.Stands = settled(wish)
		if v.Stands {
			state := s.words.stateChip(wish.State)
			v.State = &state
		}
	}
	v.Hidden = wish.Answer != nil && v.Answer == nil
	return s.show(w, r, http.StatusOK, "wall_wish", frame{Title: v.Title, Data: v})
}
