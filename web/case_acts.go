package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"echowall"
)

// caseForm is the largest form of a wish's page in bytes: two texts of some hundred characters, as browsers
// write them.
const caseForm = 32 << 10

// caseAct makes one move on a wish. What is refused comes back as the page with the reason on top and everything
// typed still in place.
func (s *Server) caseAct(done, field string, act func(ctx context.Context, d *desk, number string, form url.Values) error, keep func(v *caseView, form url.Values)) deskHandler {
	return func(w http.ResponseWriter, r *http.Request, d *desk) error {
		if err := readForm(w, r, caseForm); err != nil {
			return err
		}
		ctx, number := r.Context(), echowall.NormaliseNumber(r.PathValue("number"))
		err := act(ctx, d, number, r.PostForm)
		if err == nil {
			http.Redirect(w, r, casePath(number)+"?done="+done, http.StatusSeeOther)
			return nil
		}
		return s.caseRefused(w, r, d, number, err, func(v *caseView) {
			v.ErrorAt = field
			if keep != nil {
				keep(v, r.PostForm)
			}
		})
	}
}

// caseRefused shows the wish as it stands now with the reason why an act was refused, if the person may still
// see it.
func (s *Server) caseRefused(w http.ResponseWriter, r *http.Request, d *desk, number string, err error, keep func(*caseView)) error {
	kind := echowall.KindOf(err)
	e := (*echowall.Error)(nil)
	if !slices.Contains([]echowall.Kind{echowall.KindInvalid, echowall.KindConflict, echowall.KindForbidden, echowall.KindNotFound}, kind) || !errors.As(err, &e) || e.Key == "" ||
		kind == echowall.KindNotFound && !strings.HasPrefix(e.Key, "places.") { // the wish itself, not a place that was named
		return err
	}
	wish, err2 := s.Wishes.ForStaff(r.Context(), d.who, number)
	if err2 != nil {
		return err2
	}
	v, err2 := s.caseView(r.Context(), d, wish)
	if err2 != nil {
		return err2
	}
	v.Error = s.words.Error(err)
	keep(v)
	return s.showCase(w, r, d, statuses[kind], v)
}

// caseRoutes are the page of one wish and what can be done there.
func (s *Server) caseRoutes() []deskRoute {
	return []deskRoute{
		{"GET /console/wish/{number}", echowall.ActionWishRead, "queue", s.wishCase},
		{"POST /console/wish/{number}/accept", echowall.ActionWishAccept, "queue", s.caseAct("accept", "accept", func(ctx context.Context, d *desk, number string, _ url.Values) error {
			_, err := s.Wishes.Accept(ctx, d.who, number, echowall.FromConsole)
			return err
		}, nil)},
		{"POST /console/wish/{number}/answer", echowall.ActionWishAnswer, "queue", s.answerCase},
		{"POST /console/wish/{number}/redact", echowall.ActionWishRedact, "queue", s.caseAct("redact", "redact", func(ctx context.Context, d *desk, number string, form url.Values) error {
			_, err := s.Wishes.Redact(ctx, d.who, number, form.Get("text"), echowall.FromConsole)
			return err
		}, func(v *caseView, form url.Values) { v.Redacting = form.Get("text") })},
		{"POST /console/wish/{number}/publish", echowall.ActionWishPublish, "queue", s.publishCase()},
		{"POST /console/wish/{number}/route", echowall.ActionWishRoute, "queue", s.routeCase},
		{"POST /console/wish/{number}/contact", echowall.ActionContactSee, "queue", s.contactCase},
	}
}

