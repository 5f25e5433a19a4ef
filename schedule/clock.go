package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is one row of the table.
type Job struct {
	Name string
	// Spec is a cron expression of five fields in the location of the clock.
	Spec string
	// Grace is how late a missed firing may still run; after that it is recorded as dropped.
	Grace time.Duration
	// Run does the work of the firing that was due at due. It may be run again after a crash, so it must
	// not matter twice.
	Run func(ctx context.Context, due time.Time) error
}

// Ledger remembers which firings were taken; implemented by store.
type Ledger interface {
	// LastFired returns when the last handled firing of a job was due, and sets it to now when the job is
	// new: a new job does not make up for the past.
	LastFired(ctx context.Context, job string, now time.Time) (time.Time, error)
	// ClaimFiring takes one firing for lease of real time; false when it is taken or handled.
	ClaimFiring(ctx context.Context, job string, due time.Time, lease time.Duration) (bool, error)
	// RenewFiring lengthens a claim.
	RenewFiring(ctx context.Context, job string, due time.Time, lease time.Duration) error
	// ReleaseFiring gives a failed firing free for another try.
	ReleaseFiring(ctx context.Context, job string, due time.Time) error
	// FinishFiring records a firing as handled, with a result: "done" or "dropped".
	FinishFiring(ctx context.Context, job string, due time.Time, result string) error
}

const (
	lease = 30 * time.Second // real time
	every = time.Second      // how often the table is looked at
)

// Clock runs the jobs. Fields are set before Start.
type Clock struct {
	Jobs     []Job
	Ledger   Ledger
	Location *time.Location
	Now      func() time.Time // domain time; may jump forward
	Logger   *slog.Logger

	specs  []cron.Schedule
	mu     sync.Mutex // held by the tick that runs
	wake   chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Validate parses the table.
func (c *Clock) Validate() error {
	c.specs = nil
	for _, j := range c.Jobs {
		s, err := cron.ParseStandard(j.Spec)
		if err != nil {
			return fmt.Errorf("schedule: job %s: spec %q: %w", j.Name, j.Spec, err)
		}
		if j.Run == nil || j.Grace <= 0 {
			return fmt.Errorf("schedule: job %s needs Run and a positive Grace", j.Name)
		}
		c.specs = append(c.specs, s)
	}
	return nil
}

// Start begins to look at the table.
func (c *Clock) Start() error {
	if err := c.Validate(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.wake = make(chan struct{}, 1)
	c.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			c.Tick(ctx)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			case <-c.wake:
			}
		}
	})
	return nil
}

// Wake looks at the table at once, after the clock was moved.
func (c *Clock) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Stop ends the running job at its next wait for the store and waits for it.
func (c *Clock) Stop() {
	if c.cancel != nil {
		c.cancel()
		c.done.Wait()
	}
}

// Next is when the table has something after t next, not counting the jobs named; zero when never.
func (c *Clock) Next(t time.Time, without ...string) time.Time {
	var next time.Time
	for i, j := range c.Jobs {
		if slices.Contains(without, j.Name) {
			continue
		}
		if at := c.specs[i].Next(t.In(c.Location)); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// Tick handles every firing that is due now and not handled, after the tick that may be running. Failures are
// logged and tried again at the next tick, within the grace of the job.
func (c *Clock) Tick(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now().In(c.Location)
	for i, j := range c.Jobs {
		if err := c.catchUp(ctx, j, c.specs[i], now); err != nil && ctx.Err() == nil {
			c.Logger.Error("clock job failed", "job", j.Name, "err", err)
		}
	}
}

// catchUp handles the firings of one job since the last one. Of several that were missed only the latest
// can run; it makes up for the others.
func (c *Clock) catchUp(ctx context.Context, j Job, spec cron.Schedule, now time.Time) error {
	last, err := c.Ledger.LastFired(ctx, j.Name, now)
	if err != nil {
		return err
	}
	for due := spec.Next(last.In(c.Location)); !due.IsZero() && !due.After(now); {
		next := spec.Next(due)
		if next.IsZero() || next.After(now) {
			return c.fire(ctx, j, due, now)
		}
		if err := c.drop(ctx, j, due, superseded); err != nil {
			return err
		}
		due = next
	}
	return nil
}

func (c *Clock) fire(ctx context.Context, j Job, due, now time.Time) error {
	if now.Sub(due) > j.Grace {
		return c.drop(ctx, j, due, "too late")
	}
	ok, err := c.Ledger.ClaimFiring(ctx, j.Name, due, lease)
	if err != nil || !ok {
		return err
	}
	stop := c.renew(ctx, j, due)
	err = j.Run(ctx, due)
	stop()
	if err != nil {
		if err2 := c.Ledger.ReleaseFiring(context.WithoutCancel(ctx), j.Name, due); err2 != nil {
			c.Logger.Warn("clock claim could not be released; it lapses by itself", "job", j.Name, "err", err2)
		}
		return err
	}
	c.Logger.Info("clock job done", "job", j.Name, "due", due)
	return c.Ledger.FinishFiring(ctx, j.Name, due, "done")
}

// superseded is why a firing is dropped for a later one of the same job.
const superseded = "superseded"

func (c *Clock) drop(ctx context.Context, j Job, due time.Time, why string) error {
	ok, err := c.Ledger.ClaimFiring(ctx, j.Name, due, lease)
	if err != nil || !ok {
		return err
	}
	level := slog.LevelWarn
	if why == superseded { // its work was done by the later one
		level = slog.LevelInfo
	}
	c.Logger.Log(ctx, level, "clock job dropped", "job", j.Name, "due", due, "why", why)
	return c.Ledger.FinishFiring(ctx, j.Name, due, "dropped: "+why)
}

// renew keeps the claim while the job runs.
func (c *Clock) renew(ctx context.Context, j Job, due time.Time) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := c.Ledger.RenewFiring(ctx, j.Name, due, lease); err != nil && ctx.Err() == nil {
					c.Logger.Warn("clock claim could not be renewed", "job", j.Name, "err", err)
				}
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}
