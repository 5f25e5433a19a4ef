package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
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

// debtMark is what remains of a debt that is over.
type debtMark struct {
	By    string             `json:"by,omitempty"`
	State echowall.DebtState `json:"state"`
}

// paying is what the ledger remembers about one echowall.Payment.
type paying struct {
	person  echowall.PersonID
	version int
	by      string // as stored
	book    book
	// After a claim of ours:
	token   string
	extra   string // further field of the book that counted
	changes map[string]string
}

// recordScript settles one debt and claims another, each only if it is as it was read. Repeating a call that
// went through changes nothing.
//
//	KEYS  1 due, 2 attempts, 3 dead, 4 unknown, 5 debt, 6 box and 7 reach of the settlement,
//	      8 debt and 9 reach of the claim (any key stands in for what is not meant)
//	ARGV  1 "1" if there is a settlement: 2 id, 3 token of the claim or "", 4 version, 5 document without its
//	      version, 6 seconds to keep it or 0, 7 score in due or "", 8 score in box, "" to leave it, "-" as it is,
//	      9 index to stand in or "", 10 at (unix s), 11 channel, 12 result, 13 code, 14 what the book must
//	      be: "write" to write it, "need" to settle at all, "" no matter, 15 the book, 16 further field of the
//	      book or "", 17 number of words for HSET, the words
//	      then "1" if there is a claim: id, version, document without its version, score in due, the
//	      book, further field of the book or "", number of words for HSET, the words
//	result {0 settled | 1 somebody else did, echowall.Claimed, book if the claim is stale}
var recordScript = redis.NewScript(strings.NewReplacer(
	"FIELDS", "'"+strings.Join(bookFields, "','")+"'",
	"KEPT", strconv.Itoa(attemptsKept),
).Replace(`
local function seen(key, extra)
  local v
  if extra == '' then v = redis.call('HMGET', key, FIELDS) else v = redis.call('HMGET', key, FIELDS, extra) end
  for i = 1, #v do v[i] = v[i] or '' end
  return table.concat(v, ',')
end
local function version(doc) return string.match(string.sub(doc, 1, 24), '^{"v":(%d+)') end

local function settle(p)
  local id, token, body = ARGV[p], ARGV[p+1], ARGV[p+3]
  local doc = redis.call('GET', KEYS[5])
  if not doc then return 1 end
  local v = version(doc)
  if string.sub(doc, #v + 7) == body then return 0 end
  if token ~= '' then
    if string.match(string.sub(doc, 1, 64), '^{"v":%d+,"by":"([^"]*)"') ~= token then return 1 end
  elseif v ~= ARGV[p+2] then
    return 1
  end
  local same = ARGV[p+12] == '' or seen(KEYS[7], ARGV[p+14]) == ARGV[p+13]
  if ARGV[p+12] == 'need' and not same then
    redis.call('ZADD', KEYS[1], ARGV[p+8], id)
    return 1
  end
  doc = '{"v":' .. (tonumber(v) + 1) .. ',' .. body
  if ARGV[p+4] == '0' then redis.call('SET', KEYS[5], doc) else redis.call('SET', KEYS[5], doc, 'EX', ARGV[p+4]) end
  if ARGV[p+5] == '' then redis.call('ZREM', KEYS[1], id) else redis.call('ZADD', KEYS[1], ARGV[p+5], id) end
  if ARGV[p+6] == '' then redis.call('ZREM', KEYS[6], id)
  elseif ARGV[p+6] ~= '-' then redis.call('ZADD', KEYS[6], ARGV[p+6], id) end
  if v ~= ARGV[p+2] then redis.call('ZREM', KEYS[4], id) end
  if ARGV[p+7] == 'dead' then redis.call('ZADD', KEYS[3], ARGV[p+8], id)
  elseif ARGV[p+7] == 'unknown' then redis.call('ZADD', KEYS[4], ARGV[p+8], id) end
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', KEPT, '*', 'debt', id, 'at', ARGV[p+8], 'channel', ARGV[p+9],
    'result', ARGV[p+10], 'code', ARGV[p+11])
  local n = tonumber(ARGV[p+15])
  if same and n > 0 then redis.call('HSET', KEYS[7], unpack(ARGV, p+16, p+15+n)) end
  return 0
end

local function claim(p)
  local id, body = ARGV[p], ARGV[p+2]
  local doc = redis.call('GET', KEYS[8])
  if not doc then return 2 end
  local v = version(doc)
  if string.sub(doc, #v + 7) == body then return 1 end
  if v ~= ARGV[p+1] then return 2 end
  if seen(KEYS[9], ARGV[p+5]) ~= ARGV[p+4] then return 3 end
  redis.call('SET', KEYS[8], '{"v":' .. (tonumber(v) + 1) .. ',' .. body)
  redis.call('ZADD', KEYS[1], ARGV[p+3], id)
  local n = tonumber(ARGV[p+6])
  if n > 0 then redis.call('HSET', KEYS[9], unpack(ARGV, p+7, p+6+n)) end
  return 1
end

local settled, p = 0, 2
if ARGV[1] == '1' then
  settled = settle(p)
  p = p + 16 + tonumber(ARGV[p+15])
end
if ARGV[p] ~= '1' then return {settled, 0} end
local claimed = claim(p + 1)
if claimed == 3 then return {settled, 3, redis.call('HGETALL', KEYS[9])} end
return {settled, claimed}
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
			out = append(out, &echowall.Payment{Debt: d.Debt, Ledger: &paying{version: version, by: d.By}})
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
	openids, err := s.OpenIDs(ctx, recipients...)
	if err != nil {
		return err
	}
	pipe := s.rdb.Pipeline()
	books := make([]*redis.MapStringStringCmd, len(payments))
	for i, p := range payments {
		p.To = openids[p.Debt.To]
		if p.To == "" {
			continue
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
	out := []any{doc.ID, l.version, body, now.Add(echowall.ClaimLasts).Unix(), l.book.seen(l.extra), l.extra, len(set)}
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
	var channel echowall.Channel
	if t.Payment.Debt.State == echowall.DebtSending && len(d.Attempts) > 0 {
		channel = d.Attempts[len(d.Attempts)-1].Channel
	}
	var doc any = &d
	var keep int
	due, box, index := "", "", ""
	mode, seen, extra := "", "", ""
	var set []any
	switch t.State {
	case echowall.DebtPaid, echowall.DebtVoid:
		doc, keep = &debtMark{By: token, State: t.State}, int(debtMarked.Seconds())
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
		due, box = unix(t.Until), "-"
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
		now.Unix(), string(channel), t.Result, t.Code, mode, seen, extra, len(set),
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
