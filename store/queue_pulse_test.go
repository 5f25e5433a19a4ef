package store

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// watched is a Redis that says what it does.
type watched struct {
	*testing.T
	server *redistest.Server
	s      *Store
	lines  *bufio.Scanner
	steps  int
}

func watch(t *testing.T, s *Store, server *redistest.Server) *watched {
	conn, err := net.Dial("unix", server.Socket())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.Write([]byte("MONITOR\r\n")); err != nil {
		t.Fatal(err)
	}
	w := &watched{T: t, server: server, s: s, lines: bufio.NewScanner(conn)}
	w.lines.Buffer(nil, 16<<20)
	if !w.lines.Scan() || w.lines.Text() != "+OK" {
		t.Fatalf("MONITOR: %q, %v", w.lines.Text(), w.lines.Err())
	}
	return w
}

var monitored = regexp.MustCompile(`^\+[0-9.]+ \[[0-9]+ ([^\]]*)\] (.*)$`)

// step is what Redis did at once, one command a line with its words in double quotes.
type step []string

// wordsOf takes a line apart.
func wordsOf(line string) []string { return strings.Split(strings.Trim(line, `"`), `" "`) }

// pulsed lists the stations whose pulse the step changes.
func (s step) pulsed(pulse string) (stations []string) {
	for _, line := range s {
		if w := wordsOf(line); w[0] == "HINCRBY" && w[1] == pulse {
			stations = append(stations, w[2])
		}
	}
	return stations
}

// during returns the steps that Redis takes while do runs.
func (w *watched) during(do func()) (steps []step) {
	w.Helper()
	do()
	w.steps++
	end := fmt.Sprint("the end of ", w.steps)
	if err := w.s.rdb.Echo(w.Context(), end).Err(); err != nil {
		w.Fatal(err)
	}
	for w.lines.Scan() {
		m := monitored.FindStringSubmatch(w.lines.Text())
		switch {
		case m == nil:
			w.Fatalf("not a line of MONITOR: %q", w.lines.Text())
		case m[1] == "lua" && len(steps) > 0:
			steps[len(steps)-1] = append(steps[len(steps)-1], m[2])
		case strings.Contains(m[2], end):
			return steps
		default:
			steps = append(steps, step{m[2]})
		}
	}
	w.Fatalf("MONITOR broke off: %v", w.lines.Err())
	return nil
}

// namedAt finds the station in a named entry.
var namedAt = regexp.MustCompile(`\\"station\\":\\"([^\\]*)\\"`)

var queueReads = []string{"ZRANGE", "ZCARD", "ZCOUNT", "ZRANGEBYSCORE", "EVALSHA", "EVAL", "SCAN", "TYPE"}

// queuesChanged checks that whatever changes queues or what they know of names changes pulses in the same step, and
// returns how often they were changed.
func (w *watched) queuesChanged(steps []step) (changes int) {
	w.Helper()
	queue, pulse, named := w.s.keys.join("queue", ""), w.s.keys.pulse(), w.s.keys.named()
	for _, step := range steps {
		var changed []string
		for _, line := range step {
			words := wordsOf(line)
			name := strings.ToUpper(words[0])
			if len(words) < 2 || slices.Contains(queueReads, name) {
				continue
			}
			for _, key := range words[1:] {
				switch {
				case strings.HasPrefix(key, queue):
					station, _, _ := strings.Cut(strings.TrimPrefix(key, queue), ":")
					changed = append(changed, station)
				case key == named && name == "HSET":
					changed = append(changed, namedAt.FindStringSubmatch(line)[1])
				case key == named && name == "HDEL" && len(step.pulsed(pulse)) == 0:
					w.Errorf("a name went without a pulse:\n%s", strings.Join(step, "\n"))
				}
			}
		}
		for _, station := range changed {
			if !slices.Contains(step.pulsed(pulse), station) {
				w.Errorf("a queue of %s changed without its pulse:\n%s", station, strings.Join(step, "\n"))
			}
		}
		changes += len(changed)
	}
	return changes
}

