package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// gatherer sends the commands that nearly every message needs. What concurrent callers want goes out in one
// write, which roughly halves the processor time a command costs under load; and in full duplex: what has gathered
// is written while Redis still answers what came before. Otherwise Redis and we take turns, and each waits while
// the other works.
type gatherer struct {
	rdb  redis.UniversalClient
	pipe *redis.AutoPipeliner // nil where the client has none
}

func newGatherer(rdb redis.UniversalClient) (gatherer, error) {
	o := redis.DefaultAutoPipelineOptions()
	o.FullDuplex = true
	var err error
	g := gatherer{rdb: rdb}
	switch c := rdb.(type) {
	case *redis.Client:
		g.pipe, err = c.AsyncAutoPipelineWithOptions(o)
	case *redis.ClusterClient:
		g.pipe, err = c.AsyncAutoPipelineWithOptions(o)
	}
	return g, err
}

// errNotWaited says that the caller's time was over before Redis answered. Whether the command runs is not known.
var errNotWaited = errors.New("no answer in time")

// do runs one command. After errNotWaited the command is still on its way and must not be touched.
func (g gatherer) do(ctx context.Context, cmd redis.Cmder) error {
	if g.pipe == nil {
		return g.rdb.Process(ctx, cmd)
	}
	err := g.pipe.Submit(ctx, cmd).WaitContext(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w: %w", errNotWaited, err)
	}
	return err
}
