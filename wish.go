package echowall

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what a resident writes, in characters.
const (
	WishTextLimit  = 500
	WishPlaceLimit = 60
	WishPhotoLimit = 3
)

// WishState is the handling state of a wish (citizen-feedback reference 4.2). Closed is not solved: what
// came of it is the Outcome.
type WishState string

// The handling states in use.
const (
	WishSubmitted WishState = "SUBMITTED" // 待受理: screening clock runs
	WishAccepted  WishState = "ACCEPTED"  // 已受理: handling clock runs
	WishToVerify  WishState = "TO_VERIFY" // 已答复·待评价
	WishRedo      WishState = "REDO"      // 退回重办: a new clock runs
	WishClosed    WishState = "CLOSED"    // 已办结
	WishWithdrawn WishState = "WITHDRAWN" // 已撤回: the author took it back before it was answered
)

// OpenStates are the states in which a station has something to do.
var OpenStates = []WishState{WishSubmitted, WishAccepted, WishRedo}

// AllStates lists every state a stored wish can be in.
var AllStates = []WishState{WishSubmitted, WishAccepted, WishToVerify, WishRedo, WishClosed, WishWithdrawn}

// Outcome is the class of the answer (办理结果), chosen by whoever answers.
type Outcome string

// The outcome classes (citizen-feedback reference 4.2).
const (
	OutcomeSolved   Outcome = "A" // 已解决
	OutcomeUnderway Outcome = "B" // 正在解决，有时限
	OutcomePlanned  Outcome = "C" // 列入计划
	OutcomeRefused  Outcome = "D" // 不能办，已说明依据
	OutcomeNoProof  Outcome = "E" // 联系不上或证据不足
	OutcomeOther    Outcome = "F" // 归别的单位管
)

// Valid reports whether o is one of the classes.
func (o Outcome) Valid() bool { return len(o) == 1 && o >= OutcomeSolved && o <= OutcomeOther }

// NeedsPromise reports whether the class must name a date by which it will be done.
func (o Outcome) NeedsPromise() bool { return o == OutcomeUnderway || o == OutcomePlanned }

// Rating is the author's one-letter verdict: solved and satisfied in one.
type Rating string

// The ratings. There is no default: no letter means not rated, never satisfied.
const (
	RatingGood     Rating = "A" // 已解决，满意
	RatingFair     Rating = "B" // 已解决，基本满意
	RatingPoor     Rating = "C" // 已解决，不满意
	RatingUnsolved Rating = "D" // 没有解决
)

// Valid reports whether r is one of the ratings.
func (r Rating) Valid() bool { return len(r) == 1 && r >= RatingGood && r <= RatingUnsolved }

// Display says how the author is named if the wish is published.
type Display string

// The ways to be shown; anonymous is the default.
const (
	DisplayAnonymous Display = ""
	DisplaySurname   Display = "surname"
)

// Wish is one wish or request of a resident (心愿 / 诉求), with everything that happened to it. It knows
// its author only as a keyed hash.
type Wish struct {
	Number  string    `json:"number"` // receipt number: XY and digits
	Text    string    `json:"text"`
	State   WishState `json:"state"`
	Created time.Time `json:"created"`
	Author  AuthorID  `json:"author"`
	Station StationID `json:"station"`
	Grid    GridID    `json:"grid,omitempty"`   // of that station, if known
	Placed  PlacedBy  `json:"placed,omitempty"` // how Station was found; "" while it waits at the triage desk
	// Excluded are the parties named in the text, who neither see nor handle the wish.
	Excluded []Party   `json:"excluded,omitempty"`
	Place    string    `json:"place,omitempty"`
	At       *Position `json:"at,omitempty"`
	Media    []string  `json:"media,omitempty"` // ids of stored photos and voices
	Display  Display   `json:"display,omitempty"`
	Surname  string    `json:"surname,omitempty"` // only with DisplaySurname
	// MayPublish is the author's separate consent to publication after redaction.
	MayPublish bool `json:"may_publish,omitempty"`
	// Due is when the running clock ends: screening, handling or redo. Zero in states without a clock.
	Due     time.Time    `json:"due,omitzero"`
	Round   int          `json:"round,omitempty"` // 1 after the first redo
	Answer  *Answer      `json:"answer,omitempty"`
	Rating  Rating       `json:"rating,omitempty"`
	Public  *Publication `json:"public,omitempty"`
	History []WishEvent  `json:"history"`

	owed []Debt // what the last moves owe people; taken by the store with the change
}

// Answer is what the station told the author.
type Answer struct {
	Class   Outcome   `json:"class"`
	Text    string    `json:"text"`
	Promise Date      `json:"promise,omitzero"` // with classes B and C
	At      time.Time `json:"at"`
}

// AnswerLimit is the longest answer, in characters; it must fit one message.
const AnswerLimit = 400

// owe adds a debt to be stored with the change.
func (w *Wish) owe(d Debt) { w.owed = append(w.owed, d) }

// OweAgain adds a debt that TakeOwed gave out.
func (w *Wish) OweAgain(d Debt) { w.owe(d) }

// TakeOwed returns what the changes since the last call owe, and forgets it. The store calls it once for
// each change it writes.
func (w *Wish) TakeOwed() []Debt {
	d := w.owed
	w.owed = nil
	return d
}

// Title is the beginning of the wish, at most 20 characters: enough to recognise one's own.
func (w *Wish) Title() string { return Shorten(w.Text, 20) }

// Shorten cuts s to at most n characters, on one line, with … when something was cut.
func Shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}
