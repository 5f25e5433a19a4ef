package bot

import "sync"

// idleWorkers is how many goroutines wait for the next message; more are made when needed.
const idleWorkers = 64

// workers runs turns on goroutines that stay for the next one. A turn needs a deep stack, and growing that
// of a new goroutine for every message costs a tenth of the message's processor time.
type workers struct {
	running  *sync.WaitGroup
	stopping <-chan struct{}
	next     chan func()
	idle     chan struct{} // one token a waiting worker
}

// run calls f on a goroutine that waits, or on a new one. It does not wait for f.
func (w *workers) run(f func()) {
	select {
	case w.next <- f:
	default:
		w.running.Go(func() { w.work(f) })
	}
}

func (w *workers) work(f func()) {
	for {
		f()
		select {
		case w.idle <- struct{}{}:
		default:
			return // enough are waiting
		}
		select {
		case f = <-w.next:
			<-w.idle
		case <-w.stopping:
			return
		}
	}
}
