package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// leaseScript hands out debts that are due and puts them off, so that nobody else gets them meanwhile.
//
//	KEYS  1 due, 2 reopened
//	ARGV  1 now (unix s), 2 until when they are handed out (unix s), 3 how many at most
//	result {recipients that wrote again, ids}
var leaseScript = redis.NewScript(`
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for i = 1, #ids, 1000 do
  local scored = {}
  for j = i, math.min(i + 999, #ids) do
    scored[#scored+1] = ARGV[2]
    scored[#scored+1] = ids[j]
  end
  redis.call('ZADD', KEYS[1], unpack(scored))
end
return {redis.call('SRANDMEMBER', KEYS[2], 64), ids}
`)

// reopenScript makes the boxed debts of one recipient due.
//
//	KEYS  1 box, 2 due, 3 reopened
//	ARGV  1 recipient, 2 now (unix s)
//	result number of debts
var reopenScript = redis.NewScript(`
local ids = redis.call('ZRANGE', KEYS[1], 0, -1)
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[2], ARGV[2], id) end
redis.call('SREM', KEYS[3], ARGV[1])
return #ids
`)

// LeaseDue hands out at most n debts that are due at now. A debt that is neither claimed nor settled by
// until is handed out again then. The boxes of people who wrote again are emptied into the queue on the way.
func (s *Store) LeaseDue(ctx context.Context, now, until time.Time, n int) ([]string, error) {
	keys := []string{s.keys.due(), s.keys.reopened()}
	for {
		got, err := s.run(ctx, leaseScript, keys, now.Unix(), until.Unix(), n).Slice()
		if err != nil {
			return nil, wrap(err)
		}
		ids := texts(got[1])
		reopened := texts(got[0])
		for _, r := range reopened {
			box := []string{s.keys.box(echowall.Recipient(r)), s.keys.due(), s.keys.reopened()}
			if err := s.run(ctx, reopenScript, box, r, now.Unix()).Err(); err != nil {
				return ids, wrap(err)
			}
		}
		if len(ids) > 0 || len(reopened) == 0 {
			return ids, nil
		}
	}
}

// texts reads a list of strings out of a script's result.
func texts(v any) []string {
	list, _ := v.([]any) // an empty list may come as nil
	out := make([]string, 0, len(list))
	for _, e := range list {
		if t, ok := e.(string); ok {
			out = append(out, t)
		}
	}
	return out
}
