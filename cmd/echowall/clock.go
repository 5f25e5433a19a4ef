package main

import (
	"sync"
	"time"
)

// clock is the time of a demo: it runs with the real one and can be moved forward.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	moved  []func()
}

// newClock starts at t; the zero t is now.
func newClock(t time.Time) *clock {
	c := &clock{}
	if !t.IsZero() {
		c.offset = time.Until(t)
	}
	return c
}

// Now is the demo's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// MoveTo moves forward to t and tells those who wait for time; it never moves back, for what has happened
// has happened.
func (c *clock) MoveTo(t time.Time) bool {
	c.mu.Lock()
	d := time.Until(t) - c.offset
	if d > 0 {
		c.offset += d
	}
	moved := c.moved
	c.mu.Unlock()
	for _, f := range moved {
		f()
	}
	return d > 0
}

// OnMove adds f to be called after each move.
func (c *clock) OnMove(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = append(c.moved, f)
}
