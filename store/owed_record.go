package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

const (
	// debtMarked is how long a paid or void debt is remembered, so that owing it again stays a no-op.
	debtMarked = 7 * 24 * time.Hour
	// attemptsKept is how many attempts the shared stream remembers, about.
	attemptsKept = 20_000
)

// recordScript settles one debt and claims another, each only if it is as it was read. A call that went
// through may be repeated: a claim is known by its token, a settlement writes the same again or nothing.
//
//	KEYS  whatever ARGV counts into
//	ARGV  "1" if there is a settlement: debt, token of the claim or "", version, document without its version,
//	      seconds to keep it or 0, what a quota book must be: "" no matter, "need" to settle at all, "write" for
//	      commands named HSET; unless it is "": book, its stamp; number of commands; each command: number of
//	      words, name, key, further words
//	      then "1" if there is a claim: debt, token, version, document without its version, book, its stamp,
//	      number of words for HSET, the words. The debt stays leased in due.
//	result {settled, echowall.Claimed, book if the claim is stale}
var recordScript = redis.NewScript(strings.Replace(`
local call = redis.call
local function head(key)
  local text = call('GETRANGE', key, 0, 63)
  return string.match(text, '^{"v":(%d+)'), string.match(text, '^{"v":%d+,"by":"([^"]*)"')
end
local settled, p = 0, 2
if ARGV[1] == '1' then
  local debt, token, mode = KEYS[tonumber(ARGV[2])], ARGV[3], ARGV[7]
  local v, by = head(debt)
  local same = true
  p = 8
  if mode ~= '' then
    same = (call('HGET', KEYS[tonumber(ARGV[8])], 'STAMP') or '') == ARGV[9]
    p = 10
  end
  -- A version before the claim means that the server lost the claim in a crash: the worker knows better.
  local lost = token ~= '' and tonumber(v or 0) < tonumber(ARGV[4])
  if not lost and (token ~= '' and by ~= token or token == '' and v ~= ARGV[4]) then
    settled = 1
  elseif mode == 'need' and not same then
    settled = 3
  else
    if v ~= ARGV[4] then settled = 2 end
    local doc = '{"v":' .. (tonumber(v or 0) + 1) .. ',' .. ARGV[5]
    if ARGV[6] == '0' then call('SET', debt, doc) else call('SET', debt, doc, 'EX', ARGV[6]) end
  end
  for _ = 1, tonumber(ARGV[p]) do
    local name, last = ARGV[p+2], p + 1 + ARGV[p+1]
    if settled % 2 == 0 and (same or name ~= 'HSET') then
      call(name, KEYS[tonumber(ARGV[p+3])], unpack(ARGV, p + 4, last))
    end
    p = last
  end
  p = p + 1
end
if ARGV[p] ~= '1' then return {settled, 0} end

local debt, book = KEYS[tonumber(ARGV[p+1])], KEYS[tonumber(ARGV[p+5])]
local v, by = head(debt)
if by == ARGV[p+2] then return {settled, 1} end
if v ~= ARGV[p+3] then return {settled, 2} end
if (call('HGET', book, 'STAMP') or '') ~= ARGV[p+6] then return {settled, 3, call('HGETALL', book)} end
call('SET', debt, '{"v":' .. (tonumber(v) + 1) .. ',' .. ARGV[p+4])
call('HSET', book, unpack(ARGV, p + 8, p + 7 + ARGV[p+7]))
return {settled, 1}
`, "STAMP", stampField, -1))

// What recordScript says about a settlement.
const (
	settledNow   = 0
	settledNot   = 1 // somebody else has the debt
	settledLate  = 2 // the debt counted as unknown meanwhile
	settledStale = 3 // the quota book that the settlement needs is not the one that was read
)

// Record writes the end of one payment and the intent to send another, both optional, in one step. A
// settlement that comes too late (somebody else has the debt) is dropped. After ClaimTaken the payment
// carries the attempt; after ClaimStale it carries the quota book as it is now.
//
// When err says KindUnavailable nothing is known; calling again with the same values is safe.
func (s *Store) Record(ctx context.Context, now time.Time, done *echowall.Settlement, next *echowall.Claim) (echowall.Claimed, error) {
	paid, err := s.paidWords(done, now)
	if err != nil {
		return echowall.ClaimNone, err
	}
	if done != nil && paid == nil {
		return s.recordOne(ctx, now, done, next)
	}
	claim, claimed, err := s.claimWords(next, now)
	if err != nil {
		return echowall.ClaimNone, err
	}
	e := batched{paid: paid, claim: claim}
	if paid != nil || claim != nil {
		s.batcher.do(ctx, s, &e)
	}
	if e.err != nil {
		return echowall.ClaimNone, e.err
	}
	if e.settled {
		done = nil
	}
	switch {
	case e.claimed && done != nil:
		if _, err := s.recordOne(ctx, now, done, nil); err != nil {
			return echowall.ClaimNone, err
		}
		fallthrough
	case e.claimed:
		taken(next, claimed)
		return echowall.ClaimTaken, nil
	case done == nil && next == nil:
		return echowall.ClaimNone, nil
	}
	return s.recordOne(ctx, now, done, next)
}

