package echowall

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
)

// DebtKind says what is owed; it names the letter in handlers and the sentences in content.
type DebtKind string

// What the account may owe a person.
const (
	DebtWishAccepted  DebtKind = "wish.accepted"  // to the author: accepted, until when
	DebtWishRouted    DebtKind = "wish.routed"    // to the author: which station it is with now
	DebtWishAnswered  DebtKind = "wish.answered"  // to the author: the answer, and the question to rate it
	DebtWishRedo      DebtKind = "wish.redo"      // to the officer: the author says it is not solved
	DebtWishDue       DebtKind = "wish.due"       // to the officer: the deadline is near
	DebtWishNew       DebtKind = "wish.new"       // to the officers of a station: something came in
	DebtLesson        DebtKind = "lesson"         // to a member: today's lesson
	DebtStudyReminder DebtKind = "study.reminder" // to a member who has not studied today
	DebtNotice        DebtKind = "notice"         // to a member: a notice of the branch
	DebtNoticeChase   DebtKind = "notice.chase"   // to a member whose receipt is missing
	DebtLateReply     DebtKind = "late.reply"     // the answer that missed the reply deadline
	DebtHuman         DebtKind = "human"          // to the officer on duty: somebody asks for a person
)

// DebtState is the life of a debt.
type DebtState string

// The states: owed → (sending → paid | unknown | owed again) or boxed, dead, void.
const (
	DebtOwed    DebtState = "owed"    // waits for its time or a channel
	DebtBoxed   DebtState = "boxed"   // no channel is open: waits in the to-read box for the next contact
	DebtSending DebtState = "sending" // an attempt left; recorded before the call
	DebtPaid    DebtState = "paid"
	DebtUnknown DebtState = "unknown" // the call left and no answer came; never resent without an idempotency key
	DebtDead    DebtState = "dead"    // gave up; listed for a person to look at
	DebtVoid    DebtState = "void"    // no longer true (already studied, withdrawn, expired)
)

// Channel is a way to reach a person, cheapest first.
type Channel string

// The channel ladder (design section 3, flow 2).
const (
	ChannelReply        Channel = "reply"        // customer-service message inside a reply window
	ChannelSubscription Channel = "subscription" // subscription notice
	ChannelTemplate     Channel = "template"     // template message
	ChannelBox          Channel = "box"          // shown at the next contact
)

// Debt is one message owed to one person. It is written in the same step as the change that owes it.
// One debt leads to at most one message.
type Debt struct {
	// ID is derived from what is owed, so that owing the same thing twice is one debt.
	ID      string    `json:"id"`
	To      Recipient `json:"to"`
	Kind    DebtKind  `json:"kind"`
	Subject string    `json:"subject,omitempty"` // wish number, lesson id, notice id
	// Body is set for a late reply only; every other debt is written when it is paid, from what is true then.
	Body *Message `json:"body,omitempty"`
	// Urgent debts break quiet hours and rest days: answers to what the person asked a moment ago, danger.
	Urgent    bool      `json:"urgent,omitempty"`
	Created   time.Time `json:"created"`
	NotBefore time.Time `json:"not_before"`
	// Expires is when the message stops making sense; zero means never.
	Expires  time.Time `json:"expires,omitzero"`
	State    DebtState `json:"state"`
	Attempts []Attempt `json:"attempts,omitempty"`
}

// Attempt is one try to pay a debt.
type Attempt struct {
	At      time.Time `json:"at"`
	Channel Channel   `json:"channel"`
	// Result is "paid", "unknown" or a Reaction; "" while the call is under way.
	Result string `json:"result,omitempty"`
	Code   int    `json:"code,omitempty"` // the platform's errcode
}

// NewDebt makes a debt whose ID follows from kind, subject, recipient and round; round tells apart two
// messages of one kind about one subject ("2" for the second answer of a wish).
func NewDebt(kind DebtKind, to Recipient, subject, round string, now time.Time) Debt {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(kind), string(to), subject, round}, "\x00")))
	return Debt{
		ID:        base64.RawURLEncoding.EncodeToString(sum[:12]),
		To:        to,
		Kind:      kind,
		Subject:   subject,
		Created:   now,
		NotBefore: now,
		State:     DebtOwed,
	}
}
