package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// startedScript keeps the first date it is given. KEYS 1 started; ARGV 1 date (20060102); result the date kept.
var startedScript = redis.NewScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
`)

// Started returns the day the account began, which is today the first time it is asked. The queue of
// lessons is counted from it, so it must not differ between replicas or change with a restart.
func (s *Store) Started(ctx context.Context, today echowall.Date) (echowall.Date, error) {
	n, err := s.run(ctx, startedScript, []string{s.keys.started()}, today.Year*10000+int(today.Month)*100+today.Day).Int()
	if err != nil {
		return echowall.Date{}, wrap(err)
	}
	return echowall.Date{Year: n / 10000, Month: time.Month(n / 100 % 100), Day: n % 100}, nil
}
