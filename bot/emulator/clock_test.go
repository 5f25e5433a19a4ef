package emulator

import (
	"sync/atomic"
	"time"
)

// clock begins on monday and moves when told to, also while the platform says something by itself.
type clock struct{ later atomic.Int64 }

func (c *clock) now() time.Time { return monday.Add(time.Duration(c.later.Load())) }

func (c *clock) move(d time.Duration) { c.later.Add(int64(d)) }
