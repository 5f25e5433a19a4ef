package bot_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"echowall/bot"
	"echowall/store"
)

// A command that only stages changes keeps the promise without a claim: however many deliveries of a message
// run at once in two processes, one counts, and all get its reply.
func TestStagedCommandCountsOnce(t *testing.T) {
	var runs atomic.Int64
	var first, second *rig
	router := func(g **rig) *bot.Router {
		r := counter(&runs, func() *store.Store { return (*g).store })
		r.Stages("数")
		return r
	}
	first = newRig(t, router(&first), nil)
	second = newRigOn(t, first.redis, router(&second), nil)
	for n := 1; n <= 10; n++ {
		p := first.push("u1", "数 一")
		var wg sync.WaitGroup
		var bodies [6]string
		for i := range bodies {
			g := []*rig{first, second}[i%2]
			wg.Go(func() {
				body, err := g.bot.Receive(t.Context(), p)
				if err != nil {
					t.Error(err)
				}
				bodies[i] = string(body)
			})
		}
		wg.Wait()
		for _, body := range bodies {
			if body != bodies[0] {
				t.Errorf("message %d: replies %q", n, bodies)
				break
			}
		}
		if got := first.days("u1"); got != n {
			t.Fatalf("%d days after %d messages", got, n)
		}
	}
}

// In one process, another delivery of the last message does not even compute.
func TestStagedCommandAgainInOneProcess(t *testing.T) {
	var runs atomic.Int64
	var g *rig
	r := counter(&runs, func() *store.Store { return g.store })
	r.Stages("数")
	g = newRig(t, r, nil)
	p := g.push("u1", "数 一")
	p.Key = "sixteencharacter"
	for range 3 {
		if body, err := g.bot.Receive(t.Context(), p); err != nil || string(body) != "1" {
			t.Fatalf("%q, %v", body, err)
		}
	}
	if got := runs.Load(); got != 1 {
		t.Errorf("ran %d times", got)
	}
}
