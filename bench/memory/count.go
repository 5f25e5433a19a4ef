package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/content"
	"echowall/store"
	"echowall/store/redisserver"
)

// want is the target in bytes.
const want = 1600

// Kinds of keys, by the first word after the prefix. What belongs to a wish is counted against the target;
// of the rest the report says what it is.
var (
	ofWish   = []string{"wish", "by", "queue", "counts", "wall", "wishes", "vault"}
	ofPerson = []string{"conv", "reach"}
	ofMinute = []string{"seen", "fp", "once"}
	ofDebt   = []string{"debt", "due", "reopened", "attempts"}
)

// part lives one kind of life n times in an empty Redis and prints what it costs.
func part(ctx context.Context, title string, n, people int, life func(context.Context, *district, int) error) (err error) {
	dir, err := os.MkdirTemp("", "echowall-memory-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := redisserver.Start(ctx, redisserver.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer server.Kill()
	s, err := store.Open(ctx, store.Config{
		// Patient, because a command repeated after a time-out looks like somebody else's.
		URL: "unix://" + server.Socket() + "?db=0&read_timeout=1m&write_timeout=1m&max_retries=-1", Account: "wxbench0000000000", Secret: []byte(strings.Repeat("bench", 8)),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	pack, _, err := content.Open("")
	if err != nil {
		return err
	}
	d := &district{store: s, people: people, passing: newPassing(), wishes: &echowall.Wishes{
		Store: s, Guard: &echowall.Guard{Roster: s, Access: s}, Calendar: pack.Calendar(time.FixedZone("Asia/Shanghai", 8*3600)), Now: time.Now,
	}}
	for i := range stationCount { // the officers are in the vault, as whoever wrote once is
		for n := range 2 {
			if err := d.greet(ctx, officerID(station(i), n)); err != nil {
				return err
			}
		}
	}
	before, err := used(ctx, s)
	if err != nil {
		return err
	}
	for from := 0; from < n; from += n / stages {
		if err := d.stage(ctx, from, min(from+n/stages, n), life); err != nil {
			return err
		}
	}
	if err := d.verify(ctx, n); err != nil {
		return err
	}
	after, err := used(ctx, s)
	if err != nil {
		return err
	}
	perWish := func(b int64) float64 { return float64(b) / float64(n) }
	fmt.Printf("\n%s; %d wishes\n", title, n)
	fmt.Printf("  stays: the wish with its events, index and queue entries and its people's vault entries %6.0f B (want at most %d)\n", perWish(after-before), want)
	if err := breakdown(ctx, s, n); err != nil {
		return err
	}
	for _, e := range d.passing {
		fmt.Printf("  for a time: %-73s %6.0f B a wish\n", e.what, perWish(e.bytes))
	}
	fmt.Printf("  messages paid: %.1f a wish\n", float64(d.paid)/float64(n))
	return nil
}

// stages is in how many steps the wishes come. Between two of them what expires is taken away as time would,
// because Redis keeps its tables as large as they had to be at the worst moment.
const stages = 20

// passing is what is there for a time only, and how many bytes it takes.
type passing struct {
	what  string
	kinds []string
	bytes int64
}

func newPassing() []passing {
	return []passing{
		{"messages owed, until they are sent", nil, 0},
		{"marks of messages received, 15 minutes, and of changes made, one minute", ofMinute, 0},
		{"marks of messages sent, 7 days, and the list of attempts", ofDebt, 0},
		{"conversations, 8 days, and reply windows of people", ofPerson, 0},
	}
}

// stage lives the wishes from to to, pays what is owed, and takes away what passes.
func (d *district) stage(ctx context.Context, from, to int, life func(context.Context, *district, int) error) error {
	if err := d.live(ctx, from, to, life); err != nil {
		return err
	}
	left, err := used(ctx, d.store)
	if err != nil {
		return err
	}
	paid, err := d.pay(ctx)
	if err != nil {
		return err
	}
	d.paid += paid
	for i := range d.passing {
		e := &d.passing[i]
		if err := drop(ctx, d.store, e.kinds); err != nil {
			return err
		}
		now, err := used(ctx, d.store)
		if err != nil {
			return err
		}
		e.bytes += left - now
		left = now
	}
	return nil
}

// greet is the turn of a message that changes nothing else.
func (d *district) greet(ctx context.Context, openid echowall.OpenID) error {
	turn, err := d.store.Begin(ctx, echowall.Contact{Key: string(openid), From: openid, At: time.Now(), Opens: echowall.WindowMessage})
	if err != nil {
		return err
	}
	return turn.Commit(ctx, nil)
}

// verify looks that all wishes are there with six events and an unbroken history.
func (d *district) verify(ctx context.Context, n int) error {
	counts, err := d.store.Counts(ctx)
	if err != nil {
		return err
	}
	sum := 0
	for _, c := range counts {
		sum += c
	}
	list, err := d.store.WishesBy(ctx, d.store.Identifier().Author(openID(0)), 100)
	if err != nil {
		return err
	}
	if sum != n || len(list) == 0 {
		return fmt.Errorf("%d wishes of %d, %d of the first author", sum, n, len(list))
	}
	for _, w := range list {
		if len(w.History) != 6 || w.VerifyHistory() != -1 {
			return fmt.Errorf("wish %s has %d events", w.Number, len(w.History))
		}
	}
	return nil
}

// used is what Redis says it uses, in bytes, without the buffers of connections and of the append-only file.
func used(ctx context.Context, s *store.Store) (int64, error) {
	info, err := s.Redis().InfoMap(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	m := info["Memory"]
	bytes := func(name string) int64 { v, _ := strconv.ParseInt(m[name], 10, 64); return v }
	return bytes("used_memory") - bytes("mem_clients_normal") - bytes("mem_aof_buffer"), nil
}

// scan calls f with batches of the keys of some kinds.
func scan(ctx context.Context, s *store.Store, kinds []string, f func(keys []string) error) error {
	for _, kind := range kinds {
		for _, pattern := range []string{kind, kind + ":*"} {
			var cursor uint64
			for {
				keys, next, err := s.Redis().Scan(ctx, cursor, s.KeyPrefix()+pattern, 1000).Result()
				if err != nil {
					return err
				}
				if len(keys) > 0 {
					if err := f(keys); err != nil {
						return err
					}
				}
				if cursor = next; cursor == 0 {
					break
				}
			}
		}
	}
	return nil
}

func drop(ctx context.Context, s *store.Store, kinds []string) error {
	return scan(ctx, s, kinds, func(keys []string) error { return s.Redis().Del(ctx, keys...).Err() })
}

// breakdown prints what MEMORY USAGE says of each kind that is left. It leaves out the tables that hold the
// keys themselves, so that the sum is a little below the difference of used_memory.
func breakdown(ctx context.Context, s *store.Store, n int) error {
	for _, kind := range ofWish {
		var sum int64
		count := 0
		err := scan(ctx, s, []string{kind}, func(keys []string) error {
			pipe := s.Redis().Pipeline()
			cmds := make([]*redis.IntCmd, len(keys))
			for i, k := range keys {
				cmds[i] = pipe.MemoryUsage(ctx, k, 0)
			}
			if _, err := pipe.Exec(ctx); err != nil {
				return err
			}
			for _, c := range cmds {
				sum += c.Val()
				count++
			}
			return nil
		})
		if err != nil {
			return err
		}
		if count > 0 {
			fmt.Printf("      %-8s %7d keys %6.0f B a wish\n", kind, count, float64(sum)/float64(n))
		}
	}
	return nil
}
