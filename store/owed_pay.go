package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
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

// debtDoc is a debt as stored. By names the worker whose call is or was under way; it stands first, where
// recordScript finds it without parsing.
type debtDoc struct {
	By string `json:"by,omitempty"`
	echowall.Debt
}

// debtMark is what remains of a debt that is over: how and when it was paid, if it was.
type debtMark struct {
	By      string             `json:"by,omitempty"`
	State   echowall.DebtState `json:"state"`
	Channel echowall.Channel   `json:"channel,omitempty"`
	At      int64              `json:"at"` // unix s
}

// paying is what the ledger remembers about one echowall.Payment.
type paying struct {
	person  echowall.PersonID
	version int
	by      string // as stored
	boxed   bool   // may stand in a box
	book    book
	// After a claim of ours:
	token   string
	extra   string // further field of the book that counted
	changes map[string]string
}

// recordScript settles one debt and claims another, each only if it is as it was read. A call that went
// through may be repeated: a claim is known by its token, a settlement writes the same again or nothing.
//
//	KEYS  1 due, 2 attempts, 3 dead, 4 unknown, 5 debt, 6 box and 7 reach of the settlement,
//	      8 debt and 9 reach of the claim (any key stands in for what is not meant)
//	ARGV  1 "1" if there is a settlement: 2 id, 3 token of the claim or "", 4 version, 5 document without its
//	      version, 6 seconds to keep it or 0, 7 score in due or "", 8 score in box, "" to leave it, "-" as it is,
//	      9 index to stand in or "", 10 at (unix s), 11 what to remember of the attempt or "", 12 what the book
//	      must be: "write" to write it, "need" to settle at all, "" no matter, 13 the book, 14 further field of
//	      the book or "", 15 number of words for HSET, the words
//	      then "1" if there is a claim: token, version, document without its version, the book, further field of the
//	      book or "", number of words for HSET, the words. The claimed debt stays in due as it was leased.
//	result {0 settled | 1 somebody else did, echowall.Claimed, book if the claim is stale}
var recordScript = redis.NewScript(strings.NewReplacer(
	"FIELDS", "'"+strings.Join(bookFields, "','")+"'",
	"KEPT", strconv.Itoa(attemptsKept),
).Replace(`
local call = redis.call
local function head(key)
  local text = call('GETRANGE', key, 0, 63)
  return string.match(text, '^{"v":(%d+)'), string.match(text, '^{"v":%d+,"by":"([^"]*)"')
end
local function seen(key, extra)
  local v
  if extra == '' then v = call('HMGET', key, FIELDS) else v = call('HMGET', key, FIELDS, extra) end
  for i = 1, #v do v[i] = v[i] or '' end
  return table.concat(v, ',')
end
local settled, p = 0, 2

local function settle()
  local id, token, at = ARGV[2], ARGV[3], ARGV[10]
  local v, by = head(KEYS[5])
  if token ~= '' then
    if by ~= token then return 1 end
  elseif v ~= ARGV[4] then
    return 1
  end
  local mode = ARGV[12]
  local same = mode == '' or seen(KEYS[7], ARGV[14]) == ARGV[13]
  if mode == 'need' and not same then
    call('ZADD', KEYS[1], at, id)
    return 1
  end
  local doc = '{"v":' .. (tonumber(v) + 1) .. ',' .. ARGV[5]
  if ARGV[6] == '0' then call('SET', KEYS[5], doc) else call('SET', KEYS[5], doc, 'EX', ARGV[6]) end
  if ARGV[7] == '' then call('ZREM', KEYS[1], id) else call('ZADD', KEYS[1], ARGV[7], id) end
  if ARGV[8] == '' then call('ZREM', KEYS[6], id) elseif ARGV[8] ~= '-' then call('ZADD', KEYS[6], ARGV[8], id) end
  if v ~= ARGV[4] then call('ZREM', KEYS[4], id) end
  if ARGV[9] == 'dead' then call('ZADD', KEYS[3], at, id) elseif ARGV[9] == 'unknown' then call('ZADD', KEYS[4], at, id) end
  if ARGV[11] ~= '' then call('XADD', KEYS[2], 'MAXLEN', '~', KEPT, '*', id, ARGV[11]) end
  local n = tonumber(ARGV[15])
  if same and n > 0 then call('HSET', KEYS[7], unpack(ARGV, 16, 15 + n)) end
  return 0
end

if ARGV[1] == '1' then
  settled = settle()
  p = 16 + tonumber(ARGV[15])
end
if ARGV[p] ~= '1' then return {settled, 0} end

local v, by = head(KEYS[8])
if by == ARGV[p+1] then return {settled, 1} end
if v ~= ARGV[p+2] then return {settled, 2} end
if seen(KEYS[9], ARGV[p+5]) ~= ARGV[p+4] then return {settled, 3, call('HGETALL', KEYS[9])} end
call('SET', KEYS[8], '{"v":' .. (tonumber(v) + 1) .. ',' .. ARGV[p+3])
local n = tonumber(ARGV[p+6])
if n > 0 then call('HSET', KEYS[9], unpack(ARGV, p + 7, p + 6 + n)) end
return {settled, 1}
`))

