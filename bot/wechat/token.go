package wechat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"math/big"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"echowall"

	"github.com/silenceper/wechat/v2/credential"
)

// The client hands its token to parts of the SDK (SetAccessTokenHandle).
var _ credential.AccessTokenContextHandle = (*Client)(nil)

const (
	// memory is how long a process believes its own copy before it looks into Redis again.
	memory = 5 * time.Second
	// aloneMemory is the same while Redis is away, when every look costs its time-outs.
	aloneMemory = time.Minute
	// maxLife is longer than any value lives.
	maxLife = 24 * time.Hour
	// overlap is how long the platform honours an old token beside the new one.
	overlap = 5 * time.Minute
	// stuckFor is how long a value that the platform gave again, although it had refused it, is left alone.
	stuckFor = 2 * time.Second
)

// shared is one value of the platform that all processes of an account use together: the access token, or
// the page ticket. One process at a time asks for it; the others wait for what that one stores.
type shared struct {
	cache *RedisCache // nil: this process alone
	key   string
	now   func() time.Time
	limit time.Duration // longest time one renewal may take
	fetch func(context.Context) (value string, life time.Duration, err error)

	flights singleflight.Group

	mu         sync.Mutex
	value      string
	until      time.Time // value is believed until then
	dropped    string    // refused by the platform; not to be taken from Redis again
	stuck      string    // given again after it was refused
	stuckUntil time.Time
}

// get returns the value, renewing it if need be.
func (s *shared) get(ctx context.Context) (string, error) {
	s.mu.Lock()
	if s.value != "" && s.now().Before(s.until) {
		defer s.mu.Unlock()
		return s.value, nil
	}
	s.mu.Unlock()
	// The renewal serves every waiting caller, so no single caller's context may end it.
	flight := s.flights.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limit)
		defer cancel()
		return s.renew(ctx)
	})
	select {
	case r := <-flight:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(string), nil
	case <-ctx.Done():
		return "", s.waited(ctx.Err())
	}
}

func (s *shared) waited(err error) error {
	return &echowall.PlatformError{Call: s.key, Reaction: echowall.ReactRetry, Err: err}
}

// renew takes the value from Redis, or is the one that asks the platform, or waits for the one that does.
func (s *shared) renew(ctx context.Context) (string, error) {
	if s.cache == nil {
		return s.ask(ctx, maxLife)
	}
	owner := rand.Text()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		if v, err := s.look(ctx); v != "" || err != nil {
			return s.orAlone(ctx, v, err)
		}
		mine, err := s.cache.lock(ctx, s.lockKey(), owner, s.limit+time.Second)
		if err != nil {
			return s.orAlone(ctx, "", err)
		}
		if mine {
			v, err := s.lead(ctx)
			_ = s.cache.DeleteIfEqual(context.WithoutCancel(ctx), s.lockKey(), owner) // else it frees itself
			return v, err
		}
		select {
		case <-ctx.Done():
			return "", s.waited(ctx.Err())
		case <-time.After(pause + jitter(pause)):
		}
	}
}

// lead asks the platform while holding the lock, unless the last holder stored a value meanwhile.
func (s *shared) lead(ctx context.Context) (string, error) {
	if v, err := s.look(ctx); v != "" || err != nil {
		return s.orAlone(ctx, v, err)
	}
	return s.ask(ctx, memory)
}

// look takes the value from Redis if it is there and was not refused.
func (s *shared) look(ctx context.Context) (string, error) {
	v, err := s.cache.Lookup(ctx, s.key)
	if err != nil || v == "" {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v == s.dropped {
		return "", nil
	}
	s.value, s.until = v, s.now().Add(memory)
	return v, nil
}

// orAlone asks the platform without Redis when Redis is away. That is harmless: every process is given the
// same token until its last five minutes.
func (s *shared) orAlone(ctx context.Context, v string, err error) (string, error) {
	if err == nil {
		return v, nil
	}
	if ctx.Err() != nil {
		return "", s.waited(ctx.Err())
	}
	return s.ask(ctx, aloneMemory)
}

// ask calls the platform, stores the answer, and believes it for at most the given time. A value that cannot
// be stored is still good.
func (s *shared) ask(ctx context.Context, believe time.Duration) (string, error) {
	v, life, err := s.fetch(ctx)
	if err != nil {
		return "", err
	}
	if s.cache != nil {
		_ = s.cache.SetContext(ctx, s.key, v, life)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v == s.dropped {
		s.stuck, s.stuckUntil = v, s.now().Add(stuckFor)
	}
	s.dropped = ""
	s.value, s.until = v, s.now().Add(min(believe, life))
	return v, nil
}

// drop forgets a value that the platform refused, here and in Redis, if it is still the one in use.
func (s *shared) drop(ctx context.Context, bad string) {
	s.mu.Lock()
	if bad == s.stuck && s.now().Before(s.stuckUntil) {
		s.mu.Unlock()
		return
	}
	if s.value == bad {
		s.value = ""
	}
	s.dropped = bad
	s.mu.Unlock()
	if s.cache != nil {
		_ = s.cache.DeleteIfEqual(ctx, s.key, bad) // on failure dropped keeps it from being used again
	}
}

func (s *shared) lockKey() string { return s.key + ":lock" }

// jitter spreads waiting processes.
func jitter(d time.Duration) time.Duration {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(d)/2+1))
	if err != nil {
		return 0
	}
	return time.Duration(n.Int64())
}

// keepFor is how long a value that lives for life is kept. The last five minutes are left out, because the
// platform gives a new token then; a value already in them is kept briefly, never for no time at all.
func keepFor(life time.Duration) time.Duration {
	if rest := life - overlap; rest > time.Minute {
		return rest
	}
	return max(min(life/2, time.Minute), time.Second)
}

const stableTokenPath = "/cgi-bin/stable_token"

// fetchToken asks for the stable access token: in normal mode every caller is given the same one until its
// last five minutes. A forced refresh, which kills the old one, is never used.
func (c *Client) fetchToken(ctx context.Context) (string, time.Duration, error) {
	body, err := encodeJSON(map[string]any{
		"grant_type": "client_credential", "appid": c.appID, "secret": c.appSecret, "force_refresh": false,
	})
	if err != nil {
		return "", 0, err
	}
	var out struct {
		Token     string `json:"access_token"`
		ExpiresIn int64  `json:"expires_in"`
	}
	r := request{path: stableTokenPath, body: body, noToken: true, repeatable: true}
	if err := c.call(ctx, &r, &out); err != nil {
		return "", 0, err
	}
	if out.Token == "" {
		return "", 0, &echowall.PlatformError{
			Call: stableTokenPath, Reaction: echowall.ReactRetry, Message: "the answer carries no token",
		}
	}
	return out.Token, time.Duration(out.ExpiresIn) * time.Second, nil
}

// GetAccessTokenContext returns the account's access token, shared with every process on the same Redis.
func (c *Client) GetAccessTokenContext(ctx context.Context) (string, error) { return c.token.get(ctx) }

// GetAccessToken is GetAccessTokenContext for parts of the SDK that have no context.
func (c *Client) GetAccessToken() (string, error) { return c.token.get(context.Background()) }

// number is a 64-bit id that the platform writes now as a number, now as text. It never passes a float.
type number int64

// UnmarshalJSON reads a number or a quoted number; null and "" are 0.
func (n *number) UnmarshalJSON(b []byte) error {
	if len(b) >= 2 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	if len(b) == 0 {
		*n = 0
		return nil
	}
	return json.Unmarshal(b, (*int64)(n))
}
