package bot

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"echowall"
)

// One turn a person at a time, whoever gives up waiting; and nobody is remembered afterwards.
func TestKeyedMutex(t *testing.T) {
	var k keyedMutex
	var inside [3]atomic.Int32
	var served, gaveUp atomic.Int32
	people := []echowall.OpenID{"a", "b", "c"}
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			who := i % len(people)
			if i%5 == 0 { // gives up at once if it has to wait
				cancel()
			}
			unlock, err := k.lock(ctx, people[who])
			if err != nil {
				if echowall.KindOf(err) != echowall.KindUnavailable {
					t.Error(err)
				}
				gaveUp.Add(1)
				return
			}
			if n := inside[who].Add(1); n != 1 {
				t.Errorf("%d turns of one person at once", n)
			}
			served.Add(1)
			inside[who].Add(-1)
			unlock()
		})
	}
	all.Wait()
	if served.Load()+gaveUp.Load() != 300 || served.Load() < 240 {
		t.Errorf("%d were served, %d gave up", served.Load(), gaveUp.Load())
	}
	if len(k.held) != 0 {
		t.Errorf("%d seats are left", len(k.held))
	}
}

// A seat that is given to somebody who has just given up goes to the next.
func TestKeyedMutexPassesOn(t *testing.T) {
	for range 200 {
		var k keyedMutex
		first, err := k.lock(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if unlock, err := k.lock(ctx, "a"); err == nil {
				unlock()
			}
		})
		all.Go(func() {
			unlock, err := k.lock(t.Context(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			unlock()
		})
		all.Go(cancel)
		all.Go(first)
		all.Wait()
		if len(k.held) != 0 {
			t.Fatal("a seat is left")
		}
	}
}
