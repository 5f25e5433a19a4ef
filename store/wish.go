package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// firstNumber makes the first receipt number XY1001: four digits are read aloud more easily than one.
const firstNumber = 1000

// How many receipt numbers a process takes at a time, so that a wish costs no extra round trip: few, and more as
// long as they last less than a second. A process that stops leaves a gap in the numbers, never in the wishes: the
// counter of wishes is the number of documents, not the highest number.
const (
	numberBlock     = 64
	numberBlockMost = 2048
)

// numbers hands out receipt numbers from a reserved block.
type numbers struct {
	mu        sync.Mutex
	next, end int64
	block     int64     // size of the last one
	taken     time.Time // when it was
}

func (s *Store) nextNumber(ctx context.Context) (string, error) {
	s.nums.mu.Lock()
	defer s.nums.mu.Unlock()
	if s.nums.next == s.nums.end {
		now, block := s.now(), int64(numberBlock)
		if now.Sub(s.nums.taken) < time.Second {
			block = min(2*s.nums.block, numberBlockMost)
		}
		last, err := s.rdb.IncrBy(ctx, s.keys.wishCounter(), block).Result()
		if err != nil {
			return "", wrap(err)
		}
		s.nums.next, s.nums.end = last-block, last
		s.nums.block, s.nums.taken = block, now
	}
	s.nums.next++
	return "XY" + strconv.FormatInt(firstNumber+s.nums.next, 10), nil
}

// AddWish implements echowall.WishStore.
func (s *Store) AddWish(ctx context.Context, w *echowall.Wish, submit func(*echowall.Wish) error) error {
	number, err := s.nextNumber(ctx)
	if err != nil {
		return err
	}
	w.Number = number
	if err := submit(w); err != nil {
		return err
	}
	owed := w.TakeOwed()
	return s.update(ctx, func(c *change) error {
		if err := c.setWish(s.keys.wish(number), 0, w); err != nil {
			return err
		}
		c.do("ZADD", s.keys.wishesBy(w.Author), w.Created.Unix(), number)
		s.keepMedia(c, w.Media...)
		s.indexWish(c, nil, w)
		if o, ok := authorOf(ctx); ok && !c.authorKnown {
			r := echowall.Recipient(w.Author)
			c.put("SET", s.keys.vault(r), s.vault.seal(r, o))
			c.authorKnown = true
		}
		return s.oweAll(c, owed)
	})
}

// Wish implements echowall.WishStore.
func (s *Store) Wish(ctx context.Context, number string) (*echowall.Wish, error) {
	w := new(echowall.Wish)
	if _, err := s.get(ctx, s.keys.wish(number), w); err != nil {
		return nil, err
	}
	return w, nil
}

// UpdateWish implements echowall.WishStore.
func (s *Store) UpdateWish(ctx context.Context, number string, rule func(*echowall.Wish) error) error {
	return s.update(ctx, func(c *change) error {
		var w, before echowall.Wish
		key := s.keys.wish(number)
		version, err := s.load(ctx, c, key, &w)
		if err != nil {
			return err
		}
		before = w
		if w.Public != nil { // the rule may change it in place
			public := *w.Public
			before.Public = &public
		}
		if err := rule(&w); err != nil {
			return err
		}
		if err := c.setWish(key, version, &w); err != nil {
			return err
		}
		s.indexWish(c, &before, &w)
		for _, id := range w.Media {
			if !slices.Contains(before.Media, id) {
				s.keepMedia(c, id)
			}
		}
		return s.oweAll(c, w.TakeOwed())
	})
}

