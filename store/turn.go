package store

import (
	"context"
	"crypto/rand"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// How long the once-only marks live. They outlive the callback's ±300 s window, so that a captured request
// is either a known duplicate or stale.
const (
	seenKept  = 15 * time.Minute
	turnLease = 6 * time.Second // a worker that died gives the message free after this

	conversationKept = echowall.DraftKept + 24*time.Hour
)

// The same in seconds, as scripts and commands say it.
var (
	seenSeconds         = strconv.Itoa(int(seenKept.Seconds()))
	conversationSeconds = strconv.Itoa(int(conversationKept.Seconds()))
)

// beginScript claims one message and reads what its turn needs, in one round trip.
//
//	KEYS  1 seen, 2 fingerprint, 3 conversation, 4 who, 5 vault of the person, 6 vault of the author,
//	      7 box of the person, 8 box of the author, 9 directory
//	ARGV  1 token of this worker, 2 lease (ms), 3 message key, 4 seconds to keep the fingerprint, 5 has a fingerprint ("1")
//	result {"replay"} | {"done", reply} | {"running"} |
//	       {"new", number of boxed debts, conversation, who, vault of the person, vault of the author, directory},
//	       false for what is not there
var beginScript = redis.NewScript(`
if ARGV[5] == '1' and not redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4], 'NX') and redis.call('GET', KEYS[2]) ~= ARGV[3] then
  return {'replay'}
end
if not redis.call('SET', KEYS[1], 'R:' .. ARGV[1], 'PX', ARGV[2], 'NX') then
  local seen = redis.call('GET', KEYS[1])
  if string.sub(seen, 1, 2) == 'D:' then return {'done', string.sub(seen, 3)} end
  -- Our own mark stands there when the client sends the script again after a broken connection.
  if seen ~= 'R:' .. ARGV[1] then return {'running'} end
end
local boxed = 0
if redis.call('EXISTS', KEYS[7], KEYS[8]) > 0 then
  boxed = redis.call('ZCARD', KEYS[7]) + redis.call('ZCARD', KEYS[8])
end
local found = redis.call('MGET', KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[9])
return {'new', boxed, found[1], found[2], found[3], found[4], found[5]}
`)

// releaseScript gives a claimed message free if it is still ours. KEYS 1 seen; ARGV 1 mark.
var releaseScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)

