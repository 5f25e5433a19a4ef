package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"echowall"
)

// two makes one call for two claims and returns whether each was done.
func (l *ledger) two(a, b *echowall.Payment) (bool, bool) {
	l.Helper()
	var batch []*batched
	for _, p := range []*echowall.Payment{a, b} {
		words, _, err := l.s.claimWords(l.claim(p), l.now)
		l.no(err)
		batch = append(batch, &batched{claim: words})
	}
	l.s.recordBatch(context.Background(), batch)
	l.no(batch[0].err)
	l.no(batch[1].err)
	return batch[0].claimed, batch[1].claimed
}

// What travels in one call is done one after the other: of two claims that read the same debt, or the same
// quota book, the second is left alone.
func TestOneBatchClaimsOnce(t *testing.T) {
	t.Run("the same debt", func(t *testing.T) {
		l := newLedger(t)
		d := l.owe(l.person, "1")
		if a, b := l.two(l.load(d), l.load(d)); !a || b {
			t.Errorf("claimed %v and %v, want only the first", a, b)
		}
		if l.left() != 4 {
			t.Errorf("%d messages left, want 4", l.left())
		}
	})
	t.Run("the same book", func(t *testing.T) {
		l := newLedger(t)
		second := l.load(l.owe(l.person, "2"))
		if a, b := l.two(l.load(l.owe(l.person, "1")), second); !a || b {
			t.Errorf("claimed %v and %v, want only the first", a, b)
		}
		claim := l.claim(second)
		if got := l.record(nil, claim); got != echowall.ClaimStale || second.Reach.MessageLeft != 4 {
			t.Errorf("the second again: %v with %d left, want stale with 4", got, second.Reach.MessageLeft)
		}
		if got := l.record(nil, l.claim(second)); got != echowall.ClaimTaken || l.left() != 3 {
			t.Errorf("with the new book: %v with %d left, want taken with 3", got, l.left())
		}
	})
}

// Many callers share calls, and each gets the answer that is its own.
func TestManyCallersOfRecord(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	const people, callers = 40, 3 // each debt is claimed by three
	var payments [people][callers]*echowall.Payment
	for i := range people {
		l.openid = echowall.OpenID(fmt.Sprintf("oMany%d", i))
		l.contact(echowall.WindowMessage)
		d := l.owe(echowall.Recipient(l.s.ids.Person(l.openid)), "1")
		for c := range callers {
			payments[i][c] = l.load(d)
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	taken := make(map[string]int)
	for c := range callers {
		for i := range people {
			p := payments[i][c]
			claim := l.claim(p)
			wg.Go(func() {
				got, err := l.s.Record(ctx, l.now, nil, claim)
				if err == nil && got == echowall.ClaimTaken {
					mu.Lock()
					taken[p.Debt.ID]++
					mu.Unlock()
					_, err = l.s.Record(ctx, l.now, &echowall.Settlement{Payment: p, State: echowall.DebtPaid, Result: "paid"}, nil)
				} else if err == nil && got != echowall.ClaimLost {
					t.Errorf("a claim of many: %v", got)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if len(taken) != people {
		t.Errorf("%d debts were claimed, want %d", len(taken), people)
	}
	for id, n := range taken {
		if n != 1 {
			t.Errorf("debt %s was claimed %d times", id, n)
		}
	}
	if counts, err := l.s.DebtCounts(ctx); err != nil || counts != (echowall.DebtCounts{}) {
		t.Errorf("ledger %+v, %v; want empty", counts, err)
	}
}
