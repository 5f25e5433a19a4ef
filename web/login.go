package web

import (
	"net/http"
	"net/url"
	"slices"

	"echowall"
)

// loginCookie holds the secret of the ticket of a browser that is not logged in yet.
const loginCookie = "desklogin"

// loginRefresh is how often the page looks whether the phone has said yes, in seconds. It stops with the ticket.
const loginRefresh = "3"

// loginView is the log-in page.
type loginView struct {
	Next    string // page to go to afterwards
	Action  string // of the form for a code
	Again   string // address of this page
	New     string // address that makes another code
	Code    *qrCode
	Says    string // what the code says, if that is to be read
	Ends    string // when the code ends, as a time of day
	Number  string // two digits, once somebody has scanned
	Expired bool
	NoScan  bool   // the platform gives no codes
	Error   string // about the six digits
	Typed   string
}

// loginRoutes are the pages of the console before the log-in, and the way out.
func (s *Server) loginRoutes(m *http.ServeMux) {
	m.Handle("GET /console/login", s.deskSession(s.login))
	m.Handle("POST /console/login", s.deskSession(s.loginByCode))
	m.Handle("POST /console/logout", s.deskSession(s.logout))
	m.Handle("GET /console/live", s.adapt(func(w http.ResponseWriter, r *http.Request) error {
		deskHeaders(w)
		return s.live(w, r)
	}))
}

// login shows a scan code and, at each look, whether the phone that scanned it has confirmed.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	next := ownConsolePath(r.URL.Query().Get("next"))
	if session, ok := s.sessions.current(ctx); ok && session.Person != "" {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	secret := s.loginSecret(r)
	if secret == "" || r.URL.Query().Has("new") {
		fresh, _, err := s.Console.Logins.Begin(ctx, device(r.UserAgent()))
		if err != nil {
			return s.loginError(w, r, err)
		}
		s.keepLogin(w, fresh)
		if secret != "" || r.URL.Query().Has("new") { // an address that makes no other code when it is loaded again
			http.Redirect(w, r, loginAddress(next), http.StatusSeeOther)
			return nil
		}
		secret = fresh
	}
	who, err := s.Console.Logins.Claim(ctx, secret)
	if err == nil {
		return s.enter(w, r, who, next)
	}
	t, err2 := s.Console.Logins.Ticket(ctx, secret)
	switch {
	case echowall.KindOf(err2) == echowall.KindNotFound:
		return s.showLogin(w, r, http.StatusOK, loginView{Next: next, Expired: true})
	case echowall.KindOf(err) != echowall.KindConflict:
		return s.loginError(w, r, err)
	case err2 != nil:
		return err2
	}
	v, err := s.loginView(t, next)
	if err != nil {
		return err
	}
	w.Header().Set("Refresh", loginRefresh)
	return s.showLogin(w, r, http.StatusOK, v)
}

func (s *Server) loginView(t *echowall.LoginTicket, next string) (loginView, error) {
	v := loginView{Next: next, Ends: t.Ends().In(s.Location).Format("15:04"), NoScan: t.URL == ""}
	if t.Person != "" {
		v.Number = t.Number
	}
	if t.URL != "" {
		code, err := drawQR(t.URL)
		if err != nil {
			return v, err
		}
		v.Code = &code
		if s.Console.Spell {
			v.Says = t.URL
		}
	}
	return v, nil
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, status int, v loginView) error {
	v.Again = loginAddress(v.Next)
	v.New = "/console/login?" + url.Values{"next": {v.Next}, "new": {"1"}}.Encode()
	return s.deskWrite(w, r, status, "console_login", deskFrame{Title: s.words.Say("console.login"), SizeURL: v.Again, Data: v})
}

// loginError shows what stands in the way of logging in.
func (s *Server) loginError(w http.ResponseWriter, r *http.Request, err error) error {
	s.deskFail(w, r, nil, err)
	return nil
}

// loginByCode lets in whoever typed the six digits from the chat.
func (s *Server) loginByCode(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		return s.loginError(w, r, echowall.Errorf(echowall.KindInvalid, "form: %w", err))
	}
	ctx := r.Context()
	next := ownConsolePath(r.PostForm.Get("next"))
	secret, code := s.loginSecret(r), r.PostForm.Get("code")
	who, err := s.Console.Logins.UseCode(ctx, secret, code)
	if err == nil {
		return s.enter(w, r, who, next)
	}
	kind := echowall.KindOf(err)
	v := loginView{Next: next, Error: s.words.Error(err), Typed: echowall.Shorten(code, 6)}
	if !slices.Contains([]echowall.Kind{echowall.KindInvalid, echowall.KindForbidden, echowall.KindNotFound}, kind) {
		return s.loginError(w, r, err)
	}
	t, err := s.Console.Logins.Ticket(ctx, secret)
	if err != nil {
		v.Expired = true
		return s.showLogin(w, r, statuses[kind], v)
	}
	shown, err := s.loginView(t, next)
	if err != nil {
		return err
	}
	shown.Error, shown.Typed = v.Error, v.Typed
	return s.showLogin(w, r, statuses[kind], shown)
}

// enter begins the session of somebody whose log-in is on record.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, who *echowall.Who, next string) error {
	if err := s.sessions.begin(r.Context(), echowall.Session{Person: who.Person, Device: device(r.UserAgent())}); err != nil {
		return err
	}
	s.dropLogin(w)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// logout ends the session.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if session, ok := s.sessions.current(ctx); ok {
		who, err := s.Console.Logins.Store.Person(ctx, session.Person)
		if err != nil {
			return err
		}
		if err := s.Console.Logins.Leave(ctx, who, "logout"); err != nil {
			return err
		}
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/login", http.StatusSeeOther)
	return nil
}

func (s *Server) loginSecret(r *http.Request) string {
	c, err := r.Cookie(hostCookie(loginCookie, s.https()))
	if err != nil || len(c.Value) > 64 {
		return ""
	}
	return c.Value
}

// keepLogin leaves the secret in the browser for a while longer than the ticket holds, so that a page that was
// left open says that its code has ended instead of making new ones.
func (s *Server) keepLogin(w http.ResponseWriter, secret string) {
	http.SetCookie(w, &http.Cookie{Name: hostCookie(loginCookie, s.https()), Value: secret, Path: "/", MaxAge: 15 * 60,
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode})
}

func (s *Server) dropLogin(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: hostCookie(loginCookie, s.https()), Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode})
}
