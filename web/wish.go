package web

import (
	"context"
	"net/http"
	"strings"

	"echowall"
)

// wishView is one wish for its author.
type wishView struct {
	Number      string
	Token       string
	Title, Text string // Text is empty when Title says everything
	State       chip
	Outcome     *chip
	Due         *chip
	DueText     string
	Place       string
	Station     string
	Phone       string
	Answer      *answerView
	Clock       *clockView
	Rate        *rateView
	Rated       string // the author's verdict in words
	JustRated   bool
	Steps       []step
	Photos      []photo
	Voices      []string
	OnWall      bool
	MayPublish  bool
	Show        *showView // nil behind a link, which is for reading and rating
	JustShown   bool
}

// answerView is what the station answered.
type answerView struct {
	Chip    chip
	Text    []string // paragraphs
	Promise string
	By      string
}

// wish shows a wish to whoever holds its signed link, and to its author once logged in.
func (s *Server) wish(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("k")
	if token == "" && s.Phone != nil {
		if _, ok := s.whose(r); !ok {
			http.Redirect(w, r, loginPath(r.URL.RequestURI()), http.StatusSeeOther)
			return nil
		}
	}
	wish, err := s.granted(r, r.PathValue("number"), token)
	if err != nil {
		return err
	}
	v, err := s.wishView(r.Context(), wish, token)
	if err != nil {
		return err
	}
	v.JustRated = r.URL.Query().Has("rated") && v.Rated != ""
	v.JustShown = r.URL.Query().Has("shown") && v.Show != nil
	return s.showWish(w, r, http.StatusOK, v)
}

func (s *Server) showWish(w http.ResponseWriter, r *http.Request, status int, v *wishView) error {
	return s.show(w, r, status, "wish", frame{
		Title: v.Number + " " + v.Title, SizeURL: wishPath(v.Number, v.Token), Data: v,
	})
}

// granted returns the wish if the token was made for it and its author, or without a token if the author is
// logged in. A number that does not exist reads like a wrong token.
func (s *Server) granted(r *http.Request, number, token string) (*echowall.Wish, error) {
	if !isNumber(number) {
		return nil, linkRefused()
	}
	wish, err := s.Wishes.Store.Wish(r.Context(), number)
	if echowall.KindOf(err) == echowall.KindNotFound {
		return nil, linkRefused()
	}
	if err != nil {
		return nil, err
	}
	if token == "" && s.Phone != nil {
		if me, ok := s.whose(r); !ok || me.Author != wish.Author {
			return nil, linkRefused()
		}
		return wish, nil
	}
	return wish, s.Signer.check(token, forWish, wish.Number, string(wish.Author))
}

func (s *Server) wishView(ctx context.Context, w *echowall.Wish, token string) (*wishView, error) {
	stations, err := s.stationsByID(ctx)
	if err != nil {
		return nil, err
	}
	v := &wishView{
		Number: w.Number, Token: token,
		State:   s.words.stateChip(w.State),
		Place:   w.Place,
		Station: s.stationName(stations, w.Station),
		Phone:   stations[w.Station].Phone,
		Clock:   s.clockOf(w),
		OnWall:  w.OnWall(), MayPublish: w.MayPublish,
	}
	if v.Photos, v.Voices, err = s.mediaOf(ctx, w.Media); err != nil {
		return nil, err
	}
	var whole bool
	if v.Title, whole = headline(w.Text); !whole {
		v.Text = w.Text
	}
	if w.Answer != nil {
		v.Answer = s.answerView(w, v.Station, s.words.Say("web.answered_by", "station", v.Station, "at", s.shortTime(w.Answer.At.In(s.Location))))
		if w.State != echowall.WishRedo {
			v.Outcome = &v.Answer.Chip
		}
	}
	if !w.Due.IsZero() {
		due := s.dueOf(w)
		v.Due, v.DueText = &due, s.dueText(w)
	}
	if w.State == echowall.WishToVerify || w.State == echowall.WishClosed {
		v.Rate = s.newRate(w)
	}
	if w.State == echowall.WishClosed {
		v.Rated = s.words.Say(ratingKey(w.Rating))
	}
	v.Steps = s.ownSteps(w, v.Station)
	if token == "" {
		v.Show = &showView{MayPublish: w.MayPublish, Surname: w.Surname}
	}
	return v, nil
}

func (s *Server) answerView(w *echowall.Wish, station, by string) *answerView {
	a := &answerView{Chip: s.words.outcomeChip(w), By: by}
	for line := range strings.Lines(w.Answer.Text) {
		if line = strings.TrimSpace(line); line != "" {
			a.Text = append(a.Text, line)
		}
	}
	if !w.Answer.Promise.IsZero() {
		a.Promise = longDate(w.Answer.Promise)
	}
	return a
}
