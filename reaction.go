package echowall

import (
	"errors"
	"fmt"
	"time"
)

// Reaction is what to do about an error answer of the platform. The table from error code to reaction
// lives in bot/wechat; delivery and the surfaces only ever look at the reaction.
type Reaction string

// The reactions.
const (
	ReactRetry       Reaction = "retry"       // transient: try again with backoff
	ReactToken       Reaction = "token"       // the access token is stale: drop it if still the failing one, retry once
	ReactUnreachable Reaction = "unreachable" // this person cannot be reached through this channel now
	ReactQuota       Reaction = "quota"       // a quota is used up until Until
	ReactPermanent   Reaction = "permanent"   // configuration or permission: stop the feature, tell the operator
	ReactBadRequest  Reaction = "bad_request" // our defect: do not repeat
	ReactDone        Reaction = "done"        // the same request was accepted before: adopt it
)

// PlatformError is a refused or failed call to the platform, classified.
type PlatformError struct {
	Call     string // path of the call, without query: /cgi-bin/message/custom/send
	Code     int    // errcode; 0 when the call failed before an answer came
	Reaction Reaction
	// Until is when a quota opens again; zero when only the person's next act opens it, or unknown.
	Until time.Time
	// RetryAfter is the least wait before a retry; 0 means the caller's own backoff.
	RetryAfter time.Duration
	// Unknown says that the request left us and no answer came back: it may or may not have been carried
	// out. A send without an idempotency key must then never be repeated.
	Unknown bool
	// Message is errmsg with secrets, tokens and openids removed (rid kept).
	Message string
	Err     error // cause, redacted
}

func (e *PlatformError) Error() string {
	s := fmt.Sprintf("platform call %s: errcode %d (%s)", e.Call, e.Code, e.Reaction)
	if e.Unknown {
		s += ", outcome unknown"
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *PlatformError) Unwrap() error { return e.Err }

// AsPlatformError finds a *PlatformError in err's chain.
func AsPlatformError(err error) (*PlatformError, bool) {
	var pe *PlatformError
	ok := errors.As(err, &pe)
	return pe, ok
}
