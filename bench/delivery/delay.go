package main

import (
	"runtime"
	"syscall"
	"time"
)

// sharpest is the longest wait that sharp makes itself. Longer ones (deadlines of the platform) need no care.
const sharpest = time.Second

// sharp waits for the delay of the platform's answers. Go's own timers end up to a millisecond late in a
// process that sleeps, because epoll counts in milliseconds: that would be measured as slowness of both
// clients. All waits of up to a second that are under way at once must have the same length.
func sharp() func(time.Duration) <-chan time.Time {
	type wait struct {
		until time.Time
		over  chan<- time.Time
	}
	waits := make(chan wait, 4096)
	go func() {
		runtime.LockOSThread()
		for w := range waits {
			for left := time.Until(w.until); left > 0; left = time.Until(w.until) {
				pause := syscall.NsecToTimespec(int64(left))
				_ = syscall.Nanosleep(&pause, nil) // cut short by a signal: the loop goes on
			}
			w.over <- time.Now()
		}
	}()
	return func(d time.Duration) <-chan time.Time {
		if d > sharpest {
			return time.After(d)
		}
		over := make(chan time.Time, 1)
		waits <- wait{time.Now().Add(d), over}
		return over
	}
}
