package store

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// A Redis that hangs, with its connections open, is one that is away: callers get their time back, and when it
// goes on, what was acknowledged is there, once.
func TestRedisThatHangs(t *testing.T) {
	ctx := t.Context()
	s := openAt(t, redistest.Run(t).URL(), "gh_hung")
	info, err := s.rdb.InfoMap(ctx, "server").Result()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(info["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	signal := func(sig syscall.Signal) {
		if err := syscall.Kill(pid, sig); err != nil {
			t.Error(err)
		}
	}

	const writers, each = 20, 50
	var added sync.Map // number → text
	var count atomic.Int32
	hang := make(chan struct{})
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for j := range each {
				w := &echowall.Wish{Author: "a1", Station: "c1", Text: fmt.Sprintf("第%d号楼第%d盏路灯不亮", i, j)}
				err := s.AddWish(ctx, w, func(w *echowall.Wish) error { return w.Submit(restNoon, restCalendar, echowall.FromChat) })
				if err == nil {
					added.Store(w.Number, w.Text)
				} else if echowall.KindOf(err) != echowall.KindUnavailable {
					t.Errorf("wish %d of %d: %v", j, i, err)
				}
				if count.Add(1) == writers*each/4 {
					close(hang)
				}
			}
		})
	}
	<-hang
	signal(syscall.SIGSTOP)
	t.Cleanup(func() { signal(syscall.SIGCONT) }) // or nobody can stop it
	hurry, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := s.Wish(hurry, "XY1001"); echowall.KindOf(err) != echowall.KindUnavailable {
		t.Errorf("asked while it hangs: %v", err)
	}
	if waited := time.Since(began); waited > 2*time.Second {
		t.Errorf("waited %v for an answer wanted within 0.3 s", waited)
	}
	signal(syscall.SIGCONT)
	all.Wait()

	kept := 0
	added.Range(func(number, text any) bool {
		kept++
		w, err := s.Wish(ctx, number.(string))
		if err != nil || w.Text != text {
			t.Errorf("%v was acknowledged and is %+v, %v", number, w, err)
		}
		return true
	})
	stored := s.rdb.ZCard(ctx, s.keys.wishesBy("a1")).Val()
	counted, err := s.Counts(ctx)
	if err != nil || kept < writers*each*3/4 || int(stored) < kept || int64(counted[echowall.WishSubmitted]) != stored {
		t.Errorf("%d acknowledged, %d stored, counted %v, %v", kept, stored, counted, err)
	}
}
