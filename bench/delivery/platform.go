package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"echowall/bot/emulator"
)

const kfPath = "/cgi-bin/message/custom/send"

// addresses is what the platform process tells its parent.
type addresses struct{ API, Control, AppID, Secret string }

func openID(i int) string { return fmt.Sprintf("bench%06d", i) }

// servePlatform runs the emulator until standard input ends, with a second port on which the benchmark
// opens windows, sets the delay and reads the count.
func servePlatform() error {
	p := &emulator.Platform{
		KeepCalls: -1, KeepChat: 4,
		Quota:       map[string]int{kfPath: -1},
		MinuteQuota: map[string]int{kfPath: -1},
		After:       sharp(),
	}
	if err := p.Start(""); err != nil {
		return err
	}
	defer p.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callback", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "success") })
	mux.HandleFunc("POST /open", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		each(n, 16, func(i int) {
			phone := p.Phone(openID(i))
			if !phone.Profile().Following {
				phone.Follow(r.Context())
			}
			phone.Say(r.Context(), "你好")
		})
	})
	mux.HandleFunc("POST /delay", func(w http.ResponseWriter, r *http.Request) {
		d, _ := time.ParseDuration(r.FormValue("d"))
		p.Change(func(p *emulator.Platform) { p.Delay = d })
	})
	mux.HandleFunc("GET /count", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, p.CallCount(kfPath), len(p.Violations()))
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	control := "http://" + listener.Addr().String()
	p.SetCallback(control + "/callback")
	if err := json.NewEncoder(os.Stdout).Encode(addresses{p.URL(), control, p.Account.AppID, p.Account.Secret}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// platform is the platform process as its parent sees it.
type platform struct {
	addresses
	pid  int
	stop func()
}

// startPlatform runs this program again as the platform.
func startPlatform() (*platform, error) {
	p := new(platform)
	stop, err := child(&p.addresses, func(c *exec.Cmd) { p.pid = c.Process.Pid }, "-role", "platform")
	p.stop = stop
	return p, err
}

// child runs this program in another role and reads its first line as JSON. stop ends it gently.
func child(first any, begun func(*exec.Cmd), args ...string) (stop func(), err error) {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if begun != nil {
		begun(cmd)
	}
	stop = func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), first)
	}
	if err != nil {
		stop()
	}
	return stop, err
}

func (p *platform) open(n int) error { return p.post("/open?n=" + strconv.Itoa(n)) }

func (p *platform) delay(d time.Duration) error { return p.post("/delay?d=" + d.String()) }

func (p *platform) post(path string) error {
	resp, err := http.Post(p.Control+path, "text/plain", nil)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// count is how many messages were taken, and how often somebody broke the platform's rules.
func (p *platform) count() (calls, violations int, err error) {
	resp, err := http.Get(p.Control + "/count")
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	_, err = fmt.Fscan(resp.Body, &calls, &violations)
	return calls, violations, err
}

// token fetches an access token for the plain client.
func (p *platform) token() (string, error) {
	body := fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q}`, p.AppID, p.Secret)
	resp, err := http.Post(p.API+"/cgi-bin/stable_token", "application/json", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.Token, err
}

// each calls f for 0 … n-1 on some goroutines.
func each(n, goroutines int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	wg.Wait()
}
