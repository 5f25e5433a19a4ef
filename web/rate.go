package web

import (
	"net/http"

	"echowall"
)

// ratings are the four verdicts in the order of their letters.
var ratings = []echowall.Rating{echowall.RatingGood, echowall.RatingFair, echowall.RatingPoor, echowall.RatingUnsolved}

// rateView is the form for the verdict. Nothing is chosen beforehand.
type rateView struct {
	Choices []rateChoice
	Again   bool   // a verdict exists and may be changed
	Error   string // what was wrong with the last try
}

type rateChoice struct {
	Letter, Words string
	Redo          bool // sends the wish back
	Chosen        bool
}

func (s *Server) newRate(w *echowall.Wish) *rateView {
	v := &rateView{Again: w.State == echowall.WishClosed}
	for _, r := range ratings {
		v.Choices = append(v.Choices, rateChoice{Letter: string(r), Words: s.words.Say(ratingKey(r)), Redo: r == echowall.RatingUnsolved})
	}
	return v
}

const formLimit = 4 << 10 // bytes

// rate takes the verdict from the page: the same use case as a letter in the chat. What cannot be done
// comes back as the page with the reason on top.
func (s *Server) rate(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "form: %w", err)
	}
	ctx, token := r.Context(), r.PostForm.Get("k")
	wish, err := s.granted(r, r.PathValue("number"), token)
	if err != nil {
		return err
	}
	rating := echowall.Rating(r.PostForm.Get("rating"))
	refused := echowall.Refusal(echowall.KindInvalid, "web.choose_rating")
	if rating.Valid() {
		_, err = s.Wishes.Rate(ctx, wish.Author, wish.Number, rating, echowall.FromPage)
	} else {
		err = refused
	}
	kind := echowall.KindOf(err)
	if err == nil {
		http.Redirect(w, r, ratedPath(wish.Number, token), http.StatusSeeOther)
		return nil
	}
	if kind != echowall.KindInvalid && kind != echowall.KindConflict {
		return err
	}
	if wish, err2 := s.granted(r, wish.Number, token); err2 == nil { // it may have moved on meanwhile
		v, err2 := s.wishView(ctx, wish, token)
		if err2 != nil {
			return err2
		}
		if v.Rate == nil {
			v.Rate = &rateView{}
		}
		v.Rate.Error = s.words.Error(err)
		for i, c := range v.Rate.Choices {
			v.Rate.Choices[i].Chosen = c.Letter == string(rating)
		}
		return s.showWish(w, r, statuses[kind], v)
	}
	return err
}

// ratedPath is the page of a wish that was just rated.
func ratedPath(number, token string) string {
	path := wishPath(number, token)
	if token == "" {
		return path + "?rated=1"
	}
	return path + "&rated=1"
}
