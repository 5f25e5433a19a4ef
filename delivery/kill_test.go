package delivery_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/delivery"
	"echowall/store"
	"echowall/store/redistest"
)

// childEnv carries a child's settings as JSON; its presence makes the test binary a delivery process.
const childEnv = "ECHOWALL_DELIVERY_CHILD"

type child struct {
	RedisURL, PlatformURL string
	Start                 time.Time
	Workers               int
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := runChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// runChild pays debts until its standard input ends.
func runChild(text string) error {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	ctx := context.Background()
	now := newClock(c.Start).now
	s, err := store.Open(ctx, store.Config{URL: c.RedisURL, Account: account, Secret: secret, Now: now})
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := delivery.New(delivery.Config{
		Ledger: s, Sender: httpSender{c.PlatformURL}, Writer: echoWriter{},
		Redis: s.Redis(), Account: account, Rules: echowall.Rules{Replies: true},
		Now: now, Workers: c.Workers, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	if err := d.Start(ctx); err != nil {
		return err
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return d.Shutdown(ctx)
}

// spawn starts a delivery process at the fixture's time.
func (f *fixture) spawn(workers int) *exec.Cmd {
	f.t.Helper()
	settings, err := json.Marshal(child{f.server.URL(), f.platform.URL, f.clock.now(), workers})
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(settings))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || strings.TrimSpace(line) != "ready" {
		f.t.Fatalf("the delivery process said %q, %v", line, err)
	}
	return cmd
}

// oweMany owes one notice to each of n people.
func (f *fixture) oweMany(n int) []echowall.Debt {
	f.t.Helper()
	to := make([]echowall.Recipient, n)
	for i := range to {
		to[i] = f.contact(i, echowall.WindowMessage)
	}
	return f.owe(echowall.DebtNotice, "n", to...)
}

// settled waits until no debt is waiting and at most most (as many as were under way) are unknown, and
// checks that each of the others was paid once.
func (f *fixture) settled(debts []echowall.Debt, most int) {
	f.t.Helper()
	ctx := context.Background()
	f.until("all debts are settled", func() bool {
		counts, err := f.store.DebtCounts(ctx)
		// A call that outlived the jump of the clock counts as unknown until its result is recorded.
		return err == nil && counts.Waiting == 0 && counts.Unknown <= int64(most)
	})
	unknown, arrived := 0, 0
	for _, d := range debts {
		n := f.platform.count(d.Subject)
		arrived += n
		switch state := f.state(d); {
		case n > 1:
			f.t.Errorf("%s arrived %d times", d.Subject, n)
		case state == echowall.DebtUnknown:
			unknown++
		case state != echowall.DebtPaid:
			f.t.Errorf("%s is %q", d.Subject, state)
		case n == 0:
			f.t.Errorf("%s counts as paid and never arrived", d.Subject)
		}
	}
	if listed, err := f.store.Debts(ctx, echowall.DebtUnknown, len(debts)); err != nil || len(listed) != unknown {
		f.t.Errorf("%d unknown debts are listed, want %d (%v)", len(listed), unknown, err)
	}
	f.t.Logf("%d debts, %d messages, %d unknown", len(debts), arrived, unknown)
}

// The worker process dies in the middle of 2,000 deliveries; another one takes over. Its clock is two
// minutes later, so whatever the dead one held must be taken up by then.
func TestKilledWorker(t *testing.T) {
	f := newFixture(t)
	const workers = 16
	f.platform.delay = 2 * time.Millisecond
	debts := f.oweMany(2000)
	first := f.spawn(workers)
	f.platform.await(t, 700)
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	if got := f.platform.got(); got >= len(debts) {
		t.Fatal("everything was delivered before the kill")
	}
	f.clock.advance(2 * time.Minute)
	f.spawn(workers)
	f.settled(debts, workers)
}

// Redis dies in the middle of 2,000 deliveries and comes back with its append-only file. The process lives
// on, so nothing is in doubt.
func TestKilledRedis(t *testing.T) {
	f := newFixture(t)
	f.platform.delay = 2 * time.Millisecond
	debts := f.oweMany(2000)
	d, _ := f.start(func(c *delivery.Config) { c.Workers = 16 })
	for _, n := range []int{400, 900} {
		f.platform.await(t, n)
		f.server.Kill()
		f.server.Restart()
	}
	// Leases that were taken while Redis was away end after this.
	f.until("the queue has emptied or waits", func() bool { return d.Stats().Paid > 900 })
	f.clock.advance(2 * time.Minute)
	f.settled(debts, 0)
}

// Both die. What the worker had under way is in doubt, nothing else: nobody is left who remembers what a
// Redis that writes every second may forget, so this one writes always.
func TestKilledWorkerAndRedis(t *testing.T) {
	f := newFixture(t, redistest.Set("appendfsync", "always"))
	const workers = 16
	f.platform.delay = 2 * time.Millisecond
	debts := f.oweMany(2000)
	first := f.spawn(workers)
	f.platform.await(t, 500)
	f.server.Kill()
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	f.server.Restart()
	f.clock.advance(2 * time.Minute)
	f.spawn(workers)
	f.settled(debts, workers)
}

// A Redis killed while its disk is slow forgets the latest moments of what it acknowledged. What was sent
// then is settled again, not sent again, whether the debt comes up or lies still.
func TestForgottenByTheLedger(t *testing.T) {
	for name, comesUp := range map[string]bool{"comes up": true, "lies still": false} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			ctx := context.Background()
			debt := f.owe(echowall.DebtNotice, "n", f.contact(1, echowall.WindowMessage))[0]
			key, due := f.store.KeyPrefix()+"debt:"+debt.ID, f.store.KeyPrefix()+"due"
			before, err := f.store.Redis().Get(ctx, key).Result()
			if err != nil {
				t.Fatal(err)
			}
			f.start()
			f.awaitState(debt, echowall.DebtPaid)
			pipe := f.store.Redis().TxPipeline()
			pipe.Set(ctx, key, before, 0)
			if comesUp {
				pipe.ZAdd(ctx, due, redis.Z{Member: debt.ID})
			}
			if _, err := pipe.Exec(ctx); err != nil {
				t.Fatal(err)
			}
			f.awaitState(debt, echowall.DebtPaid)
			if n := f.platform.got(); n != 1 {
				t.Errorf("sent %d times", n)
			}
			if counts, err := f.store.DebtCounts(ctx); err != nil || counts != (echowall.DebtCounts{}) {
				t.Errorf("counts %+v, %v; want none", counts, err)
			}
		})
	}
}
