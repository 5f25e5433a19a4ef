package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"echowall"
)

// accessKinds are the kinds of line in the access log.
var accessKinds = []echowall.AccessKind{
	echowall.AccessIdentity, echowall.AccessContact, echowall.AccessExport, echowall.AccessRoles, echowall.AccessLogin,
	echowall.AccessDenied, echowall.AccessErasure, echowall.AccessSessions, echowall.AccessResend,
}

// accessView is a page of the access log, newest first.
type accessView struct {
	Items    []accessItem
	Next     string
	Verified string // what reading the whole log found
	Broken   bool
}

// accessItem is one line: staff by name and role, the person concerned not at all.
type accessItem struct {
	Seq                       int64
	At, Stamp, Kind, By, Case string
	Why                       string
	Denied                    bool
}

func (s *Server) accessLog(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.showAccess(w, r, d, &accessView{})
}

func (s *Server) showAccess(w http.ResponseWriter, r *http.Request, d *desk, v *accessView) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	list, err := s.Console.Access.Lines(r.Context(), d.who, before)
	if err != nil {
		return err
	}
	for _, e := range list {
		at := e.At.In(s.Location)
		it := accessItem{
			Seq: e.Seq, At: s.shortTime(at), Stamp: at.Format("2006-01-02T15:04:05Z07:00"), Kind: s.words.Say("desk.access_" + string(e.Kind)),
			Case: s.accessCase(e), Why: s.words.why(e.Why), Denied: e.Kind == echowall.AccessDenied, By: s.words.Say("desk.access_somebody"),
		}
		if p, ok := d.directory.Person(e.Roster); ok {
			it.By = p.Name
		}
		switch e.Role {
		case "":
		case echowall.RoleClock:
			it.By = s.words.deskRole(e.Role)
		default:
			it.By = s.words.Say("desk.access_by", "name", it.By, "role", s.words.Say("desk.role_in", "role", s.accessRole(e.Role), "scope", s.scopeName(d.directory, echowall.Grant{Role: e.Role, Scope: e.Scope})))
		}
		v.Items = append(v.Items, it)
	}
	if n := len(list); n == echowall.AccessPage {
		v.Next = "/console/access?" + url.Values{"before": {strconv.FormatInt(list[n-1].Seq, 10)}}.Encode()
	}
	f := s.frameOf(d, s.words.Say("console.nav_access"), v)
	f.SizeURL = "/console/access"
	return s.deskWrite(w, r, http.StatusOK, "console_access", f)
}

// accessCase is what a line is about: of a denial, what somebody wanted to do.
func (s *Server) accessCase(e echowall.AccessEntry) string {
	action, number, _ := strings.Cut(e.Case, " ")
	if key := actionKey(echowall.Action(action)); e.Kind == echowall.AccessDenied && s.words.Has(key) {
		return strings.TrimSpace(s.words.Say(key) + " " + number)
	}
	return e.Case
}

// accessRole names the role of a line; of somebody's own data that is the person.
func (s *Server) accessRole(r echowall.Role) string {
	if r == echowall.RoleAuthor {
		return s.words.Say("desk.everybody")
	}
	return s.words.deskRole(r)
}

// verifyAccess reads the whole log and says whether every line fits the one before.
func (s *Server) verifyAccess(w http.ResponseWriter, r *http.Request, d *desk) error {
	last, err := s.Console.Access.Verify(r.Context(), d.who)
	v := &accessView{}
	switch {
	case err == nil:
		v.Verified = s.words.Say("desk.access_whole", "count", last.Seq, "hash", last.Hash)
	case echowall.KindOf(err) == echowall.KindConflict:
		v.Broken, v.Verified = true, s.words.Say("desk.access_broken")
	default:
		return err
	}
	return s.showAccess(w, r, d, v)
}
