package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"echowall/schedule"
	"echowall/store"
	"echowall/store/redistest"
)

var shanghai = time.FixedZone("CST", 8*3600)

// bench is one Redis and a clock that only moves when told.
type bench struct {
	t     *testing.T
	url   string
	mu    sync.Mutex
	now   time.Time
	fired map[string]int
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, url: redistest.Run(t).URL(), now: time.Date(2026, 11, 1, 0, 0, 0, 0, shanghai), fired: map[string]int{}}
}

func (b *bench) Now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now }

func (b *bench) advance(d time.Duration) { b.mu.Lock(); defer b.mu.Unlock(); b.now = b.now.Add(d) }

func (b *bench) note(name string, due time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fired[name+" "+due.In(shanghai).Format("01-02 15:04")]++
}

// replica is one process with its own connection.
func (b *bench) replica(jobs ...schedule.Job) *schedule.Clock {
	b.t.Helper()
	s, err := store.Open(b.t.Context(), store.Config{URL: b.url, Account: "wx1", Secret: make([]byte, 32), Now: b.Now})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { s.Close() })
	c := &schedule.Clock{Jobs: jobs, Ledger: s, Location: shanghai, Now: b.Now, Logger: slog.New(slog.DiscardHandler)}
	if err := c.Validate(); err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) job(name, spec string, grace time.Duration) schedule.Job {
	return schedule.Job{Name: name, Spec: spec, Grace: grace, Run: func(_ context.Context, due time.Time) error {
		b.note(name, due)
		return nil
	}}
}

func TestTwoReplicasRunAMonthOnce(t *testing.T) {
	b := newBench(t)
	jobs := []schedule.Job{b.job("morning", "40 7 * * *", 4*time.Hour), b.job("often", "*/30 8-17 * * *", 30*time.Minute)}
	one, two := b.replica(jobs...), b.replica(jobs...)
	one.Tick(t.Context()) // a new job does not make up for the past
	for range 30 * 24 * 6 {
		b.advance(10 * time.Minute)
		var wg sync.WaitGroup
		wg.Go(func() { one.Tick(t.Context()) })
		wg.Go(func() { two.Tick(t.Context()) })
		wg.Wait()
	}
	if want := 30 + 30*20; len(b.fired) != want {
		t.Errorf("%d different firings, want %d", len(b.fired), want)
	}
	for name, n := range b.fired {
		if n != 1 {
			t.Errorf("%s ran %d times", name, n)
		}
	}
}

func TestMissedFirings(t *testing.T) {
	for _, tt := range []struct {
		name string
		down time.Duration // from midnight on 1 November
		want string
	}{
		{"within grace", 9 * time.Hour, "morning 11-01 07:40"},
		{"at the end of grace", 11*time.Hour + 40*time.Minute, "morning 11-01 07:40"},
		{"beyond grace", 12 * time.Hour, ""},
		{"several days: only the latest", 72*time.Hour + 8*time.Hour, "morning 11-04 07:40"},
		{"several days, beyond grace", 72*time.Hour + 12*time.Hour, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			job := b.job("morning", "40 7 * * *", 4*time.Hour)
			b.replica(job).Tick(t.Context())
			b.advance(tt.down)
			back := b.replica(job)
			back.Tick(t.Context())
			back.Tick(t.Context())
			var got []string
			for name, n := range b.fired {
				got = append(got, name)
				if n != 1 {
					t.Errorf("%s ran %d times", name, n)
				}
			}
			if g := strings.Join(got, ","); g != tt.want {
				t.Errorf("ran %q, want %q", g, tt.want)
			}
			b.advance(24 * time.Hour) // life goes on the next day
			before := len(b.fired)
			back.Tick(t.Context())
			if late := tt.down%(24*time.Hour) > 11*time.Hour+40*time.Minute; (len(b.fired) == before) != late {
				t.Errorf("next day ran %v, late %v", len(b.fired) != before, late)
			}
		})
	}
}

func TestFailedFiringIsTriedAgain(t *testing.T) {
	b := newBench(t)
	tries := 0
	c := b.replica(schedule.Job{Name: "flaky", Spec: "40 7 * * *", Grace: time.Hour, Run: func(_ context.Context, due time.Time) error {
		if tries++; tries < 3 {
			return errors.New("store is away")
		}
		b.note("flaky", due)
		return nil
	}})
	c.Tick(t.Context())
	b.advance(8 * time.Hour)
	for range 5 {
		c.Tick(t.Context())
	}
	if tries != 3 || b.fired["flaky 11-01 07:40"] != 1 {
		t.Errorf("%d tries, fired %v", tries, b.fired)
	}
}

func TestTableIsValid(t *testing.T) {
	c := &schedule.Clock{Jobs: schedule.Table(schedule.Rules{})}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, j := range c.Jobs {
		if seen[j.Name] {
			t.Errorf("two jobs are named %s; they would share their claims", j.Name)
		}
		seen[j.Name] = true
	}
	for spec, ok := range map[string]bool{"40 7 * * *": true, "40 25 * * *": false, "": false} {
		c := &schedule.Clock{Jobs: []schedule.Job{{Name: "x", Spec: spec, Grace: 1, Run: func(context.Context, time.Time) error { return nil }}}}
		if err := c.Validate(); (err == nil) != ok {
			t.Errorf("spec %q: %v", spec, err)
		}
	}
}
