package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"echowall"
)

const (
	queuePage  = 25
	queuePages = echowall.QueueDepth / queuePage
	// queueSelect is up to how many stations are offered in a list; beyond that one types.
	queueSelect = 40
)

// queueView is the queue of the stations in somebody's reach.
type queueView struct {
	When     string
	Late     int
	Tabs     []queueTab
	Stations []choice // empty when there is but one, or too many to list
	Typed    bool     // the station is typed
	Station  string   // as typed or chosen
	State    string
	Unknown  bool // no such station
	Items    []queueItem
	Total    int
	Filtered bool
	Version  int64 // for live updates
	Previous string
	Next     string
}

type queueTab struct {
	Path, Words string
	Count       int
	Here        bool
}

// queueItem is one row. It says what it is about and never who it is from.
type queueItem struct {
	Path, Title, Number, Place string
	State, Due                 chip
	DueText                    string
	Station                    string
	Act                        string // the reader's own next step; empty when it is somebody else's move
}

// queueFilter is the filter as the address has it.
type queueFilter struct {
	Station, State string
	Page           int
}

func (f queueFilter) address() string {
	q := url.Values{}
	if f.Station != "" {
		q.Set("station", f.Station)
	}
	if f.State != "" {
		q.Set("state", f.State)
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	return (&url.URL{Path: "/console/queue", RawQuery: q.Encode()}).String()
}

func (s *Server) queue(w http.ResponseWriter, r *http.Request, d *desk) error {
	q := r.URL.Query()
	if number := strings.TrimSpace(q.Get("n")); number != "" {
		http.Redirect(w, r, casePath(echowall.NormaliseNumber(echowall.Shorten(number, 20))), http.StatusSeeOther)
		return nil
	}
	f := queueFilter{Station: echowall.Shorten(strings.TrimSpace(q.Get("station")), 60), State: q.Get("state"), Page: 1}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 {
		f.Page = min(n, queuePages)
	}
	if !slices.Contains(echowall.OpenStates, echowall.WishState(f.State)) {
		f.State = ""
	}
	span := d.directory.Scopes(d.who, echowall.ActionQueue)
	v := queueView{When: s.shortTime(s.Now().In(s.Location)), State: f.State, Station: f.Station}
	ask := echowall.QueueFilter{State: echowall.WishState(f.State), Skip: (f.Page - 1) * queuePage, Limit: queuePage}
	if f.Station != "" {
		if ask.Station = s.findStation(d.directory, span.Stations, f.Station); ask.Station == "" {
			v.Unknown = true
			f.Station = ""
		}
	}
	v.Filtered = f.Station != "" || f.State != ""
	var err error
	if v.Version, err = s.liveVersion(r.Context(), span); err != nil {
		return err
	}
	list, err := s.Console.Queues.Look(r.Context(), d.who, ask)
	if err != nil {
		return err
	}
	v.Total = list.Total
	s.queueTabs(&v, f, list)
	s.queueStations(&v, d.directory, span.Stations, ask.Station)
	for _, x := range list.Wishes {
		v.Items = append(v.Items, s.queueItem(d, x))
	}
	if f.Page > 1 {
		v.Previous = queueFilter{f.Station, f.State, f.Page - 1}.address()
	}
	if f.Page*queuePage < list.Total && f.Page < queuePages {
		v.Next = queueFilter{f.Station, f.State, f.Page + 1}.address()
	}
	page := s.frameOf(d, s.words.Say("console.nav_queue"), v)
	page.Live = true
	return s.deskWrite(w, r, http.StatusOK, "console_queue", page)
}

// findStation is the station in reach that was chosen by number or typed by name; "" when there is none or
// more than one.
func (s *Server) findStation(d *echowall.Directory, reach []echowall.StationID, typed string) echowall.StationID {
	if slices.Contains(reach, echowall.StationID(typed)) {
		return echowall.StationID(typed)
	}
	found := echowall.StationID("")
	for _, id := range reach {
		name := s.stationTitle(d, id)
		if name == typed {
			return id
		}
		if strings.Contains(name, typed) {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	return found
}

// stationTitle is how people call a station; the desk that sorts wishes without a place has a name of its own.
func (s *Server) stationTitle(d *echowall.Directory, id echowall.StationID) string {
	if x, ok := d.Station(id); ok {
		return x.Name
	}
	return s.words.Say("common.station_desk")
}

func (s *Server) queueTabs(v *queueView, f queueFilter, list *echowall.QueueView) {
	all := 0
	for _, state := range echowall.OpenStates {
		n := list.Counts[state]
		all += n.All
		v.Late += n.Late
		v.Tabs = append(v.Tabs, queueTab{
			Path: queueFilter{Station: f.Station, State: string(state)}.address(), Words: s.words.Say(stateKey(state)),
			Count: n.All, Here: f.State == string(state),
		})
	}
	everything := queueTab{Path: queueFilter{Station: f.Station}.address(), Words: s.words.Say("console.queue_all"), Count: all, Here: f.State == ""}
	v.Tabs = append([]queueTab{everything}, v.Tabs...)
}

func (s *Server) queueStations(v *queueView, d *echowall.Directory, reach []echowall.StationID, chosen echowall.StationID) {
	switch {
	case len(reach) < 2:
	case len(reach) > queueSelect:
		v.Typed = true
		if chosen != "" {
			v.Station = s.stationTitle(d, chosen)
		}
	default:
		for _, id := range reach {
			v.Stations = append(v.Stations, choice{Value: string(id), Words: s.stationTitle(d, id), Chosen: id == chosen})
		}
	}
}

func (s *Server) queueItem(d *desk, w *echowall.Wish) queueItem {
	title, _ := headline(w.Text)
	it := queueItem{
		Path: casePath(w.Number), Title: title, Number: w.Number, Place: w.Place,
		State: s.words.stateChip(w.State), Due: s.dueOf(w), DueText: s.dueText(w),
		Station: s.stationTitle(d.directory, w.Station),
	}
	can := func(a echowall.Action, m echowall.Move) bool {
		return w.Open(m) && d.directory.Allow(d.who, a, w.Target()) == nil
	}
	switch {
	case w.Station == echowall.TriageStation && can(echowall.ActionWishRoute, echowall.MoveRoute):
		it.Act = s.words.Say("console.act_route")
	case can(echowall.ActionWishAccept, echowall.MoveAccept):
		it.Act = s.words.Say("console.act_accept")
	case can(echowall.ActionWishAnswer, echowall.MoveAnswer):
		it.Act = s.words.Say("console.act_answer")
	}
	return it
}
