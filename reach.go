package echowall

import "time"

// Window names the reply windows that a person's act opens for customer-service messages (platform
// reference 2.1).
type Window int

// The windows.
const (
	WindowNone    Window = iota
	WindowMessage        // the person sent a message: 5 messages within 48 h
	WindowAct            // menu click, follow or scan: 3 messages within 1 min
)

// Limits of the reply windows (platform reference 2.1).
const (
	MessageWindow      = 48 * time.Hour
	MessageWindowCount = 5
	ActWindow          = time.Minute
	ActWindowCount     = 3
)

// Limits returns how long the window stays open and how many messages it pays for.
func (w Window) Limits() (time.Duration, int) {
	switch w {
	case WindowMessage:
		return MessageWindow, MessageWindowCount
	case WindowAct:
		return ActWindow, ActWindowCount
	}
	return 0, 0
}

// Reach is what we know about reaching one person: the quota book of design section 3, flow 2.
type Reach struct {
	Following    bool
	MessageUntil time.Time // end of the 48-hour window
	MessageLeft  int
	ActUntil     time.Time // end of the 1-minute window
	ActLeft      int
	// TemplateDay and TemplateUsed count template messages on one calendar day (2006-01-02).
	TemplateDay  string
	TemplateUsed int
	// LastSent is when we last wrote on our own account, for the attention budget.
	LastSent time.Time
}