// renewScript lengthens the claim while the worker is alive, or claims the message if nobody has begun it.
// KEYS 1 seen; ARGV 1 mark, 2 lease (ms); result 1 when the message is claimed.
var renewScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
return 0
`)

// turn implements echowall.Turn.
type turn struct {
	s       *Store
	contact echowall.Contact
	person  echowall.PersonID
	author  echowall.AuthorID
	state   echowall.BeginState
	reply   []byte
	mark    string
	conv    echowall.Conversation
	convV   int
	who     echowall.Who
	boxed   int
	change  *change

	directory *echowall.Directory // the roster when the turn began

	guessed  bool   // begun without asking; see guess.go
	stranger bool   // has no who document
	pointer  string // the roster that was guessed

	known, authorKnown bool   // the vault can map the person, the author back
	sealed             string // the person's entry in the vault

	late bool // a sealed copy of the message may be stored
}

// newTurn is a turn that knows who writes, and has a mark to claim the message with.
func (s *Store) newTurn(c echowall.Contact) *turn {
	token := make([]byte, 9)
	rand.Read(token)
	return &turn{s: s, contact: c, person: s.ids.Person(c.From), author: s.ids.Author(c.From), mark: "R:" + encode(token)}
}

// Begin claims one message. Whoever gets BeginNew runs it and ends with Commit or Abandon; a worker that
// dies gives it free after a few seconds.
func (s *Store) Begin(ctx context.Context, c echowall.Contact) (echowall.Turn, error) {
	t := s.newTurn(c)
	k := s.keys
	fingerprint := "0"
	if c.Fingerprint != "" {
		fingerprint = "1"
	}
	keys := []string{
		k.seen(c.Key), k.fingerprint(c.Fingerprint), k.conversation(t.person), k.who(t.person),
		k.vault(echowall.Recipient(t.person)), k.vault(echowall.Recipient(t.author)),
		k.box(echowall.Recipient(t.person)), k.box(echowall.Recipient(t.author)), k.directory(),
	}
	got, err := s.run(ctx, beginScript, keys, t.mark[2:], turnLease.Milliseconds(), c.Key, int(seenKept.Seconds()), fingerprint).Slice()
	if err != nil {
		return nil, wrap(err)
	}
	switch got[0] {
	case "replay":
		t.state = echowall.BeginReplay
		return t, nil
	case "running":
		t.state = echowall.BeginRunning
		return t, nil
	case "done":
		t.state = echowall.BeginDuplicate
		t.reply, err = s.replyOf(c.Key, got[1].(string))
		return t, err
	}
	t.boxed = int(got[1].(int64))
	if text, ok := got[2].(string); ok {
		if t.convV, err = unmarshalDoc(text, &t.conv); err != nil {
			return nil, err
		}
	}
	if text, ok := got[3].(string); !ok {
		t.stranger = true
	} else {
		if _, err = unmarshalDoc(text, &t.who); err != nil {
			return nil, err
		}
	}
	t.who.Person = t.person
	t.sealed, t.known = got[4].(string)
	_, t.authorKnown = got[5].(string)
	pointer, _ := got[6].(string)
	if t.directory, err = s.directoryAt(ctx, pointer); err != nil {
		return nil, err
	}
	t.renew()
	if t.who.Roster != "" {
		t.who.Enrol(t.directory)
	}
	return t, nil
}

func (t *turn) State() echowall.BeginState           { return t.state }
func (t *turn) Reply() []byte                        { return t.reply }
func (t *turn) Person() echowall.PersonID            { return t.person }
func (t *turn) Author() echowall.AuthorID            { return t.author }
func (t *turn) Conversation() *echowall.Conversation { return &t.conv }
func (t *turn) Who() *echowall.Who                   { return &t.who }
func (t *turn) Waiting() int                         { return t.boxed }

func (t *turn) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, changeKey{}, t)
}

// WithAuthor returns ctx such that a wish added under it can be answered: its author's openid goes into the
// vault. Turns do this by themselves.
func (s *Store) WithAuthor(ctx context.Context, o echowall.OpenID) context.Context {
	return context.WithValue(ctx, authorKey{}, o)
}

type authorKey struct{}

// authorOf is the openid of whoever the turn under ctx belongs to.
func authorOf(ctx context.Context) (echowall.OpenID, bool) {
	if t, ok := ctx.Value(changeKey{}).(*turn); ok {
		return t.contact.From, true
	}
	o, ok := ctx.Value(authorKey{}).(echowall.OpenID)
	return o, ok
}

// Discard implements echowall.Turn.
func (t *turn) Discard() { t.renew() }

// renew begins the turn's change anew.
func (t *turn) renew() {
	t.change = newChange()
	t.change.turn = true
	t.change.authorKnown = t.authorKnown
	t.change.directory = t.directory
}

// Owe implements echowall.Turn.
func (t *turn) Owe(d echowall.Debt) error { return t.change.owe(t.s.keys, d) }

// Commit implements echowall.Turn.
func (t *turn) Commit(ctx context.Context, reply []byte) error {
	s, k, c := t.s, t.s.keys, t.change
	seen := k.seen(t.contact.Key)
	if !t.guessed {
		c.guard(seen, guardMark, t.mark)
	}
	if err := c.setDocFor(k.conversation(t.person), t.convV, &t.conv, conversationKept); err != nil {
		return err
	}
	if t.convV == 0 && t.known && !t.guessed { // else the conversation tells whether the person was erased meanwhile
		c.guard(k.vault(echowall.Recipient(t.person)), guardText, t.sealed)
	}
	t.reach(c)
	if !t.known {
		r := echowall.Recipient(t.person)
		c.do("SET", k.vault(r), s.vault.seal(r, t.contact.From))
	}
	if t.late {
		c.do("HDEL", k.late(), t.contact.Key)
		c.do("ZREM", k.lateDue(), t.contact.Key)
	}
	done := s.doneMark(t.contact.Key, reply)
	if t.guessed {
		t.assume(c, done)
	} else {
		c.put("SET", seen, done, "EX", seenSeconds)
	}
	if err := c.apply(ctx, s); err != nil {
		return err
	}
	t.remember()
	return nil
}

// reach writes what this contact says about reaching the person, and brings boxed debts up for payment.
func (t *turn) reach(c *change) {
	k := t.s.keys
	fields := make([]string, 0, 8)
	switch t.contact.Follow {
	case echowall.Followed:
		fields = append(fields, "f", "1")
	case echowall.Unfollowed:
		fields = append(fields, "f", "0", "ml", "0", "al", "0", "ft", strconv.FormatInt(t.contact.At.Unix(), 10))
	case echowall.FollowUnchanged:
		if t.contact.Opens != echowall.WindowNone {
			fields = append(fields, "f", "1")
		}
	}
	length, count := t.contact.Opens.Limits()
	until := func() string { return strconv.FormatInt(t.contact.At.Add(length).Unix(), 10) }
	switch t.contact.Opens {
	case echowall.WindowMessage:
		fields = append(fields, "mu", until(), "ml", strconv.Itoa(count))
	case echowall.WindowAct:
		fields = append(fields, "au", until(), "al", strconv.Itoa(count))
	case echowall.WindowNone:
	}
	if len(fields) > 0 {
		c.put("HSET", k.reach(t.person), append(fields, stampField, stamp())...)
	}
	if t.contact.Opens != echowall.WindowNone && !t.guessed { // a guess assumes that nothing waits
		c.reopen(k, echowall.Recipient(t.person))
		c.reopen(k, echowall.Recipient(t.author))
	}
}

// Abandon implements echowall.Turn.
func (t *turn) Abandon(ctx context.Context) {
	// Best effort: the lease ends by itself when this does not get through.
	_ = t.s.run(ctx, releaseScript, []string{t.s.keys.seen(t.contact.Key)}, t.mark).Err()
}

// Renew lengthens the claim on a message that takes longer than the lease.
func (t *turn) Renew(ctx context.Context) error {
	return wrap(t.s.run(ctx, renewScript, []string{t.s.keys.seen(t.contact.Key)}, t.mark, strconv.FormatInt(turnLease.Milliseconds(), 10)).Err())
}
