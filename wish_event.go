package echowall

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Move is one transition of a wish.
type Move string

// The moves (citizen-feedback reference 4.3; the number there in brackets).
const (
	MoveSubmit     Move = "submit"     // [1] by the author
	MoveAccept     Move = "accept"     // [6] by a liaison officer; signs for it
	MoveRoute      Move = "route"      // to another station, before anybody has signed; the note is its number
	MoveAnswer     Move = "answer"     // [9] by a liaison officer
	MoveRate       Move = "rate"       // [21] by the author
	MoveRedo       Move = "redo"       // [22, 23] by the author: not solved
	MoveSupplement Move = "supplement" // by the author: a place or photos added later
	MoveRedact     Move = "redact"     // publication: a redacted text is proposed
	MovePublish    Move = "publish"    // publication: a second person puts it on the wall
	MoveConsent    Move = "consent"    // by the author: how it may be shown, or that it may not
	MoveErase      Move = "erase"      // by the author: who wrote it and every word in it are forgotten
	MoveArchive    Move = "archive"    // [24] by the clock: where it was and what was sent along are forgotten
	MoveExpire     Move = "expire"     // by the clock: what MoveErase forgets, because it was kept long enough
)

// EventSource says through which surface a move came.
type EventSource string

// The surfaces.
const (
	FromChat    EventSource = "chat"
	FromConsole EventSource = "console"
	FromPage    EventSource = "page" // a phone page, by a signed link
	FromClock   EventSource = "clock"
)

// Actor is who makes a move. By is empty for the author, who is in the wish already.
type Actor struct {
	Role   Role
	By     PersonID
	Source EventSource
}

// RoleAuthor is the role of the resident who wrote the wish.
const RoleAuthor Role = "author"

// RoleClock is the role of the account itself, when time has come.
const RoleClock Role = "clock"

// WishEvent is one entry of a wish's history. Entries chain: Hash covers the entry, the receipt number and
// the hash of the entry before it, so that a changed or dropped entry is noticed. In storage an event is
// one line of words, because six of them belong to nearly every wish.
type WishEvent struct {
	At     time.Time
	Move   Move
	To     WishState
	Role   Role
	By     PersonID
	Source EventSource
	Note   string // a code (class, letter), never words of a person: events outlive an erasure
	Hash   string // 96 bits, base64url
}

// MarshalJSON writes what AppendText does, as a JSON string.
func (e WishEvent) MarshalJSON() ([]byte, error) {
	text, err := e.AppendText(make([]byte, 0, 128))
	if err != nil {
		return nil, err
	}
	return json.Marshal(string(text))
}

// AppendText appends "unix-time move state role source hash person note", the last two only if there are any.
// The error is always nil.
func (e WishEvent) AppendText(b []byte) ([]byte, error) {
	b = strconv.AppendInt(b, e.At.Unix(), 10)
	for _, word := range [...]string{string(e.Move), string(e.To), string(e.Role), string(e.Source), e.Hash} {
		b = append(append(b, ' '), word...)
	}
	if e.By != "" || e.Note != "" {
		b = append(append(b, ' '), e.By...)
	}
	if e.Note != "" {
		b = append(append(b, ' '), e.Note...)
	}
	return b, nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *WishEvent) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("wish event: %w", err)
	}
	const required, all = 6, 8
	words := strings.SplitN(text, " ", all)
	if len(words) < required {
		return fmt.Errorf("wish event: %d words, want at least %d", len(words), required)
	}
	at, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil {
		return fmt.Errorf("wish event: time: %w", err)
	}
	words = append(words, "", "")
	*e = WishEvent{
		At: time.Unix(at, 0).UTC(), Move: Move(words[1]), To: WishState(words[2]), Role: Role(words[3]),
		Source: EventSource(words[4]), Hash: words[5], By: PersonID(words[6]), Note: words[7],
	}
	return nil
}

// digest is the hash of e following the entry whose hash is prev.
func (e WishEvent) digest(number, prev string) string {
	room := make([]byte, 0, 256)
	b := strconv.AppendQuote(room, prev)
	b = strconv.AppendQuote(append(b, ' '), number)
	b = strconv.AppendInt(append(b, ' '), e.At.Unix(), 10)
	for _, field := range []string{string(e.Move), string(e.To), string(e.Role), string(e.By), string(e.Source), e.Note} {
		b = strconv.AppendQuote(append(b, ' '), field)
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// record appends an event and moves the wish to state to.
func (w *Wish) record(now time.Time, a Actor, m Move, to WishState, note string) {
	e := WishEvent{At: now.UTC().Truncate(time.Second), Move: m, To: to, Role: a.Role, By: a.By, Source: a.Source, Note: note}
	prev := ""
	if n := len(w.History); n > 0 {
		prev = w.History[n-1].Hash
	}
	e.Hash = e.digest(w.Number, prev)
	w.History = append(w.History, e)
	w.State = to
}

// VerifyHistory returns the index of the first event that does not fit the chain, -1 when all do.
func (w *Wish) VerifyHistory() int {
	prev := ""
	for i, e := range w.History {
		if e.digest(w.Number, prev) != e.Hash {
			return i
		}
		prev = e.Hash
	}
	return -1
}

// moved returns when the wish last made move m, and whether it ever did.
func (w *Wish) moved(m Move) (time.Time, bool) {
	for i := len(w.History) - 1; i >= 0; i-- {
		if w.History[i].Move == m {
			return w.History[i].At, true
		}
	}
	return time.Time{}, false
}
