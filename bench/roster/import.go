package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"echowall"
	"echowall/bench/machine"
	"echowall/roster"
	"echowall/store"
)

var today = echowall.Date{Year: 2026, Month: 11, Day: 23}

func open(ctx context.Context, url string) (*store.Store, error) {
	return store.Open(ctx, store.Config{URL: url, Account: "wx-bench", Secret: make([]byte, 32)})
}

// inChild imports a file in a process of its own and says what that took.
func inChild(ctx context.Context, title, url, file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("\n%s (%.1f MB):\n", title, float64(info.Size())/1e6)
	meter := machine.Start()
	state, err := child(ctx, "-role", "import", "-redis", url, file)
	if err != nil {
		return err
	}
	usage := meter.Stop()
	spent := state.UserTime() + state.SystemTime()
	peak := 0.0
	if r, ok := state.SysUsage().(*syscall.Rusage); ok {
		peak = float64(r.Maxrss) / 1024 // Linux counts in kB
	}
	fmt.Printf("  %.1f s in all, %.1f s processor time, peak %.0f MB; others took %.1f %% of the machine\n", usage.Wall.Seconds(), spent.Seconds(), peak, usage.Steal)
	return nil
}

// child runs this program as another process.
func child(ctx context.Context, args ...string) (*os.ProcessState, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err = cmd.Run()
	return cmd.ProcessState, err
}

// importFile is the process that imports.
func importFile(ctx context.Context, url, file string) error {
	s, err := open(ctx, url)
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	begun := time.Now()
	lap := func(what string) {
		fmt.Printf("  %-8s %5.1f s\n", what, time.Since(begun).Seconds())
		begun = time.Now()
	}
	book, err := roster.Read(ctx, f, info.Size(), today)
	if err != nil {
		return err
	}
	lap("read")
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	plan := book.Plan(d)
	lap("compare")
	if !plan.OK() {
		return fmt.Errorf("%d rows are wrong", plan.Counts[roster.Wrong]+len(plan.Others))
	}
	if err := plan.Apply(ctx, s); err != nil {
		return err
	}
	lap("write")
	fmt.Printf("  added %d, changed %d, same %d\n", plan.Counts[roster.Added], plan.Counts[roster.Changed], plan.Counts[roster.Same])
	return nil
}
