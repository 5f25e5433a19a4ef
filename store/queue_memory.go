package store

import (
	"context"
	"slices"
	"sync"

	"echowall"
)

// lookTries is how often queues are looked at because they changed meanwhile, until the script counts them all.
const lookTries = 5

// queued is an entry of a queue: when it is due (unix s), and its number.
type queued struct {
	due    int64
	number string
}

func (a queued) before(b queued) bool {
	return a.due < b.due || a.due == b.due && a.number < b.number
}

// stationQueues are the queues of one station in the states of echowall.OpenStates, sorted as in Redis, and those of
// their wishes in which somebody is named, as of one pulse. They are never changed.
type stationQueues struct {
	pulse  int64
	queues [][]queued
	named  []echowall.NamedEntry
	size   int
	large  bool // too many to remember; queues is empty then
}

// queueMemory is what this process remembers of the queues. Every script that changes a wish of a station adds
// one to the station's pulse in the same step, so queues are as they are remembered while their pulse is.
//
// Pulses that began anew could meet old ones by chance: after a restore into an emptied Redis, after a restart that lost
// the last second, or on a replica that took over. They are compared only under the same mark. It is drawn
// when pulses are first read and lies among them, so that it goes when they go, and it has the id that Redis takes
// anew whenever it starts or takes over.
type queueMemory struct {
	// station is up to how many entries the queues of one station are remembered: reading them takes Redis about a
	// millisecond. Longer ones are counted by the script every time.
	station int
	// look is how many entries one look hands over at most: Redis stands still for some 10 ms. What is left
	// over is read by the next look.
	look int
	// all is how many entries are remembered at most, at about 50 bytes each.
	all int

	pulses lastText[map[echowall.StationID]int64]
	named  lastText[[]echowall.NamedEntry]

	turn chan struct{} // held by whoever reads what changed, so that others do not read it too

	mu       sync.Mutex
	mark     string
	stations map[echowall.StationID]*stationQueues
	entries  int
}

func newQueueMemory() queueMemory {
	return queueMemory{station: 2_000, look: 20_000, all: 200_000, turn: make(chan struct{}, 1)}
}

// behind lists the stations asked for that have to be read because they are not known, or changed by the time of
// the last look, and those that are read every time. The room is for how many entries.
func (m *queueMemory) behind(asked []echowall.StationID, last *look) (changed, large []echowall.StationID, room int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	room = m.all - m.entries
	for _, id := range asked {
		q := m.stations[id]
		switch {
		case q == nil:
			changed = append(changed, id)
		case q.large:
			large = append(large, id)
		case last != nil && last.mark == m.mark && q.pulse < last.pulses[id]:
			changed = append(changed, id)
			room += q.size
		}
	}
	return changed, large, min(room, m.look)
}

// keep remembers what a look handed over, unless something newer is known.
func (m *queueMemory) keep(l *look) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.mark != m.mark {
		m.mark, m.entries, m.stations = l.mark, 0, make(map[echowall.StationID]*stationQueues)
	}
	if l.mark == "" {
		return
	}
	for id, q := range l.stations {
		switch {
		case q.pulse == 0 && q.size+len(q.named) > 0: // its pulse was lost, and may have been lost before its queues are
			m.forget(id)
		case m.stations[id] == nil || m.stations[id].pulse <= q.pulse:
			m.forget(id)
			m.stations[id] = q
			m.entries += q.size
		}
	}
	for id, size := range l.counted {
		if size > m.station || size > m.all-m.entries {
			m.forget(id)
			m.stations[id] = &stationQueues{large: true}
		}
	}
}

func (m *queueMemory) forget(id echowall.StationID) {
	if q := m.stations[id]; q != nil {
		m.entries -= q.size
		delete(m.stations, id)
	}
}

// recall returns the queues of the stations asked for as of the moment of the look, without those that the
// look counted; ok is false when some are not known as of then.
func (m *queueMemory) recall(asked []echowall.StationID, l *look) (list []*stationQueues, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list = make([]*stationQueues, 0, len(asked))
	for _, id := range asked {
		if _, counted := l.counted[id]; counted {
			continue
		}
		q := l.stations[id]
		if q == nil {
			if q = m.stations[id]; q == nil || q.large || m.mark != l.mark || q.pulse != l.pulses[id] {
				return nil, false
			}
		}
		list = append(list, q)
	}
	return list, true
}

// lookAtQueues returns the queues that ask names as of one moment: those that are remembered, and the look that
// proves them and has the others.
func (s *Store) lookAtQueues(ctx context.Context, ask echowall.QueueAsk) (l *look, list []*stationQueues, err error) {
	tries := lookTries
	if !slices.Equal(ask.States, echowall.OpenStates) {
		tries = 0
	}
	for range tries {
		if l, err = s.lookAgain(ctx, ask, l); err != nil {
			return nil, nil, err
		}
		if list, ok := s.queues.recall(ask.Stations, l); ok {
			return l, list, nil
		}
	}
	if l, err = s.lookAt(ctx, ask, ask.Stations, 0, 0); err != nil {
		return nil, nil, err
	}
	list, _ = s.queues.recall(ask.Stations, l)
	return l, list, nil
}

// lookAgain looks at what is not known or changed by the time of the last look, and remembers it.
func (s *Store) lookAgain(ctx context.Context, ask echowall.QueueAsk, last *look) (*look, error) {
	m := &s.queues
	changed, large, room := m.behind(ask.Stations, last)
	if len(changed) > 0 {
		select {
		case m.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, wrap(ctx.Err())
		}
		// Somebody else may have read it meanwhile.
		if changed, large, room = m.behind(ask.Stations, last); len(changed) > 0 {
			defer func() { <-m.turn }()
		} else {
			<-m.turn
		}
	}
	l, err := s.lookAt(ctx, ask, append(changed, large...), m.station, room)
	if err != nil {
		return nil, err
	}
	m.keep(l)
	return l, nil
}
