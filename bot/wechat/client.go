package wechat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Config describes one account to its API client.
type Config struct {
	AppID     string
	AppSecret string
	// Type decides which calls are allowed; required.
	Type AccountType
	// APIURL, MPURL and OpenURL are the platform's hosts; empty means the real ones. MPURL shows the
	// pictures of scene codes, OpenURL starts web logins.
	APIURL, MPURL, OpenURL string
	// HTTP makes the requests; nil means a client of its own, tuned for many small calls to one host.
	// Redirects are never followed, because addresses carry the token.
	HTTP *http.Client
	// Redis shares the token between processes; nil keeps it in this one.
	Redis redis.UniversalClient
	// KeyPrefix starts every key; empty means "ew:{AppID}:".
	KeyPrefix string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Timeout ends one request; 0 means 5 s. Requests with media have 30 s, or Timeout if that is longer.
	Timeout time.Duration
}

// The platform's hosts.
const (
	defaultAPIURL  = "https://api.weixin.qq.com"
	defaultMPURL   = "https://mp.weixin.qq.com"
	defaultOpenURL = "https://open.weixin.qq.com"
)

const (
	defaultTimeout = 5 * time.Second
	mediaTimeout   = 30 * time.Second
)

// Client calls the platform for one account. It is safe for concurrent use.
//
// It makes its own requests instead of the SDK's. The SDK's calls take no context, share one global HTTP
// client without a time-out and one global rewriting of addresses between all accounts, read answers of any
// size, put the token into error texts, and some take a refusal for an empty answer. What the client shares
// with the SDK is the token: RedisCache is an SDK cache, and the client an SDK token handle.
type Client struct {
	appID, appSecret string
	account          AccountType
	api, mp, open    *url.URL
	http             *http.Client
	traced           bool // http tells when a connection is there
	now              func() time.Time
	timeout          time.Duration
	token, ticket    *shared
}

// NewClient checks the configuration and returns a client; it does not call the platform.
func NewClient(cfg Config) (*Client, error) {
	if cfg.AppID == "" || cfg.AppSecret == "" {
		return nil, errors.New("platform client: AppID and AppSecret are required")
	}
	if !cfg.Type.known() {
		return nil, fmt.Errorf("platform client: account type %q is unknown", cfg.Type)
	}
	c := &Client{appID: cfg.AppID, appSecret: cfg.AppSecret, account: cfg.Type, now: cfg.Now, timeout: cfg.Timeout}
	for _, host := range []struct {
		to         **url.URL
		name       string
		given, own string
	}{
		{&c.api, "APIURL", cfg.APIURL, defaultAPIURL},
		{&c.mp, "MPURL", cfg.MPURL, defaultMPURL},
		{&c.open, "OpenURL", cfg.OpenURL, defaultOpenURL},
	} {
		u, err := parseHost(host.given, host.own)
		if err != nil {
			return nil, fmt.Errorf("platform client: %s: %w", host.name, err)
		}
		*host.to = u
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	c.http = newHTTP(cfg.HTTP)
	_, c.traced = c.http.Transport.(*http.Transport)
	var cache *RedisCache
	if cfg.Redis != nil {
		prefix := cfg.KeyPrefix
		if prefix == "" {
			prefix = "ew:{" + cfg.AppID + "}:"
		}
		cache = NewRedisCache(cfg.Redis, prefix)
	}
	c.token = &shared{cache: cache, key: "wechat:token:" + c.appID, now: c.now, limit: 2 * c.timeout, fetch: shortened(c.fetchToken)}
	c.ticket = &shared{cache: cache, key: "wechat:ticket:" + c.appID, now: c.now, limit: 4 * c.timeout, fetch: shortened(c.fetchTicket)}
	return c, nil
}

// shortened cuts the life that the platform states to the time a value is kept.
func shortened(fetch func(context.Context) (string, time.Duration, error)) func(context.Context) (string, time.Duration, error) {
	return func(ctx context.Context) (string, time.Duration, error) {
		value, life, err := fetch(ctx)
		return value, keepFor(life), err
	}
}

func parseHost(given, own string) (*url.URL, error) {
	if given == "" {
		given = own
	}
	u, err := url.Parse(strings.TrimRight(given, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("must be an address like https://host")
	}
	return u, nil
}

// newHTTP copies given, or makes a client whose idle connections are enough for delivery's workers: the
// standard two a host would open and close a connection for nearly every message.
func newHTTP(given *http.Client) *http.Client {
	var h http.Client
	if given != nil {
		h = *given
	}
	if h.Transport == nil {
		h.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 3 * time.Second,
			MaxIdleConns:        512,
			MaxIdleConnsPerHost: 256,
			IdleConnTimeout:     90 * time.Second,
			DisableCompression:  true, // answers are small, and body limits then count what was sent
		}
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &h
}

// Close closes idle connections. The client must not be used afterwards.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Can reports whether the account's type may use f.
func (c *Client) Can(f Feature) bool { return c.account.Can(f) }

// Type returns the account's type.
func (c *Client) Type() AccountType { return c.account }
