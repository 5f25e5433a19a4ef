package redistest

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const slots = 16384

// Cluster starts a Redis Cluster of n masters without replicas and returns its servers and its URL, once
// every server knows that all slots are served.
func Cluster(tb testing.TB, n int) ([]*Server, string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	servers := make([]*Server, n)
	clients := make([]*redis.Client, n)
	addrs := make([]string, n)
	for i := range servers {
		bus := strconv.Itoa(FreePort(tb))
		servers[i] = Run(tb, TCP(tb), Set("cluster-enabled", "yes"), Set("cluster-port", bus))
		addrs[i] = servers[i].Addr()
		clients[i] = redis.NewClient(&redis.Options{Addr: addrs[i], MaxRetries: -1})
		defer clients[i].Close()
		if err := clients[i].ClusterAddSlotsRange(ctx, i*slots/n, (i+1)*slots/n-1).Err(); err != nil {
			tb.Fatalf("redistest: give slots: %v", err)
		}
		// Everybody is introduced to everybody: gossip would do it too, some seconds later.
		host, port, _ := net.SplitHostPort(addrs[i])
		for _, c := range clients[:i] {
			if err := c.Do(ctx, "CLUSTER", "MEET", host, port, bus).Err(); err != nil {
				tb.Fatalf("redistest: introduce a node: %v", err)
			}
		}
	}
	for _, c := range clients {
		wait(ctx, tb, "the cluster serves all slots", func() bool {
			info, err := c.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok") &&
				strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(n)) &&
				strings.Contains(info, "cluster_slots_ok:"+strconv.Itoa(slots))
		})
	}
	return servers, "redis-cluster://" + strings.Join(addrs, ",")
}

// wait asks until done says yes or ctx is over.
func wait(ctx context.Context, tb testing.TB, what string, done func() bool) {
	tb.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-ctx.Done():
			tb.Fatalf("redistest: waited in vain: %s", what)
		}
	}
}
