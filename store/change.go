package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// commitScript applies a whole change or none of it.
//
//	KEYS  every key that is guarded or written
//	ARGV  1: index into KEYS of the once mark, 0 for none: where it stands already, this very change was
//	      applied before and only its answer was lost
//	      2: number of guards; then for each guard: index into KEYS, kind, value
//	      kind "v": the document there has version value (0: there is none)
//	      kind "t": the mark there is value, or has expired
//	      kind "e": exactly value is there
//	      kind "n": nothing is there
//	      then commands: number of words, name, index into KEYS, further words
//	      a command named "OWE" is: index of debt, index of due, id, document, score
//	result  0 when applied, else the number of the guard that did not hold
var commitScript = redis.NewScript(`
local once = tonumber(ARGV[1])
if once > 0 and redis.call('EXISTS', KEYS[once]) == 1 then return 0 end
local n = tonumber(ARGV[2])
local p = 3
for i = 1, n do
  local cur = redis.call('GET', KEYS[tonumber(ARGV[p])])
  local kind, want = ARGV[p+1], ARGV[p+2]
  if kind == 'v' then
    local have = '0'
    if cur then have = string.match(string.sub(cur, 1, 24), '^{"v":(%d+)') end
    if have ~= want then return i end
  elseif kind == 't' then
    if cur and cur ~= want then return i end
  elseif kind == 'e' then
    if cur ~= want then return i end
  elseif cur then
    return i
  end
  p = p + 3
end
while p <= #ARGV do
  local words = tonumber(ARGV[p])
  local name = ARGV[p+1]
  local key = KEYS[tonumber(ARGV[p+2])]
  if name == 'OWE' then
    if redis.call('SET', key, ARGV[p+5], 'NX') then
      redis.call('ZADD', KEYS[tonumber(ARGV[p+3])], ARGV[p+6], ARGV[p+4])
    end
  elseif name == 'REOPEN' then
    if redis.call('EXISTS', key) == 1 then
      redis.call('SADD', KEYS[tonumber(ARGV[p+3])], ARGV[p+4])
    end
  elseif words == 3 then
    redis.call(name, key, ARGV[p+3])
  elseif words == 2 then
    redis.call(name, key)
  else
    redis.call(name, key, unpack(ARGV, p+3, p+words))
  end
  p = p + words + 1
end
if once > 0 then redis.call('SET', KEYS[once], '1', 'EX', 60) end
return 0
`)

// change gathers guards and commands and applies them in one step. Reads made through it see what it has
// staged. It is used by one goroutine.
type change struct {
	keys     []string
	index    map[string]int // key → position in keys, once there are many
	guards   []guard
	commands []command
	staged   map[string]string // documents written by this change, as a later read in it must see them

	once  int   // position in keys of the mark that makes sending the change again harmless; 0 for none
	first first // the message that this change takes and ends at once; zero for none
	turn  bool  // made by a turn, and much like those of other turns

	lines []echowall.AccessEntry // of the access log; they are numbered when the change is applied

	authorKnown bool // the vault has the author that the change's turn belongs to

	directory *echowall.Directory // the roster as the change's turn sees it; nil outside of turns
}

// first is a message that nobody has begun, with the reply to it.
type first struct {
	key, fingerprint     int // positions of the once-only marks; fingerprint 0 for none
	message, mark, reply string
}

// guard is a condition on one key. Keys are positions in change.keys, from 1.
type guard struct {
	key   int
	kind  string
	value string
}

// The kinds of guards.
const (
	guardVersion = "v" // the document there has version value; 0: there is none
	guardMark    = "t" // the mark there is value, or has expired
	guardNothing = "n" // nothing is there
	guardText    = "e" // exactly value is there
	guardThere   = "s" // something is there; in straight scripts only
)

func (g *guard) absent() bool {
	return g.kind == guardNothing || g.kind == guardVersion && g.value == "0"
}

