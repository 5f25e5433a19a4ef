package wechat

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	sdkcache "github.com/silenceper/wechat/v2/cache"
	sdkcontext "github.com/silenceper/wechat/v2/officialaccount/context"

	"echowall"
	"echowall/store/redistest"
)

func testRedis(t testing.TB) *redistest.Server {
	return redistest.Run(t, redistest.Set("appendonly", "no"))
}

// TestStampede lets two processes with fifty workers each start without a token: the platform is asked
// once. The answer is held back until the loser of the race has seen that the lock is taken.
func TestStampede(t *testing.T) {
	server := testRedis(t)
	h := newAPIHost(t)
	a, b := h.client(t, withRedis(t, server)), h.client(t, withRedis(t, server))
	watch := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
	defer func() { _ = watch.Close() }()
	ctx := within(t)
	h.handle(stableTokenPath, func(w http.ResponseWriter, _ *http.Request) {
		for setCalls(ctx, watch) < 2 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Millisecond):
			}
		}
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, h.nextToken())
	})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			token, err := []*Client{a, b}[i%2].GetAccessTokenContext(ctx)
			if err != nil || token != testToken(1) {
				t.Errorf("token %q, error %v", token, err)
			}
		})
	}
	wg.Wait()
	h.only(t, stableTokenPath)
}

// setCalls counts the SET commands that the server has run.
func setCalls(ctx context.Context, rdb *redis.Client) int {
	info, _ := rdb.Info(ctx, "commandstats").Result()
	_, rest, _ := strings.Cut(info, "cmdstat_set:calls=")
	n := 0
	_, _ = fmt.Sscanf(rest, "%d", &n)
	return n
}

