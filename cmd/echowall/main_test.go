package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"echowall/bot/emulator"
	"echowall/store"
	"echowall/store/redistest"
)

// asProgram makes the test binary behave as the program itself, so that a test can kill a real process.
const asProgram = "ECHOWALL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

var testSecret = bytes.Repeat([]byte{7}, 32)

// installation is a real service process, a real Redis and the emulated platform.
type installation struct {
	t        *testing.T
	redis    *redistest.Server
	redisURL string
	platform *emulator.Platform
	addr     string
	store    *store.Store

	mu      sync.Mutex
	process *exec.Cmd
	output  *output
}

// output is what a process wrote so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}
func (o *output) String() string { o.mu.Lock(); defer o.mu.Unlock(); return o.text.String() }

// install starts everything; patience of the platform is shortened by speed. Redis writes through at once:
// with everysec, one that is killed while its disk is slow may forget up to two seconds of what it
// acknowledged, and no program above it can mend that.
func install(t *testing.T, speed int) *installation {
	t.Helper()
	i := &installation{t: t, redis: redistest.Run(t, redistest.Set("appendfsync", "always")), addr: fmt.Sprintf("127.0.0.1:%d", redistest.FreePort(t))}
	i.redisURL = i.redis.URL()
	i.platform = &emulator.Platform{
		Account:     emulator.Account{Type: emulator.SV, Mode: emulator.Safe},
		OnViolation: func(what string) { t.Errorf("violation: %s", what) },
		After:       func(d time.Duration) <-chan time.Time { return time.After(d / time.Duration(speed)) },
		Deadline:    5 * time.Second,
		KeepCalls:   100_000,
	}
	if err := i.platform.Start(""); err != nil {
		t.Fatal(err)
	}
	i.platform.SetCallback("http://" + i.addr + "/wechat")
	t.Cleanup(func() {
		i.platform.Close()
		i.kill()
	})
	var err error
	i.store, err = store.Open(t.Context(), store.Config{URL: i.redis.URL(), Account: i.platform.Account.AppID, Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.store.Close() })
	i.start()
	return i
}

func (i *installation) env() []string {
	env := append(os.Environ(), asProgram+"=1")
	for name, value := range settingsOf(i.platform, i.addr, i.redisURL) {
		env = append(env, name+"="+value)
	}
	return env
}

// start runs the service process and waits until it is ready.
func (i *installation) start() {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.output = new(output)
	i.process = exec.Command(os.Args[0], "serve")
	i.process.Env = i.env()
	i.process.Stderr = i.output
	if err := i.process.Start(); err != nil {
		i.t.Fatal(err)
	}
	await(i.t, "the service is ready", func() bool {
		res, err := http.Get("http://" + i.addr + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, func() string { return i.output.String() })
}

// kill ends the service process as a power cut would.
func (i *installation) kill() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.process == nil {
		return
	}
	_ = i.process.Process.Kill()
	_ = i.process.Wait()
	i.process = nil
}

// await polls until done; the bound is generous because it only matters when something is broken.
func await(t *testing.T, what string, done func() bool, detail func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(60 * time.Second); !done(); {
		select {
		case <-tick.C:
		case <-deadline:
			text := ""
			if detail != nil {
				text = detail()
			}
			t.Fatalf("never: %s\n%s", what, text)
		}
	}
}
