package store

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

func TestDialForms(t *testing.T) {
	type want struct {
		network, addr, user, password string
		db, pool                      int
		tls                           bool
	}
	for raw, w := range map[string]want{
		"redis://h:1/3":                          {"tcp", "h:1", "", "", 3, 64, false},
		"redis://h":                              {"tcp", "h:6379", "", "", 0, 64, false},
		"redis://:p%40ss%2Fw@h:1":                {"tcp", "h:1", "", "p@ss/w", 0, 64, false},
		"redis://u:p@[::1]:7/1?pool_size=9":      {"tcp", "[::1]:7", "u", "p", 1, 9, false},
		"rediss://u:p@h:1":                       {"tcp", "h:1", "u", "p", 0, 64, true},
		"unix:///run/r.sock?db=2":                {"unix", "/run/r.sock", "", "", 2, 64, false},
		"unix://:p@/run/r.sock":                  {"unix", "/run/r.sock", "", "p", 0, 64, false},
		"redis-sentinel://u:p%3A@h:1,g:2/main/4": {"tcp", "FailoverClient", "u", "p:", 4, 64, false},
		"rediss-sentinel://h:1/main":             {"tcp", "FailoverClient", "", "", 0, 64, true},
	} {
		c, err := dial(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		o := c.(*redis.Client).Options()
		if got := (want{o.Network, o.Addr, o.Username, o.Password, o.DB, o.PoolSize, o.TLSConfig != nil}); got != w {
			t.Errorf("%s: %+v, want %+v", raw, got, w)
		}
		if o.DialTimeout != dialTimeout || o.ReadTimeout != ioTimeout || o.WriteTimeout != ioTimeout || !o.ContextTimeoutEnabled || o.MaxRetries != retries {
			t.Errorf("%s: limits are not set: %+v", raw, o)
		}
		c.Close()
	}
}

func TestDialCluster(t *testing.T) {
	c, err := dial("rediss-cluster://u:p@h:1,g:2,[::1]:3?read_timeout=7s")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o := c.(*redis.ClusterClient).Options()
	if got := strings.Join(o.Addrs, " "); got != "h:1 g:2 [::1]:3" {
		t.Errorf("addresses %s", got)
	}
	if o.Username != "u" || o.Password != "p" || o.TLSConfig == nil || o.TLSConfig.ServerName != "" {
		t.Errorf("user %q, password %q, TLS %+v", o.Username, o.Password, o.TLSConfig)
	}
	if o.ReadTimeout != 7*time.Second || o.DialTimeout != dialTimeout || o.PoolSize != poolSize {
		t.Errorf("limits %v %v %d", o.ReadTimeout, o.DialTimeout, o.PoolSize)
	}
}

func TestDialRefuses(t *testing.T) {
	for raw, says := range map[string]string{
		"":                                       "redis://127.0.0.1:6379/0",
		"hunter2":                                "is not set to a URL",
		"http://u:hunter2@h":                     "unknown scheme",
		"hunter2://h":                            "unknown scheme",
		"redis://u:hunter2@h:1,g:2":              "redis-sentinel",
		"redis://u:hunter2@h:port":               "cannot be read",
		"redis://u:12/hunter2@h:1":               "%2F",
		"redis://u:12?hunter2@h:1":               "%3F",
		"redis://u:12#hunter2@h:1":               "%23",
		"redis://u:hun%zzter2@h:1":               "cannot be read",
		"redis://u:hunter2@h:1/x":                "database number",
		"redis://u:hunter2@h:1?no_such_knob=1":   "no_such_knob",
		"unix://u:hunter2@":                      "socket path",
		"redis-sentinel://:hunter2@h:1,g:2":      "name of the master",
		"redis-sentinel://:hunter2@h,g:2/m":      "a host and a port",
		"redis-sentinel://:hunter2@h:1/m/x":      "database number",
		"redis-cluster://:hunter2@h:1,g:2/3":     "only one",
		"redis-cluster://:hunter2@h:1,g":         "a host and a port",
		"redis-cluster://:hunter2@h:1?nonsense=": "nonsense",
	} {
		c, err := dial(raw)
		if err == nil {
			c.Close()
			t.Errorf("%s: accepted", raw)
			continue
		}
		text := err.Error()
		if !strings.Contains(text, URLVariable) || !strings.Contains(text, says) {
			t.Errorf("%s: the error does not name the variable and %q: %s", raw, says, text)
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s: the error holds the password: %s", raw, text)
		}
		if echowall.KindOf(err) != echowall.KindInvalid {
			t.Errorf("%s: kind %s, want invalid", raw, echowall.KindOf(err))
		}
	}
}

func FuzzDialKeepsThePassword(f *testing.F) {
	f.Add("redis://", "h:1/0")
	f.Add("redis-sentinel://u", "h:1,g:2/m")
	f.Add("unix://", "/s?db=x")
	f.Fuzz(func(t *testing.T, before, after string) {
		const password = "zxcvPASSWORDvcxz"
		c, err := dial(before + ":" + password + "@" + after)
		if err == nil {
			c.Close()
			return
		}
		if strings.Contains(err.Error(), password) {
			t.Errorf("the error holds the password: %v", err)
		}
	})
}
