package redistest_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"

	"echowall/store/redistest"
)

func TestServerKeepsItsDataOverAKill(t *testing.T) {
	for name, options := range map[string][]redistest.Option{
		"socket": nil,
		"tcp":    {redistest.TCP(t)},
	} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Run(t, options...)
			o, err := redis.ParseURL(s.URL())
			if err != nil {
				t.Fatal(err)
			}
			if name == "tcp" {
				o = &redis.Options{Addr: s.Addr()}
			}
			o.MaxRetries, o.DialerRetries = -1, 1
			rdb := redis.NewClient(o)
			defer rdb.Close()
			ctx := context.Background()
			if err := rdb.Set(ctx, "k", "v", 0).Err(); err != nil {
				t.Fatal(err)
			}
			s.Kill()
			if err := rdb.Ping(ctx).Err(); err == nil {
				t.Fatal("the server still answers after Kill")
			}
			s.Restart()
			if got, err := rdb.Get(ctx, "k").Result(); err != nil || got != "v" {
				t.Fatalf("after the restart k = %q, %v; want v", got, err)
			}
		})
	}
}

func TestSet(t *testing.T) {
	s := redistest.Run(t, redistest.Set("maxmemory-policy", "allkeys-lru"))
	o, err := redis.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(o)
	defer rdb.Close()
	got, err := rdb.ConfigGet(context.Background(), "maxmemory-policy").Result()
	if err != nil || got["maxmemory-policy"] != "allkeys-lru" {
		t.Fatalf("maxmemory-policy = %v, %v; want allkeys-lru", got, err)
	}
}
