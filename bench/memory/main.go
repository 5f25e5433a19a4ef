// Command memory measures what a wish costs in Redis, with everything that belongs to it.
//
// Usage, in the directory bench:
//
//	go run ./memory
//	go run ./memory -n 20000
//
// Every wish goes the way of a real one: a message's turn hands it in, a station signs and answers, its
// author says what came of it. Read life.go for that and count.go for what is counted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"echowall/bench/machine"
)

func main() {
	n := flag.Int("n", 100000, "closed wishes; of open and published ones a few thousand are enough")
	each := flag.Int("each", 5, "wishes of one author")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("memory: %d wishes an author, %d stations, Redis as it comes, %s\n", *each, stationCount, machine.Description())
	for _, p := range []struct {
		title string
		n     int
		life  func(context.Context, *district, int) error
	}{
		{"closed: submit, accept, answer, not solved, answer, solved", *n, closed},
		{"open: submit, place, accept, answer, not solved, position; 100 in each station's queue", 100 * stationCount, reopened},
		{"published: submit, accept, answer, redact, publish, solved; a second text of 120 characters", 100 * stationCount, published},
	} {
		if err := part(ctx, p.title, p.n, max(p.n / *each, 1), p.life); err != nil {
			fmt.Fprintln(os.Stderr, "memory:", err)
			stop()
			os.Exit(1)
		}
	}
}
