package store

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// batchMost is how many callers of Record share one script at most. More would wait together for Redis while
// the platform has nothing to do, and keep others from Redis for longer.
const batchMost = 16

// batchScript is recordScript for what nearly always happens, of many callers at once: a debt that was paid
// under its claim, and the claim of a debt that is as it was read. It leaves everything else alone and says
// so; recordScript then decides.
//
//	KEYS  1 due; the debts that were paid; the debts to claim; their quota books in the same order
//	ARGV  1 number paid, 2 number to claim, 3 seconds to keep what was paid
//	      each paid: id, how its document must begin, index of the last byte of that, new document
//	      each claim: how its document must begin, index of the last byte of that, new document, stamp of the
//	      book, number of words for HSET, the words. The debt stays leased in due.
//	result one number for each, in the order of KEYS: 1 done, 0 left alone
//
// Numbers for commands come as text, because Lua takes a microsecond to write one.
var batchScript = redis.NewScript(`
local call = redis.call
local paid, claims, p = tonumber(ARGV[1]), tonumber(ARGV[2]), 4
local out, over = {}, {}
for i = 1, paid do
  local debt = KEYS[1+i]
  out[i] = 0
  if call('GETRANGE', debt, '0', ARGV[p+2]) == ARGV[p+1] then
    call('SET', debt, ARGV[p+3], 'EX', ARGV[3])
    over[#over+1] = ARGV[p]
    out[i] = 1
  end
  p = p + 4
end
for i = paid + 1, paid + claims do
  local debt, book, last = KEYS[1+i], KEYS[1+claims+i], p + 4 + tonumber(ARGV[p+4])
  out[i] = 0
  if call('GETRANGE', debt, '0', ARGV[p+1]) == ARGV[p] and (call('HGET', book, '` + stampField + `') or '') == ARGV[p+3] then
    call('SET', debt, ARGV[p+2])
    call('HSET', book, unpack(ARGV, p + 5, last))
    out[i] = 1
  end
  p = last + 1
end
if #over > 0 then call('ZREM', KEYS[1], unpack(over)) end
return out
`)

// batcher lets concurrent callers of Record share round trips: while one call is under way, whoever comes
// next gathers for the call after it. One of the callers makes it; there is no goroutine of its own.
type batcher struct {
	mu      sync.Mutex
	busy    bool
	waiting []*batched
}

// batched is one caller's part of a batch.
type batched struct {
	paid    *paidWords
	claim   *claimWords
	settled bool // after the call: what was done of it
	claimed bool
	err     error
	wake    chan bool // true: it is your turn to make the call; false: the call was made
}

// paidWords and claimWords are what batchScript wants to know.
type paidWords struct {
	key, id, want string
	doc           []byte
}

type claimWords struct {
	key, want, book, stamp string
	doc                    []byte
	set                    []any
}

// paidWords is nil for a settlement that batchScript cannot write.
func (s *Store) paidWords(t *echowall.Settlement, now time.Time) (*paidWords, error) {
	if t == nil || t.State != echowall.DebtPaid || t.Spent != echowall.SpentKept {
		return nil, nil
	}
	l := t.Payment.Ledger.(*paying)
	if l.token == "" || l.boxed {
		return nil, nil
	}
	body, _, err := l.document(t, now)
	if err != nil {
		return nil, err
	}
	id := t.Payment.Debt.ID
	return &paidWords{key: s.keys.debt(id), id: id, want: begins(l.version, l.token), doc: withVersion(l.version+1, body)}, nil
}

// claimWords are nil without a claim; with one, the debt as it will be is there, too.
func (s *Store) claimWords(c *echowall.Claim, now time.Time) (*claimWords, *echowall.Debt, error) {
	if c == nil {
		return nil, nil, nil
	}
	l := c.Payment.Ledger.(*paying)
	d, body, err := l.claim(c, now)
	if err != nil {
		return nil, nil, err
	}
	return &claimWords{
		key: s.keys.debt(d.ID), want: begins(l.version, l.by), doc: withVersion(l.version+1, body),
		book: s.keys.reach(l.person), stamp: l.book[stampField], set: hset(l.changes),
	}, d, nil
}

// do has one caller's part done. The call is not bound to the caller's context, because it is others', too;
// the time-outs of the connection end it.
func (b *batcher) do(ctx context.Context, s *Store, e *batched) {
	b.mu.Lock()
	b.waiting = append(b.waiting, e)
	if b.busy {
		e.wake = make(chan bool, 1)
		b.mu.Unlock()
		if !<-e.wake {
			return
		}
		b.mu.Lock()
	}
	b.busy = true
	n := min(len(b.waiting), batchMost)
	batch := b.waiting[:n:n] // whoever makes the call stands first
	b.waiting = b.waiting[n:]
	b.mu.Unlock()

	s.recordBatch(context.WithoutCancel(ctx), batch)

	b.mu.Lock()
	b.busy = len(b.waiting) > 0
	if b.busy {
		b.waiting[0].wake <- true
	}
	b.mu.Unlock()
	for _, other := range batch[1:] {
		other.wake <- false
	}
}

// recordBatch makes one call for all.
func (s *Store) recordBatch(ctx context.Context, batch []*batched) {
	keys := make([]string, 1, 1+3*len(batch))
	keys[0] = s.keys.due()
	argv := make([]any, 3, 3+16*len(batch))
	paid, claims := 0, 0
	for _, e := range batch {
		if w := e.paid; w != nil {
			paid++
			keys = append(keys, w.key)
			argv = append(argv, w.id, w.want, len(w.want)-1, w.doc)
		}
	}
	for _, e := range batch {
		if w := e.claim; w != nil {
			claims++
			keys = append(keys, w.key)
			argv = append(argv, w.want, len(w.want)-1, w.doc, w.stamp, len(w.set))
			argv = append(argv, w.set...)
		}
	}
	for _, e := range batch {
		if e.claim != nil {
			keys = append(keys, e.claim.book)
		}
	}
	argv[0], argv[1], argv[2] = paid, claims, int(debtMarked.Seconds())
	got, err := s.runAlone(ctx, batchScript, keys, argv...).Int64Slice()
	if err == nil && len(got) != paid+claims {
		err = echowall.Errorf(echowall.KindInternal, "store: %d results of %d", len(got), paid+claims)
	}
	i, j := 0, paid
	for _, e := range batch {
		if e.err = wrap(err); err != nil {
			continue
		}
		if e.paid != nil {
			e.settled = got[i] == 1
			i++
		}
		if e.claim != nil {
			e.claimed = got[j] == 1
			j++
		}
	}
}

// runAlone is run without waiting for commands of others to travel with.
func (s *Store) runAlone(ctx context.Context, script *redis.Script, keys []string, argv ...any) *redis.Cmd {
	cmd := s.rdb.EvalSha(ctx, script.Hash(), keys, argv...)
	if err := cmd.Err(); err != nil && redis.HasErrorPrefix(err, "NOSCRIPT") {
		return script.Eval(ctx, s.rdb, keys, argv...)
	}
	return cmd
}

// begins is how the text of a document with a version, and a claim if by is not empty, begins.
func begins(version int, by string) string {
	head := `{"v":` + strconv.Itoa(version) + `,`
	if by != "" {
		head += `"by":"` + by + `"`
	}
	return head
}

// withVersion is a document whose text after the version is body.
func withVersion(version int, body []byte) []byte {
	b := make([]byte, 0, len(body)+16)
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, int64(version), 10)
	b = append(b, ',')
	return append(b, body...)
}
