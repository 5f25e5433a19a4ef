package web

import (
	"net/http"
	"slices"

	"echowall"
)

// sessionsView lists where somebody is logged in.
type sessionsView struct {
	Items []sessionItem
	Ended bool // something was ended a moment ago
	More  bool // than this one
}

type sessionItem struct {
	ID, Device  string
	Since, Seen string
	Here        bool
}

func (s *Server) ownSessions(w http.ResponseWriter, r *http.Request, d *desk) error {
	list, err := s.Console.Logins.Store.Sessions(r.Context(), d.who.Person)
	if err != nil {
		return err
	}
	v := sessionsView{Ended: r.URL.Query().Has("ended")}
	for _, o := range list {
		if o.Author != "" || !o.Holds(s.Now(), echowall.ConsoleSessions) {
			continue // of a phone page, or over and not yet gone
		}
		it := sessionItem{ID: o.ID, Device: o.Device, Since: s.shortTime(o.Since.In(s.Location)), Seen: s.shortTime(o.Seen.In(s.Location)), Here: s.sessions.is(r.Context(), o.ID)}
		v.More = v.More || !it.Here
		v.Items = append(v.Items, it)
	}
	return s.deskShow(w, r, d, "console_sessions", s.words.Say("console.nav_sessions"), v)
}

// endSession ends one of the person's own sessions, or all but this one.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, formLimit); err != nil {
		return err
	}
	ctx, logins := r.Context(), s.Console.Logins
	list, err := logins.Store.Sessions(ctx, d.who.Person)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o echowall.OpenSession) bool {
		return o.ID != r.PostForm.Get("id") && (r.PostForm.Get("all") == "" || s.sessions.is(ctx, o.ID))
	})
	if len(list) == 0 {
		http.Redirect(w, r, "/console/sessions", http.StatusSeeOther)
		return nil
	}
	if err := logins.Leave(ctx, d.who, "revoked"); err != nil { // on record first
		return err
	}
	for _, o := range list {
		if err := logins.Store.EndSession(ctx, d.who.Person, o.ID); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/console/sessions?ended=1", http.StatusSeeOther)
	return nil
}

// readForm reads a form of at most limit bytes.
func readForm(w http.ResponseWriter, r *http.Request, limit int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if err := r.ParseForm(); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "form: %w", err)
	}
	return nil
}
