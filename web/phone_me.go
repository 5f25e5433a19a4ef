package web

import (
	"net/http"

	"echowall"
)

// meView is the first page of a person: the own wishes and the ways from here.
type meView struct {
	Wishes []meWish
	More   bool // there are older wishes
	Member bool
}

// meWish is one line of the list.
type meWish struct {
	Number, Title, Station, When string
	State                        chip
	Due                          *chip
	MayPublish                   bool
}

// meWishes is how many wishes the list shows.
const meWishes = 50

func (s *Server) me(w http.ResponseWriter, r *http.Request, me *mine) error {
	ctx := r.Context()
	list, err := s.Wishes.MineAll(ctx, me.Author, meWishes+1)
	if err != nil {
		return err
	}
	v := meView{More: len(list) > meWishes}
	stations, err := s.stationsByID(ctx)
	if err != nil {
		return err
	}
	for _, wish := range list[:min(len(list), meWishes)] {
		line := meWish{
			Number: wish.Number, State: s.words.stateChip(wish.State), Station: s.stationName(stations, wish.Station),
			When: s.shortDay(s.dayOf(wish.Created)), MayPublish: wish.MayPublish,
		}
		line.Title, _ = headline(wish.Text)
		if !wish.Due.IsZero() {
			due := s.dueOf(wish)
			line.Due = &due
		}
		v.Wishes = append(v.Wishes, line)
	}
	who, err := s.People.Store.Person(ctx, me.Person)
	if err != nil {
		return err
	}
	v.Member = who.Branch() != ""
	return s.show(w, r, http.StatusOK, "phone_me", frame{Title: s.words.Say("phone.me"), Data: v})
}

// todaysLesson leads a member to the lesson of the day of the own branch, or to the last one on a day without.
func (s *Server) todaysLesson(w http.ResponseWriter, r *http.Request, me *mine) error {
	ctx := r.Context()
	who, err := s.People.Store.Person(ctx, me.Person)
	if err != nil {
		return err
	}
	l, err := s.Study.Today(ctx, who.Branch())
	if echowall.KindOf(err) == echowall.KindNotFound {
		l, err = s.Study.Recent(ctx, who.Branch())
	}
	if echowall.KindOf(err) == echowall.KindNotFound {
		return echowall.Refusal(echowall.KindNotFound, "web.no_lesson")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, s.Signer.lessonPath(l.ID), http.StatusSeeOther)
	return nil
}

// showing takes how the author wants a wish shown.
func (s *Server) showing(w http.ResponseWriter, r *http.Request, me *mine) error {
	if err := form(w, r); err != nil {
		return err
	}
	number := r.PathValue("number")
	if !isNumber(number) {
		return linkRefused()
	}
	to := echowall.Showing{MayPublish: r.PostForm.Get("publish") == "1", Surname: r.PostForm.Get("surname")}
	_, err := s.Wishes.Show(r.Context(), me.Author, number, to, echowall.FromPage)
	switch echowall.KindOf(err) {
	case "":
		http.Redirect(w, r, wishPath(number, "")+"?shown=1", http.StatusSeeOther)
		return nil
	case echowall.KindNotFound:
		return linkRefused() // somebody else's number is as good as none
	case echowall.KindInvalid:
		wish, err2 := s.Wishes.Mine(r.Context(), me.Author, number)
		if err2 != nil {
			return err2
		}
		v, err2 := s.wishView(r.Context(), wish, "")
		if err2 != nil {
			return err2
		}
		v.Show.Error, v.Show.Surname, v.Show.MayPublish = s.words.Error(err), to.Surname, to.MayPublish
		return s.showWish(w, r, http.StatusBadRequest, v)
	}
	return err
}

// showView is the form for how a wish may be shown.
type showView struct {
	MayPublish bool
	Surname    string
	Error      string
}
