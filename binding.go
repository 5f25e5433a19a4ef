package echowall

import (
	"crypto/rand"
	"time"
)

// Binding codes tie a WeChat account to one line of the roster.
const (
	CodeLength = 8
	CodeKept   = 14 * 24 * time.Hour
)

// SceneBind begins the scene of a slip. What follows it is the code.
const SceneBind = "b-"

// codeAlphabet leaves out letters and digits that are confused when read aloud or copied by hand.
const codeAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// BindingCode is what a one-time code stands for. The store keeps it under a keyed hash of the code.
type BindingCode struct {
	// Roster is the line of the roster that the code binds to; "" for a code that gives name and roles directly,
	// as the first administrator gets them.
	Roster RosterID `json:"roster,omitempty"`
	// Name is used with codes that have no line; a line has its name on the roster.
	Name string `json:"name,omitempty"`
	// Grants are given directly, whatever the roster says.
	Grants  []Grant   `json:"grants,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
}

// Binding is what is known about one line of the roster and the account bound to it. Binding, issuing and
// unbinding all write it, so that of two at once one fails.
type Binding struct {
	// Person is bound to the line; "" while nobody is. It follows from the person's Who and is not stored here.
	Person PersonID `json:"-"`
	// Code names the open code in the store (never the code itself); "" when there is none.
	Code    string    `json:"code,omitempty"`
	Expires time.Time `json:"expires,omitzero"` // of the open code
}

// Slip is an open code on its way to the person it is for. It is shown or printed at once; code and scene are
// not stored anywhere, because either of them is all it takes to become that person.
type Slip struct {
	Roster  RosterID
	Name    string
	Branch  string // name of the home branch; "" for staff without one
	Code    string
	Scene   string // for a temporary QR code; scanning it is typing the code
	Expires time.Time
}

// NewCode returns a random one-time code of 31^8 = 8.5×10^11, typed without regard to case. TriesLimit lets one
// account try 120 a day: with a thousand codes open, a thousand accounts need some 19 years for a hit.
func NewCode() string {
	const fair = 256 / len(codeAlphabet) * len(codeAlphabet) // values from here on would favour some letters
	code := make([]byte, 0, CodeLength)
	for one := make([]byte, 1); len(code) < CodeLength; {
		rand.Read(one)
		if int(one[0]) < fair {
			code = append(code, codeAlphabet[int(one[0])%len(codeAlphabet)])
		}
	}
	return string(code)
}

// NormaliseCode undoes what phones do to a typed code.
func NormaliseCode(s string) string {
	return foldTyped(s)
}
