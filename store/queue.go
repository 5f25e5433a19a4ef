package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"echowall"
)

// ReadQueues implements echowall.QueueStore.
func (s *Store) ReadQueues(ctx context.Context, ask echowall.QueueAsk) ([]echowall.QueueEntry, map[echowall.WishState]echowall.QueueCount, []echowall.NamedEntry, error) {
	l, list, err := s.lookAtQueues(ctx, ask)
	if err != nil {
		return nil, nil, nil, err
	}
	names := 0
	for _, q := range list {
		names += len(q.named)
	}
	named := make([]echowall.NamedEntry, 0, names)
	for _, q := range list {
		named = append(named, q.named...)
	}
	for _, e := range l.named {
		if _, counted := l.counted[e.Station]; counted {
			named = append(named, e)
		}
	}
	counts := make(map[echowall.WishState]echowall.QueueCount, len(ask.States))
	queues := make([][]queued, 0, 1+len(list)*len(ask.States))
	if len(l.first) > 0 {
		queues = append(queues, l.first)
	}
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
	return earliest(queues, ask.First), counts, named, nil
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

// earliest returns the first n entries of some queues, of which none is empty. It makes a heap of them.
func earliest(queues [][]queued, n int) []echowall.QueueEntry {
	for i := len(queues)/2 - 1; i >= 0; i-- {
		sink(queues, i)
	}
	var out []echowall.QueueEntry
	for len(out) < n && len(queues) > 0 {
		q := queues[0]
		out = append(out, echowall.QueueEntry{Number: q[0].number, Due: time.Unix(q[0].due, 0).UTC()})
		if queues[0] = q[1:]; len(q) == 1 {
			queues[0] = queues[len(queues)-1]
			queues = queues[:len(queues)-1]
		}
		sink(queues, 0)
	}
	return out
}

// sink moves a queue of a heap down until none below it has an earlier head.
func sink(heap [][]queued, i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(heap); child++ {
			if heap[child][0].before(heap[first][0]) {
				first = child
			}
		}
		if first == i {
			return
		}
		heap[i], heap[first] = heap[first], heap[i]
		i = first
	}
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
		all, err = s.rdb.HGetAll(ctx, s.keys.pulse()).Result()
	} else {
		fields := make([]string, len(stations))
		for i, id := range stations {
			fields[i] = string(id)
		}
		var values []any
		values, err = s.rdb.HMGet(ctx, s.keys.pulse(), fields...).Result()
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
