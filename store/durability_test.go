package store

import (
	"strings"
	"testing"

	"echowall"
	"echowall/store/redistest"
)

func TestCheckDurability(t *testing.T) {
	admin := func(rules ...string) redistest.Option {
		return redistest.Set("user", append([]string{"default", "on", "nopass", "~*", "&*", "+@all"}, rules...)...)
	}
	for name, c := range map[string]struct {
		options []redistest.Option
		says    []string // nothing: accepted
	}{
		"safe":                   {nil, nil},
		"no append-only file":    {[]redistest.Option{redistest.Set("appendonly", "no")}, []string{"appendonly yes", "-unsafe-redis"}},
		"evicts":                 {[]redistest.Option{redistest.Set("maxmemory-policy", "allkeys-lru")}, []string{"allkeys-lru", "maxmemory-policy noeviction", "-unsafe-redis"}},
		"evicts expiring only":   {[]redistest.Option{redistest.Set("maxmemory-policy", "volatile-ttl")}, []string{"volatile-ttl"}},
		"CONFIG forbidden, safe": {[]redistest.Option{admin("-config")}, nil},
		"CONFIG forbidden, bad":  {[]redistest.Option{admin("-config"), redistest.Set("appendonly", "no")}, []string{"appendonly yes"}},
		"CONFIG renamed, safe":   {[]redistest.Option{redistest.Set("rename-command", "CONFIG", "")}, nil},
		"INFO forbidden, safe":   {[]redistest.Option{admin("-info")}, nil},
		"INFO forbidden, bad":    {[]redistest.Option{admin("-info"), redistest.Set("maxmemory-policy", "allkeys-random")}, []string{"allkeys-random"}},
		"both forbidden":         {[]redistest.Option{admin("-info", "-config")}, []string{"INFO or CONFIG GET", "-unsafe-redis"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := redistest.Run(t, c.options...)
			s := &Store{rdb: dialTo(t, r.URL())}
			err := s.CheckDurability(t.Context())
			if len(c.says) == 0 {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if echowall.KindOf(err) != echowall.KindInvalid {
				t.Fatalf("error %v, want kind invalid", err)
			}
			for _, words := range c.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("the error does not say %q: %v", words, err)
				}
			}
		})
	}
}

func TestCheckDurabilityWhileAway(t *testing.T) {
	r := redistest.Run(t)
	s := &Store{rdb: dialTo(t, r.URL())}
	r.Kill()
	if err := s.CheckDurability(t.Context()); echowall.KindOf(err) != echowall.KindUnavailable {
		t.Errorf("error %v, want kind unavailable", err)
	}
}
