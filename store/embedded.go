package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"

	"echowall"
	"echowall/store/redisserver"
)

const (
	embeddedStart = 30 * time.Second // a large append-only file takes a while to load
	embeddedStop  = 10 * time.Second
	lockPatience  = 3 * time.Second // a server whose parent was killed ends within this
	backoffFirst  = 100 * time.Millisecond
	backoffMost   = 5 * time.Second
	backoffForget = 30 * time.Second // a server that lived this long starts anew with the first backoff
)

// EmbeddedConfig says where the embedded Redis keeps its data.
type EmbeddedConfig struct {
	// Dir is made when missing; "" is a temporary directory that Close removes.
	Dir string
	// Logger hears of crashes and restarts; nil is silence.
	Logger *slog.Logger
}

// Embedded is the Redis of a machine that has none to offer: a redis-server (or valkey-server) of its own
// behind a private socket, started again when it crashes. The rest of the program sees only its URL.
//
// With neither program on PATH it is an imitation inside this process: good for a demo, everything is gone
// at its end, and Durable says so.
type Embedded struct {
	url     string
	durable bool
	close   func()
	once    sync.Once
}

// StartEmbedded returns when Redis answers; ctx bounds the start only. One directory serves one process at
// a time: a second one gets KindConflict. Call Close at the end.
func StartEmbedded(ctx context.Context, c EmbeddedConfig) (*Embedded, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if _, err := redisserver.Find(); err != nil {
		return startImitation()
	}
	return startChild(ctx, c)
}

// URL is the address for Open.
func (e *Embedded) URL() string { return e.url }

// Durable reports whether the data outlives the process (and, with a Dir, the next start).
func (e *Embedded) Durable() bool { return e.durable }

// Close ends Redis, its data written, and removes what was temporary.
func (e *Embedded) Close() { e.once.Do(e.close) }

// child is what Close has to undo.
type child struct {
	config    redisserver.Config
	process   *redisserver.Process
	logger    *slog.Logger
	temporary []string // directories removed at the end
	stop      context.CancelFunc
	stopped   chan struct{}
}

func startChild(ctx context.Context, c EmbeddedConfig) (_ *Embedded, err error) {
	ch := &child{logger: c.Logger, stopped: make(chan struct{})}
	defer func() {
		if err != nil {
			ch.cleanUp()
		}
	}()
	dir, err := ch.dataDir(c.Dir)
	if err != nil {
		return nil, err
	}
	socket, err := ch.socket(dir)
	if err != nil {
		return nil, err
	}
	ch.config = redisserver.Config{Dir: dir, Socket: socket}
	if ch.config.Hold, err = lockDir(ctx, dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, embeddedStart)
	defer cancel()
	if ch.process, err = redisserver.Start(ctx, ch.config); err != nil {
		return nil, fmt.Errorf("store: embedded Redis: %w", err)
	}
	watch, stop := context.WithCancel(context.Background())
	ch.stop = stop
	go ch.watch(watch)
	return &Embedded{url: socketURL(socket), durable: true, close: ch.close}, nil
}

// dataDir is a directory inside dir for Redis alone, closed to other users whatever dir is.
func (ch *child) dataDir(dir string) (string, error) {
	if dir == "" {
		tmp, err := os.MkdirTemp("", "echowall-")
		if err != nil {
			return "", err
		}
		ch.temporary = append(ch.temporary, tmp)
		dir = tmp
	}
	dir, err := filepath.Abs(filepath.Join(dir, "redis"))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o700)
}

// socket is a path in dir, or in a short temporary directory when that is too long for a socket.
func (ch *child) socket(dir string) (string, error) {
	path := filepath.Join(dir, "redis.sock")
	if len(path) <= redisserver.SocketPathLimit {
		return path, nil
	}
	tmp, err := os.MkdirTemp("", "echowall-")
	if err != nil {
		return "", err
	}
	ch.temporary = append(ch.temporary, tmp)
	return filepath.Join(tmp, "redis.sock"), nil
}

// socketURL writes a path so that dial reads the same path again, whatever characters it has.
func socketURL(path string) string {
	escaped := (&url.URL{Path: path}).EscapedPath()
	return "unix://" + strings.ReplaceAll(escaped, "@", "%40") + "?db=0"
}

// watch starts the server again whenever it ends by itself, until ctx is over.
func (ch *child) watch(ctx context.Context) {
	defer close(ch.stopped)
	backoff := backoffFirst
	for {
		since := time.Now()
		select {
		case <-ctx.Done():
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), embeddedStop)
			defer cancel()
			ch.process.Stop(stop)
			return
		case <-ch.process.Done():
		}
		if time.Since(since) > backoffForget {
			backoff = backoffFirst
		}
		ch.logger.Error("embedded Redis ended; starting it again", "last_words", ch.process.LastWords(), "after", backoff)
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(backoff):
			}
			backoff = min(2*backoff, backoffMost)
			start, cancel := context.WithTimeout(ctx, embeddedStart)
			p, err := redisserver.Start(start, ch.config)
			cancel()
			if err == nil {
				ch.process = p
				ch.logger.Info("embedded Redis is back")
				break
			}
			ch.logger.Error("embedded Redis does not start", "error", err, "after", backoff)
		}
	}
}

func (ch *child) close() {
	ch.stop()
	<-ch.stopped
	ch.cleanUp()
}

func (ch *child) cleanUp() {
	if ch.config.Hold != nil {
		ch.config.Hold.Close()
	}
	for _, dir := range ch.temporary {
		if err := os.RemoveAll(dir); err != nil {
			ch.logger.Warn("temporary data was not removed", "error", err)
		}
	}
}

// startImitation runs miniredis. Its keys expire only when its clock is moved, which costs time by the
// number of keys; a second is fine enough for every limit of this program.
func startImitation() (*Embedded, error) {
	m := miniredis.NewMiniRedis()
	// Other users of the machine can reach the port.
	password := rand.Text()
	m.RequireAuth(password)
	if err := m.Start(); err != nil {
		return nil, echowall.Errorf(echowall.KindUnavailable, "store: imitation of Redis: %w", err)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for {
			select {
			case <-stop:
				return
			case <-second.C:
				m.FastForward(time.Second)
			}
		}
	}()
	return &Embedded{
		url: "redis://:" + password + "@" + m.Addr() + "/0",
		close: func() {
			close(stop)
			<-stopped
			m.Close()
		},
	}, nil
}
