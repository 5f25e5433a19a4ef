// Command bench runs every benchmark in order and keeps what they print in results/.
//
// Usage, in the directory bench: go run . (or: make bench, one directory up). README.md says what the
// numbers mean.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// runs are the benchmarks: the file for the output, then the package and its arguments.
var runs = [][]string{
	{"callback", "./callback"},
	{"memory", "./memory"},
	{"delivery-zero", "./delivery", "-delay", "0", "-n", "20000", "-rounds", "3"},
	{"delivery-50ms", "./delivery", "-delay", "50ms", "-n", "10000", "-rounds", "1"},
	{"roster", "./roster"},
	{"places", "./places", "-rounds", "3"},
	{"console", "./console"},
	{"delivery-kill", "./delivery", "-kill"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var errs []error
	for _, r := range runs {
		errs = append(errs, run(ctx, r[0], r[1], r[2:]...))
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// run builds and runs one benchmark. The output of a run that fails is kept too.
func run(ctx context.Context, name, pkg string, args ...string) (err error) {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	dir, err := os.MkdirTemp("", "echowall-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, name)
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, pkg).CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	f, err := os.Create(filepath.Join("results", name+".txt"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := io.MultiWriter(os.Stdout, f)
	fmt.Fprintf(out, "# go run %s\n", strings.Join(append([]string{pkg}, args...), " "))
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
