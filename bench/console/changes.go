package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"echowall"
	"echowall/store"
)

// changes are what goes on in the district while pages are looked at: so many times a second some wish, at a station by
// chance, gets another state and date. A store of its own makes them, as another process would.
type changes struct {
	store   *store.Store
	numbers []string
	random  *rand.Rand
	made    int
	took    time.Duration
}

// during makes changes at the given rate until do has returned.
func (c *changes) during(ctx context.Context, perSecond int, do func() error) error {
	if perSecond == 0 {
		return do()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	var working sync.WaitGroup
	working.Go(func() {
		begun := time.Now()
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		defer func() { c.took += time.Since(begun) }()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if failed = c.one(context.WithoutCancel(ctx)); failed != nil {
				return
			}
			c.made++
		}
	})
	err := do()
	stop()
	working.Wait()
	if err == nil {
		err = failed
	}
	return err
}

func (c *changes) one(ctx context.Context) error {
	return c.store.UpdateWish(ctx, c.numbers[c.random.IntN(len(c.numbers))], func(w *echowall.Wish) error {
		w.State = echowall.OpenStates[c.random.IntN(len(echowall.OpenStates))]
		w.Due = monday.Add(time.Duration(c.random.IntN(240)-48) * time.Hour)
		return nil
	})
}
