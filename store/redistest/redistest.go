// Package redistest gives tests a real Redis of their own, which they may kill and start again.
package redistest

import (
	"context"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"echowall/store/redisserver"
)

// A server that does not answer within this time is broken, not slow.
const patience = 20 * time.Second

// Server is one real Redis that belongs to one test.
type Server struct {
	tb      testing.TB
	config  redisserver.Config
	process *redisserver.Process
}

// Option changes how the server runs.
type Option func(*redisserver.Config)

// TCP makes the server listen on a free port of 127.0.0.1 as well; see Server.Addr.
func TCP(tb testing.TB) Option {
	port := FreePort(tb)
	return func(c *redisserver.Config) { c.Port = port }
}

// Set gives the server one configuration option, for example Set("appendonly", "no").
func Set(name string, values ...string) Option {
	return func(c *redisserver.Config) {
		c.Options = append(append(c.Options, "--"+name), values...)
	}
}

// Run starts a server with an append-only file (everysec) and noeviction on a Unix socket, and ends it and
// removes its data with the test. Without redis-server or valkey-server on PATH the test fails.
func Run(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	s := &Server{tb: tb, config: redisserver.Config{Dir: tempDir(tb)}}
	for _, o := range options {
		o(&s.config)
	}
	s.start()
	tb.Cleanup(func() { s.process.Kill() })
	return s
}

// URL is the server's address for store.Open: a Unix socket, database 0.
func (s *Server) URL() string { return "unix://" + s.Socket() + "?db=0" }

// Socket is the path of the Unix socket.
func (s *Server) Socket() string { return s.process.Socket() }

// Addr is host:port of a server that runs with TCP.
func (s *Server) Addr() string {
	s.tb.Helper()
	if s.config.Port == 0 {
		s.tb.Fatal("redistest: the server was not started with TCP")
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.config.Port))
}

// Kill ends the server with SIGKILL and waits for its end.
func (s *Server) Kill() { s.process.Kill() }

// Stop ends the server as an operator would, everything written.
func (s *Server) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s.process.Stop(ctx)
}

// Restart starts the server again with the data it had, ending it first if it still runs.
func (s *Server) Restart() {
	s.tb.Helper()
	s.process.Kill()
	s.start()
}

func (s *Server) start() {
	s.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p, err := redisserver.Start(ctx, s.config)
	if err != nil {
		s.tb.Fatalf("redistest: %v", err)
	}
	s.process = p
}

// FreePort returns a TCP port of 127.0.0.1 that was free a moment ago.
func FreePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// tempDir is not tb.TempDir: that one carries the test's name and would exceed a socket path.
func tempDir(tb testing.TB) string {
	tb.Helper()
	parent := os.TempDir()
	if len(parent) > redisserver.SocketPathLimit/2 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "echowall-test-")
	if err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Errorf("redistest: %v", err)
		}
	})
	return dir
}
