package store

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// lastFiredScript reads when a job last fired, and sets it for a new job.
//
//	KEYS 1 jobs; ARGV 1 job, 2 now (unix s); result unix s
var lastFiredScript = redis.NewScript(`
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
`)

// claimFiringScript takes one firing.
//
//	KEYS 1 jobs, 2 fired; ARGV 1 job, 2 due (unix s), 3 lease (ms); result 1 when taken
var claimFiringScript = redis.NewScript(`
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then return 1 end
return 0
`)

// finishFiringScript records a firing as handled.
//
//	KEYS 1 jobs, 2 fired, 3 runs; ARGV 1 job, 2 due (unix s), 3 result, 4 now (unix s)
var finishFiringScript = redis.NewScript(`
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('DEL', KEYS[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 5000, '*', 'job', ARGV[1], 'due', ARGV[2], 'result', ARGV[3], 'at', ARGV[4])
return 1
`)

func unixText(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// LastFired implements schedule.Ledger.
func (s *Store) LastFired(ctx context.Context, job string, now time.Time) (time.Time, error) {
	sec, err := s.run(ctx, lastFiredScript, []string{s.keys.jobs()}, job, unixText(now)).Int64()
	return time.Unix(sec, 0), wrap(err)
}

// ClaimFiring implements schedule.Ledger.
func (s *Store) ClaimFiring(ctx context.Context, job string, due time.Time, lease time.Duration) (bool, error) {
	n, err := s.run(ctx, claimFiringScript, []string{s.keys.jobs(), s.keys.fired(job, unixText(due))}, job, unixText(due), lease.Milliseconds()).Int()
	return n == 1, wrap(err)
}

// RenewFiring implements schedule.Ledger.
func (s *Store) RenewFiring(ctx context.Context, job string, due time.Time, lease time.Duration) error {
	return wrap(s.rdb.PExpire(ctx, s.keys.fired(job, unixText(due)), lease).Err())
}

// ReleaseFiring implements schedule.Ledger.
func (s *Store) ReleaseFiring(ctx context.Context, job string, due time.Time) error {
	return wrap(s.rdb.Del(ctx, s.keys.fired(job, unixText(due))).Err())
}

// FinishFiring implements schedule.Ledger.
func (s *Store) FinishFiring(ctx context.Context, job string, due time.Time, result string) error {
	keys := []string{s.keys.jobs(), s.keys.fired(job, unixText(due)), s.keys.runs()}
	return wrap(s.run(ctx, finishFiringScript, keys, job, unixText(due), result, unixText(s.now())).Err())
}
