package echowall

import (
	"context"
	"encoding/json"
	"time"
)

// How long the engine remembers what a person was in the middle of (study.md section E).
const (
	DialogTimeout = 20 * time.Minute   // an open question waits this long
	DraftKept     = 7 * 24 * time.Hour // then what was typed waits as a draft this long
)

// Conversation is what the account remembers about talking with one person: the open dialog and how fast
// the person writes. It is read at the start of every turn and written at its end.
type Conversation struct {
	// Dialog is the open dialog, nil when the person is not in the middle of anything.
	Dialog *Dialog `json:"dialog,omitempty"`
	// Draft is a dialog that timed out or was left; it can be taken up again for DraftKept.
	Draft *Dialog `json:"draft,omitempty"`
	// Flood counts recent messages for the per-person limit.
	Flood Flood `json:"flood"`
	// Here is the place whose code the person scanned last.
	Here *Here `json:"here,omitempty"`
	// Unknown counts texts in a row that were not understood; the second one offers a human.
	Unknown int `json:"unknown,omitempty"`
}

// HereKept is how long the next wish is recorded at the place whose code was scanned.
const HereKept = 2 * time.Hour

// Here says that somebody scanned the code of a place, and when.
type Here struct {
	Scene string    `json:"scene"`
	At    time.Time `json:"at"`
}

// Holds reports whether a wish handed in at now is recorded there.
func (h *Here) Holds(now time.Time) bool { return now.Sub(h.At) < HereKept }

// Dialog is one guided exchange: which one, at which step, with what typed so far. Data is the dialog's own
// typed state in JSON; Version guards against state written by an older program.
type Dialog struct {
	Name    string          `json:"name"`
	Step    string          `json:"step"`
	Version int             `json:"version"`
	Data    json.RawMessage `json:"data,omitempty"`
	Touched time.Time       `json:"touched"`
}

// Flood is a small token bucket: messages left and when they were last counted.
type Flood struct {
	Left float64   `json:"left"`
	At   time.Time `json:"at"`
	// Warned stops the polite answer from being repeated for every message of a burst.
	Warned bool `json:"warned,omitempty"`
}

// The per-person flood limit: a burst of FloodBurst messages, refilled by one every FloodRefill.
const (
	FloodBurst  = 20
	FloodRefill = 3 * time.Second
)

// Take counts one message at now and reports whether it is within the limit.
func (f *Flood) Take(now time.Time) bool {
	if f.At.IsZero() {
		f.Left = FloodBurst
	} else if d := now.Sub(f.At); d > 0 {
		f.Left = min(FloodBurst, f.Left+float64(d)/float64(FloodRefill))
	}
	f.At = now
	if f.Left < 1 {
		return false
	}
	f.Left--
	f.Warned = false
	return true
}

// Contact is one verified push as the store needs to see it.
type Contact struct {
	Key         string // deduplication key of the message or event
	Fingerprint string // one-time fingerprint of the signed request; "" skips the check
	From        OpenID
	At          time.Time
	Opens       Window // which reply window this contact opens, WindowNone for silent events
	Follow      FollowChange
}

// FollowChange says whether a contact changes the follow state.
type FollowChange int

// What a contact says about following.
const (
	FollowUnchanged FollowChange = iota
	Followed
	Unfollowed
)

// BeginState is what the store says about a contact before anything runs.
type BeginState int

// The answers of Begin.
const (
	BeginNew       BeginState = iota // run it
	BeginDuplicate                   // ran before: the reply is known
	BeginRunning                     // another delivery of the same message is running now
	BeginReplay                      // the signed request was used for another message: forged
)

// Turn is one message being worked on. Everything that use cases change under Context becomes visible in
// one step at Commit, together with the conversation, the reply and the mark that the message was handled;
// without Commit nothing happened. A Turn is used by one goroutine.
type Turn interface {
	State() BeginState
	// Reply is the stored reply of a duplicate.
	Reply() []byte
	// Person and Author are the ids of whoever sent the message.
	Person() PersonID
	Author() AuthorID
	// Conversation may be changed in place.
	Conversation() *Conversation
	// Who says which roles the person holds; never nil.
	Who() *Who
	// Waiting is how many messages wait in the to-read box of this person.
	Waiting() int
	// Context returns ctx such that changes made under it belong to this turn.
	Context(ctx context.Context) context.Context
	// Discard forgets what use cases changed so far, but not the changes to the conversation.
	Discard()
	// Owe adds a debt to the turn.
	Owe(d Debt) error
	// Defer stores the message itself, sealed, because it will be acknowledged before it is done, unless it
	// is done by now. Whoever finds it later without a living worker runs it again. Unlike everything else
	// here it may be called while another goroutine works on the turn.
	Defer(ctx context.Context, payload []byte) error
	// Late says that the message is or was acknowledged before it is done: Commit removes what Defer stored.
	Late()
	// Commit writes all of it. KindConflict means somebody changed what was read: run the turn again.
	Commit(ctx context.Context, reply []byte) error
	// Renew lengthens the claim on the message; a turn that runs longer than a few seconds calls it
	// every other second.
	Renew(ctx context.Context) error
	// Abandon gives the message free so that another delivery may run it at once.
	Abandon(ctx context.Context)
}

// Deferred is a message that was acknowledged before it was done and whose worker has died.
type Deferred struct {
	Key     string
	Payload []byte
}
