package web

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"echowall"
)

// settingsView is what a person may set, and which consents are given.
type settingsView struct {
	Done    string // what the last form did
	Contact ownContact
	// Published counts the wishes with consent to publication; OnWall those of them that everybody sees.
	Published, OnWall int
	Reminders         *reminderView // nil for those who get none
	Notices           int           // subscription notices agreed to and not used
}

type ownContact struct {
	Phone   string
	MayGive bool
	Typed   string // what could not be taken
	Error   string
}

type reminderView struct{ Wanted bool }

// doneKeys are the sentences of what a form did.
var doneKeys = map[string]string{
	"contact": "phone.done_contact", "removed": "phone.done_removed", "give": "phone.done_give", "keep": "phone.done_keep",
	"reminders": "phone.done_reminders", "notices": "phone.done_notices", "publish": "phone.done_publish",
}

func (s *Server) settings(w http.ResponseWriter, r *http.Request, me *mine) error {
	v, err := s.settingsView(r.Context(), me)
	if err != nil {
		return err
	}
	if key, ok := doneKeys[r.URL.Query().Get("done")]; ok {
		v.Done = s.words.Say(key)
	}
	return s.showSettings(w, r, http.StatusOK, v)
}

func (s *Server) showSettings(w http.ResponseWriter, r *http.Request, status int, v *settingsView) error {
	return s.show(w, r, status, "phone_settings", frame{Title: s.words.Say("phone.settings"), SizeURL: "/m/settings", Data: v})
}

func (s *Server) settingsView(ctx context.Context, me *mine) (*settingsView, error) {
	v := new(settingsView)
	card, err := s.Wishes.OwnContact(ctx, me.Author)
	if err != nil {
		return nil, err
	}
	v.Contact = ownContact{Phone: card.Phone, MayGive: card.MayGive}
	list, err := s.publishable(ctx, me)
	if err != nil {
		return nil, err
	}
	v.Published = len(list)
	for _, wish := range list {
		if wish.OnWall() {
			v.OnWall++
		}
	}
	who, err := s.People.Store.Person(ctx, me.Person)
	if err != nil {
		return nil, err
	}
	if who.Branch() != "" {
		wanted, _, err := s.Study.Reminders(ctx, me.Person)
		if err != nil {
			return nil, err
		}
		v.Reminders = &reminderView{Wanted: wanted}
	}
	reach, err := s.Phone.Data.Store.Reach(ctx, me.Person)
	if err != nil {
		return nil, err
	}
	for _, n := range reach.Accepted {
		v.Notices += n
	}
	return v, nil
}

// publishable are the wishes of the person with consent to publication.
func (s *Server) publishable(ctx context.Context, me *mine) ([]*echowall.Wish, error) {
	const all = 10_000
	list, err := s.Wishes.MineAll(ctx, me.Author, all)
	return slices.DeleteFunc(list, func(w *echowall.Wish) bool { return !w.MayPublish }), err
}

func settled303(w http.ResponseWriter, r *http.Request, what string) error {
	http.Redirect(w, r, "/m/settings?done="+what, http.StatusSeeOther)
	return nil
}

// setContact stores or removes the number under which the person can be called.
func (s *Server) setContact(w http.ResponseWriter, r *http.Request, me *mine) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	if r.PostForm.Has("remove") {
		if err := s.Wishes.RemoveContact(ctx, me.Author); err != nil {
			return err
		}
		if err := s.Phone.Data.Changed(ctx, echowall.Recipient(me.Author), "contact removed"); err != nil {
			return err
		}
		return settled303(w, r, "removed")
	}
	typed, give := r.PostForm.Get("phone"), r.PostForm.Get("give") == "1"
	_, err := s.Wishes.SetContact(ctx, me.Author, typed, give)
	if echowall.KindOf(err) == echowall.KindInvalid {
		v, err2 := s.settingsView(ctx, me)
		if err2 != nil {
			return err2
		}
		v.Contact.Typed, v.Contact.MayGive, v.Contact.Error = typed, give, s.words.Error(err)
		return s.showSettings(w, r, http.StatusBadRequest, v)
	}
	if err != nil {
		return err
	}
	if err := s.Phone.Data.Changed(ctx, echowall.Recipient(me.Author), "contact corrected"); err != nil {
		return err
	}
	return settled303(w, r, "contact")
}

// setGive gives or withdraws the consent that the station may use the number.
func (s *Server) setGive(w http.ResponseWriter, r *http.Request, me *mine) error {
	if err := form(w, r); err != nil {
		return err
	}
	give := r.PostForm.Get("give") == "1"
	if err := s.Wishes.SetMayGive(r.Context(), me.Author, give); err != nil {
		return err
	}
	what, did := "contact consent withdrawn", "keep"
	if give {
		what, did = "contact consent given", "give"
	}
	if err := s.Phone.Data.Changed(r.Context(), echowall.Recipient(me.Author), what); err != nil {
		return err
	}
	return settled303(w, r, did)
}

func (s *Server) setReminders(w http.ResponseWriter, r *http.Request, me *mine) error {
	if err := form(w, r); err != nil {
		return err
	}
	if err := s.Study.SetReminders(r.Context(), me.Person, r.PostForm.Get("wanted") == "1"); err != nil {
		return err
	}
	return settled303(w, r, "reminders")
}

// dropNotices withdraws the consent to subscription notices.
func (s *Server) dropNotices(w http.ResponseWriter, r *http.Request, me *mine) error {
	ctx := r.Context()
	reach, err := s.Phone.Data.Store.Reach(ctx, me.Person)
	if err != nil {
		return err
	}
	for _, template := range slices.Sorted(maps.Keys(reach.Accepted)) {
		if err := s.Phone.Unsubscribe(ctx, me.Person, template); err != nil {
			return err
		}
	}
	if err := s.Phone.Data.Changed(ctx, echowall.Recipient(me.Person), "notices withdrawn"); err != nil {
		return err
	}
	return settled303(w, r, "notices")
}

// dropPublication withdraws the consent to publication from all wishes; what is on the wall leaves it.
func (s *Server) dropPublication(w http.ResponseWriter, r *http.Request, me *mine) error {
	ctx := r.Context()
	list, err := s.publishable(ctx, me)
	if err != nil {
		return err
	}
	for _, wish := range list {
		if _, err := s.Wishes.Show(ctx, me.Author, wish.Number, echowall.Showing{Surname: wish.Surname}, echowall.FromPage); err != nil {
			return err
		}
	}
	if err := s.Phone.Data.Changed(ctx, echowall.Recipient(me.Author), "publication withdrawn"); err != nil {
		return err
	}
	return settled303(w, r, "publish")
}
