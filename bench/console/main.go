// Command console measures how long the first pages of the staff console take in a large district.
//
// Usage, in the directory bench:
//
//	go run ./console
//	go run ./console -people 5000 -wishes 2000
//
// Read district.go for what is loaded, site.go for the pages under test and ask.go for how they are asked for.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"echowall/bench/machine"
	"echowall/store/redisserver"
)

func main() {
	people := flag.Int("people", 50000, "lines of the roster; a hundredth as many stations")
	wishes := flag.Int("wishes", 20000, "wishes in the queues")
	requests := flag.Int("requests", 2000, "requests for each page and number of connections")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, *people, *wishes, *requests); err != nil {
		fmt.Fprintln(os.Stderr, "console:", err)
		stop()
		os.Exit(1)
	}
}

func measure(ctx context.Context, people, wishes, requests int) error {
	dir, err := os.MkdirTemp("", "echowall-console-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	redis, err := redisserver.Start(ctx, redisserver.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer redis.Kill()
	s, err := newSite(ctx, "unix://"+redis.Socket()+"?db=0")
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.load(ctx, people, wishes); err != nil {
		return err
	}
	fmt.Printf("console: %d stations, %d people, %d wishes in the queues; Redis with AOF everysec; pages, Redis and the asking client share the machine; %s\n",
		people/100, people, wishes, machine.Description())
	fmt.Printf("%-44s %5s %9s %9s %9s %9s %8s\n", "page", "at a", "p50 ms", "p90 ms", "p99 ms", "slowest", "bytes")
	worst := time.Duration(0)
	meter := machine.Start()
	for _, who := range s.people() {
		for _, path := range who.pages {
			for _, connections := range []int{1, 4} {
				r, err := s.ask(ctx, who, path, connections, requests)
				if err != nil {
					return fmt.Errorf("%s %s: %w", who.name, path, err)
				}
				fmt.Printf("%-44s %5d %9.2f %9.2f %9.2f %9.2f %8d\n", who.name+" "+path, connections, ms(r.at(0.5)), ms(r.at(0.9)), ms(r.at(0.99)), ms(r.at(1)), r.bytes)
				if connections == 1 {
					worst = max(worst, r.at(0.99))
				}
			}
		}
	}
	use := meter.Stop()
	fmt.Printf("worst p99 of one connection: %.2f ms, wanted: 30 ms; %s in all, steal %.1f %%, load %s\n", ms(worst), use.Wall.Round(time.Second), use.Steal, machine.Load())
	return nil
}

func ms(d time.Duration) float64 { return 1e3 * d.Seconds() }
