package store

import (
	"sync"
	"time"

	"echowall"
)

// A guess is a turn that begins without asking Redis: with what this process remembers of the person, or as
// with somebody new. Its commit does in one script what beginning and committing do in two, and applies
// nothing unless the message is new and everything assumed is true. It conflicts otherwise, and the turn is
// run again from a proper beginning, which knows why.

// acquaintance is what this process remembers of a person who has no roles, no letter waiting, and nothing in
// the conversation but how fast they write. All of it is a guess: the commit asks whether it still holds. It has no pointers, so
// that collecting garbage does not walk through thousands of them.
type acquaintance struct {
	message     [16]byte // key of the last message
	flood       float64
	at          int64 // of flood, ns
	version     int32 // of the conversation
	unknown     int16
	warned      bool
	careful     bool // there is more to this person; ask
	authorKnown bool // the vault has the author, too
}

func (a *acquaintance) conversation() echowall.Conversation {
	if a.version == 0 {
		return echowall.Conversation{}
	}
	return echowall.Conversation{
		Flood: echowall.Flood{Left: a.flood, At: time.Unix(0, a.at), Warned: a.warned}, Unknown: int(a.unknown),
	}
}

// acquaintances keeps the people who wrote last, some 80 bytes each.
type acquaintances struct {
	mu       sync.Mutex
	new, old map[[personLength]byte]acquaintance
}

const (
	acquaintancesKept = 1 << 15 // at least, some 2.5 MB; twice as many at most
	personLength      = 17      // of a PersonID
)

func (a *acquaintances) get(p echowall.PersonID) acquaintance {
	if len(p) != personLength {
		return acquaintance{careful: true}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.new[[personLength]byte([]byte(p))]; ok {
		return known
	}
	return a.old[[personLength]byte([]byte(p))]
}

func (a *acquaintances) put(p echowall.PersonID, known acquaintance) {
	if len(p) != personLength {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.new == nil || len(a.new) >= acquaintancesKept {
		a.old, a.new = a.new, make(map[[personLength]byte]acquaintance)
	}
	a.new[[personLength]byte([]byte(p))] = known
}

// Guess begins a turn on what is remembered of the person. It reports false when that is known to be too
// little, or the message to be the last one again.
func (s *Store) Guess(c echowall.Contact) (echowall.Turn, bool) {
	t := s.newTurn(c)
	known := s.met.get(t.person)
	if known.careful || len(c.Key) == len(known.message) && string(known.message[:]) == c.Key {
		return nil, false
	}
	t.guessed = true
	t.stranger = true
	t.conv, t.convV = known.conversation(), int(known.version)
	t.who.Person = t.person
	t.known = known.version > 0 // every commit sees to it
	t.authorKnown = known.authorKnown
	t.directory = emptyDirectory
	if seen := s.roster.seen.Load(); seen != nil {
		t.directory, t.pointer = seen.directory, seen.pointer
	}
	t.renew()
	return t, true
}

// assume guards everything that guess took for granted, and takes the message.
func (t *turn) assume(c *change, reply string) {
	k := t.s.keys
	c.guard(k.who(t.person), guardNothing, "")
	c.guard(k.box(echowall.Recipient(t.person)), guardNothing, "")
	c.guard(k.box(echowall.Recipient(t.author)), guardNothing, "")
	if t.known {
		c.guard(k.vault(echowall.Recipient(t.person)), guardThere, "")
	}
	if t.authorKnown {
		c.guard(k.vault(echowall.Recipient(t.author)), guardThere, "")
	}
	if t.pointer == "" {
		c.guard(k.directory(), guardNothing, "")
	} else {
		c.guard(k.directory(), guardText, t.pointer)
	}
	c.first = first{key: c.key(k.seen(t.contact.Key)), message: t.contact.Key, mark: t.mark, reply: reply}
	if t.contact.Fingerprint != "" {
		c.first.fingerprint = c.key(k.fingerprint(t.contact.Fingerprint))
	}
}

// remember keeps what a committed turn knows of its person, or that it takes more than remembering.
func (t *turn) remember() {
	known := acquaintance{careful: true}
	if t.stranger && t.boxed == 0 && isPlain(t.conv) {
		known = acquaintance{
			flood: t.conv.Flood.Left, at: t.conv.Flood.At.UnixNano(), warned: t.conv.Flood.Warned, unknown: int16(t.conv.Unknown),
			version: int32(t.convV + 1), authorKnown: t.change.authorKnown,
		}
		copy(known.message[:], t.contact.Key)
	}
	t.s.met.put(t.person, known)
}

// isPlain reports whether an acquaintance can hold all that a conversation says. Whatever a conversation learns
// to hold beside it, such as the place whose code was scanned, takes asking.
func isPlain(c echowall.Conversation) bool {
	if c.Flood.At.IsZero() {
		return false
	}
	c.Unknown, c.Flood.Left, c.Flood.At, c.Flood.Warned = 0, 0, time.Time{}, false
	return c == echowall.Conversation{}
}