// answerCase shows what the resident will get, and sends it when that was seen: an answer cannot be called back.
func (s *Server) answerCase(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, caseForm); err != nil {
		return err
	}
	ctx, number, form := r.Context(), echowall.NormaliseNumber(r.PathValue("number")), r.PostForm
	ans := echowall.Answer{Class: echowall.Outcome(form.Get("class")), Text: strings.ReplaceAll(form.Get("text"), "\r\n", "\n")}
	keep := func(v *caseView) {
		v.ErrorAt = "answer"
		v.Answering = s.newAnswer(form.Get("class"), ans.Text, form.Get("promise"))
	}
	var err error
	if p := form.Get("promise"); p != "" && ans.Class.NeedsPromise() {
		if ans.Promise, err = echowall.ParseDate(p); err != nil {
			return s.caseRefused(w, r, d, number, echowall.Refusal(echowall.KindInvalid, "staff.answer_promise"), keep)
		}
	}
	if form.Get("send") != "now" {
		preview, err := s.Wishes.TryAnswer(ctx, d.who, number, ans)
		if err != nil {
			return s.caseRefused(w, r, d, number, err, keep)
		}
		wish, err := s.Wishes.ForStaff(ctx, d.who, number)
		if err != nil {
			return err
		}
		v, err := s.caseView(ctx, d, wish)
		if err != nil {
			return err
		}
		keep(v)
		station := s.stationTitle(d.directory, wish.Station)
		v.Answering.Preview = s.answerView(preview, station, s.words.Say("web.answered_by", "station", station, "at", s.shortTime(s.Now().In(s.Location))))
		return s.showCase(w, r, d, http.StatusOK, v)
	}
	if _, err := s.Wishes.Answer(ctx, d.who, number, ans, echowall.FromConsole); err != nil {
		return s.caseRefused(w, r, d, number, err, keep)
	}
	http.Redirect(w, r, casePath(number)+"?done=answer", http.StatusSeeOther)
	return nil
}

// publishCase puts the text on the wall that the page showed: when somebody has changed it since, the new one
// is shown first.
func (s *Server) publishCase() deskHandler {
	return s.caseAct("publish", "publish", func(ctx context.Context, d *desk, number string, form url.Values) error {
		wish, err := s.Wishes.ForStaff(ctx, d.who, number)
		if err != nil {
			return err
		}
		if wish.Public != nil && form.Get("seen") != publicStamp(wish) {
			return echowall.Refusal(echowall.KindConflict, "console.publish_changed")
		}
		_, err = s.Wishes.Publish(ctx, d.who, number, echowall.FromConsole)
		return err
	}, nil)
}

// routeCase gives a wish to another station. Whoever may not read it there goes back to the queue.
func (s *Server) routeCase(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, caseForm); err != nil {
		return err
	}
	ctx, number := r.Context(), echowall.NormaliseNumber(r.PathValue("number"))
	wish, _, err := s.Wishes.Route(ctx, d.who, number, strings.TrimSpace(r.PostForm.Get("station")), echowall.FromConsole)
	if err != nil {
		return s.caseRefused(w, r, d, number, err, func(v *caseView) {
			v.ErrorAt, v.Routing = "route", r.PostForm.Get("station")
		})
	}
	next := casePath(number) + "?done=route"
	if d.directory.Allow(d.who, echowall.ActionWishRead, wish.Target()) != nil {
		next = "/console/queue"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// contactCase shows the author's number once, for the reason given, which the author can read. It is an answer
// to this request alone: the number is in no address and on no page that is opened again.
func (s *Server) contactCase(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, caseForm); err != nil {
		return err
	}
	ctx, number, why := r.Context(), echowall.NormaliseNumber(r.PathValue("number")), r.PostForm.Get("why")
	card, err := s.Wishes.Contact(ctx, d.who, number, why)
	if err != nil {
		return s.caseRefused(w, r, d, number, err, func(v *caseView) { v.ErrorAt, v.Why = "why", why })
	}
	wish, err := s.Wishes.ForStaff(ctx, d.who, number)
	if err != nil {
		return err
	}
	v, err := s.caseView(ctx, d, wish)
	if err != nil {
		return err
	}
	v.Contact = &contactView{Phone: card.Phone}
	return s.showCase(w, r, d, http.StatusOK, v)
}
