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

// seat is held by one turn, and known as long as one holds it.
type seat struct {
	waiting int
	free    chan struct{} // hands the seat to one of those who wait; made for the first of them
}

// tryLock takes the person's seat if nobody has it.
func (k *keyedMutex) tryLock(id echowall.OpenID) (unlock func(), ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return func() { k.leave(id) }, k.take(id)
}

// take is tryLock of whoever holds mu.
func (k *keyedMutex) take(id echowall.OpenID) bool {
	if k.held[id] != nil {
		return false
	}
	if k.held == nil {
		k.held = make(map[echowall.OpenID]*seat)
	}
	k.held[id] = new(seat)
	return true
}

// lock waits for the person's seat. It fails when ctx ends first.
func (k *keyedMutex) lock(ctx context.Context, id echowall.OpenID) (unlock func(), err error) {
	leave := func() { k.leave(id) }
	k.mu.Lock()
	if k.take(id) {
		k.mu.Unlock()
		return leave, nil
	}
	s := k.held[id]
	s.waiting++
	if s.free == nil {
		s.free = make(chan struct{}, 1)
	}
	k.mu.Unlock()
	select {
	case <-s.free:
		return leave, nil
	case <-ctx.Done():
	}
	k.mu.Lock()
	select {
	case <-s.free: // it came too late for us
		k.mu.Unlock()
		leave()
	default:
		s.waiting--
		k.mu.Unlock()
	}
	return nil, echowall.Errorf(echowall.KindUnavailable, "bot: an earlier message of this person is still running: %w", ctx.Err())
}

// leave gives the seat to the next one.
func (k *keyedMutex) leave(id echowall.OpenID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.held[id]; s.waiting > 0 {
		s.waiting--
		s.free <- struct{}{} // has room: whoever holds the seat has taken what was in it
	} else {
		delete(k.held, id)
	}
}