// recordOne is Record, of whatever kind.
func (s *Store) recordOne(ctx context.Context, now time.Time, done *echowall.Settlement, next *echowall.Claim) (echowall.Claimed, error) {
	call := recording{s: s, now: now, keys: make([]string, 0, 6), argv: make([]any, 0, 32)}
	if err := call.settle(done); err != nil {
		return echowall.ClaimNone, err
	}
	claimed, err := call.claim(next)
	if err != nil {
		return echowall.ClaimNone, err
	}
	got, err := s.run(ctx, recordScript, call.keys, call.argv...).Slice()
	if err != nil {
		return echowall.ClaimNone, wrap(err)
	}
	switch got[0].(int64) {
	case settledLate:
		err = s.rdb.ZRem(ctx, s.keys.unknown(), done.Payment.Debt.ID).Err()
	case settledStale:
		err = s.rdb.ZAdd(ctx, s.keys.due(), redis.Z{Score: float64(now.Unix()), Member: done.Payment.Debt.ID}).Err()
	case settledNow, settledNot:
	}
	if err != nil {
		return echowall.ClaimNone, wrap(err)
	}
	answer := echowall.Claimed(got[1].(int64))
	switch answer {
	case echowall.ClaimTaken:
		taken(next, claimed)
	case echowall.ClaimStale:
		l := next.Payment.Ledger.(*paying)
		l.book, l.token = pairs(texts(got[2])), ""
		next.Payment.Reach = l.book.reach()
	case echowall.ClaimNone, echowall.ClaimLost:
	}
	return answer, nil
}

// taken makes the payment of a claim what it is in the ledger now.
func taken(c *echowall.Claim, d *echowall.Debt) {
	c.Payment.Debt = *d
	c.Payment.Reach = c.After
	c.Payment.Ledger.(*paying).version++
}

// recording gathers the keys and words of one call of recordScript.
type recording struct {
	s    *Store
	now  time.Time
	keys []string
	argv []any
}

func (r *recording) say(words ...any) { r.argv = append(r.argv, words...) }

// key is the place of k among the keys.
func (r *recording) key(k string) int {
	if i := slices.Index(r.keys, k); i >= 0 {
		return i + 1
	}
	r.keys = append(r.keys, k)
	return len(r.keys)
}

// claim adds the words of a claim and returns the debt as it will be.
func (r *recording) claim(c *echowall.Claim) (*echowall.Debt, error) {
	if c == nil {
		r.say("0")
		return nil, nil
	}
	l := c.Payment.Ledger.(*paying)
	d, body, err := l.claim(c, r.now)
	if err != nil {
		return nil, err
	}
	set := hset(l.changes)
	r.say("1", r.key(r.s.keys.debt(d.ID)), l.token, l.version, body,
		r.key(r.s.keys.reach(l.person)), l.book[stampField], len(set))
	r.say(set...)
	return d, nil
}

// claim draws the claim's token, once, and returns the debt as it will be and its text without version.
func (l *paying) claim(c *echowall.Claim, now time.Time) (*echowall.Debt, []byte, error) {
	if l.token == "" {
		l.token = stamp()
	}
	d := c.Payment.Debt
	d.State = echowall.DebtSending
	d.Attempts = append(slices.Clip(d.Attempts), echowall.Attempt{At: now, Channel: c.Decision.Channel})
	body, err := l.claimed(&d)
	if err != nil {
		return nil, nil, err
	}
	l.changes = append(l.book.changes(&c.After), field{stampField, l.token})
	return &d, body, nil
}

// claimed is the text of a debt once it is claimed, without its version. A debt without attempts, the common
// case, is cut from what was read: writing JSON is a tenth of what a debt costs.
func (l *paying) claimed(d *echowall.Debt) ([]byte, error) {
	const fresh = `"state":"owed"}`
	head, ok := strings.CutSuffix(l.text, fresh)
	if !ok || l.by != "" || len(d.Attempts) != 1 {
		return bodyOf(&debtDoc{By: l.token, Debt: *d})
	}
	b := make([]byte, 0, len(l.text)+128)
	b = append(b, `"by":"`...)
	b = append(b, l.token...)
	b = append(b, `",`...)
	b = append(b, head...)
	b = append(b, `"state":"sending","attempts":[{"at":"`...)
	b = d.Attempts[0].At.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","channel":"`...)
	b = append(b, d.Attempts[0].Channel...)
	return append(b, `"}]}`...), nil
}