// What is remembered of queues is right only as long as this holds.
func TestQueuesChangeWithPulses(t *testing.T) {
	server := redistest.Run(t)
	g := &guessed{t: t, s: openAt(t, server.URL(), "wx1")}
	s := g.s
	w := watch(t, s, server)
	ctx := t.Context()
	var number string
	in := func(turn echowall.Turn, do func(ctx context.Context)) {
		do(turn.Context(ctx))
		if err := turn.Commit(ctx, []byte("reply")); err != nil {
			t.Fatal(err)
		}
	}
	add := func(ctx context.Context) {
		x := &echowall.Wish{Author: s.ids.Author("u1"), Station: "c2", State: echowall.WishSubmitted, Text: "灯", Created: exportNoon, Due: exportNoon}
		if err := s.AddWish(ctx, x, func(*echowall.Wish) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name    string
		do      func()
		changes int // of queues and names, at least
	}{
		{"add", func() { number = queueWish(t, s, "c1", exportNoon) }, 1},
		{"new state", func() { changeWish(t, s, number, func(w *echowall.Wish) { w.State = echowall.WishAccepted }) }, 2},
		{"new date", func() { changeWish(t, s, number, func(w *echowall.Wish) { w.Due = exportNoon.AddDate(0, 0, 1) }) }, 1},
		{"new station", func() { changeWish(t, s, number, func(w *echowall.Wish) { w.Station = "c2" }) }, 2},
		{"name somebody", func() {
			changeWish(t, s, number, func(w *echowall.Wish) { w.Excluded = []echowall.Party{echowall.PartyStation("c9")} })
		}, 1},
		{"name nobody", func() { changeWish(t, s, number, func(w *echowall.Wish) { w.Excluded = nil }) }, 0},
		{"close", func() {
			changeWish(t, s, number, func(w *echowall.Wish) { w.State, w.Due = echowall.WishClosed, time.Time{} })
		}, 1},
		{"guessed message", func() { in(g.guess(g.contact()), add) }, 1},
		{"message", func() { in(g.begin(g.contact(), echowall.BeginNew), add) }, 1},
		{"message with a change", func() {
			in(g.begin(g.contact(), echowall.BeginNew), func(ctx context.Context) {
				list, err := s.WishesBy(ctx, s.ids.Author("u1"), 1)
				if err != nil || len(list) != 1 {
					t.Fatal(list, err)
				}
				err = s.UpdateWish(ctx, list[0].Number, func(w *echowall.Wish) error { w.Station = "c3"; return nil })
				if err != nil {
					t.Fatal(err)
				}
			})
		}, 2},
		{"erase", func() {
			err := s.EraseWishes(ctx, s.ids.Author("u1"), func(w *echowall.Wish) error {
				w.State, w.Author, w.Due = echowall.WishWithdrawn, "", time.Time{}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}, 2},
	} {
		if n := w.queuesChanged(w.during(c.do)); n < c.changes {
			t.Errorf("%s: queues changed %d times, want %d at least: the test proves nothing", c.name, n, c.changes)
		}
	}
}

func TestRestoreChangesQueuesWithPulses(t *testing.T) {
	from := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, from, 60)
	backup := export(t, from, ExportOptions{})
	server := redistest.Run(t)
	s := openExport(t, server.URL(), 'k')
	w := watch(t, s, server)
	n := w.queuesChanged(w.during(func() {
		if _, err := s.Restore(t.Context(), strings.NewReader(backup), RestoreOptions{}); err != nil {
			t.Fatal(err)
		}
	}))
	if n < 20 {
		t.Errorf("queues changed %d times: the test proves nothing", n)
	}
}

// Whoever writes queues elsewhere has to think of the pulses, and to add a row to the test above.
func TestQueuesAreWrittenInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var users []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && (strings.Contains(string(text), "keys.queue(") || strings.Contains(string(text), "k.queue(")) {
			users = append(users, file)
		}
	}
	if got := strings.Join(users, " "); got != "queue_look.go wish.go" {
		t.Errorf("keys of queues are used in %s", got)
	}
}
