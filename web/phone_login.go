package web

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"echowall"
)

const (
	mePath = "/m/me"
	// stateKept is how long a browser may take to come back from the platform; its code lives as long.
	stateKept   = 5 * time.Minute
	stateCookie = "m-state"
	forOAuth    = "oauth" // purpose of the token in the cookie
)

// loginAgain are the refusals that another try may help against, and where to try.
var loginAgain = map[string]string{"phone.state": "/m/login", "phone.gone": "/m/login", "phone.refused": "/m/login"}

// loginPath is where a browser is sent that has to be known for the page at next.
func loginPath(next string) string {
	if next = ownPhonePath(next); next == mePath {
		return "/m/login"
	}
	return "/m/login?" + url.Values{"next": {next}}.Encode()
}

// ownPhonePath is next if it is a page of one person of ours, else the first of them: nobody is led elsewhere
// after logging in, nor round in a circle.
func ownPhonePath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || strings.ContainsAny(next, "\\\r\n\t") ||
		!strings.HasPrefix(u.Path, "/m/") || path.Clean(u.Path) != u.Path {
		return mePath
	}
	switch u.Path {
	case "/m/login", "/m/oauth":
		return mePath
	}
	return u.RequestURI()
}

// phoneLogin sends a browser to the platform.
func (s *Server) phoneLogin(w http.ResponseWriter, r *http.Request) error {
	next := ownPhonePath(r.URL.Query().Get("next"))
	if _, ok := s.whose(r); ok {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	if s.Phone.InApp != nil && !s.Phone.InApp(r.UserAgent()) {
		return echowall.Refusal(echowall.KindForbidden, "phone.outside")
	}
	s.authorize(w, r, next, false)
	return nil
}

// authorize sends a browser to the platform with a state that only this browser can bring back: the cookie
// proves it, and says where to go on and whether this is the second try.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request, next string, second bool) {
	random := make([]byte, 16)
	rand.Read(random)
	state := hex.EncodeToString(random)
	try := "1"
	if second {
		try = "2"
	}
	value := strings.Join([]string{
		s.Signer.token(s.Signer.now().Add(stateKept), forOAuth, state, try, next), try,
		base64.RawURLEncoding.EncodeToString([]byte(next)),
	}, ".")
	http.SetCookie(w, s.state(value, int(stateKept.Seconds())))
	http.Redirect(w, r, s.Phone.Authorize(s.Signer.PageURL("/m/oauth"), state), http.StatusSeeOther)
}

// state is the cookie of a browser on its way to the platform and back.
func (s *Server) state(value string, age int) *http.Cookie {
	return &http.Cookie{Name: hostCookie(stateCookie, s.https()), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode}
}

// phoneBack takes a browser that comes back from the platform. Its state is good once.
func (s *Server) phoneBack(w http.ResponseWriter, r *http.Request) error {
	q, ctx := r.URL.Query(), r.Context()
	next, second, ok := s.takeState(w, r, q.Get("state"))
	if !ok {
		return echowall.Refusal(echowall.KindForbidden, "phone.state")
	}
	if q.Get("code") == "" { // the person did not agree
		return echowall.Refusal(echowall.KindForbidden, "phone.refused")
	}
	who, err := s.Phone.Exchange(ctx, q.Get("code"))
	switch {
	case err != nil:
		return err
	case who.Again && !second:
		s.authorize(w, r, next, true)
		return nil
	case who.Again:
		return echowall.Refusal(echowall.KindForbidden, "phone.state")
	case who.Snapshot:
		return echowall.Refusal(echowall.KindForbidden, "phone.snapshot")
	case who.Self.Person == "" || who.Self.Author == "":
		return echowall.Errorf(echowall.KindInternal, "web: the login names nobody")
	}
	v := echowall.Session{Person: who.Self.Person, Author: who.Self.Author, Device: device(r.UserAgent())}
	if err := s.phones.begin(ctx, v); err != nil {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// takeState uses up the state that this browser was sent away with.
func (s *Server) takeState(w http.ResponseWriter, r *http.Request, state string) (next string, second, ok bool) {
	c, err := r.Cookie(s.state("", 0).Name)
	if err != nil {
		return "", false, false
	}
	http.SetCookie(w, s.state("", -1))
	part := strings.Split(c.Value, ".")
	if len(part) != 3 || state == "" {
		return "", false, false
	}
	to, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil || s.Signer.check(part[0], forOAuth, state, part[1], string(to)) != nil {
		return "", false, false
	}
	return ownPhonePath(string(to)), part[1] == "2", true
}

// phoneLogout ends the session.
func (s *Server) phoneLogout(w http.ResponseWriter, r *http.Request, _ *mine) error {
	if err := s.phones.Destroy(r.Context()); err != nil {
		return err
	}
	return s.phoneNote(w, r, "phone.bye")
}

// phoneNote is a page that says one thing: key, and key_text below it.
func (s *Server) phoneNote(w http.ResponseWriter, r *http.Request, key string) error {
	v := errorView{Head: s.words.Say(key), Text: s.words.Say(key + "_text")}
	return s.show(w, r, http.StatusOK, "error", frame{Title: v.Head, Data: v})
}
