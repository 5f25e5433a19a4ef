package echowall

import (
	"context"
	"time"
)

// Session is one browser that somebody is logged in with. It holds ids and nothing that could be used
// elsewhere.
type Session struct {
	Person PersonID `json:"person"`
	// Author is set for phone pages only: the console never learns who wrote what.
	Author AuthorID  `json:"author,omitempty"`
	Device string    `json:"device,omitempty"` // family of system and browser, as the browser said
	Since  time.Time `json:"since"`
	Seen   time.Time `json:"seen"` // last request
}

// SessionLimits say how long a session lasts.
type SessionLimits struct {
	Idle  time.Duration // without a request
	Whole time.Duration // however busy
}

// ConsoleSessions are the limits of the staff console (citizen-feedback reference 7.8).
var ConsoleSessions = SessionLimits{Idle: 15 * time.Minute, Whole: 12 * time.Hour}

// Holds reports whether the session is still good at now.
func (s Session) Holds(now time.Time, l SessionLimits) bool {
	return s.Person != "" && now.Sub(s.Seen) <= l.Idle && now.Sub(s.Since) <= l.Whole
}

// OpenSession is a session as its owner sees it in a list. ID names it and opens nothing.
type OpenSession struct {
	ID string
	Session
}

// SessionStore lists and ends sessions. Ended ones do not come back, even when a request with one of them is
// running at that moment.
type SessionStore interface {
	// Sessions lists what a person has open, the newest first.
	Sessions(ctx context.Context, p PersonID) ([]OpenSession, error)
	// EndSession ends one session of the person; one that is not theirs is left alone.
	EndSession(ctx context.Context, p PersonID, id string) error
	// EndSessions ends all sessions of the person except the one with the id except ("" keeps none).
	EndSessions(ctx context.Context, p PersonID, except string) error
}