// Payments loads debts for paying: each with its recipient's openid and quota book. Debts that are over are
// missing in the result and leave the queue.
func (s *Store) Payments(ctx context.Context, ids []string) ([]*echowall.Payment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.keys.debt(id)
	}
	docs, err := s.pipe.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, wrap(err)
	}
	var out []*echowall.Payment
	var recipients []echowall.Recipient
	var over []any
	for i, v := range docs {
		text, ok := v.(string)
		var d debtDoc
		version := 0
		if ok {
			if version, err = unmarshalDoc(text, &d); err != nil {
				return nil, err
			}
		}
		switch d.State {
		case echowall.DebtPaid, echowall.DebtVoid, "":
			over = append(over, ids[i])
		case echowall.DebtDead, echowall.DebtUnknown: // left the queue; came up between two steps
		case echowall.DebtOwed, echowall.DebtBoxed, echowall.DebtSending:
			out = append(out, &echowall.Payment{Debt: d.Debt, Ledger: &paying{
				version: version, by: d.By, boxed: d.State != echowall.DebtOwed,
			}})
			recipients = append(recipients, d.To)
		}
	}
	if len(over) > 0 {
		if err := s.pipe.ZRem(ctx, s.keys.due(), over...).Err(); err != nil {
			return nil, wrap(err)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.reachAll(ctx, out, recipients)
}

// reachAll fills in openids and quota books in two round trips.
func (s *Store) reachAll(ctx context.Context, payments []*echowall.Payment, recipients []echowall.Recipient) error {
	keys := make([]string, len(recipients))
	for i, r := range recipients {
		keys[i] = s.keys.vault(r)
	}
	sealed, err := s.pipe.MGet(ctx, keys...).Result()
	if err != nil {
		return wrap(err)
	}
	pipe := s.rdb.Pipeline()
	books := make([]*redis.MapStringStringCmd, len(payments))
	for i, p := range payments {
		text, known := sealed[i].(string)
		if !known {
			continue
		}
		if p.To, err = s.vault.open(recipients[i], text); err != nil {
			return err
		}
		l := p.Ledger.(*paying)
		l.person = s.ids.Person(p.To)
		books[i] = pipe.HGetAll(ctx, s.keys.reach(l.person))
	}
	if pipe.Len() == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return wrap(err)
	}
	for i, p := range payments {
		if books[i] != nil {
			l := p.Ledger.(*paying)
			l.book = books[i].Val()
			p.Reach = l.book.reach()
		}
	}
	return nil
}

// Record writes the end of one payment and the intent to send another, both optional, in one step. A
// settlement that comes too late (somebody else has the debt) is dropped. After ClaimTaken the payment
// carries the attempt; after ClaimStale it carries the quota book as it is now.
//
// When err says KindUnavailable nothing is known; calling again with the same values is safe.
func (s *Store) Record(ctx context.Context, now time.Time, done *echowall.Settlement, next *echowall.Claim) (echowall.Claimed, error) {
	k := s.keys
	keys := []string{k.due(), k.attempts(), k.dead(), k.unknown(), k.due(), k.due(), k.due(), k.due(), k.due()}
	argv := make([]any, 0, 48)
	if done == nil {
		argv = append(argv, "0")
	} else {
		l := done.Payment.Ledger.(*paying)
		d := &done.Payment.Debt
		keys[4], keys[5], keys[6] = k.debt(d.ID), k.box(d.To), k.reach(l.person)
		words, err := settleWords(now, done, l)
		if err != nil {
			return echowall.ClaimNone, err
		}
		argv = append(append(argv, "1"), words...)
	}
	var claimed debtDoc
	if next == nil {
		argv = append(argv, "0")
	} else {
		p := next.Payment
		l := p.Ledger.(*paying)
		keys[7], keys[8] = k.debt(p.Debt.ID), k.reach(l.person)
		words, err := claimWords(now, next, l, &claimed)
		if err != nil {
			return echowall.ClaimNone, err
		}
		argv = append(append(argv, "1"), words...)
	}
	got, err := s.run(ctx, recordScript, keys, argv...).Slice()
	if err != nil {
		return echowall.ClaimNone, wrap(err)
	}
	answer := echowall.Claimed(got[1].(int64))
	switch answer {
	case echowall.ClaimTaken:
		next.Payment.Debt = claimed.Debt
		next.Payment.Reach = next.After
		l := next.Payment.Ledger.(*paying)
		l.version++
		l.token = claimed.By
	case echowall.ClaimStale:
		l := next.Payment.Ledger.(*paying)
		l.book = pairs(texts(got[2]))
		l.token = ""
		next.Payment.Reach = l.book.reach()
	case echowall.ClaimNone, echowall.ClaimLost:
	}
	return answer, nil
}

