package delivery

import (
	"sync"

	"echowall"
)

// supply is the backlog as far as it has been fetched from the ledger: debts that are leased, loaded and not
// begun. All workers of the process take from it. One of them at a time has it filled up, while the others go
// on: fetching a debt costs a small part of a round trip, and nobody waits for it as long as more is due.
type supply struct {
	mu      sync.Mutex
	ready   []*echowall.Payment // next one first
	loading chan struct{}       // closed when the load under way has arrived; nil without one
	plenty  bool                // the latest load brought as much as was asked for
}

// next hands out one debt, nil when there is none to be had. A worker whose shift is over helps to use up
// what is there and asks for nothing more.
func (d *Delivery) next(more bool) *echowall.Payment {
	s := &d.supply
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		low := len(s.ready) == 0 || s.plenty && len(s.ready) < d.c.Workers
		if more && low && s.loading == nil && !d.stopping() {
			s.loading = make(chan struct{})
			d.background.Go(d.restock)
		}
		if len(s.ready) > 0 {
			p := s.ready[0]
			s.ready = s.ready[1:]
			return p
		}
		arrives := s.loading
		if arrives == nil {
			return nil
		}
		s.mu.Unlock()
		<-arrives
		s.mu.Lock()
		more = more && s.plenty
	}
}

// restock fetches as much as the workers can use up soon.
func (d *Delivery) restock() {
	n := d.c.Workers * d.batch()
	ids, _ := d.lease(d.work, n) // the pump says what is wrong
	payments := d.load(ids)
	s := &d.supply
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = append(s.ready, payments...)
	s.plenty = len(ids) == n
	close(s.loading)
	s.loading = nil
}

// clear takes out what nobody will begin.
func (s *supply) clear() []*echowall.Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.ready
	s.ready = nil
	return left
}
