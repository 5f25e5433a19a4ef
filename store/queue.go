package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"echowall"
)

// ReadQueues implements echowall.QueueStore.
func (s *Store) ReadQueues(ctx context.Context, ask echowall.QueueAsk) ([]echowall.QueueEntry, map[echowall.WishState]echowall.QueueCount, []echowall.NamedEntry, error) {
	l, list, err := s.lookAtQueues(ctx, ask)
	if err != nil {
		return nil, nil, nil, err
	}
	named, err := s.queues.namedOf(l)
	if err != nil {
		return nil, nil, nil, err
	}
	counts := make(map[echowall.WishState]echowall.QueueCount, len(ask.States))
	queues := make([][]queued, 1, 1+len(list)*len(ask.States))
	queues[0] = l.first
	for i, state := range ask.States {
		n := l.counts[i]
		for _, q := range list {
			if len(q.queues[i]) == 0 {
				continue
			}
			n = count(n, q.queues[i], ask.Late.Unix(), ask.Soon.Unix())
			if ask.Only == "" || ask.Only == state {
				queues = append(queues, q.queues[i])
			}
		}
		counts[state] = n
	}
	first := earliest(queues, ask.First)
	entries := make([]echowall.QueueEntry, len(first))
	for i, e := range first {
		entries[i] = echowall.QueueEntry{Number: e.number, Due: time.Unix(e.due, 0).UTC()}
	}
	return entries, counts, named, nil
}

// count adds a queue, which is not empty, to what is counted so far.
func count(n echowall.QueueCount, queue []queued, late, soon int64) echowall.QueueCount {
	before := func(t int64) int {
		if queue[0].due >= t { // most of them
			return 0
		}
		i, _ := slices.BinarySearchFunc(queue, t, func(e queued, t int64) int { return cmp.Compare(e.due, t) })
		return i
	}
	n.All += len(queue)
	l := before(late)
	n.Late += l
	n.Soon += before(soon) - l
	return n
}

// earliest returns the first n entries of some queues. Nothing behind the n-th earliest head can be among them.
func earliest(queues [][]queued, n int) []queued {
	if n <= 0 {
		return nil
	}
	heads := make([]int64, 0, len(queues))
	for _, q := range queues {
		if len(q) > 0 {
			heads = append(heads, q[0].due)
		}
	}
	last := int64(math.MaxInt64)
	if len(heads) > n {
		slices.Sort(heads)
		last = heads[n-1]
	}
	var out []queued
	for _, q := range queues {
		for _, e := range q[:min(n, len(q))] {
			if e.due > last {
				break
			}
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b queued) int {
		return cmp.Or(cmp.Compare(a.due, b.due), strings.Compare(a.number, b.number))
	})
	return out[:min(n, len(out))]
}

// WishesOf implements echowall.QueueStore.
func (s *Store) WishesOf(ctx context.Context, numbers ...string) ([]*echowall.Wish, error) {
	return s.wishesOf(ctx, numbers)
}

// Pulses returns a number for each station that grows with every change of a wish there: for the stations named,
// or for all if none is. Stations without any change yet are missing.
func (s *Store) Pulses(ctx context.Context, stations ...echowall.StationID) (map[echowall.StationID]int64, error) {
	all := make(map[string]string)
	var err error
	if len(stations) == 0 {
		all, err = s.pipe.HGetAll(ctx, s.keys.pulse()).Result()
	} else {
		fields := make([]string, len(stations))
		for i, id := range stations {
			fields[i] = string(id)
		}
		var values []any
		values, err = s.pipe.HMGet(ctx, s.keys.pulse(), fields...).Result()
		for i, v := range values {
			if text, ok := v.(string); ok {
				all[fields[i]] = text
			}
		}
	}
	if err != nil {
		return nil, wrap(err)
	}
	out := make(map[echowall.StationID]int64, len(all))
	for id, text := range all {
		if id == "" { // their mark
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, echowall.Errorf(echowall.KindInternal, "store: pulse: %w", err)
		}
		out[echowall.StationID(id)] = n
	}
	return out, nil
}