// indexWish moves the index entries of a wish from what they were to what they are.
func (s *Store) indexWish(c *change, before, w *echowall.Wish) {
	queued := func(w *echowall.Wish) bool { return w != nil && !w.Due.IsZero() }
	moved := before == nil || before.State != w.State || before.Station != w.Station
	if queued(before) && (moved || !queued(w)) {
		c.do("ZREM", s.keys.queue(before.Station, before.State), w.Number)
	}
	if queued(w) && (moved || !before.Due.Equal(w.Due)) {
		c.do("ZADD", s.keys.queue(w.Station, w.State), w.Due.Unix(), w.Number)
	}
	switch was, is := withheld(before), withheld(w); {
	case is != was && is != "":
		c.do("HSET", s.keys.named(), w.Number, is)
	case is != was:
		c.do("HDEL", s.keys.named(), w.Number)
	}
	c.do("HINCRBY", s.keys.pulse(), string(w.Station), 1)
	if before != nil && before.Station != w.Station {
		c.do("HINCRBY", s.keys.pulse(), string(before.Station), 1)
	}
	if before == nil || before.State != w.State {
		c.do("HINCRBY", s.keys.counts(), string(w.State), 1)
		if before != nil {
			c.do("HINCRBY", s.keys.counts(), string(before.State), -1)
		}
	}
	switch was := before != nil && before.OnWall(); {
	case w.OnWall() && (!was || !before.Public.At.Equal(w.Public.At)):
		c.do("ZADD", s.keys.wall(), w.Public.At.Unix(), w.Number)
	case was && !w.OnWall():
		c.do("ZREM", s.keys.wall(), w.Number)
	}
}

// withheld is what the queues have to know of a queued wish in which somebody is named; "" of any other.
func withheld(w *echowall.Wish) string {
	if w == nil || w.Due.IsZero() || len(w.Excluded) == 0 {
		return ""
	}
	text, err := json.Marshal(echowall.NamedEntry{Number: w.Number, Due: w.Due, State: w.State, Station: w.Station, Grid: w.Grid, Excluded: w.Excluded})
	if err != nil {
		panic(err) // strings and a time
	}
	return string(text)
}

// WishesBy implements echowall.WishStore.
func (s *Store) WishesBy(ctx context.Context, a echowall.AuthorID, limit int) ([]*echowall.Wish, error) {
	return s.wishesIn(ctx, s.rdb.ZRevRange(ctx, s.keys.wishesBy(a), 0, int64(limit)-1))
}

// Queue implements echowall.WishStore.
func (s *Store) Queue(ctx context.Context, station echowall.StationID, states []echowall.WishState, limit int) ([]*echowall.Wish, error) {
	var all []*echowall.Wish
	for _, state := range states {
		list, err := s.wishesIn(ctx, s.rdb.ZRange(ctx, s.keys.queue(station, state), 0, int64(limit)-1))
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// Counts implements echowall.WishStore.
func (s *Store) Counts(ctx context.Context) (map[echowall.WishState]int, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.counts()).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make(map[echowall.WishState]int, len(all))
	var errs []error
	for state, n := range all {
		count, err := strconv.Atoi(n)
		errs = append(errs, err)
		out[echowall.WishState(state)] = count
	}
	return out, errors.Join(errs...)
}

// Wall implements echowall.WishStore.
func (s *Store) Wall(ctx context.Context, limit int) ([]*echowall.Wish, error) {
	return s.wishesIn(ctx, s.rdb.ZRevRange(ctx, s.keys.wall(), 0, int64(limit)-1))
}

// wishesIn reads the wishes whose numbers cmd lists; one that is gone by now is left out.
func (s *Store) wishesIn(ctx context.Context, cmd *redis.StringSliceCmd) ([]*echowall.Wish, error) {
	numbers, err := cmd.Result()
	if err != nil {
		return nil, wrap(err)
	}
	return s.wishesOf(ctx, numbers)
}

// wishesOf reads wishes by number; one that is gone by now is left out.
func (s *Store) wishesOf(ctx context.Context, numbers []string) ([]*echowall.Wish, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	keys := make([]string, len(numbers))
	for i, n := range numbers {
		keys[i] = s.keys.wish(n)
	}
	docs, err := s.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]*echowall.Wish, 0, len(docs))
	for _, doc := range docs {
		text, ok := doc.(string)
		if !ok {
			continue
		}
		w := new(echowall.Wish)
		if _, err := unmarshalDoc(text, w); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (s *Store) oweAll(c *change, debts []echowall.Debt) error {
	var errs []error
	for _, d := range debts {
		errs = append(errs, c.owe(s.keys, d))
	}
	return errors.Join(errs...)
}
