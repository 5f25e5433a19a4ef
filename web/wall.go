package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"echowall"
)

const (
	wallDepth   = 500 // the newest published wishes are shown and searched
	wallPage    = 12
	wallSearch  = 30 // characters of a search
	wallExcerpt = 90 // characters of an answer in the list
)

// stillOpen is the value of the result filter for wishes without a public answer that stands.
const stillOpen = "open"

// wallFilter is what a visitor asked for. Unknown values mean everything.
type wallFilter struct {
	Query, Station, Result string
	Page                   int
}

func (f wallFilter) any() bool { return f.Query != "" || f.Station != "" || f.Result != "" }

func (f wallFilter) address(page int) string {
	q := url.Values{}
	for name, v := range map[string]string{"q": f.Query, "station": f.Station, "result": f.Result} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return (&url.URL{Path: "/wall", RawQuery: q.Encode()}).String()
}

type choice struct {
	Value, Words string
	Chosen       bool
}

// wallView is the echo wall.
type wallView struct {
	Figures           figures
	Outcomes          *outcomes
	Filter            wallFilter
	Filtered          bool
	Stations, Results []choice
	Items             []wallItem
	Found, Published  int
	Pages             int
	Previous, Next    string
}

// wall shows what everybody may see: figures of all wishes, and the published ones, echoes first.
func (s *Server) wall(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	counts, err := s.Wishes.Counts(ctx)
	if err != nil {
		return err
	}
	list, err := s.Wishes.Wall(ctx, wallDepth)
	if err != nil {
		return err
	}
	stations, err := s.stationsByID(ctx)
	if err != nil {
		return err
	}
	// The store gives the newest first; echoes come before wishes that still wait for theirs.
	slices.SortStableFunc(list, func(a, b *echowall.Wish) int { return echoRank(a) - echoRank(b) })

	v := wallView{Figures: figuresOf(counts), Outcomes: s.outcomesOf(list), Published: len(list)}
	v.Stations = stationChoices(list, stations)
	v.Results = s.resultChoices(list)
	v.Filter = readFilter(r.URL.Query(), &v)
	v.Filtered = v.Filter.any()
	shown := slices.DeleteFunc(slices.Clone(list), func(w *echowall.Wish) bool { return !v.Filter.matches(w, stations) })
	v.Found = len(shown)
	v.Pages = max(1, (len(shown)+wallPage-1)/wallPage)
	v.Filter.Page = min(max(v.Filter.Page, 1), v.Pages)
	first := (v.Filter.Page - 1) * wallPage
	for _, w := range shown[first:min(first+wallPage, len(shown))] {
		v.Items = append(v.Items, s.wallItem(w, stations))
	}
	if v.Filter.Page > 1 {
		v.Previous = v.Filter.address(v.Filter.Page - 1)
	}
	if v.Filter.Page < v.Pages {
		v.Next = v.Filter.address(v.Filter.Page + 1)
	}
	return s.show(w, r, http.StatusOK, "wall", frame{Title: s.words.Say("wall.title"), Wide: true, Data: v})
}

// readFilter takes only values that the choices offer.
func readFilter(q url.Values, v *wallView) wallFilter {
	pick := func(list []choice, value string) string {
		for i := range list {
			if list[i].Value == value {
				list[i].Chosen = true
				return value
			}
		}
		return ""
	}
	f := wallFilter{Query: strings.TrimSpace(q.Get("q"))}
	if !utf8.ValidString(f.Query) || utf8.RuneCountInString(f.Query) > wallSearch {
		f.Query = ""
	}
	f.Station = pick(v.Stations, q.Get("station"))
	f.Result = pick(v.Results, q.Get("result"))
	f.Page, _ = strconv.Atoi(q.Get("page"))
	return f
}

func (f wallFilter) matches(w *echowall.Wish, stations stationMap) bool {
	switch {
	case f.Station != "" && string(w.Station) != f.Station && string(stations[w.Station].Parent) != f.Station:
		return false
	case f.Result == stillOpen && settled(w):
		return false
	case f.Result != "" && f.Result != stillOpen && (!settled(w) || string(w.Answer.Class) != f.Result):
		return false
	case f.Query == "" || strings.Contains(w.Public.Text, f.Query):
		return true
	}
	return echoed(w) && strings.Contains(w.Answer.Text, f.Query)
}

// echoed reports whether the answer, too, is public.
func echoed(w *echowall.Wish) bool {
	return w.OnWall() && w.Public.State == echowall.PublicEcho && w.Answer != nil
}

// settled reports whether the public answer stands; one that the resident sent back does not.
func settled(w *echowall.Wish) bool { return echoed(w) && w.State != echowall.WishRedo }

func echoRank(w *echowall.Wish) int {
	if settled(w) {
		return 0
	}
	return 1
}

type stationMap map[echowall.StationID]echowall.Station

func (s *Server) stationsByID(ctx context.Context) (stationMap, error) {
	list, err := s.People.Store.Stations(ctx)
	if err != nil {
		return nil, err
	}
	m := make(stationMap, len(list))
	for _, st := range list {
		m[st.ID] = st
	}
	return m, nil
}

// stationChoices offers the stations that have something on the wall, and the streets above them.
func stationChoices(list []*echowall.Wish, stations stationMap) []choice {
	var out []choice
	add := func(id echowall.StationID) {
		st, ok := stations[id]
		if ok && !slices.ContainsFunc(out, func(c choice) bool { return c.Value == string(id) }) {
			out = append(out, choice{Value: string(id), Words: st.Name})
		}
	}
	for _, w := range list {
		add(stations[w.Station].Parent)
		add(w.Station)
	}
	slices.SortFunc(out, func(a, b choice) int { return strings.Compare(a.Value, b.Value) })
	return out
}

// resultChoices offers the results that occur.
func (s *Server) resultChoices(list []*echowall.Wish) []choice {
	var out []choice
	if slices.ContainsFunc(list, func(w *echowall.Wish) bool { return !settled(w) }) {
		out = append(out, choice{Value: stillOpen, Words: s.words.Say("wall.still_open")})
	}
	for _, o := range outcomeOrder {
		if slices.ContainsFunc(list, func(w *echowall.Wish) bool { return settled(w) && w.Answer.Class == o }) {
			out = append(out, choice{Value: string(o), Words: s.words.Say(outcomeKey(o))})
		}
	}
	return out
}
