package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store/redistest"
)

// inQueue is an entry of a queue and where it waits.
type inQueue struct {
	queued
	station echowall.StationID
	state   echowall.WishState
}

// allQueued reads every queue of the account entry by entry, as nothing else does.
func allQueued(t *testing.T, s *Store) (all []inQueue) {
	t.Helper()
	keys, err := s.rdb.Keys(t.Context(), s.keys.join("queue", "*")).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		parts := strings.Split(strings.TrimPrefix(key, s.keys.prefix), ":")
		list, err := s.rdb.ZRangeWithScores(t.Context(), key, 0, -1).Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range list {
			all = append(all, inQueue{queued{int64(z.Score), z.Member.(string)}, echowall.StationID(parts[1]), echowall.WishState(parts[2])})
		}
	}
	return all
}

// answerOf says what the queues answer as text.
func answerOf(first []echowall.QueueEntry, counts map[echowall.WishState]echowall.QueueCount, named []string) string {
	var b strings.Builder
	for _, state := range echowall.OpenStates {
		fmt.Fprintf(&b, "%s %+v\n", state, counts[state])
	}
	for _, e := range first {
		fmt.Fprintf(&b, "%s %d\n", e.Number, e.Due.Unix())
	}
	slices.Sort(named)
	fmt.Fprintf(&b, "somebody is named in %v\n", named)
	return b.String()
}

// wanted is the answer by the definition.
func wanted(t *testing.T, s *Store, ask echowall.QueueAsk) string {
	t.Helper()
	counts := make(map[echowall.WishState]echowall.QueueCount)
	var first []echowall.QueueEntry
	for _, e := range allQueued(t, s) {
		if !slices.Contains(ask.Stations, e.station) || !slices.Contains(ask.States, e.state) {
			continue
		}
		n := counts[e.state]
		n.All++
		switch {
		case e.due < ask.Late.Unix():
			n.Late++
		case e.due < ask.Soon.Unix():
			n.Soon++
		}
		counts[e.state] = n
		if ask.Only == "" || ask.Only == e.state {
			first = append(first, echowall.QueueEntry{Number: e.number, Due: time.Unix(e.due, 0)})
		}
	}
	slices.SortFunc(first, func(a, b echowall.QueueEntry) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Number, b.Number))
	})
	var named []string
	stored, err := s.rdb.HGetAll(t.Context(), s.keys.named()).Result()
	if err != nil {
		t.Fatal(err)
	}
	for number, text := range stored {
		if slices.ContainsFunc(ask.Stations, func(id echowall.StationID) bool { return strings.Contains(text, fmt.Sprintf("%q:%q", "station", id)) }) {
			named = append(named, number)
		}
	}
	return answerOf(first[:min(ask.First, len(first))], counts, named)
}

