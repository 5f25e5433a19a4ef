package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"echowall"
)

const (
	// trustAfter is when a result counts as safe in the ledger. A Redis that appends to its file every second
	// may forget the latest two seconds of what it acknowledged, when it is killed while the disk is slow.
	trustAfter = 3 * time.Second
	// recallEvery is how often results are looked at again.
	recallEvery = time.Second
)

// recall remembers what this process sent lately, until the ledger can be trusted to know it too: a debt
// that a crashed ledger presents again is settled again and not sent again.
type recall struct {
	mu    sync.Mutex
	known map[string]*echowall.Settlement // nil while the call is under way
	aging []aged                          // in order of time
}

type aged struct {
	at   time.Time // real time
	done *echowall.Settlement
}

// begin notes that a debt is about to be sent and returns true; or returns false and, unless that call is
// under way still, what became of the debt.
func (r *recall) begin(id string) (*echowall.Settlement, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if done, ok := r.known[id]; ok {
		return done, false
	}
	if r.known == nil {
		r.known = make(map[string]*echowall.Settlement)
	}
	r.known[id] = nil
	return nil, true
}

// end notes what became of a debt. Those that may be sent again are forgotten at once.
func (r *recall) end(done *echowall.Settlement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := done.Payment.Debt.ID
	switch done.State {
	case echowall.DebtPaid, echowall.DebtUnknown:
		r.known[id] = done
		r.aging = append(r.aging, aged{time.Now(), done})
	default:
		delete(r.known, id)
	}
}

// drop notes that a debt is not sent after all.
func (r *recall) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, id)
}

// ripe returns results that the ledger should know for good by now. They stay known.
func (r *recall) ripe() []*echowall.Settlement {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*echowall.Settlement
	for _, a := range r.aging {
		if time.Since(a.at) < trustAfter {
			break
		}
		out = append(out, a.done)
	}
	return out
}

// forget drops the oldest results, as many as ripe returned.
func (r *recall) forget(ripe []*echowall.Settlement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, done := range ripe {
		if id := done.Payment.Debt.ID; r.known[id] == done {
			delete(r.known, id)
		}
	}
	r.aging = append([]aged(nil), r.aging[len(ripe):]...)
}

// remember looks at results again until Shutdown, and records those anew that the ledger forgot.
func (d *Delivery) remember() {
	tick := time.NewTicker(recallEvery)
	defer tick.Stop()
	for {
		select {
		case <-d.quit:
			return
		case <-tick.C:
		}
		ripe := d.recall.ripe()
		if len(ripe) == 0 {
			continue
		}
		if err := d.confirm(d.work, ripe); err != nil {
			continue // they are looked at again
		}
		d.recall.forget(ripe)
	}
}

// confirm asks the ledger for debts that are over; those it still shows have been forgotten. The only error
// is that the ledger is away.
func (d *Delivery) confirm(ctx context.Context, results []*echowall.Settlement) error {
	const batch = 500
	for len(results) > 0 {
		n := min(batch, len(results))
		ids := make([]string, n)
		byID := make(map[string]*echowall.Settlement, n)
		for i, done := range results[:n] {
			ids[i] = done.Payment.Debt.ID
			byID[ids[i]] = done
		}
		open, err := d.c.Ledger.Payments(ctx, ids)
		if echowall.KindOf(err) == echowall.KindUnavailable {
			return err
		}
		for _, p := range open {
			d.c.Logger.Warn("delivery: the ledger forgot a result; recorded again", slog.String("debt", p.Debt.ID))
			_, err := d.c.Ledger.Record(ctx, d.c.Now(), byID[p.Debt.ID], nil)
			if echowall.KindOf(err) == echowall.KindUnavailable {
				return err
			}
		}
		results = results[n:]
	}
	return nil
}
