package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

func startEmbedded(t *testing.T, dir string) *Embedded {
	t.Helper()
	e, err := StartEmbedded(t.Context(), EmbeddedConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func dialTo(t *testing.T, rawURL string) redis.UniversalClient {
	t.Helper()
	c, err := dial(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// until asks again until done says yes, or fails with what it was waiting for.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestEmbeddedKeepsItsData(t *testing.T) {
	// Long, and with every character that a URL takes for its own.
	dir := filepath.Join(t.TempDir(), "a b@c?d#e%f", strings.Repeat("x", 120))
	e := startEmbedded(t, dir)
	if !e.Durable() {
		t.Error("a real server counts as not durable")
	}
	if err := dialTo(t, e.URL()).Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "redis")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("data directory %v, %v; want mode 0700", info, err)
	}
	e.Close()
	e.Close() // a second time does nothing

	again := dialTo(t, startEmbedded(t, dir).URL())
	if got, err := again.Get(t.Context(), "k").Result(); err != nil || got != "v" {
		t.Errorf("after closing and starting k = %q, %v; want v", got, err)
	}
	s := &Store{rdb: again}
	if err := s.CheckDurability(t.Context()); err != nil {
		t.Errorf("the embedded server fails the check of durability: %v", err)
	}
}

func TestEmbeddedSocketIsPrivate(t *testing.T) {
	dir, err := os.MkdirTemp("", "ew")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	startEmbedded(t, dir)
	info, err := os.Stat(filepath.Join(dir, "redis", "redis.sock"))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("socket %v, %v; want it closed to group and others", info, err)
	}
}

func TestEmbeddedRefusesASecondProcess(t *testing.T) {
	dir := t.TempDir()
	startEmbedded(t, dir)
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	second, err := StartEmbedded(short, EmbeddedConfig{Dir: dir})
	if err == nil {
		second.Close()
		t.Fatal("two servers run on one directory")
	}
	if echowall.KindOf(err) != echowall.KindConflict || !strings.Contains(err.Error(), dir) {
		t.Errorf("the error is no conflict that names the directory: %v", err)
	}
}

func TestEmbeddedRemovesTemporaryData(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	e, err := StartEmbedded(t.Context(), EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(tmp); len(left) == 0 {
		t.Error("the data is not in the temporary directory")
	}
	e.Close()
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) != 0 {
		t.Errorf("left in the temporary directory: %v, %v", left, err)
	}
}

func TestEmbeddedStartsAgainAfterACrash(t *testing.T) {
	e := startEmbedded(t, t.TempDir())
	rdb := dialTo(t, e.URL())
	ctx := t.Context()
	if err := rdb.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		info, err := rdb.InfoMap(ctx, "server").Result()
		if err != nil {
			t.Fatal(err)
		}
		before := info["Server"]["run_id"]
		pid, err := strconv.Atoi(info["Server"]["process_id"])
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		until(t, "another server with the same data", func() bool {
			info, err := rdb.InfoMap(ctx, "server").Result()
			return err == nil && info["Server"]["run_id"] != before
		})
		if got, err := rdb.Get(ctx, "k").Result(); err != nil || got != "v" {
			t.Errorf("after crash %d k = %q, %v; want v", round+1, got, err)
		}
	}
}

func TestEmbeddedWithoutServerSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	e := startEmbedded(t, "")
	if e.Durable() {
		t.Error("the imitation counts as durable")
	}
	rdb := dialTo(t, e.URL())
	ctx := t.Context()
	if err := rdb.Set(ctx, "k", "v", time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	until(t, "the key expires by the clock", func() bool {
		return errors.Is(rdb.Get(ctx, "k").Err(), redis.Nil)
	})
	e.Close()
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := rdb.Ping(short).Err(); err == nil {
		t.Error("the imitation answers after Close")
	}
}
