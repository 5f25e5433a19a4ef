package bot

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"echowall"
)

// renewEvery is how often a running turn says that its worker lives; less than half of the lease.
const renewEvery = 2 * time.Second

// claim keeps a turn's claim on its message while the handler works. Few turns last until the first renewal,
// so that until then there is but a timer.
type claim struct {
	ctx    context.Context // of the turn; renewing ends with it, too
	turn   echowall.Turn
	logger *slog.Logger
	timer  *time.Timer
	over   atomic.Bool
}

func (c *claim) keep() *claim {
	c.timer = time.AfterFunc(renewEvery, c.renew)
	return c
}

func (c *claim) stop() {
	c.over.Store(true)
	c.timer.Stop()
}

// renew runs on the timer's goroutine until the turn is over.
func (c *claim) renew() {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for !c.over.Load() {
		if err := c.turn.Renew(c.ctx); err != nil && c.ctx.Err() == nil {
			c.logger.Warn("claim on a message could not be renewed", "err", err)
		}
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
		}
	}
}