// revokable makes the host accept only the newest token.
func revokable(h *apiHost, path string) {
	h.handle(path, func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		good := r.URL.Query().Get("access_token") == testToken(h.tokens)
		h.mu.Unlock()
		if !good {
			fmt.Fprint(w, `{"errcode":40001,"errmsg":"invalid credential"}`)
			return
		}
		fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`)
	})
}

// TestDropOnlyIfEqual: the second process still holds the refused token in memory when the first has
// already stored a new one. It must take that one and not throw it away.
func TestDropOnlyIfEqual(t *testing.T) {
	server := testRedis(t)
	h := newAPIHost(t)
	revokable(h, kfPath)
	a, b := h.client(t, withRedis(t, server)), h.client(t, withRedis(t, server))
	ctx := within(t)
	for _, c := range []*Client{a, b} {
		if err := c.SendKF(ctx, testOpenID, hello); err != nil {
			t.Fatal(err)
		}
	}
	h.nextToken() // somebody else's forced refresh kills token 1; the next one given is token 3
	for _, c := range []*Client{a, b} {
		if err := c.SendKF(ctx, testOpenID, hello); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.to(stableTokenPath)); n != 2 {
		t.Errorf("%d token calls, want 2: one at the start, one after the refusal", n)
	}
	var used []string
	for _, call := range h.to(kfPath) {
		used = append(used, call.Token)
	}
	want := []string{testToken(1), testToken(1), testToken(1), testToken(3), testToken(1), testToken(3)}
	if fmt.Sprint(used) != fmt.Sprint(want) {
		t.Errorf("tokens used %v", used)
	}
}

// TestRefusedTokenComesBack: a slow process stores the refused token again after it was dropped. It is not
// taken from there a second time.
func TestRefusedTokenComesBack(t *testing.T) {
	h := newAPIHost(t)
	c := h.client(t, withRedis(t, testRedis(t)))
	ctx := within(t)
	if _, err := c.GetAccessTokenContext(ctx); err != nil {
		t.Fatal(err)
	}
	c.token.drop(ctx, testToken(1))
	if err := c.token.cache.Set(c.token.key, testToken(1), time.Minute); err != nil {
		t.Fatal(err)
	}
	if token, err := c.GetAccessTokenContext(ctx); token != testToken(2) || err != nil {
		t.Errorf("%q, %v", token, err)
	}
	if got := c.token.cache.Get(c.token.key); got != testToken(2) {
		t.Errorf("Redis keeps %v", got)
	}
}

func TestRefusedTokenIsRetriedOnce(t *testing.T) {
	for _, code := range []int{40001, 40014, 42001} {
		h := newAPIHost(t)
		h.answer(kfPath, fmt.Sprintf(`{"errcode":%d,"errmsg":"x"}`, code))
		pe := platformError(t, h.client(t, withRedis(t, testRedis(t))).SendKF(within(t), testOpenID, hello))
		calls := h.to(kfPath)
		if len(calls) != 2 || calls[0].Token != testToken(1) || calls[1].Token != testToken(2) {
			t.Errorf("%d: %d attempts", code, len(calls))
		}
		if pe.Reaction != echowall.ReactToken {
			t.Errorf("%d: reaction %s", code, pe.Reaction)
		}
	}
}

// TestStubbornToken: a platform that refuses a token and gives the same one again is not asked for it by
// every message.
func TestStubbornToken(t *testing.T) {
	h := newAPIHost(t)
	h.answer(stableTokenPath, `{"access_token":"same-token","expires_in":7200}`)
	h.answer(kfPath, `{"errcode":40001,"errmsg":"x"}`)
	now := time.Unix(1790000000, 0)
	c := h.client(t, withRedis(t, testRedis(t)), func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	for range 5 {
		_ = c.SendKF(within(t), testOpenID, hello)
	}
	if n := len(h.to(stableTokenPath)); n != 2 {
		t.Errorf("%d token calls, want 2", n)
	}
	now = now.Add(time.Minute)
	_ = c.SendKF(within(t), testOpenID, hello)
	if n := len(h.to(stableTokenPath)); n != 3 {
		t.Errorf("%d token calls after a minute, want 3", n)
	}
}

func TestShortLives(t *testing.T) {
	server := testRedis(t)
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
	defer func() { _ = rdb.Close() }()
	for _, tt := range []struct {
		seconds  int
		low, top time.Duration
	}{
		{7200, 6890 * time.Second, 6900 * time.Second},
		{420, 110 * time.Second, 120 * time.Second},
		{360, 50 * time.Second, time.Minute},
		{300, 50 * time.Second, time.Minute},
		{20, 5 * time.Second, 10 * time.Second},
		{0, time.Millisecond, time.Second},
	} {
		h := newAPIHost(t)
		h.answer(stableTokenPath, fmt.Sprintf(`{"access_token":"t","expires_in":%d}`, tt.seconds))
		c := h.client(t, withRedis(t, server), func(cfg *Config) { cfg.KeyPrefix = fmt.Sprintf("ew:{%d}:", tt.seconds) })
		if token, err := c.GetAccessTokenContext(within(t)); token != "t" || err != nil {
			t.Fatalf("expires_in %d: %q, %v", tt.seconds, token, err)
		}
		life := rdb.PTTL(within(t), fmt.Sprintf("ew:{%d}:wechat:token:%s", tt.seconds, c.appID)).Val()
		if life < tt.low || life > tt.top {
			t.Errorf("expires_in %d kept for %v, want %v to %v", tt.seconds, life, tt.low, tt.top)
		}
	}
}

func TestRedisAway(t *testing.T) {
	server := testRedis(t)
	h := newAPIHost(t)
	h.answer(kfPath, `{"errcode":0,"errmsg":"ok"}`)
	c := h.client(t, withRedis(t, server))
	server.Kill()
	if err := c.SendKF(within(t), testOpenID, hello); err != nil {
		t.Fatalf("without Redis the token comes from the platform: %v", err)
	}
}

// TestDeadHolder: the process that was asking has died with the lock in its hand.
func TestDeadHolder(t *testing.T) {
	server := testRedis(t)
	h := newAPIHost(t)
	c := h.client(t, withRedis(t, server))
	cache := c.token.cache
	if ok, err := cache.lock(within(t), c.token.lockKey(), "dead", 150*time.Millisecond); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if token, err := c.GetAccessTokenContext(within(t)); token != testToken(1) || err != nil {
		t.Errorf("%q, %v", token, err)
	}
	if cache.IsExist(c.token.lockKey()) {
		t.Error("the lock stays behind")
	}
}

func TestWaiterGivesUpWithItsContext(t *testing.T) {
	h := newAPIHost(t)
	release := make(chan struct{})
	h.handle(stableTokenPath, func(w http.ResponseWriter, _ *http.Request) {
		<-release
		fmt.Fprint(w, `{"access_token":"late","expires_in":7200}`)
	})
	c := h.client(t)
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	pe := platformError(t, c.SendKF(ctx, testOpenID, hello))
	if pe.Unknown || pe.Reaction != echowall.ReactRetry {
		t.Errorf("got %+v", pe)
	}
	close(release)
	if token, err := c.GetAccessTokenContext(within(t)); token != "late" || err != nil {
		t.Errorf("the renewal must outlive its first caller: %q, %v", token, err)
	}
	h.only(t, stableTokenPath)
}

func TestCacheForTheSDK(t *testing.T) {
	server := testRedis(t)
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
	defer func() { _ = rdb.Close() }()
	var cache sdkcache.Cache = NewRedisCache(rdb, "ew:{a}:")
	if cache.Get("k") != nil || cache.IsExist("k") {
		t.Error("an empty cache holds something")
	}
	if err := cache.Set("k", "v", time.Minute); err != nil {
		t.Fatal(err)
	}
	if cache.Get("k") != "v" || !cache.IsExist("k") || rdb.Get(within(t), "ew:{a}:k").Val() != "v" {
		t.Error("what was set is not there under the prefix")
	}
	if err := cache.Set("k", []byte("v"), time.Minute); err == nil {
		t.Error("bytes must be refused: the SDK would panic on reading them")
	}
	if err := cache.Set("k", "v", 0); err != nil || cache.IsExist("k") {
		t.Errorf("a life of 0 is over: %v", err)
	}
	_ = cache.Set("k", "v", time.Minute)
	if err := cache.Delete("k"); err != nil || cache.IsExist("k") {
		t.Errorf("not deleted: %v", err)
	}
	// Parts of the SDK take the client for their token.
	h := newAPIHost(t)
	part := sdkcontext.Context{AccessTokenHandle: h.client(t)}
	if token, err := part.GetAccessToken(); token != testToken(1) || err != nil {
		t.Errorf("SDK part got %q, %v", token, err)
	}
}
