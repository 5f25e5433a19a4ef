package echowall

import (
	"strings"
	"time"
	"unicode/utf8"
)

// PublicState is the publication machine, parallel to handling (citizen-feedback reference 4.5).
type PublicState string

// The publication states in use; a wish without a Publication is private.
const (
	PublicReview PublicState = "review" // 待审: a redacted text waits for a second person
	PublicWall   PublicState = "wall"   // 已上墙
	PublicEcho   PublicState = "echo"   // 已回音: on the wall with its answer
)

// Publication is what everybody may read: a new, redacted text. The original is never served.
type Publication struct {
	State    PublicState `json:"state"`
	Text     string      `json:"text"`
	Redactor PersonID    `json:"redactor"`
	At       time.Time   `json:"at"`
}

// Redact proposes the text for the wall. It needs the author's separate consent.
func (w *Wish) Redact(now time.Time, a Actor, text string) error {
	if err := w.allow(a, MoveRedact); err != nil {
		return err
	}
	if !w.MayPublish {
		return Refusal(KindForbidden, "staff.no_publish_consent", "number", w.Number)
	}
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < 4 || n > WishTextLimit {
		return Refusal(KindInvalid, "staff.redact_length")
	}
	w.Public = &Publication{State: PublicReview, Text: text, Redactor: a.By, At: now.UTC().Truncate(time.Second)}
	w.record(now, a, MoveRedact, w.State, "")
	return nil
}

// Publish puts the redacted text on the wall. Whoever redacted may not publish.
func (w *Wish) Publish(now time.Time, a Actor) error {
	if err := w.allow(a, MovePublish); err != nil {
		return err
	}
	if w.Public == nil {
		return Refusal(KindConflict, "staff.nothing_to_publish", "number", w.Number)
	}
	if w.Public.Redactor == a.By {
		return Refusal(KindForbidden, "staff.publish_self", "number", w.Number)
	}
	w.Public.State = PublicWall
	if w.Answer != nil {
		w.Public.State = PublicEcho
	}
	w.Public.At = now.UTC().Truncate(time.Second)
	w.record(now, a, MovePublish, w.State, "")
	return nil
}

// OnWall reports whether everybody may see the wish.
func (w *Wish) OnWall() bool {
	return w.Public != nil && (w.Public.State == PublicWall || w.Public.State == PublicEcho)
}
