package web

import (
	"net/http"
	"slices"
	"strings"

	"echowall"
)

// deskRoute is one page or act of the console.
type deskRoute struct {
	pattern string // of http.ServeMux
	action  echowall.Action
	// nav is the entry of the navigation that the page belongs to; the first GET without a wildcard is the entry
	// itself.
	nav    string
	handle deskHandler
}

// entry is the address of the entry in the navigation, if the route is one.
func (rt deskRoute) entry() (path string, ok bool) {
	path, get := strings.CutPrefix(rt.pattern, "GET ")
	path = strings.TrimSuffix(path, "{$}")
	return path, get && rt.nav != "" && !strings.Contains(path, "{")
}

// deskRoutes is the whole console behind the log-in, in the order of the navigation. Nothing is served that is
// not in it.
func (s *Server) deskRoutes() []deskRoute {
	return slices.Concat([]deskRoute{
		{"GET /console/{$}", echowall.ActionConsole, "today", s.today},
		{"GET /console/queue", echowall.ActionQueue, "queue", s.queue},
	}, s.caseRoutes(), s.officeRoutes(), s.printRoutes(), []deskRoute{
		{"GET /console/sessions", echowall.ActionSessionOwn, "sessions", s.ownSessions},
		{"POST /console/sessions/end", echowall.ActionSessionOwn, "sessions", s.endSession},
	})
}

// deskKeys are the sentences of the navigation, whose keys are put together while running.
func deskKeys(routes []deskRoute) (keys []string) {
	for _, rt := range routes {
		if rt.nav != "" {
			keys = append(keys, "console.nav_"+rt.nav)
		}
	}
	return keys
}

// console adds the console to the route table.
func (s *Server) console(m *http.ServeMux) {
	m.Handle("GET /console", http.RedirectHandler(consolePath, http.StatusMovedPermanently))
	s.loginRoutes(m)
	for _, rt := range s.deskTable {
		m.Handle(rt.pattern, s.desk(rt))
	}
}

// ConsoleRoutes lists what the console serves behind the log-in: pattern → action that it needs somewhere.
func (s *Server) ConsoleRoutes() map[string]echowall.Action {
	out := make(map[string]echowall.Action, len(s.deskTable))
	for _, rt := range s.deskTable {
		out[rt.pattern] = rt.action
	}
	return out
}
