// Command delivery measures how fast debts are paid, beside a plain HTTP client that makes the same calls.
//
// Usage, in the directory bench:
//
//	go run ./delivery -delay 0 -n 20000 -rounds 3
//	go run ./delivery -delay 50ms -n 10000 -rounds 1
//	go run ./delivery -kill
//
// Three processes take part: a Redis with an append-only file, the emulated platform, and this one, which
// by turns is the plain client and the delivery with ledger, quota book and queue. Rounds are interleaved,
// so that a machine that changes its speed does so for both.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

func main() {
	role := flag.String("role", "", "platform or worker: what a child process is; not for people")
	delay := flag.Duration("delay", 0, "added to every answer of the platform")
	n := flag.Int("n", 20000, "messages a round")
	rounds := flag.Int("rounds", 3, "rounds")
	workers := flag.Int("workers", 64, "calls under way at once, of both")
	kill := flag.Bool("kill", false, "kill the delivery process in the middle and time its successor")
	flag.Parse()
	if *role != "platform" {
		debug.SetGCPercent(400) // as the service sets it; both of those compared run in this process
	}
	var err error
	switch ctx := context.Background(); {
	case *role == "platform":
		err = servePlatform()
	case *role == "worker":
		err = work(ctx)
	case *kill:
		err = measureKill(ctx, *n, *workers)
	default:
		err = measureSpeed(ctx, *n, *rounds, *workers, *delay)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measureSpeed prints one line a round and the medians.
func measureSpeed(ctx context.Context, n, rounds, workers int, delay time.Duration) error {
	b, err := openBench(ctx)
	if err != nil {
		return err
	}
	defer b.close()
	fmt.Printf("messages %d, workers %d, delay %v, %s\n", n, workers, delay, machine())
	var ratios, shares []float64
	for round := range rounds {
		if err := b.prepare(ctx, n, round); err != nil {
			return err
		}
		if err := b.platform.delay(delay); err != nil {
			return err
		}
		steal := stealMeter()
		var plain, paid float64
		var plainCPU, paidCPU time.Duration
		steps := []func() error{
			b.metered(&plain, &plainCPU, n, func() (float64, error) { return b.plain(ctx, n, workers) }),
			b.metered(&paid, &paidCPU, n, func() (float64, error) { return b.pay(ctx, n, workers) }),
		}
		if round%2 == 1 {
			slices.Reverse(steps)
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		fmt.Printf("round %d: plain %.0f/s, delivery %.0f/s, ratio %.2f, processor time a message (all processes) %v and %v, steal %.1f %%",
			round+1, plain, paid, paid/plain, plainCPU, paidCPU, steal())
		if delay > 0 {
			share := paid / (float64(workers) / delay.Seconds())
			shares = append(shares, share)
			fmt.Printf(", share of workers/delay %.3f", share)
		}
		fmt.Println()
		ratios = append(ratios, paid/plain)
		if err := b.platform.delay(0); err != nil {
			return err
		}
	}
	fmt.Printf("median ratio %.2f", median(ratios))
	if len(shares) > 0 {
		fmt.Printf(", median share of workers/delay %.3f", median(shares))
	}
	fmt.Println("; none lost, none doubled")
	return nil
}

// metered is a step that notes its rate and the processor time it took for a message, in all processes.
func (b *bench) metered(rate *float64, cpu *time.Duration, n int, f func() (float64, error)) func() error {
	return func() (err error) {
		pids := []int{os.Getpid(), b.platform.pid, b.redisPid}
		before := cpuOf(pids...)
		*rate, err = f()
		*cpu = ((cpuOf(pids...) - before) / time.Duration(n)).Round(time.Microsecond)
		return err
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
