package bot

import (
	"context"
	"sync"

	"echowall"
)

// keyedMutex lets one turn a person run in this process. Other processes are kept apart by the version of
// the conversation.
type keyedMutex struct {
	mu   sync.Mutex
	held map[echowall.OpenID]*seat
}

type seat struct {
	free    chan struct{} // holds one token while nobody has the seat
	waiting int           // those who have it or want it
}

// lock waits for the person's seat. It fails when ctx ends first.
func (k *keyedMutex) lock(ctx context.Context, id echowall.OpenID) (unlock func(), err error) {
	k.mu.Lock()
	if k.held == nil {
		k.held = make(map[echowall.OpenID]*seat)
	}
	s := k.held[id]
	if s == nil {
		s = &seat{free: make(chan struct{}, 1)}
		s.free <- struct{}{}
		k.held[id] = s
	}
	s.waiting++
	k.mu.Unlock()

	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if s.waiting--; s.waiting == 0 {
			delete(k.held, id)
		}
	}
	select {
	case <-s.free:
		return func() { s.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, echowall.Errorf(echowall.KindUnavailable, "bot: an earlier message of this person is still running: %w", ctx.Err())
	}
}
