package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store/redistest"
)

// Secrets of the tests; none may appear in an error.
const (
	testSecret = "5ec2e7a1b0c9d8e7f6a5b4c3d2e1f009"
	testOpenID = echowall.OpenID("oSECRETperson0123456789abcdef")
)

// apiCall is one request that the stand-in received.
type apiCall struct {
	Method, Path, Query, Token string
	Body                       []byte
}

// json reads the body, numbers untouched.
func (c apiCall) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(c.Body))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatalf("body of %s is no JSON: %v", c.Path, err)
	}
	return m
}

// apiHost answers API calls as told and remembers them. Tokens are token-1…, token-2…
type apiHost struct {
	*httptest.Server

	mu       sync.Mutex
	calls    []apiCall
	tokens   int
	handlers map[string]http.HandlerFunc
}

// newAPIHost starts a host that ends with the test.
func newAPIHost(t testing.TB) *apiHost {
	h := &apiHost{handlers: map[string]http.HandlerFunc{}}
	h.handle(stableTokenPath, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, h.nextToken())
	})
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.mu.Lock()
		h.calls = append(h.calls, apiCall{r.Method, r.URL.Path, r.URL.RawQuery, r.URL.Query().Get("access_token"), body})
		handler := h.handlers[r.URL.Path]
		h.mu.Unlock()
		if handler == nil {
			http.NotFound(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func testToken(n int) string { return fmt.Sprintf("token-%d-%s", n, strings.Repeat("t0KEN", 20)) }

func (h *apiHost) nextToken() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tokens++
	return testToken(h.tokens)
}

func (h *apiHost) handle(path string, f http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.handlers[path] = f
}

// answer makes path say body, always.
func (h *apiHost) answer(path, body string) {
	h.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; encoding=utf-8")
		_, _ = io.WriteString(w, body)
	})
}

// to lists the calls of one path.
func (h *apiHost) to(path string) []apiCall {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []apiCall
	for _, c := range h.calls {
		if c.Path == path {
			list = append(list, c)
		}
	}
	return list
}

// only returns the single call of a path.
func (h *apiHost) only(t testing.TB, path string) apiCall {
	t.Helper()
	list := h.to(path)
	if len(list) != 1 {
		t.Fatalf("%d calls to %s, want 1", len(list), path)
	}
	return list[0]
}

// client makes a client of the host; change alters its configuration.
func (h *apiHost) client(t testing.TB, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{
		AppID: "wx0e1c2d3b4a596877", AppSecret: testSecret, Type: AccountServiceVerified,
		APIURL: h.URL, MPURL: h.URL, OpenURL: h.URL,
	}
	return newTestClient(t, cfg, change)
}

// newTestClient makes a client that ends with the test.
func newTestClient(t testing.TB, cfg Config, change []func(*Config)) *Client {
	t.Helper()
	for _, f := range change {
		f(&cfg)
	}
	c, err := NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// withRedis gives the client a connection of its own to the server, as a process of its own has.
func withRedis(t testing.TB, s *redistest.Server) func(*Config) {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: s.Socket()})
	t.Cleanup(func() { _ = rdb.Close() })
	return func(c *Config) { c.Redis = rdb }
}

// platformError demands a *PlatformError.
func platformError(t testing.TB, err error) *echowall.PlatformError {
	t.Helper()
	pe, ok := echowall.AsPlatformError(err)
	if !ok {
		t.Fatalf("error %v is no PlatformError", err)
	}
	return pe
}

// within ends a test that hangs.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

var hello = echowall.Message{Text: "您好"}

// plainOK answers everything but the token with a standing ok, remembering nothing.
func plainOK(h *apiHost) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json; encoding=utf-8")
		if r.URL.Path == stableTokenPath {
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, h.nextToken())
			return
		}
		_, _ = io.WriteString(w, okAnswer)
	})
}
