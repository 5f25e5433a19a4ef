package echowall

import (
	"errors"
	"fmt"
)

// Kind says what class of failure an Error is, and so what a surface does with it:
// which sentence a person reads, which HTTP status is written, whether to try again.
// The set is closed; anything that is not an *Error counts as KindInternal.
type Kind string

// The kinds of failure.
const (
	KindInvalid     Kind = "invalid"     // the input is wrong; the message says what to do
	KindNotFound    Kind = "not_found"   // no such thing, or not visible to this person
	KindForbidden   Kind = "forbidden"   // known person, not allowed
	KindConflict    Kind = "conflict"    // somebody else changed it first, or the state does not allow the move
	KindUnavailable Kind = "unavailable" // a part we depend on is away; nothing was changed, try again
	KindInternal    Kind = "internal"    // a defect of ours
)

// Error is the one error type that crosses package borders.
type Error struct {
	Kind Kind
	// Key names the sentence in content/ that a person may read; empty means the general sentence of Kind.
	Key string
	// Args fill the sentence. They never hold secrets or openids.
	Args map[string]string
	// Err is the cause, for the log only.
	Err error
}

func (e *Error) Error() string {
	switch {
	case e.Err != nil && e.Key != "":
		return fmt.Sprintf("%s (%s): %v", e.Kind, e.Key, e.Err)
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Kind, e.Err)
	case e.Key != "":
		return fmt.Sprintf("%s (%s)", e.Kind, e.Key)
	}
	return string(e.Kind)
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an *Error of the given kind whose cause is formatted as by fmt.Errorf.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// Refusal makes an *Error that a person will read: key names the sentence in content/, pairs fill it
// ("name", value, …).
func Refusal(kind Kind, key string, pairs ...string) *Error {
	e := &Error{Kind: kind, Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]string)
		}
		e.Args[pairs[i]] = pairs[i+1]
	}
	return e
}

// KindOf returns the kind of err, KindInternal for errors of unknown origin and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}
