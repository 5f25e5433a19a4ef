// Command callback measures how many wishes a second the service takes on one core, beside the official SDK
// that only echoes.
//
// Usage, in the directory bench:
//
//	go run ./callback
//	go run ./callback -rounds 6 -requests 40000 -server ./echowall
//
// Three processes take turns on two cores: the server under test alone on core 0; this one, which makes the
// pushes, together with Redis on core 1. Read measure.go first, then pushes.go for what is sent.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// The two cores. Servers get serverCore, everything else loadCore.
const (
	serverCore = "0"
	loadCore   = "1"
)

func main() {
	role := flag.String("role", "", "echo, floor or load: what a child process is; not for people")
	redis := flag.String("redis", "", "where the role floor stores; not for people")
	o := options{}
	flag.IntVar(&o.rounds, "rounds", 12, "measured rounds of each server; one more warms up")
	flag.IntVar(&o.requests, "requests", 20000, "pushes a round")
	flag.IntVar(&o.people, "people", 20000, "people who write; the per-person limit allows a burst of 20 messages")
	flag.IntVar(&o.connections, "connections", 64, "keep-alive connections")
	flag.StringVar(&o.server, "server", "", "binary under test; empty builds ../cmd/echowall")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch *role {
	case "":
		err = pin(os.Args[1:])
	case "echo":
		err = serveEcho(ctx)
	case "floor":
		err = serveFloor(ctx, *redis)
	case "load":
		err = measure(ctx, o)
	default:
		err = fmt.Errorf("no role %q", *role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "callback:", err)
		os.Exit(1)
	}
}

// pin turns this process into the load generator on its core. Threads inherit the core of the thread that
// makes them, so it has to be set before the Go runtime starts.
func pin(args []string) error {
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		return fmt.Errorf("taskset is needed to give each process its core (Debian: apt install util-linux): %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	argv := append([]string{taskset, "-c", loadCore, self, "-role", "load"}, args...)
	return syscall.Exec(taskset, argv, os.Environ())
}