// reads asks the queues.
func reads(t *testing.T, s *Store, ask echowall.QueueAsk) string {
	t.Helper()
	first, counts, named, err := s.ReadQueues(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, e := range named {
		numbers = append(numbers, e.Number)
	}
	return answerOf(first, counts, numbers)
}

// script asks the queues without what is remembered.
func script(t *testing.T, s *Store, ask echowall.QueueAsk) string {
	t.Helper()
	s = &Store{rdb: s.rdb, gather: s.gather, keys: s.keys, queues: newQueueMemory()}
	s.queues.station, s.queues.look = 0, 0
	return reads(t, s, ask)
}

// everything asks for the queues of some stations.
func everything(first int, stations ...echowall.StationID) echowall.QueueAsk {
	return echowall.QueueAsk{Stations: stations, States: echowall.OpenStates, First: first, Late: exportNoon, Soon: exportNoon.Add(time.Hour)}
}

// queueWish adds a wish that is due then.
func queueWish(t *testing.T, s *Store, station echowall.StationID, due time.Time) string {
	t.Helper()
	w := &echowall.Wish{Author: "a1", Station: station, State: echowall.WishSubmitted, Text: "灯", Created: exportNoon, Due: due}
	if err := s.AddWish(t.Context(), w, func(*echowall.Wish) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return w.Number
}

// changeWish changes a wish as no rule would.
func changeWish(t *testing.T, s *Store, number string, change func(*echowall.Wish)) {
	t.Helper()
	err := s.UpdateWish(t.Context(), number, func(w *echowall.Wish) error { change(w); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever one process changes, the next answer of another is the one by the definition, and the script's.
func TestQueuesAnswerAsTheyAre(t *testing.T) {
	server := redistest.Run(t)
	stores := []*Store{openAt(t, server.URL(), "wx1"), openAt(t, server.URL(), "wx1")}
	random := rand.New(rand.NewPCG(7, 11))
	var stations []echowall.StationID
	for i := range pulsesByName + 16 {
		stations = append(stations, echowall.StationID(fmt.Sprintf("c%02d", i)))
	}
	busy := stations[:12] // most of what happens, so that queues have many entries due at once
	var numbers []string
	due := func() time.Time { return exportNoon.Add(time.Duration(random.IntN(9)-4) * 20 * time.Minute) }
	station := func() echowall.StationID {
		if random.IntN(4) == 0 {
			return stations[random.IntN(len(stations))]
		}
		return busy[random.IntN(len(busy))]
	}
	states := append([]echowall.WishState{echowall.WishToVerify}, echowall.OpenStates...)
	for round := range 600 {
		s := stores[random.IntN(2)]
		if len(numbers) < 40 || random.IntN(3) == 0 {
			numbers = append(numbers, queueWish(t, s, station(), due()))
		} else {
			changeWish(t, s, numbers[random.IntN(len(numbers))], func(w *echowall.Wish) {
				switch random.IntN(5) {
				case 0:
					w.Due = due()
				case 1:
					w.Station = station()
				case 2:
					w.Due = time.Time{}
				case 3:
					w.Excluded = []echowall.Party{echowall.PartyStation(station())}
				default:
					w.State, w.Due = states[random.IntN(len(states))], due()
				}
			})
		}
		ask := everything(random.IntN(40), stations...)
		if random.IntN(2) == 0 {
			random.Shuffle(len(stations), func(i, j int) { stations[i], stations[j] = stations[j], stations[i] })
			ask.Stations = slices.Clone(stations[:random.IntN(len(stations))])
		}
		ask.Late, ask.Soon = due(), due()
		if ask.Soon.Before(ask.Late) {
			ask.Late, ask.Soon = ask.Soon, ask.Late
		}
		if i := random.IntN(8); i < len(echowall.OpenStates) {
			ask.Only = echowall.OpenStates[i]
		}
		want := wanted(t, s, ask)
		for i, s := range stores {
			if got := reads(t, s, ask); got != want {
				t.Fatalf("round %d: store %d answers\n%s\nwant\n%s", round, i, got, want)
			}
		}
		if got := script(t, s, ask); got != want {
			t.Fatalf("round %d: the script answers\n%s\nwant\n%s", round, got, want)
		}
	}
	if !strings.Contains(wanted(t, stores[0], everything(0, stations...)), "named in [XY") {
		t.Error("nobody is named: the test proves nothing about it")
	}
}

// ranges is how often Redis handed over parts of sorted sets.
func ranges(t *testing.T, s *Store) string {
	t.Helper()
	info, err := s.rdb.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "cmdstat_zrange:calls=")
	calls, _, _ := strings.Cut(rest, ",")
	return calls
}

// What nobody changed is read once, by however many at a time; what changed is read again, and nothing else.
func TestQueuesAreReadOnce(t *testing.T) {
	s := openAt(t, redistest.Run(t).URL(), "wx1")
	var stations []echowall.StationID
	for i := range 100 {
		id := echowall.StationID(fmt.Sprintf("c%02d", i))
		stations = append(stations, id)
		queueWish(t, s, id, exportNoon)
	}
	ask := everything(10, stations...)
	askAtOnce := func() {
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				if _, counts, _, err := s.ReadQueues(t.Context(), ask); err != nil || counts[echowall.WishSubmitted].All < 100 {
					t.Errorf("%v, %v", counts, err)
				}
			})
		}
		all.Wait()
	}
	askAtOnce()
	askAtOnce()
	if got := ranges(t, s); got != "100" {
		t.Errorf("100 queues were read with %s ZRANGE", got)
	}
	queueWish(t, s, "c07", exportNoon)
	askAtOnce()
	if got := ranges(t, s); got != "101" {
		t.Errorf("after one change 100 queues were read with %s ZRANGE in all, want 101", got)
	}
}

// A wish that moves from station to station is in one queue in every answer.
func TestQueuesAreOfOneMoment(t *testing.T) {
	server := redistest.Run(t)
	s, other := openAt(t, server.URL(), "wx1"), openAt(t, server.URL(), "wx1")
	ask := everything(50, "c1", "c2", "c3")
	var numbers []string
	for _, id := range ask.Stations {
		numbers = append(numbers, queueWish(t, s, id, exportNoon))
	}
	var moving, asking sync.WaitGroup
	stop := make(chan struct{})
	for i, number := range numbers {
		moving.Go(func() {
			for round := i; ; round++ {
				select {
				case <-stop:
					return
				default:
				}
				err := other.UpdateWish(t.Context(), number, func(w *echowall.Wish) error {
					w.Station = ask.Stations[round%3]
					w.State = echowall.OpenStates[round/3%3]
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 4 {
		asking.Go(func() {
			for range 150 {
				first, counts, _, err := s.ReadQueues(t.Context(), ask)
				sum := 0
				for _, n := range counts {
					sum += n.All
				}
				if err != nil || sum != 3 || len(first) != 3 {
					t.Errorf("3 wishes are counted as %v and listed as %v, %v", counts, first, err)
					return
				}
			}
		})
	}
	asking.Wait()
	close(stop)
	moving.Wait()
}

// Pulses that began anew reach the numbers they had; what is remembered under the old ones must not come back.
func TestQueuesAfterRedisLostData(t *testing.T) {
	ask := everything(10, "c1", "c2")
	same := func(t *testing.T, s *Store, when string) {
		t.Helper()
		if got, want := reads(t, s, ask), wanted(t, s, ask); got != want {
			t.Errorf("%s: answer\n%s\nwant\n%s", when, got, want)
		}
	}
	pulse := func(t *testing.T, s *Store) int64 {
		t.Helper()
		all, err := s.Pulses(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all["c1"]
	}
	t.Run("emptied", func(t *testing.T) {
		server := redistest.Run(t)
		s := openAt(t, server.URL(), "wx1")
		queueWish(t, s, "c1", exportNoon)
		same(t, s, "before")
		if err := s.rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		queueWish(t, s, "c1", exportNoon.Add(time.Minute))
		if n := pulse(t, s); n != 1 {
			t.Fatalf("pulse %d: the test proves nothing", n)
		}
		same(t, s, "afterwards")
	})
	t.Run("emptied and restored", func(t *testing.T) {
		from := openExport(t, redistest.Run(t).URL(), 'k')
		queueWish(t, from, "c1", exportNoon.Add(time.Minute))
		backup := export(t, from, ExportOptions{})
		s := openExport(t, redistest.Run(t).URL(), 'k')
		queueWish(t, s, "c1", exportNoon)
		same(t, s, "before")
		if err := s.rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Restore(t.Context(), strings.NewReader(backup), RestoreOptions{}); err != nil {
			t.Fatal(err)
		}
		if n := pulse(t, s); n != 1 {
			t.Fatalf("pulse %d: the test proves nothing", n)
		}
		same(t, s, "restored")
	})
	t.Run("restarted with what it had earlier", func(t *testing.T) {
		server := redistest.Run(t, redistest.Set("appendonly", "no"))
		s := openAt(t, server.URL(), "wx1")
		one := queueWish(t, s, "c1", exportNoon)
		same(t, s, "before")
		if err := s.rdb.Save(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		changeWish(t, s, one, func(w *echowall.Wish) { w.Due = exportNoon.Add(time.Minute) })
		same(t, s, "changed")
		server.Restart()
		changeWish(t, s, one, func(w *echowall.Wish) { w.Due = exportNoon.Add(time.Hour) })
		if n := pulse(t, s); n != 2 {
			t.Fatalf("pulse %d: the test proves nothing", n)
		}
		same(t, s, "restarted")
	})
	t.Run("pulses went before queues", func(t *testing.T) {
		s := openAt(t, redistest.Run(t).URL(), "wx1")
		queueWish(t, s, "c1", exportNoon)
		same(t, s, "before")
		for _, key := range []string{s.keys.pulse(), s.keys.queue("c1", echowall.WishSubmitted)} {
			if err := s.rdb.Del(t.Context(), key).Err(); err != nil {
				t.Fatal(err)
			}
			same(t, s, "without "+key)
		}
	})
}

// Where Redis does not say who it is, nothing is remembered and the answers are right.
func TestQueuesWithoutInfo(t *testing.T) {
	s := openAt(t, redistest.Run(t, redistest.Set("rename-command", "INFO", "")).URL(), "wx1")
	ask := everything(10, "c1")
	for i := range 3 {
		queueWish(t, s, "c1", exportNoon.Add(time.Duration(i)*time.Hour))
		if got, want := reads(t, s, ask), wanted(t, s, ask); got != want {
			t.Errorf("answer\n%s\nwant\n%s", got, want)
		}
	}
	if s.queues.mark != "" || s.queues.entries != 0 {
		t.Errorf("%d entries are remembered under the mark %q", s.queues.entries, s.queues.mark)
	}
}

// fillQueue puts so many entries into a queue at once, and pulses.
func fillQueue(t *testing.T, s *Store, station echowall.StationID, n int) {
	t.Helper()
	key := s.keys.queue(station, echowall.WishAccepted)
	_, err := s.rdb.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
		p.Del(t.Context(), key)
		for i := range n {
			p.ZAdd(t.Context(), key, redis.Z{Score: float64(exportNoon.Unix() + int64(i%977)), Member: fmt.Sprint(station, "-", i)})
		}
		p.HIncrBy(t.Context(), s.keys.pulse(), string(station), 1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is remembered is bounded, and what does not fit is answered all the same.
func TestQueuesMemoryIsBounded(t *testing.T) {
	s := openAt(t, redistest.Run(t).URL(), "wx1")
	m := &s.queues
	m.station, m.look, m.all = 20, 50, 100
	var stations []echowall.StationID
	for i := range 12 {
		id := echowall.StationID(fmt.Sprintf("c%02d", i))
		stations = append(stations, id)
		fillQueue(t, s, id, 15)
	}
	fillQueue(t, s, "c05", 21)
	ask := everything(30, stations...)
	ask.Late, ask.Soon = exportNoon.Add(5*time.Second), exportNoon.Add(12*time.Second)
	check := func(when string, known, entries int) {
		t.Helper()
		if got, want := reads(t, s, ask), wanted(t, s, ask); got != want {
			t.Errorf("%s: answer\n%s\nwant\n%s", when, got, want)
		}
		have := 0
		for _, q := range m.stations {
			if !q.large {
				have++
			}
		}
		if have != known || m.entries != entries {
			t.Errorf("%s: %d stations with %d entries are remembered, want %d with %d", when, have, m.entries, known, entries)
		}
	}
	check("first look", 3, 45)
	check("second look", 6, 90)
	check("full", 6, 90)
	fillQueue(t, s, "c00", 21)
	check("one grew too long, another takes its room", 6, 90)
	fillQueue(t, s, "c00", 5)
	check("it is short again", 7, 95)
	for _, id := range stations {
		fillQueue(t, s, id, 1)
	}
	check("all are short", 12, 12)
}

// On a cluster the script is sent to the server that has the account, and may ask that server who it is.
func TestQueuesOnCluster(t *testing.T) {
	_, rawURL := redistest.Cluster(t, 3)
	s := openAt(t, rawURL, "wx1")
	ask := everything(10, "c1", "c2")
	for i := range 3 {
		queueWish(t, s, "c1", exportNoon.Add(time.Duration(i)*time.Hour))
		if got, want := reads(t, s, ask), script(t, s, ask); got != want {
			t.Errorf("answer\n%s\nthe script's\n%s", got, want)
		}
	}
	if s.queues.entries != 3 {
		t.Errorf("%d entries are remembered, want 3", s.queues.entries)
	}
}
