package store

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// CheckDurability refuses a Redis that would lose or evict what people were told is stored: one without an
// append-only file, or with an eviction policy other than noeviction. On a cluster every master is looked
// at. Where the server does not let itself be asked (CONFIG and INFO forbidden), that is an error too: what
// cannot be checked is not safe. The error is KindInvalid and says what to set; serve takes -unsafe-redis
// to run in spite of it.
func (s *Store) CheckDurability(ctx context.Context) error {
	c, cluster := s.rdb.(*redis.ClusterClient)
	if !cluster {
		return checkNode(ctx, s.rdb)
	}
	var mu sync.Mutex
	var all []error
	err := c.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		if err := checkNode(ctx, node); err != nil {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, echowall.Errorf(echowall.KindOf(err), "%s: %w", node.Options().Addr, err))
		}
		return nil
	})
	if len(all) > 0 {
		return errors.Join(all...)
	}
	return wrap(err)
}

func checkNode(ctx context.Context, node redis.Cmdable) error {
	// INFO tells both, and hosted servers that forbid CONFIG usually allow it. Some leave the policy out.
	info, err := node.Info(ctx).Result()
	if err != nil && !refused(err) {
		return wrap(err)
	}
	appendOnly, policy := infoField(info, "aof_enabled"), infoField(info, "maxmemory_policy")
	if appendOnly == "" {
		appendOnly, err = configField(ctx, node, "appendonly")
	}
	if err == nil && policy == "" {
		policy, err = configField(ctx, node, "maxmemory-policy")
	}
	if err != nil && !refused(err) {
		return wrap(err)
	}
	switch {
	case appendOnly == "" || policy == "":
		return unsafeRedis("Redis does not say whether it keeps an append-only file and what it evicts: allow this user INFO or CONFIG GET")
	case appendOnly != "1" && appendOnly != "yes":
		return unsafeRedis("Redis keeps no append-only file, a restart would lose wishes: set appendonly yes")
	case policy != "noeviction":
		return unsafeRedis("Redis evicts data when memory is short (maxmemory-policy " + policy + "): set maxmemory-policy noeviction")
	}
	return nil
}

func unsafeRedis(what string) error {
	return echowall.Errorf(echowall.KindInvalid, "store: %s; or start with -unsafe-redis if losing data is acceptable", what)
}

// refused reports whether the server answered that it will not say, rather than not at all.
func refused(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply) && (strings.HasPrefix(reply.Error(), "NOPERM") || strings.HasPrefix(strings.ToLower(reply.Error()), "err unknown command"))
}

func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func configField(ctx context.Context, node redis.Cmdable, name string) (string, error) {
	got, err := node.ConfigGet(ctx, name).Result()
	return got[name], err
}
