package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// silence keeps the Redis client from writing lines of its own to standard error, in another format than
// everything else: each failure it speaks of is also returned as an error.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// The client has one logger for the whole program, and it may not change while a client works.
func init() { redis.SetLogger(silence{}) }
