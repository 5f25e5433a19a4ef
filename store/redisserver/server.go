// Package redisserver runs a redis-server (or valkey-server) as a child process, for the embedded default
// of the store and for tests.
//
// Read first Start. The child listens on a Unix socket only its owner may open, unless a port is asked for;
// it keeps an append-only file and never evicts.
package redisserver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrNotInstalled says that neither redis-server nor valkey-server is on PATH.
var ErrNotInstalled = errors.New("neither redis-server nor valkey-server is on PATH (Debian: apt install redis-server)")

// SocketPathLimit is the number of bytes a socket path may have on every Unix (sun_path holds 104 on some).
const SocketPathLimit = 100

// Config says where the server keeps its data and where it listens.
type Config struct {
	// Dir holds the data. It must exist.
	Dir string
	// Socket is the path to listen on, at most SocketPathLimit bytes; "" is redis.sock in Dir.
	Socket string
	// Port on 127.0.0.1 to listen on as well; 0 is none.
	Port int
	// Options are further command-line options, for example "--appendonly", "no"; the last one of a name wins.
	Options []string
	// File is a configuration file read before the options, which Sentinel needs and rewrites; "" is none.
	File string
	// Hold is a file that the server keeps open as long as it lives, so that a lock on it outlives a parent
	// that was killed; nil is none.
	Hold *os.File
}

// Process is one running server.
type Process struct {
	socket string
	proc   *os.Process
	tail   *tail
	done   chan struct{}
	err    error // set before done is closed
}

// Find returns the path of the server's program, or ErrNotInstalled.
func Find() (string, error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", ErrNotInstalled
}

// Start runs a server and returns once it answers, its data loaded. The server ends with Stop, with Kill,
// or (on Linux) when this process dies in whatever way. ctx bounds the start only.
func Start(ctx context.Context, c Config) (*Process, error) {
	program, err := Find()
	if err != nil {
		return nil, err
	}
	// Without it the start would fail with words about the program.
	if _, err := os.Stat(c.Dir); err != nil {
		return nil, err
	}
	p := &Process{socket: c.Socket, tail: new(tail), done: make(chan struct{})}
	if p.socket == "" {
		p.socket = filepath.Join(c.Dir, "redis.sock")
	}
	if n := len(p.socket); n > SocketPathLimit {
		return nil, fmt.Errorf("the path of the Redis socket has %d bytes, at most %d are possible: %s", n, SocketPathLimit, p.socket)
	}
	// A socket file left by a killed server would make the first dial fail rather than wait.
	if err := os.Remove(p.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var args []string
	if c.File != "" {
		args = append(args, c.File)
	}
	args = append(args,
		"--dir", c.Dir, "--daemonize", "no", "--pidfile", "", "--logfile", "", "--loglevel", "warning",
		"--port", strconv.Itoa(c.Port), "--bind", "127.0.0.1",
		"--unixsocket", p.socket, "--unixsocketperm", "700",
		"--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
		// Writing the file anew takes as much of a core as serving does. Half of what is in it is sealed and does not
		// shrink, so that trying to is most of that; and 256 MiB are read within seconds at a start.
		"--auto-aof-rewrite-min-size", "256mb", "--rdbcompression", "no",
	)
	cmd := exec.Command(program, append(args, c.Options...)...)
	cmd.Stdout, cmd.Stderr = p.tail, p.tail
	cmd.Dir = c.Dir
	cmd.SysProcAttr = childAttr()
	if c.Hold != nil {
		cmd.ExtraFiles = []*os.File{c.Hold}
	}

	started := make(chan error, 1)
	go func() {
		// The signal at the parent's death is tied to the thread that forked, so that thread must live as
		// long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	p.proc = cmd.Process
	if err := p.ready(ctx); err != nil {
		p.Kill()
		return nil, fmt.Errorf("%s: %w", filepath.Base(program), err)
	}
	return p, nil
}

// Socket is the path the server listens on.
func (p *Process) Socket() string { return p.socket }

// Done is closed when the server has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// LastWords is the last line the server printed, which says why it ended; empty when it printed none.
func (p *Process) LastWords() string { return p.tail.last() }

// Kill ends the server at once, as a crash would, and waits for its end.
func (p *Process) Kill() {
	_ = p.proc.Kill() // it may have ended by itself
	<-p.done
}

// Stop lets the server write what it holds and end; when ctx is over it is killed.
func (p *Process) Stop(ctx context.Context) {
	if err := p.proc.Signal(syscall.SIGTERM); err != nil {
		p.Kill()
		return
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.Kill()
	}
}

// ready waits until the server answers PING, which it does not before its data is loaded.
func (p *Process) ready(ctx context.Context) error {
	retry := time.NewTicker(2 * time.Millisecond)
	defer retry.Stop()
	for {
		if ping(ctx, p.socket) {
			return nil
		}
		select {
		case <-p.done:
			if words := p.LastWords(); words != "" {
				return errors.New("ended at once: " + words)
			}
			return fmt.Errorf("ended at once: %w", p.err)
		case <-ctx.Done():
			return fmt.Errorf("not ready in time: %w", ctx.Err())
		case <-retry.C:
		}
	}
}

func ping(ctx context.Context, socket string) bool {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second)) // a deadline that cannot be set shows in the read
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	return err == nil && line == "+PONG\r\n"
}

// tail keeps the end of what the server prints.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	return len(b), nil
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := bytes.TrimSpace(t.buf)
	return strings.TrimSpace(string(text[bytes.LastIndexByte(text, '\n')+1:]))
}
