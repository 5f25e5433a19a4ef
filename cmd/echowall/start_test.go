package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"echowall/bot/emulator"
	"echowall/store/redistest"
)

// running is a subcommand that goes on until it is told to stop.
type running struct {
	t           *testing.T
	stdout, log output
	cancel      context.CancelFunc
	code        chan int
}

// begin runs a subcommand in this process.
func begin(t *testing.T, vars map[string]string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, cancel: cancel, code: make(chan int, 1)}
	e := env{&r.stdout, &r.log, strings.NewReader(""), func(name string) string { return vars[name] }}
	go func() { r.code <- run(ctx, e, args) }()
	t.Cleanup(func() {
		if r.cancel != nil {
			r.end(exitOK)
		}
	})
	return r
}

// end stops it as Ctrl-C does; it must end by itself with the code.
func (r *running) end(want int) {
	r.t.Helper()
	r.cancel()
	r.cancel = nil
	if code := <-r.code; code != want {
		r.t.Errorf("ended with %d, want %d\n%s%s", code, want, r.stdout.String(), r.log.String())
	}
}

// prints waits until the program has printed what pattern describes, and returns its first group.
func (r *running) prints(pattern string) string {
	r.t.Helper()
	re := regexp.MustCompile(pattern)
	var found []string
	await(r.t, "it prints "+pattern, func() bool {
		found = re.FindStringSubmatch(r.stdout.String())
		return found != nil
	}, func() string { return r.stdout.String() + r.log.String() })
	return found[1]
}