// claimWords makes the words of recordScript for a claim and the document it writes.
func claimWords(now time.Time, c *echowall.Claim, l *paying, doc *debtDoc) ([]any, error) {
	if l.token == "" {
		token := make([]byte, 6)
		rand.Read(token)
		l.token = encode(token)
	}
	*doc = debtDoc{By: l.token, Debt: c.Payment.Debt}
	doc.State = echowall.DebtSending
	doc.Attempts = append(doc.Attempts[:len(doc.Attempts):len(doc.Attempts)],
		echowall.Attempt{At: now, Channel: c.Decision.Channel})
	body, err := bodyOf(doc)
	if err != nil {
		return nil, err
	}
	l.extra = ""
	if c.Decision.Channel == echowall.ChannelSubscription {
		l.extra = acceptedField(c.Decision.Template)
	}
	l.changes = l.book.changes(&c.After)
	set := words(l.changes)
	out := []any{l.token, l.version, body, l.book.seen(l.extra), l.extra, len(set)}
	return append(out, set...), nil
}

// settleWords makes the words of recordScript for a settlement.
func settleWords(now time.Time, t *echowall.Settlement, l *paying) ([]any, error) {
	d := debtDoc{Debt: t.Payment.Debt}
	d.State = t.State
	token := l.token
	if d.Debt.Attempts != nil && t.Payment.Debt.State == echowall.DebtSending {
		d.Attempts = append([]echowall.Attempt(nil), d.Attempts...)
		last := &d.Attempts[len(d.Attempts)-1]
		last.Result, last.Code = t.Result, t.Code
	}
	attempt := t.Result
	if t.Payment.Debt.State == echowall.DebtSending && len(d.Attempts) > 0 && attempt != "" {
		attempt = fmt.Sprintf("%s %s %d", attempt, d.Attempts[len(d.Attempts)-1].Channel, t.Code)
	}
	var doc any = &d
	var keep int
	due, box, index := "", "-", ""
	if l.boxed {
		box = ""
	}
	mode, seen, extra := "", "", ""
	var set []any
	switch t.State {
	case echowall.DebtPaid, echowall.DebtVoid:
		mark := &debtMark{By: token, State: t.State, At: now.Unix()}
		if t.State == echowall.DebtPaid && len(d.Attempts) > 0 {
			mark.Channel = d.Attempts[len(d.Attempts)-1].Channel
			attempt = "" // the mark says it all
		}
		doc, keep = mark, int(debtMarked.Seconds())
	case echowall.DebtBoxed:
		box = unix(d.Created)
		if !d.Expires.IsZero() {
			due = unix(d.Expires)
		}
		if t.Payment.To != "" && token == "" {
			mode, seen = "need", l.book.seen("")
		}
	case echowall.DebtOwed:
		due = unix(t.Until)
	case echowall.DebtSending:
		d.By = token
		if d.By == "" {
			d.By = l.by
		}
		due, box = unix(t.Until), "-" // the box is left when it is over
	case echowall.DebtUnknown:
		d.By, index = token, "unknown"
		if d.By == "" {
			d.By = l.by
		}
	case echowall.DebtDead:
		index = "dead"
	}
	if token != "" && t.Spent != echowall.SpentKept {
		mode, seen, extra = "write", l.book.with(l.changes).seen(l.extra), l.extra
		back := l.book.undo(l.changes)
		if t.Spent == echowall.SpentClosed {
			for _, f := range []string{"ml", "al", l.extra} {
				if _, spent := l.changes[f]; spent {
					back[f] = "0"
				}
			}
		}
		set = words(back)
	}
	body, err := bodyOf(doc)
	if err != nil {
		return nil, err
	}
	out := []any{
		d.ID, token, l.version, body, keep, due, box, index,
		now.Unix(), attempt, mode, seen, extra, len(set),
	}
	return append(out, set...), nil
}

// bodyOf is a document's text after its version.
func bodyOf(doc any) (string, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return "", echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", doc, err)
	}
	return string(text[1:]), nil
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// pairs reads a flat list of names and values.
func pairs(list []string) book {
	out := make(book, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		out[list[i]] = list[i+1]
	}
	return out
}
