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
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"echowall/bench/machine"
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
	fmt.Printf("messages %d, workers %d, delay %v, %s\n", n, workers, delay, machine.Description())
	var ratios, shares []float64
	for round := 0; len(ratios) < rounds && round < triesMost*rounds; round++ {
		if err := b.prepare(ctx, n, round); err != nil {
			return err
		}
		if err := b.platform.delay(delay); err != nil {
			return err
		}
		var plain, paid step
		steps := []func() error{
			b.metered(&plain, n, func() (float64, error) { return b.plain(ctx, n, workers) }),
			b.metered(&paid, n, func() (float64, error) { return b.pay(ctx, n, workers) }),
		}
		if round%2 == 1 {
			slices.Reverse(steps)
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		stolen := max(plain.steal, paid.steal)
		fmt.Printf("round %d: plain %.0f/s, delivery %.0f/s, ratio %.2f, processor time a message (all processes) %v and %v, steal %.1f %%",
			round+1, plain.rate, paid.rate, paid.rate/plain.rate, plain.cost, paid.cost, stolen)
		counts := stolen <= machine.MuchSteal
		if !counts {
			fmt.Print(", not counted")
		}
		if delay > 0 {
			share := paid.rate / (float64(workers) / delay.Seconds())
			if counts {
				shares = append(shares, share)
			}
			fmt.Printf(", share of workers/delay %.3f", share)
		}
		fmt.Println()
		if counts {
			ratios = append(ratios, paid.rate/plain.rate)
		}
		if err := b.platform.delay(0); err != nil {
			return err
		}
	}
	if len(ratios) == 0 {
		return errors.New("the host took too much of the processors in every round; try again later")
	}
	fmt.Printf("median ratio %.2f of %d rounds", median(ratios), len(ratios))
	if len(shares) > 0 {
		fmt.Printf(", median share of workers/delay %.3f", median(shares))
	}
	fmt.Println("; none lost, none doubled")
	return nil
}

// step is what one side of a round came to.
type step struct {
	rate  float64       // messages a second
	cost  time.Duration // processor time a message, in all processes
	steal float64       // percent
}

// metered is f with what it came to.
func (b *bench) metered(to *step, n int, f func() (float64, error)) func() error {
	return func() (err error) {
		meter := machine.Start(os.Getpid(), b.platform.pid, b.redisPid)
		to.rate, err = f()
		use := meter.Stop()
		to.steal, to.cost = use.Steal, 0
		for _, used := range use.Processes {
			to.cost += used
		}
		to.cost = (to.cost / time.Duration(n)).Round(time.Microsecond)
		return err
	}
}

// triesMost bounds the rounds, of which those do not count in which the host took too much.
const triesMost = 4

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