// answers waits until an address answers 200.
func answers(t *testing.T, address string, log func() string) {
	t.Helper()
	await(t, address+" answers", func() bool {
		res, err := http.Get(address)
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, log)
}

// press sends a form as a browser without script does, and returns the page it is led to.
func press(t *testing.T, address string, fields url.Values) string {
	t.Helper()
	res, err := http.PostForm(address, fields)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return string(text)
}

// phoneSays types into a phone's page until the page shows the answer; only looking is repeated.
func phoneSays(t *testing.T, phone, text string, want ...string) string {
	t.Helper()
	page := press(t, phone+"/say", url.Values{"text": {text}})
	await(t, fmt.Sprintf("%s is answered with %q", text, want), func() bool {
		page = fetchPage(t, phone)
		_, after, ok := cutLast(page, text)
		for _, w := range want {
			ok = ok && strings.Contains(after, w)
		}
		return ok
	}, func() string { return page })
	return page
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// TestServeEmbedded is an office with one machine: a service that brings its Redis, and the rehearsal.
func TestServeEmbedded(t *testing.T) {
	addr := fmt.Sprintf("127.0.0.1:%d", redistest.FreePort(t))
	dir := t.TempDir()
	p := new(emulator.Platform)
	p.Phone("somebody") // gives the account its defaults, which both programs are told
	vars := settingsOf(p, addr, "")
	t.Cleanup(func() { p.Close() })

	rehearsal := begin(t, vars, "emulator", "-addr", "127.0.0.1:0", "-callback", "http://"+addr+"/wechat")
	platform := rehearsal.prints(`emulated platform at (http://\S+),`)
	for _, name := range []string{"API", "MP", "OPEN"} {
		vars["ECHOWALL_WECHAT_"+name+"_URL"] = platform
	}
	says(t, press(t, platform+"/rehearsal/verify", nil), "验证没有通过") // nobody is there yet

	serve := func() *running {
		r := begin(t, vars, "serve", "-embedded", "-data", dir)
		answers(t, "http://"+addr+"/readyz", r.log.String)
		return r
	}
	service := serve()
	says(t, press(t, platform+"/rehearsal/verify", nil), "验证通过")
	phone := platform + "/phone/rehearsal-1"
	press(t, phone+"/follow", nil)
	page := phoneSays(t, phone, "心愿 竹园东门的路灯坏了三天", "编号 XY")
	number := receipt.FindString(page)

	// A second one on the same data is refused, and says why.
	other := map[string]string{}
	for name, value := range vars {
		other[name] = value
	}
	other["ECHOWALL_ADDR"] = "127.0.0.1:0"
	if code, _, errs := cli(t, other, "serve", "-embedded", "-data", dir); code != exitFailed || !strings.Contains(errs, dir) {
		t.Errorf("a second service on the same directory: code %d, %s", code, errs)
	}

	service.end(exitOK)
	for name, secret := range vars {
		if strings.HasSuffix(name, "SECRET") || strings.HasSuffix(name, "KEY") || strings.HasSuffix(name, "TOKEN") {
			if strings.Contains(service.log.String(), secret) {
				t.Errorf("%s stands in the log", name)
			}
		}
	}
	if strings.Contains(service.log.String(), "rehearsal-1") || strings.Contains(service.log.String(), "路灯") {
		t.Errorf("the log names a person or a text:\n%s", service.log.String())
	}
	service = serve()
	phoneSays(t, phone, "进度 "+number, "待受理")
	service.end(exitOK)
	rehearsal.end(exitOK)
	if strings.Contains(rehearsal.log.String(), "refuse") {
		t.Errorf("the platform was called wrongly:\n%s", rehearsal.log.String())
	}
}

// TestDemoIsKept runs a demo twice on one directory: what people did is there the second time.
func TestDemoIsKept(t *testing.T) {
	dir := t.TempDir()
	start := func(at string) (*running, string) {
		r := begin(t, nil, "demo", "-addr", "127.0.0.1:0", "-data", dir, "-clock", at)
		base := r.prints(`start here\s+(http://\S+)/\n`)
		answers(t, base+"/readyz", r.log.String)
		return r, base
	}
	demo, base := start("2026-11-23T09:00")
	for _, path := range []string{"/", "/wall", "/phone/", "/healthz", "/metrics"} {
		answers(t, base+path, demo.log.String)
	}
	says(t, fetchPage(t, base), "11月23日（周一）")
	number := receipt.FindString(lastAnswer(phoneSays(t, base+"/phone/demo-01", "心愿 竹园东门的台阶松动了", "编号 XY")))
	wall := fetchPage(t, base+"/wall")
	demo.end(exitOK)

	demo, base = start("2026-11-24T09:00")
	says(t, fetchPage(t, base), "11月24日（周二）")
	if again := fetchPage(t, base+"/wall"); len(receipt.FindAllString(again, -1)) != len(receipt.FindAllString(wall, -1)) {
		t.Error("the wall is not as it was")
	}
	phoneSays(t, base+"/phone/demo-01", "进度 "+number, "台阶松动")
	demo.end(exitOK)
	if log := demo.log.String(); strings.Contains(log, "wrongly") {
		t.Errorf("the platform was called wrongly:\n%s", log)
	}
	if code, _, errs := cli(t, nil, "demo", "-addr", "256.0.0.1:1"); code != exitFailed || !strings.Contains(errs, "-addr") {
		t.Errorf("an address that is none: code %d, %s", code, errs)
	}
}

// lastAnswer is the part of a phone's page behind the person's last wish.
func lastAnswer(page string) string {
	_, after, _ := cutLast(page, "已收到")
	return after
}

// TestDemoEndsCleanly ends a demo as a service manager does: it leaves no process and no directory behind.
func TestDemoEndsCleanly(t *testing.T) {
	temp := t.TempDir()
	var out, log output
	demo := exec.Command(os.Args[0], "demo", "-addr", "127.0.0.1:0")
	demo.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+temp)
	demo.Stdout, demo.Stderr = &out, &log
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- demo.Wait() }()
	t.Cleanup(func() { _ = demo.Process.Kill() })
	await(t, "the demo runs", func() bool { return strings.Contains(out.String(), "Ctrl-C") }, log.String)
	says(t, out.String(), "Without -data DIR everything is removed at the end")
	servers := children(t, demo.Process.Pid)
	if len(servers) != 1 {
		t.Fatalf("the demo has %d children, want one Redis: %q", len(servers), servers)
	}
	if err := demo.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v\n%s", err, log.String())
		}
	case <-time.After(shutdownPatience):
		t.Fatalf("still running %s after SIGTERM", shutdownPatience)
	}
	for _, pid := range servers {
		if text, err := os.ReadFile(filepath.Join("/proc", pid, "cmdline")); err == nil && bytes.Contains(text, []byte("redis")) {
			t.Errorf("Redis is still there: %q", text)
		}
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if strings.TrimSpace(log.String()) != "" {
		t.Errorf("the demo complains:\n%s", log.String())
	}
}

// children lists the processes that a process started.
func children(t *testing.T, pid int) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		_, after, _ := cutLast(string(text), ") ") // the name may hold anything
		if fields := strings.Fields(after); len(fields) > 1 && fields[1] == fmt.Sprint(pid) {
			list = append(list, filepath.Base(filepath.Dir(file)))
		}
	}
	return list
}
