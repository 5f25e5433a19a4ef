package redisserver_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"echowall/store/redisserver"
)

func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ew")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestStartSaysWhyItFails(t *testing.T) {
	dir := shortDir(t)
	file := filepath.Join(dir, "bad.conf")
	if err := os.WriteFile(file, []byte("appendonly perhaps\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for says, c := range map[string]redisserver.Config{
		"argument must be": {Dir: dir, File: file},
		"at most 100":      {Dir: dir, Socket: filepath.Join(dir, strings.Repeat("x", 100))},
		"no-such-dir":      {Dir: filepath.Join(dir, "no-such-dir")},
	} {
		p, err := redisserver.Start(t.Context(), c)
		if err == nil {
			p.Kill()
			t.Errorf("%+v starts", c)
		} else if !strings.Contains(err.Error(), says) {
			t.Errorf("the error does not say %q: %v", says, err)
		}
	}
}

func TestStartGivesUpInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	p, err := redisserver.Start(ctx, redisserver.Config{Dir: shortDir(t)})
	if err == nil {
		p.Kill()
	}
	if !errors.Is(err, context.Canceled) || time.Since(begin) > 5*time.Second {
		t.Errorf("after %v: %v; want canceled at once", time.Since(begin), err)
	}
}

func TestStopAndDone(t *testing.T) {
	p, err := redisserver.Start(t.Context(), redisserver.Config{Dir: shortDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
		t.Fatal("done while it runs")
	default:
	}
	p.Stop(t.Context())
	select {
	case <-p.Done():
	default:
		t.Error("not done after Stop")
	}
	p.Stop(t.Context()) // a second time does nothing
	p.Kill()
}

func TestFindWithoutServer(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := redisserver.Find(); !errors.Is(err, redisserver.ErrNotInstalled) {
		t.Errorf("error %v", err)
	}
	if _, err := redisserver.Start(t.Context(), redisserver.Config{Dir: t.TempDir()}); !errors.Is(err, redisserver.ErrNotInstalled) {
		t.Errorf("error %v", err)
	}
}