// settle adds the words of a settlement.
func (r *recording) settle(t *echowall.Settlement) error {
	if t == nil {
		r.say("0")
		return nil
	}
	l := t.Payment.Ledger.(*paying)
	doc, keep, err := l.document(t, r.now)
	if err != nil {
		return err
	}
	k := r.s.keys
	id := t.Payment.Debt.ID
	r.say("1", r.key(k.debt(id)), l.token, l.version, doc, keep)

	var set []any
	switch {
	case l.token != "" && t.Spent != echowall.SpentKept:
		set = hset(l.back(t.Spent))
		r.say("write", r.key(k.reach(l.person)), l.token)
	case l.token == "" && t.State == echowall.DebtBoxed && l.book != nil:
		r.say("need", r.key(k.reach(l.person)), l.book[stampField])
	default:
		r.say("")
	}

	count := len(r.argv)
	r.say(0)
	n := 0
	do := func(name, key string, words ...any) {
		r.say(len(words)+2, name, r.key(key))
		r.say(words...)
		n++
	}
	if look := nextLook(t); look.IsZero() {
		do("ZREM", k.due(), id)
	} else {
		do("ZADD", k.due(), look.Unix(), id)
	}
	if t.State == echowall.DebtBoxed {
		do("ZADD", k.box(t.Payment.Debt.To), t.Payment.Debt.Created.Unix(), id)
	} else if l.boxed && t.State != echowall.DebtSending {
		do("ZREM", k.box(t.Payment.Debt.To), id)
	}
	switch t.State {
	case echowall.DebtDead:
		do("ZADD", k.dead(), r.now.Unix(), id)
	case echowall.DebtUnknown:
		do("ZADD", k.unknown(), r.now.Unix(), id)
	}
	if t.State != echowall.DebtPaid && t.Result != "" {
		what := t.Result
		if a := t.Payment.Debt.Attempts; t.Payment.Debt.State == echowall.DebtSending && len(a) > 0 {
			what = fmt.Sprintf("%s %s %d", what, a[len(a)-1].Channel, t.Code)
		}
		do("XADD", k.attempts(), "MAXLEN", "~", attemptsKept, "*", id, what)
	}
	if len(set) > 0 {
		do("HSET", k.reach(l.person), set...)
	}
	r.argv[count] = n
	return nil
}

// nextLook is when a settled debt comes up again, zero when never.
func nextLook(t *echowall.Settlement) time.Time {
	switch t.State {
	case echowall.DebtOwed, echowall.DebtSending:
		return t.Until
	case echowall.DebtBoxed:
		return t.Payment.Debt.Expires
	}
	return time.Time{}
}

// back are the fields of the book that undo a claim, with what it spent closed if that is what happened.
func (l *paying) back(spent echowall.Spent) []field {
	out := l.book.undo(l.changes)
	for i, f := range out {
		switch {
		case f.name == stampField:
			out[i].value = stamp()
		case spent == echowall.SpentClosed && (f.name == "ml" || f.name == "al" || strings.HasPrefix(f.name, acceptedField(""))):
			out[i].value = "0"
		}
	}
	return out
}

// document is the text of a settled debt without its version, and for how many seconds to keep it.
func (l *paying) document(t *echowall.Settlement, now time.Time) ([]byte, int, error) {
	d := t.Payment.Debt
	d.Attempts = slices.Clone(d.Attempts)
	var last *echowall.Attempt
	if d.State == echowall.DebtSending && len(d.Attempts) > 0 {
		last = &d.Attempts[len(d.Attempts)-1]
		last.Result, last.Code = t.Result, t.Code
	}
	d.State = t.State
	by := l.token
	switch t.State {
	case echowall.DebtPaid, echowall.DebtVoid:
		mark := debtMark{By: by, State: t.State, At: now.Unix()}
		if t.State == echowall.DebtPaid && last != nil {
			mark.Channel = last.Channel
		}
		body, err := bodyOf(&mark)
		return body, int(debtMarked.Seconds()), err
	case echowall.DebtSending, echowall.DebtUnknown:
		// Whoever made the call may still tell what became of it.
		if by == "" {
			by = l.by
		}
	default:
		by = ""
	}
	body, err := bodyOf(&debtDoc{By: by, Debt: d})
	return body, 0, err
}

// bodyOf is a document's text after its version.
func bodyOf(doc any) ([]byte, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", doc, err)
	}
	return text[1:], nil
}

// pairs reads a flat list of names and values.
func pairs(list []string) book {
	out := make(book, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		out[list[i]] = list[i+1]
	}
	return out
}
