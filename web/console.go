package web

import (
	"bytes"
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/alexedwards/scs/v2"

	"echowall"
	"echowall/roster"
)

// Console is what the staff console stands on, besides the use cases of Config. All of it is required
// but Spell and Contact.
type Console struct {
	Logins   *echowall.Logins
	Queues   *echowall.Queues
	Sessions scs.CtxStore
	Live     *Live
	Access   *echowall.AccessLog
	Ledger   *echowall.Ledger
	Office   *roster.Office
	Places   *echowall.Places
	// Contact is how to reach who runs the account, as printed on posters.
	Contact string
	// Spell writes under the scan code of the log-in page what it says: phones of a rehearsal have no camera.
	Spell bool
}

func (c *Console) check() error {
	if c.Logins == nil || c.Queues == nil || c.Sessions == nil || c.Live == nil || c.Access == nil || c.Ledger == nil || c.Office == nil || c.Places == nil {
		return errors.New("web: Console misses Logins, Queues, Sessions, Live, Access, Ledger, Office or Places")
	}
	return nil
}

// desk is who sits before a console page, as of this request: roles that were taken away a moment ago are
// not in it.
type desk struct {
	who       *echowall.Who
	directory *echowall.Directory
	session   echowall.Session
	here      string // the nav entry that this page belongs to
}

// deskHandler answers a request of somebody who is logged in.
type deskHandler func(w http.ResponseWriter, r *http.Request, d *desk) error

// consolePolicy is policy with our own script and its connection, and without frames.
const consolePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// desk wraps a page of the console: a session is required, its person may do a at least somewhere, and the
// answer is kept nowhere. What exactly the person may see is for the use case to say, with d.directory.
func (s *Server) desk(rt deskRoute) http.Handler {
	return s.deskSession(func(w http.ResponseWriter, r *http.Request) error {
		d, err := s.sitDown(r)
		if err != nil {
			return err
		}
		if d == nil {
			s.toLogin(w, r)
			return nil
		}
		d.here = rt.nav
		if d.who.Can(rt.action) {
			err = rt.handle(w, r, d)
		} else {
			err = s.Console.Logins.Guard.Refuse(r.Context(), d.who, rt.action, echowall.Target{}, echowall.Refusal(echowall.KindForbidden, "console.not_yours"))
		}
		if err != nil {
			s.deskFail(w, r, d, err)
		}
		return nil
	})
}

// deskSession loads and saves the session around h and sets the headers of the console.
func (s *Server) deskSession(h handler) http.Handler {
	return s.sessions.LoadAndSave(s.adapt(func(w http.ResponseWriter, r *http.Request) error {
		deskHeaders(w)
		return h(w, r)
	}))
}

func deskHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", consolePolicy)
}

// sitDown finds out who asks; nil when nobody is logged in (any more).
func (s *Server) sitDown(r *http.Request) (*desk, error) {
	ctx := r.Context()
	session, ok := s.sessions.current(ctx)
	if !ok {
		return nil, nil
	}
	who, err := s.Console.Logins.Store.Person(ctx, session.Person)
	if err != nil {
		return nil, err
	}
	if !who.Can(echowall.ActionConsole) {
		return nil, s.sessions.Destroy(ctx)
	}
	d := &desk{who: who, session: session}
	if d.directory, err = s.Console.Logins.Guard.Directory(ctx); err != nil {
		return nil, err
	}
	s.sessions.seen(ctx, session)
	return d, nil
}

const consolePath = "/console/"

// toLogin sends a browser to the log-in page, and back to the page it wanted afterwards.
func (s *Server) toLogin(w http.ResponseWriter, r *http.Request) {
	next := ""
	if r.Method == http.MethodGet {
		next = r.URL.RequestURI()
	}
	http.Redirect(w, r, loginAddress(next), http.StatusSeeOther)
}

func loginAddress(next string) string {
	if next = ownConsolePath(next); next == consolePath {
		return "/console/login"
	}
	return "/console/login?" + url.Values{"next": {next}}.Encode()
}

// ownConsolePath returns next if it is a page of the console, else its first page.
func ownConsolePath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Fragment != "" || strings.ContainsAny(next, "\\\r\n\t") ||
		!strings.HasPrefix(next, consolePath) || strings.HasPrefix(u.Path, "/console/log") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "..") {
		return consolePath
	}
	return next
}

