package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// deferredGrace is how long a worker has before somebody else takes its deferred message up. A living
// worker renews its claim on the message, so taking it up early only finds it running.
const deferredGrace = 15 * time.Second

// deferScript stores a message with the time to look after it, unless it is done by now: nobody would remove
// it any more.
//
//	KEYS  1 late, 2 latedue, 3 seen
//	ARGV  1 message key, 2 sealed payload, 3 when to look (unix s)
var deferScript = redis.NewScript(`
if string.sub(redis.call('GET', KEYS[3]) or '', 1, 2) == 'D:' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return 1
`)

// takeDeferredScript leases the messages that are due to be looked at.
//
//	KEYS  1 late, 2 latedue
//	ARGV  1 now (unix s), 2 when to look again (unix s), 3 how many
//	result {key, payload, key, payload, …}
var takeDeferredScript = redis.NewScript(`
local out = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local payload = redis.call('HGET', KEYS[1], key)
  if payload then
    out[#out+1] = key
    out[#out+1] = payload
    redis.call('ZADD', KEYS[2], ARGV[2], key)
  else
    redis.call('ZREM', KEYS[2], key)
  end
end
return out
`)

// Defer implements echowall.Turn.
func (t *turn) Defer(ctx context.Context, payload []byte) error {
	k, s := t.s.keys, t.s
	sealed := s.vault.seal(echowall.Recipient(t.contact.Key), echowall.OpenID(payload))
	look := s.now().Add(deferredGrace).Unix()
	return wrap(s.run(ctx, deferScript, []string{k.late(), k.lateDue(), k.seen(t.contact.Key)}, t.contact.Key, sealed, look).Err())
}

// Late implements echowall.Turn.
func (t *turn) Late() { t.late = true }

// TakeDeferred returns deferred messages whose worker has had its time, and leases them. One that cannot be
// opened is an error, and does not keep the others back.
func (s *Store) TakeDeferred(ctx context.Context, limit int) ([]echowall.Deferred, error) {
	now := s.now()
	got, err := s.run(ctx, takeDeferredScript, []string{s.keys.late(), s.keys.lateDue()},
		strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(now.Add(deferredGrace).Unix(), 10), limit).StringSlice()
	if err != nil {
		return nil, wrap(err)
	}
	var out []echowall.Deferred
	var errs []error
	for i := 0; i+1 < len(got); i += 2 {
		payload, err := s.vault.open(echowall.Recipient(got[i]), got[i+1])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, echowall.Deferred{Key: got[i], Payload: []byte(payload)})
	}
	return out, errors.Join(errs...)
}

// DropDeferred forgets a deferred message that turned out to be done.
func (s *Store) DropDeferred(ctx context.Context, key string) error {
	return s.update(ctx, func(c *change) error {
		c.do("HDEL", s.keys.late(), key)
		c.do("ZREM", s.keys.lateDue(), key)
		return nil
	})
}
