package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// server is a process on the server's core.
type server struct {
	addr string
	cmd  *exec.Cmd
}

// startServer runs a program on the server's core and waits until it says, in one line of JSON on its
// standard output or error, where it serves. What it says afterwards goes to our standard error.
func startServer(ctx context.Context, env []string, program string, args ...string) (*server, error) {
	s := &server{cmd: exec.CommandContext(ctx, "taskset", append([]string{"-c", serverCore, program}, args...)...)}
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	s.cmd.Stdout, s.cmd.Stderr = w, w
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			s.addr = line.Addr
			go func() {
				_, _ = io.Copy(os.Stderr, r)
				_ = r.Close()
			}()
			return s, nil
		}
		fmt.Fprintln(os.Stderr, lines.Text())
	}
	return nil, errors.Join(fmt.Errorf("%s did not start", program), lines.Err(), s.stop())
}

// stop ends the process gently and waits for it.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	return s.cmd.Wait()
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// build makes the program under test from this tree.
func build(ctx context.Context, to string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-C", "..", "-o", to, "./cmd/echowall")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}
