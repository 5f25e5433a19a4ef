package main

import (
	"context"
	"echowall/bench/machine"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"echowall"
)

// workerEnv carries a worker's settings as JSON.
const workerEnv = "ECHOWALL_BENCH_WORKER"

type workerSettings struct {
	addresses
	Socket  string
	Workers int
	Started time.Time
}

// work pays debts until standard input ends.
func work(ctx context.Context) error {
	var w workerSettings
	if err := json.Unmarshal([]byte(os.Getenv(workerEnv)), &w); err != nil {
		return err
	}
	started = w.Started
	s, err := openStore(ctx, w.Socket)
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := newDelivery(s, w.addresses, w.Workers)
	if err != nil {
		return err
	}
	if err := d.Start(ctx); err != nil {
		return err
	}
	fmt.Println("{}")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return d.Shutdown(ctx)
}

// measureKill kills a worker process a third of the way and times, by the real clock, when its successor has
// settled all that was left.
func measureKill(ctx context.Context, n, workers int) error {
	b, err := openBench(ctx)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.prepare(ctx, n, 0); err != nil {
		return err
	}
	if err := b.platform.delay(5 * time.Millisecond); err != nil {
		return err
	}
	settings, err := json.Marshal(workerSettings{b.platform.addresses, b.redis.Socket(), workers, started})
	if err != nil {
		return err
	}
	if err := os.Setenv(workerEnv, string(settings)); err != nil {
		return err
	}
	fmt.Printf("messages %d, workers %d, delay 5ms, %s\n", n, workers, machine.Description())
	var first *exec.Cmd
	stop, err := child(new(struct{}), func(c *exec.Cmd) { first = c }, "-role", "worker")
	if err != nil {
		return err
	}
	if err := b.await(func(calls int, _ int64) bool { return calls >= n/3 }); err != nil {
		return err
	}
	if err := first.Process.Kill(); err != nil {
		return err
	}
	stop()
	killed := time.Now()
	atKill, _, err := b.platform.count()
	if err != nil {
		return err
	}
	stop, err = child(new(struct{}), nil, "-role", "worker")
	if err != nil {
		return err
	}
	defer stop()
	if err := b.await(func(_ int, waiting int64) bool { return waiting == 0 }); err != nil {
		return err
	}
	took := time.Since(killed)
	calls, _, err := b.platform.count()
	if err != nil {
		return err
	}
	unknown, err := b.store.Debts(ctx, echowall.DebtUnknown, n)
	if err != nil {
		return err
	}
	fmt.Printf("killed after %d of %d messages; all settled %.0f s later: %d calls in all, %d debts unknown (at most %d were under way)\n",
		atKill, n, took.Seconds(), calls, len(unknown), workers)
	if calls > n || calls < n-len(unknown) || len(unknown) > workers || took > 2*time.Minute {
		return fmt.Errorf("lost, doubled or late")
	}
	return nil
}

// await looks every other moment until a condition on calls and waiting debts holds.
func (b *bench) await(ok func(calls int, waiting int64) bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		calls, _, err := b.platform.count()
		if err != nil {
			return err
		}
		counts, err := b.store.DebtCounts(context.Background())
		if err != nil {
			return err
		}
		if ok(calls, counts.Waiting) {
			return nil
		}
	}
	return nil
}