// deskFrame is what every page of the console has around its own data.
type deskFrame struct {
	Title, Account string
	Large          bool
	SizeURL        string
	// As says as what the person is here; empty on the log-in page.
	As   string
	Nav  []navItem
	Live bool // the page asks to be told of changes
	Data any
}

type navItem struct {
	Path, Words string
	Here        bool
}

// deskShow draws a view in the frame of the console.
func (s *Server) deskShow(w http.ResponseWriter, r *http.Request, d *desk, view, title string, data any) error {
	return s.deskWrite(w, r, http.StatusOK, view, s.frameOf(d, title, data))
}

func (s *Server) frameOf(d *desk, title string, data any) deskFrame {
	f := deskFrame{Title: title, Data: data}
	if d != nil {
		f.As, f.Nav = s.actsAs(d), s.navOf(d)
	}
	return f
}

func (s *Server) deskWrite(w http.ResponseWriter, r *http.Request, status int, view string, f deskFrame) error {
	f.Account = s.Account
	if c, err := r.Cookie(sizeCookie); err == nil {
		f.Large = c.Value == sizeLarge
	}
	if r.Method == http.MethodGet {
		f.SizeURL = withSize(cmp.Or(f.SizeURL, r.URL.RequestURI()), !f.Large)
	}
	var page bytes.Buffer
	if err := s.views[view].ExecuteTemplate(&page, "console_frame", f); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	send(w, r, status, page.Bytes())
	return nil
}

// deskFail writes what went wrong inside the frame of the console.
func (s *Server) deskFail(w http.ResponseWriter, r *http.Request, d *desk, err error) {
	kind := echowall.KindOf(err)
	status, known := statuses[kind]
	if !known {
		kind, status = echowall.KindInternal, http.StatusInternalServerError
	}
	v := errorView{Head: s.words.Say("console.error_" + string(kind)), Text: s.words.Say("console.error_" + string(kind) + "_text")}
	if e := (*echowall.Error)(nil); errors.As(err, &e) && e.Key != "" {
		v.Text = s.words.Error(err)
	}
	if status >= 500 && r.Context().Err() == nil {
		s.Logger.Error("web: console request failed", slog.String("route", r.Pattern), slog.String("kind", string(kind)), slog.Any("error", err))
	}
	if err := s.deskWrite(w, r, status, "console_error", s.frameOf(d, v.Head, v)); err != nil {
		s.fail(w, r, err)
	}
}

// navOf lists the pages that the person may open.
func (s *Server) navOf(d *desk) []navItem {
	var out []navItem
	listed := make(map[string]bool)
	for _, rt := range s.deskTable {
		if path, ok := rt.entry(); ok && !listed[rt.nav] && d.who.Can(rt.action) {
			listed[rt.nav] = true
			out = append(out, navItem{Path: path, Words: s.words.Say("console.nav_" + rt.nav), Here: rt.nav == d.here})
		}
	}
	return out
}

// actsAs says as what the person sits here: the first role that is more than membership.
func (s *Server) actsAs(d *desk) string {
	grants := d.who.Grants
	if g, ok := d.who.ActsAs(); ok {
		grants = []echowall.Grant{g}
	}
	for _, g := range grants {
		if g.Role != echowall.RoleMember {
			return s.words.Say("console.as", "scope", s.scopeName(d.directory, g), "role", s.words.deskRole(g.Role), "name", d.who.Name)
		}
	}
	return d.who.Name
}

// scopeName is how people call the scope of a role.
func (s *Server) scopeName(d *echowall.Directory, g echowall.Grant) string {
	if g.Scope == string(echowall.TriageStation) {
		return s.words.Say("common.station_desk")
	}
	if x, ok := d.Station(echowall.StationID(g.Scope)); ok {
		return x.Name
	}
	if x, ok := d.Branch(echowall.BranchID(g.Scope)); ok {
		return x.Name
	}
	if x, ok := d.Grid(echowall.GridID(g.Scope)); ok {
		return x.Name
	}
	if x, ok := d.Unit(echowall.UnitID(g.Scope)); ok {
		return x.Name
	}
	if x, ok := d.Committee(echowall.CommitteeID(g.Scope)); ok {
		return x.Name
	}
	return s.Account
}