// command is one Redis command: its name, its key, its further words. OWE and REOPEN have a second key.
type command struct {
	name        string
	key, second int
	words       []string
}

func newChange() *change { return &change{staged: make(map[string]string)} }

// few is up to how many keys looking through all of them is quicker than a map.
const few = 24

func (c *change) key(k string) int {
	if c.index == nil {
		for i := range c.keys {
			if c.keys[i] == k {
				return i + 1
			}
		}
	} else if i, ok := c.index[k]; ok {
		return i
	}
	if c.keys == nil {
		c.keys = make([]string, 0, 16)
	}
	c.keys = append(c.keys, k)
	n := len(c.keys)
	switch {
	case c.index != nil:
		c.index[k] = n
	case n > few:
		c.index = make(map[string]int, 2*n)
		for i, k := range c.keys {
			c.index[k] = i + 1
		}
	}
	return n
}

// guard makes the change depend on key as it was read; the first guard of a key counts.
func (c *change) guard(key, kind, value string) {
	if !c.guarded(key) {
		c.guards = append(c.guards, guard{c.key(key), kind, value})
	}
}

// guarded reports whether the change depends on key already.
func (c *change) guarded(key string) bool {
	k := c.key(key)
	return slices.ContainsFunc(c.guards, func(g guard) bool { return g.key == k })
}

// guardVersion makes the change depend on the document at key having version (0: not there).
func (c *change) guardVersion(key string, version int) {
	c.guard(key, guardVersion, strconv.Itoa(version))
}

// do stages one Redis command: its name, its key, its further words, which are texts and whole numbers.
func (c *change) do(name, key string, words ...any) {
	texts := make([]string, len(words))
	for i, w := range words {
		switch w := w.(type) {
		case string:
			texts[i] = w
		case int:
			texts[i] = strconv.Itoa(w)
		case int64:
			texts[i] = strconv.FormatInt(w, 10)
		default:
			texts[i] = fmt.Sprint(w)
		}
	}
	c.put(name, key, texts...)
}

// put is do for texts.
func (c *change) put(name, key string, words ...string) {
	if c.commands == nil {
		c.commands = make([]command, 0, 16)
	}
	c.commands = append(c.commands, command{name: name, key: c.key(key), words: words})
}

// setDoc stages a document with version+1.
func (c *change) setDoc(key string, version int, doc any) error {
	return c.setDocFor(key, version, doc, 0)
}

// setDocFor is setDoc of a document that is kept so long; 0 is for ever.
func (c *change) setDocFor(key string, version int, doc any, kept time.Duration) error {
	text, err := marshalDoc(version+1, doc)
	if err != nil {
		return err
	}
	c.guardVersion(key, version)
	if kept > 0 {
		c.put("SET", key, text, "EX", strconv.Itoa(int(kept.Seconds())))
	} else {
		c.put("SET", key, text)
	}
	c.staged[key] = text
	return nil
}

// owe stages a debt. Owing what is owed already does nothing.
func (c *change) owe(k keys, d echowall.Debt) error {
	text, err := marshalDoc(1, d)
	if err != nil {
		return err
	}
	c.commands = append(c.commands, command{
		name: "OWE", key: c.key(k.debt(d.ID)), second: c.key(k.due()),
		words: []string{d.ID, text, strconv.FormatInt(firstLook(d), 10)},
	})
	return nil
}

// firstLook is the score under which a new debt waits. Urgent ones come before all others that are due.
func firstLook(d echowall.Debt) int64 {
	if d.Urgent && !d.NotBefore.After(d.Created) {
		return 0
	}
	return d.NotBefore.Unix()
}

// reopen stages that boxed debts of a recipient, if there are any, are looked at again.
func (c *change) reopen(k keys, r echowall.Recipient) {
	c.commands = append(c.commands, command{name: "REOPEN", key: c.key(k.box(r)), second: c.key(k.reopened()), words: []string{string(r)}})
}

