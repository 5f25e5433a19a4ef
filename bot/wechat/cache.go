package wechat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	sdkcache "github.com/silenceper/wechat/v2/cache"
)

// RedisCache keeps the account's token and page ticket in Redis, under a prefix, behind the SDK's cache
// interfaces: parts of the SDK given this cache share them with the client and with every other process.
type RedisCache struct {
	rdb    redis.UniversalClient
	prefix string
}

var _ sdkcache.ContextCache = (*RedisCache)(nil)

// NewRedisCache returns a cache whose keys all start with prefix. On Redis Cluster the prefix must carry a
// hash tag, as "ew:{account}:" does.
func NewRedisCache(rdb redis.UniversalClient, prefix string) *RedisCache {
	return &RedisCache{rdb: rdb, prefix: prefix}
}

// Lookup returns the text kept under key, "" when there is none, and an error when Redis is away.
func (c *RedisCache) Lookup(ctx context.Context, key string) (string, error) {
	v, err := c.rdb.Get(ctx, c.prefix+key).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return v, err
}

// GetContext returns the text kept under key, or nil.
func (c *RedisCache) GetContext(ctx context.Context, key string) any {
	v, err := c.Lookup(ctx, key)
	if err != nil || v == "" {
		return nil
	}
	return v
}

// SetContext keeps val, which must be text, for life. A life of zero or less has already ended, so the key
// is removed: the SDK passes 0 for a token in its last five minutes.
func (c *RedisCache) SetContext(ctx context.Context, key string, val any, life time.Duration) error {
	text, ok := val.(string)
	if !ok {
		return fmt.Errorf("cache holds text only, not %T", val)
	}
	if life < time.Millisecond {
		return c.DeleteContext(ctx, key)
	}
	return c.rdb.Set(ctx, c.prefix+key, text, life).Err()
}

// IsExistContext reports whether key is kept.
func (c *RedisCache) IsExistContext(ctx context.Context, key string) bool {
	n, err := c.rdb.Exists(ctx, c.prefix+key).Result()
	return err == nil && n > 0
}

// DeleteContext removes key.
func (c *RedisCache) DeleteContext(ctx context.Context, key string) error {
	return c.rdb.Del(ctx, c.prefix+key).Err()
}

// Get is GetContext for callers of the SDK that have no context.
func (c *RedisCache) Get(key string) any { return c.GetContext(context.Background(), key) }

// Set is SetContext for callers of the SDK that have no context.
func (c *RedisCache) Set(key string, val any, life time.Duration) error {
	return c.SetContext(context.Background(), key, val, life)
}

// IsExist is IsExistContext for callers of the SDK that have no context.
func (c *RedisCache) IsExist(key string) bool { return c.IsExistContext(context.Background(), key) }

// Delete is DeleteContext for callers of the SDK that have no context.
func (c *RedisCache) Delete(key string) error { return c.DeleteContext(context.Background(), key) }

// deleteIfEqual removes a key only while it still holds a given value.
//
//	KEYS[1] key   ARGV[1] value   returns 1 when removed, else 0
var deleteIfEqual = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0`)

// DeleteIfEqual removes key only while it still holds value, so that nobody throws away a newer one.
func (c *RedisCache) DeleteIfEqual(ctx context.Context, key, value string) error {
	return deleteIfEqual.Run(ctx, c.rdb, []string{c.prefix + key}, value).Err()
}

// lock takes key for owner unless somebody has it; it frees itself after life.
func (c *RedisCache) lock(ctx context.Context, key, owner string, life time.Duration) (bool, error) {
	err := c.rdb.SetArgs(ctx, c.prefix+key, owner, redis.SetArgs{Mode: "NX", TTL: life}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}
