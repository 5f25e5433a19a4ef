package web

import "echowall"

// officeRoutes are the pages about people, places and how the service itself is doing.
func (s *Server) officeRoutes() []deskRoute {
	return []deskRoute{
		{"GET /console/people", echowall.ActionRosterRead, "people", s.people},
		{"GET /console/people/{id}", echowall.ActionRosterRead, "people", s.person},
		{"POST /console/people/{id}/code", echowall.ActionCodeIssue, "people", s.issueCode},
		{"POST /console/people/{id}/rebind", echowall.ActionRebindPropose, "people", s.proposeRebinding},
		{"POST /console/people/{id}/rebind/confirm", echowall.ActionRebindConfirm, "people", s.confirmRebinding},
		{"POST /console/people/{id}/rebind/cancel", echowall.ActionRebindPropose, "people", s.cancelRebinding},
		{"POST /console/people/{id}/unbind", echowall.ActionUnbind, "people", s.unbind},
		{"POST /console/people/{id}/sessions", echowall.ActionSessionRevoke, "people", s.endPersonSessions},
		{"POST /console/people/{id}/move", echowall.ActionRosterChange, "people", s.movePerson},
		{"POST /console/people/{id}/leave", echowall.ActionRosterChange, "people", s.leavePerson},
		{"POST /console/people/{id}/return", echowall.ActionRosterChange, "people", s.returnPerson},
		{"GET /console/import", echowall.ActionRosterImport, "import", s.importPage},
		{"POST /console/import", echowall.ActionRosterImport, "import", s.tryImport},
		{"POST /console/import/apply", echowall.ActionRosterImport, "import", s.applyImport},
		{"GET /console/import/template", echowall.ActionRosterImport, "", s.importTemplate},
		{"POST /console/import/result", echowall.ActionRosterImport, "import", s.importResult},
		{"POST /console/import/export", echowall.ActionRosterExport, "import", s.exportRoster},
		{"GET /console/places", echowall.ActionPlaceRead, "places", s.places},
		{"GET /console/places/{id}", echowall.ActionPlaceRead, "places", s.place},
		{"GET /console/content", echowall.ActionContentRead, "content", s.contents},
		{"GET /console/owed", echowall.ActionOwedRead, "owed", s.owed},
		{"POST /console/owed/retry", echowall.ActionOwedRetry, "owed", s.retryOwed},
		{"GET /console/permissions", echowall.ActionPermissions, "permissions", s.permissions},
		{"GET /console/access", echowall.ActionAccessRead, "access", s.accessLog},
		{"POST /console/access/verify", echowall.ActionAccessRead, "access", s.verifyAccess},
	}
}