// general lists the arguments of the commit script.
func (c *change) general() []any {
	argv := make([]any, 0, 2+3*len(c.guards)+6*len(c.commands))
	argv = append(argv, c.once, len(c.guards))
	for i := range c.guards {
		g := &c.guards[i]
		argv = append(argv, g.key, g.kind, g.value)
	}
	for i := range c.commands {
		cmd := &c.commands[i]
		if cmd.second != 0 {
			argv = append(argv, len(cmd.words)+3, cmd.name, cmd.key, cmd.second)
		} else {
			argv = append(argv, len(cmd.words)+2, cmd.name, cmd.key)
		}
		for _, w := range cmd.words {
			argv = append(argv, w)
		}
	}
	return argv
}

// isStraight reports whether the change is small enough for a script of its own.
func (c *change) isStraight() bool {
	words := 0
	for i := range c.commands {
		words += len(c.commands[i].words)
	}
	return c.turn && c.once == 0 && words <= straightWords && len(c.guards) <= straightWords/2 && len(c.keys) < 256
}

// apply runs the change. A guard that does not hold is KindConflict.
func (c *change) apply(ctx context.Context, s *Store) error {
	switch {
	case len(c.lines) > 0:
		return c.applyLogged(ctx, s)
	case len(c.guards) == 0 && len(c.commands) == 0:
		return nil
	}
	return c.applyOnce(ctx, s)
}

func (c *change) applyOnce(ctx context.Context, s *Store) error {
	var script *redis.Script
	var o outline
	if c.isStraight() {
		var shape [256]byte
		var argv [straightWords]string
		o = outline{shape[:0], argv[:0]}
		c.outline(&o)
		script = s.straight.script(o.shape, c.straight)
	}
	var done *redis.Cmd
	switch {
	case script != nil:
		done = s.runStraight(ctx, script, c.keys, o.argv)
	case c.first.key != 0:
		return echowall.Errorf(echowall.KindConflict, "store: too much for a guess")
	default:
		done = s.run(ctx, commitScript, c.keys, c.general()...)
	}
	failed, err := done.Int()
	if err != nil {
		return wrap(err)
	}
	if failed != 0 {
		return echowall.Errorf(echowall.KindConflict, "store: key number %d changed meanwhile", failed)
	}
	return nil
}

// run executes a script by its hash and sends the text when the server does not know it (first use, or a
// restarted server).
func (s *Store) run(ctx context.Context, script *redis.Script, keys []string, argv ...any) *redis.Cmd {
	args := make([]any, 0, 3+len(keys)+len(argv))
	args = append(args, "evalsha", script.Hash(), len(keys))
	for i := range keys {
		args = append(args, &keys[i])
	}
	return s.runArgs(ctx, script, keys, append(args, argv...))
}

// runStraight is run with texts only. The client takes addresses of texts, which spares a copy of each.
func (s *Store) runStraight(ctx context.Context, script *redis.Script, keys, argv []string) *redis.Cmd {
	words := append(make([]string, 0, len(keys)+len(argv)), keys...)
	words = append(words, argv...)
	args := make([]any, 0, 3+len(words))
	args = append(args, "evalsha", script.Hash(), len(keys))
	for i := range words {
		args = append(args, &words[i])
	}
	return s.runArgs(ctx, script, keys, args)
}

func (s *Store) runArgs(ctx context.Context, script *redis.Script, keys []string, args []any) *redis.Cmd {
	cmd := redis.NewCmd(ctx, args...)
	cmd.SetFirstKeyPos(3)
	switch err := s.gather.do(ctx, cmd); {
	case errors.Is(err, errNotWaited):
		failed := redis.NewCmd(ctx)
		failed.SetErr(err)
		return failed
	case redis.HasErrorPrefix(err, "NOSCRIPT"):
		return script.Eval(ctx, s.rdb, keys, args[3+len(keys):]...)
	}
	return cmd
}

