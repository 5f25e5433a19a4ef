package web

import (
	"context"
	"log/slog"
	"net/http"

	"echowall"
)

// eraseView names what will go and what stays, before anything does.
type eraseView struct {
	Wishes, Open int
	Staff        bool // access goes too
	Error        string
}

func (s *Server) eraseAsk(w http.ResponseWriter, r *http.Request, me *mine) error {
	v, err := s.eraseView(r.Context(), me)
	if err != nil {
		return err
	}
	return s.showErase(w, r, http.StatusOK, v)
}

func (s *Server) showErase(w http.ResponseWriter, r *http.Request, status int, v *eraseView) error {
	return s.show(w, r, status, "phone_erase", frame{Title: s.words.Say("phone.erase"), SizeURL: "/m/erase", Data: v})
}

func (s *Server) eraseView(ctx context.Context, me *mine) (*eraseView, error) {
	const all = 10_000
	list, err := s.Wishes.MineAll(ctx, me.Author, all)
	if err != nil {
		return nil, err
	}
	who, err := s.People.Store.Person(ctx, me.Person)
	if err != nil {
		return nil, err
	}
	v := &eraseView{Wishes: len(list), Staff: who.Roster != "" || len(who.Grants) > 0}
	for _, wish := range list {
		if !wish.Due.IsZero() {
			v.Open++
		}
	}
	return v, nil
}

// eraseNow erases whoever says that they have read what it means. There is no session afterwards, so the page
// that says so is the answer itself.
func (s *Server) eraseNow(w http.ResponseWriter, r *http.Request, me *mine) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	if r.PostForm.Get("sure") != "1" {
		v, err := s.eraseView(ctx, me)
		if err != nil {
			return err
		}
		v.Error = s.words.Say("phone.erase_tick")
		return s.showErase(w, r, http.StatusBadRequest, v)
	}
	key := "phone.erased"
	ordered, err := s.Phone.Erasure.Erase(ctx, me.Self, echowall.FromPage)
	if !ordered {
		return err
	}
	if err != nil { // the order stands and is carried out as soon as it can be
		s.Logger.Error("web: erasure not finished", slog.Any("error", err))
		key = "phone.erasing"
	}
	if err := s.phones.Destroy(context.WithoutCancel(ctx)); err != nil {
		s.Logger.Error("web: session of an erased person", slog.Any("error", err))
	}
	return s.phoneNote(w, r, key)
}
