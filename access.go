package echowall

import (
	"context"
	"time"
)

// AccessKind is what somebody did that must be on record.
type AccessKind string

// The kinds of access that are recorded (citizen-feedback reference 7.2 and 7.8).
const (
	AccessIdentity AccessKind = "identity" // looked at who somebody is
	AccessContact  AccessKind = "contact"  // looked at how to reach somebody
	AccessExport   AccessKind = "export"   // took data out
	AccessRoles    AccessKind = "roles"    // changed what somebody may do: binding, import, moving, leaving
	AccessLogin    AccessKind = "login"    // opened or ended the own console session
	AccessDenied   AccessKind = "denied"   // tried what is not allowed
	AccessErasure  AccessKind = "erasure"  // erased, corrected or withdrew
	AccessSessions AccessKind = "sessions" // ended somebody else's console sessions
	AccessResend   AccessKind = "resend"   // had a message of uncertain fate sent again
)

// AccessEntry is one line of the access log. Lines chain: Hash covers the line and the hash of the line before,
// so that a changed or dropped line is noticed. A line holds ids, never a name, an openid, a phone number or
// the text of a wish.
type AccessEntry struct {
	Seq     int64      `json:"seq"`
	At      time.Time  `json:"at"` // zero: now, as the store knows it
	Kind    AccessKind `json:"kind"`
	By      PersonID   `json:"by"`                // who acted
	Roster  RosterID   `json:"roster,omitempty"`  // the line of the roster that acted
	Role    Role       `json:"role,omitempty"`    // as what
	Scope   string     `json:"scope,omitempty"`   // and for which branch, station, grid or unit
	Subject Recipient  `json:"subject,omitempty"` // whose data it was; "" when it concerns nobody in particular
	Case    string     `json:"case,omitempty"`    // number of the wish, or what else it was about
	Why     string     `json:"why,omitempty"`     // the reason given, at most AccessWhyLimit characters
	Hash    string     `json:"hash"`
}

// AccessStore keeps the access log. Nothing in it changes or removes a line.
type AccessStore interface {
	// AppendAccess numbers, chains and stores a line: under a Turn's context with the turn, else at once.
	AppendAccess(ctx context.Context, e AccessEntry) error
	// AppendDenial stores a line of kind AccessDenied at once, whatever becomes of a turn, unless the same
	// person tried the same thing within the last minute. Case names the action first.
	AppendDenial(ctx context.Context, a Action, e AccessEntry) error
	// AccessLog lists lines below sequence number before (0: the newest), newest first.
	AccessLog(ctx context.Context, before int64, limit int) ([]AccessEntry, error)
	// AccessAbout lists the newest lines about one of subjects.
	AccessAbout(ctx context.Context, limit int, subjects ...Recipient) ([]AccessEntry, error)
	// VerifyAccess reads the whole log and returns its last line, and KindConflict when a line does not fit
	// the ones before it or is missing.
	VerifyAccess(ctx context.Context) (AccessEntry, error)
}
