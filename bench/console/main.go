// Command console measures how long the first pages of the staff console take in a large district.
//
// Usage, in the directory bench:
//
//	go run ./console
//	go run ./console -people 5000 -wishes 2000
//
// Read district.go for what is loaded, site.go for the pages under test, ask.go for how they are asked for and
// changes.go for what goes on meanwhile.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
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
	requests := flag.Int("requests", 1000, "requests for each page, number of connections and rate of changes")
	rate := flag.Int("changes", 50, "wishes that change every second while pages are asked for once more; 0 leaves that out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, *people, *wishes, *requests, *rate); err != nil {
		fmt.Fprintln(os.Stderr, "console:", err)
		stop()
		os.Exit(1)
	}
}

// triesMost is how often a row is measured until the host takes little enough; the last try counts.
const triesMost = 4

func measure(ctx context.Context, people, wishes, requests, rate int) error {
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
	url := "unix://" + redis.Socket() + "?db=0"
	s, err := newSite(ctx, url)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.load(ctx, people, wishes); err != nil {
		return err
	}
	fmt.Printf("console: %d stations, %d people, %d wishes in the queues; Redis with AOF everysec; pages, Redis and the asking client share the machine; %s\n",
		people/100, people, wishes, machine.Description())
	other, err := open(ctx, url)
	if err != nil {
		return err
	}
	defer other.Close()
	district := &changes{store: other, numbers: s.numbers, random: rand.New(rand.NewPCG(1, 2))}
	rates := []int{0}
	if rate > 0 {
		rates = append(rates, rate)
	}
	fmt.Printf("%-44s %5s %9s %9s %9s %9s %9s %8s %8s %6s\n", "page", "at a", "changes/s", "p50 ms", "p90 ms", "p99 ms", "slowest", "bytes", "steal %", "tries")
	worst := make(map[int]time.Duration)
	meter := machine.Start()
	for _, who := range s.people() {
		for _, path := range who.pages {
			for _, connections := range []int{1, 4} {
				for _, rate := range rates {
					var r *result
					var use machine.Usage
					tries := 0
					for ; tries == 0 || tries < triesMost && use.Disturbed(); tries++ {
						row := machine.Start()
						err := district.during(ctx, rate, func() (err error) {
							r, err = s.ask(ctx, who, path, connections, requests)
							return err
						})
						if err != nil {
							return fmt.Errorf("%s %s: %w", who.name, path, err)
						}
						use = row.Stop()
					}
					fmt.Printf("%-44s %5d %9d %9.2f %9.2f %9.2f %9.2f %8d %8.1f %6d\n", who.name+" "+path, connections, rate,
						ms(r.at(0.5)), ms(r.at(0.9)), ms(r.at(0.99)), ms(r.at(1)), r.bytes, use.Steal, tries)
					if connections == 1 {
						worst[rate] = max(worst[rate], r.at(0.99))
					}
				}
			}
		}
	}
	use := meter.Stop()
	for _, rate := range rates {
		fmt.Printf("worst p99 of one connection at %d changes/s: %.2f ms, wanted: 30 ms\n", rate, ms(worst[rate]))
	}
	if district.made > 0 {
		fmt.Printf("%d wishes changed, %.1f a second\n", district.made, float64(district.made)/district.took.Seconds())
	}
	fmt.Printf("%s in all, steal %.1f %%, load %s\n", use.Wall.Round(time.Second), use.Steal, machine.Load())
	return nil
}

func ms(d time.Duration) float64 { return 1e3 * d.Seconds() }
