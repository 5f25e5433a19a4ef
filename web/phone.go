package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"echowall"
)

// Phone is what the pages of one person stand on, besides the use cases of Config: whoever opens them is known
// by the platform's web login. All of it is required unless its remark says otherwise.
type Phone struct {
	Sessions scs.CtxStore
	// Authorize is the address at the platform that sends a browser back to back with a code and state.
	Authorize func(back, state string) string
	// Exchange turns the code into whoever holds the browser.
	Exchange func(ctx context.Context, code string) (Visitor, error)
	// InApp reports whether a browser can be identified at all; nil means that every one can.
	InApp   func(userAgent string) bool
	Data    *echowall.MyData
	Erasure *echowall.Erasure
	// Unsubscribe forgets that the person agreed to notices of a template.
	Unsubscribe func(ctx context.Context, p echowall.PersonID, template string) error
}

// Visitor is what the platform says about whoever holds a browser.
type Visitor struct {
	Self echowall.Self
	// Snapshot says that the platform showed its preview of the page to nobody in particular.
	Snapshot bool
	// Again says that the code was of no use, and that another may be.
	Again bool
}

func (p *Phone) check() error {
	if p.Sessions == nil || p.Authorize == nil || p.Exchange == nil || p.Data == nil || p.Erasure == nil || p.Unsubscribe == nil {
		return errors.New("web: Phone misses a part")
	}
	return nil
}

// phoneSessions are the limits of phone pages: a phone lies about more than a desk, and knowing again whose it
// is costs its owner nothing.
var phoneSessions = echowall.SessionLimits{Idle: 30 * time.Minute, Whole: 12 * time.Hour}

// mine is a page of one person: who it is for this request.
type mine struct {
	echowall.Self
	session echowall.Session
}

// mineHandler answers a request of a person who is known.
type mineHandler func(w http.ResponseWriter, r *http.Request, me *mine) error

// phone adds the pages of one person to the route table.
func (s *Server) phone(m *http.ServeMux) {
	m.Handle("GET /m/{$}", http.RedirectHandler("/m/me", http.StatusFound))
	m.Handle("GET /m/login", s.phoneSession(s.phoneLogin))
	m.Handle("GET /m/oauth", s.phoneSession(s.phoneBack))
	m.Handle("GET /m/me", s.mine(s.me))
	m.Handle("GET /m/today", s.mine(s.todaysLesson))
	m.Handle("POST /m/wish/{number}/show", s.mine(s.showing))
	m.Handle("GET /m/settings", s.mine(s.settings))
	m.Handle("POST /m/settings/contact", s.mine(s.setContact))
	m.Handle("POST /m/settings/give", s.mine(s.setGive))
	m.Handle("POST /m/settings/reminders", s.mine(s.setReminders))
	m.Handle("POST /m/settings/notices", s.mine(s.dropNotices))
	m.Handle("POST /m/settings/publish", s.mine(s.dropPublication))
	m.Handle("GET /m/data", s.mine(s.data))
	m.Handle("GET /m/data/wishes.json", s.mine(s.takeWishes))
	m.Handle("GET /m/data/person.json", s.mine(s.takePerson))
	m.Handle("GET /m/erase", s.mine(s.eraseAsk))
	m.Handle("POST /m/erase", s.mine(s.eraseNow))
	m.Handle("POST /m/logout", s.mine(s.phoneLogout))
}

// phoneSession loads and saves the session around h; like all personal pages its answer is kept nowhere.
func (s *Server) phoneSession(h handler) http.Handler {
	return s.phones.LoadAndSave(s.personal(h))
}

// mine wraps a page of one person. Whoever is not known is sent to the platform and comes back to the page; a
// form that was sent too late is not.
func (s *Server) mine(h mineHandler) http.Handler {
	return s.phoneSession(func(w http.ResponseWriter, r *http.Request) error {
		me, ok := s.whose(r)
		switch {
		case ok:
			return h(w, r, me)
		case r.Method == http.MethodGet:
			http.Redirect(w, r, loginPath(r.URL.RequestURI()), http.StatusSeeOther)
			return nil
		}
		return echowall.Refusal(echowall.KindForbidden, "phone.gone")
	})
}

// whose says to whom the session of a request belongs, if it holds.
func (s *Server) whose(r *http.Request) (*mine, bool) {
	ctx := r.Context()
	session, ok := s.phones.current(ctx)
	if !ok || session.Author == "" {
		return nil, false
	}
	s.phones.seen(ctx, session)
	return &mine{Self: echowall.Self{Person: session.Person, Author: session.Author}, session: session}, true
}

// form reads a form of at most formLimit bytes.
func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "form: %w", err)
	}
	return nil
}

// checkPhone looks for the sentences of phone pages whose keys are put together while running.
func (p phrases) checkPhone() (errs []error) {
	for _, key := range []string{"outside", "state", "refused", "snapshot", "gone", "bye", "erased", "erasing"} {
		errs = append(errs, p.checkKey("phone."+key)...)
		errs = append(errs, p.checkKey("phone."+key+"_text")...)
	}
	for _, key := range doneKeys {
		errs = append(errs, p.checkKey(key)...)
	}
	for _, kind := range []string{"wishes", "files", "contact", "talk", "owed", "reach", "sessions", "roles", "study", "receipts"} {
		errs = append(errs, p.checkKey("phone.kind_"+kind)...)
		errs = append(errs, p.checkKey("phone.kind_"+kind+"_what")...)
	}
	for _, k := range []echowall.AccessKind{
		echowall.AccessIdentity, echowall.AccessContact, echowall.AccessExport, echowall.AccessRoles,
		echowall.AccessLogin, echowall.AccessDenied, echowall.AccessErasure, echowall.AccessSessions, echowall.AccessResend,
	} {
		errs = append(errs, p.checkKey(lookKey(k))...)
	}
	return errs
}