// marshalDoc writes doc as JSON with its version as the first field, where the commit script finds it
// without parsing.
func marshalDoc(version int, doc any) (string, error) {
	var room [2048]byte
	if text, ok := quickDoc(room[:0], version, doc); ok {
		return string(text), nil
	}
	return slowDoc(version, doc)
}

func slowDoc(version int, doc any) (string, error) {
	body, err := json.Marshal(doc)
	if err != nil {
		return "", echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", doc, err)
	}
	head := `{"v":` + strconv.Itoa(version)
	if len(body) > 2 {
		head += ","
	}
	return head + string(body[1:]), nil
}

// unmarshalDoc reads a document and its version.
func unmarshalDoc(text string, doc any) (int, error) {
	const head = `{"v":`
	if len(text) < len(head) || text[:len(head)] != head {
		return 0, echowall.Errorf(echowall.KindInternal, "store: %T does not start with a version", doc)
	}
	end := len(head)
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	version, err := strconv.Atoi(text[len(head):end])
	if err != nil {
		return 0, echowall.Errorf(echowall.KindInternal, "store: version of %T: %w", doc, err)
	}
	if text, err = plainText(text); err != nil {
		return 0, err
	}
	if err := json.Unmarshal([]byte(text), doc); err != nil {
		return 0, echowall.Errorf(echowall.KindInternal, "store: decode %T: %w", doc, err)
	}
	return version, nil
}

type changeKey struct{}

// withChange makes store calls under the returned context stage into c instead of applying at once.
func withChange(ctx context.Context, c *change) context.Context {
	return context.WithValue(ctx, changeKey{}, c)
}

func changeOf(ctx context.Context) *change {
	switch v := ctx.Value(changeKey{}).(type) {
	case *turn:
		return v.change
	case *change:
		return v
	}
	return nil
}

// update runs f with a change. Inside a turn the change is the turn's and is applied with it; otherwise it
// is applied at once, and f runs again when what it read has changed meanwhile.
func (s *Store) update(ctx context.Context, f func(*change) error) error {
	if c := changeOf(ctx); c != nil {
		return f(c)
	}
	const tries = 16
	var err error
	for range tries {
		c := newChange()
		if err = f(c); err != nil {
			return err
		}
		// A turn has its message's mark; other changes get one of their own, because the client sends a
		// script again when the answer does not come in time.
		token := make([]byte, 12)
		rand.Read(token)
		c.once = c.key(s.keys.once(encode(token)))
		if err = c.apply(ctx, s); echowall.KindOf(err) != echowall.KindConflict {
			return err
		}
	}
	return err
}

// get reads one document for reading only.
func (s *Store) get(ctx context.Context, key string, doc any) (int, error) {
	if c := changeOf(ctx); c != nil {
		return s.load(ctx, c, key, doc)
	}
	text, err := s.text(ctx, key)
	if err != nil {
		return 0, wrap(err)
	}
	return unmarshalDoc(text, doc)
}

func (s *Store) text(ctx context.Context, key string) (string, error) {
	cmd := redis.NewStringCmd(ctx, "get", key)
	if err := s.gather.do(ctx, cmd); err != nil {
		return "", err
	}
	return cmd.Result()
}

// load reads one document as this change sees it.
func (s *Store) load(ctx context.Context, c *change, key string, doc any) (int, error) {
	text, ok := c.staged[key]
	if !ok {
		var err error
		if text, err = s.text(ctx, key); err != nil {
			return 0, wrap(err)
		}
	}
	return unmarshalDoc(text, doc)
}

// loadOr is load, except that a missing document is version 0 and leaves doc as it is.
func (s *Store) loadOr(ctx context.Context, c *change, key string, doc any) (int, error) {
	v, err := s.load(ctx, c, key, doc)
	var e *echowall.Error
	if errors.As(err, &e) && e.Kind == echowall.KindNotFound {
		return 0, nil
	}
	return v, err
}
