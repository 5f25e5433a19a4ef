package redistest

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"echowall/store/redisserver"
)

// Sentinel starts a master, a replica of it and one Sentinel that replaces a dead master within about a
// second. It returns master, replica and the URL, once the replica follows and Sentinel knows of it.
func Sentinel(tb testing.TB) (master, replica *Server, url string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	master = Run(tb, TCP(tb), Set("repl-diskless-sync-delay", "0"))
	host, port, _ := net.SplitHostPort(master.Addr())
	replica = Run(tb, TCP(tb), Set("replicaof", host, port))

	// Sentinel asks the master for its replicas at once, then only every ten seconds.
	r := redis.NewClient(&redis.Options{Addr: replica.Addr(), MaxRetries: -1})
	defer r.Close()
	wait(ctx, tb, "the replica follows", func() bool {
		info, err := r.InfoMap(ctx, "replication").Result()
		return err == nil && info["Replication"]["master_link_status"] == "up"
	})

	monitor := &Server{tb: tb, config: redisserver.Config{Dir: tempDir(tb), Port: FreePort(tb)}}
	monitor.config.File = filepath.Join(monitor.config.Dir, "sentinel.conf")
	rules := "sentinel monitor main " + host + " " + port + " 1\n" +
		"sentinel down-after-milliseconds main 300\n" +
		"sentinel failover-timeout main 1000\n"
	if err := os.WriteFile(monitor.config.File, []byte(rules), 0o600); err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	monitor.config.Options = []string{"--sentinel"}
	monitor.start()
	tb.Cleanup(func() { monitor.process.Kill() })

	c := redis.NewSentinelClient(&redis.Options{Addr: monitor.Addr(), MaxRetries: -1})
	defer c.Close()
	wait(ctx, tb, "Sentinel knows a replica that follows", func() bool {
		list, err := c.Replicas(ctx, "main").Result()
		return err == nil && len(list) == 1 && list[0]["master-link-status"] == "ok"
	})
	return master, replica, "redis-sentinel://" + monitor.Addr() + "/main"
}
