package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store"
)

const accessStream = "ew:{wx1}:accesslog"

func look(n int) echowall.AccessEntry {
	return echowall.AccessEntry{
		Kind: echowall.AccessContact, By: "p-officer", Role: echowall.RoleLiaison, Scope: "c1",
		Subject: "a-author", Case: fmt.Sprintf("XY%d", n), Why: "电话回访",
	}
}

func TestAccessLogChains(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	if last, err := s.VerifyAccess(ctx); err != nil || last.Seq != 0 {
		t.Errorf("empty log: %+v, %v", last, err)
	}
	for n := range 5 {
		if err := s.AppendAccess(ctx, look(n)); err != nil {
			t.Fatal(err)
		}
	}
	other := look(9)
	other.Subject, other.Why = "a-other", strings.Repeat("很长", 100)
	if err := s.AppendAccess(ctx, other); err != nil {
		t.Fatal(err)
	}
	last, err := s.VerifyAccess(ctx)
	if err != nil || last.Seq != 6 || !last.At.Equal(noon) || len([]rune(last.Why)) != echowall.AccessWhyLimit {
		t.Errorf("last line %+v, %v", last, err)
	}
	page, err := s.AccessLog(ctx, 0, 2)
	if err != nil || len(page) != 2 || page[0].Seq != 6 || page[1].Seq != 5 {
		t.Fatalf("newest %+v, %v", page, err)
	}
	page, err = s.AccessLog(ctx, page[1].Seq, 10)
	if err != nil || len(page) != 4 || page[0].Seq != 4 || page[3].Case != "XY0" {
		t.Errorf("older %+v, %v", page, err)
	}
	about, err := s.AccessAbout(ctx, 3, "a-author", "p-author")
	if err != nil || len(about) != 3 || about[0].Case != "XY4" || about[2].Case != "XY2" {
		t.Errorf("about the author %+v, %v", about, err)
	}
	if about, err := s.AccessAbout(ctx, 10, "a-nobody"); err != nil || len(about) != 0 {
		t.Errorf("about nobody %+v, %v", about, err)
	}
}

// Two processes write at once: every line is there, numbered without a gap, and the chain holds.
func TestAccessLogOfTwoProcesses(t *testing.T) {
	one := openTest(t)
	two, err := store.Open(t.Context(), store.Config{URL: urlOf(one), Account: "wx1", Secret: make([]byte, 32), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	const writers, lines = 8, 10
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			s := []*store.Store{one, two}[n%2]
			for i := range lines {
				if err := s.AppendAccess(t.Context(), look(n*lines+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if last, err := one.VerifyAccess(t.Context()); err != nil || last.Seq != writers*lines {
		t.Errorf("last line %d, %v; want %d", last.Seq, err, writers*lines)
	}
	about, err := two.AccessAbout(t.Context(), 1000, "a-author")
	if err != nil || len(about) != writers*lines {
		t.Errorf("%d lines about the author, %v", len(about), err)
	}
}

func urlOf(s *store.Store) string {
	return "unix://" + s.Redis().(*redis.Client).Options().Addr
}

// Whoever can write to the database still cannot change what is on record without being noticed.
func TestAccessLogNoticesTampering(t *testing.T) {
	entry := func(t *testing.T, s *store.Store, n int) echowall.AccessEntry {
		t.Helper()
		all, err := s.AccessLog(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return all[len(all)-n]
	}
	put := func(t *testing.T, s *store.Store, e echowall.AccessEntry) {
		t.Helper()
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Redis().XAdd(t.Context(), &redis.XAddArgs{Stream: accessStream, ID: fmt.Sprintf("%d-0", e.Seq), Values: []string{"e", string(text)}}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	// rewrite puts other lines in the place of all.
	rewrite := func(t *testing.T, s *store.Store, change func([]echowall.AccessEntry) []echowall.AccessEntry) {
		t.Helper()
		var all []echowall.AccessEntry
		for n := 1; n <= 5; n++ {
			all = append(all, entry(t, s, n))
		}
		if err := s.Redis().Del(t.Context(), accessStream).Err(); err != nil {
			t.Fatal(err)
		}
		for _, e := range change(all) {
			put(t, s, e)
		}
	}
	for name, tamper := range map[string]func(*testing.T, *store.Store){
		"a line is dropped": func(t *testing.T, s *store.Store) { s.Redis().XDel(t.Context(), accessStream, "3-0") },
		"the first line is dropped": func(t *testing.T, s *store.Store) {
			s.Redis().XDel(t.Context(), accessStream, "1-0")
		},
		"the last line is dropped": func(t *testing.T, s *store.Store) {
			s.Redis().XDel(t.Context(), accessStream, "5-0")
		},
		"everything is dropped": func(t *testing.T, s *store.Store) { s.Redis().Del(t.Context(), accessStream) },
		"the reason is changed": func(t *testing.T, s *store.Store) {
			rewrite(t, s, func(all []echowall.AccessEntry) []echowall.AccessEntry { all[2].Why = "别的理由"; return all })
		},
		"who it was is changed": func(t *testing.T, s *store.Store) {
			rewrite(t, s, func(all []echowall.AccessEntry) []echowall.AccessEntry { all[0].By = "p-other"; return all })
		},
		"the chain is made anew without the key": func(t *testing.T, s *store.Store) {
			seal := echowall.NewIdentifier(bytes.Repeat([]byte("x"), 32), "wx1").AccessSeal()
			rewrite(t, s, func(all []echowall.AccessEntry) []echowall.AccessEntry {
				all[2].By = "p-other"
				var prev echowall.AccessEntry
				for i := range all {
					all[i] = all[i].Follow(prev, seal)
					prev = all[i]
				}
				return all
			})
		},
		"a line is made up at the end": func(t *testing.T, s *store.Store) {
			e := entry(t, s, 5)
			e.Seq++
			put(t, s, e)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			for n := range 5 {
				if err := s.AppendAccess(t.Context(), look(n)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.VerifyAccess(t.Context()); err != nil {
				t.Fatal(err)
			}
			tamper(t, s)
			if _, err := s.VerifyAccess(t.Context()); echowall.KindOf(err) != echowall.KindConflict {
				t.Errorf("verified: %v", err)
			}
		})
	}
}

// A line written under a turn is there with the turn or not at all; a denial is there whatever becomes of it.
func TestAccessLogAndTurns(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	begin := func(key string) echowall.Turn {
		t.Helper()
		turn, err := s.Begin(ctx, echowall.Contact{Key: key, From: "o-officer", At: noon})
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	count := func() int64 {
		t.Helper()
		last, err := s.VerifyAccess(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return last.Seq
	}
	turn := begin("m1")
	if err := s.AppendAccess(turn.Context(ctx), look(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendAccess(turn.Context(ctx), look(2)); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 {
		t.Errorf("%d lines before the turn is over", n)
	}
	if err := turn.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 2 {
		t.Errorf("%d lines after the turn, want 2", n)
	}

	turn = begin("m2")
	if err := s.AppendAccess(turn.Context(ctx), look(3)); err != nil {
		t.Fatal(err)
	}
	denial := echowall.AccessEntry{Kind: echowall.AccessDenied, By: "p-officer", Case: "data.export"}
	if err := s.AppendDenial(turn.Context(ctx), echowall.ActionDataExport, denial); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 3 {
		t.Errorf("%d lines, want the denial as the third", n)
	}
	// Another line came in between: the turn's comes after it.
	if err := turn.Commit(ctx, nil); err != nil {
		t.Errorf("commit over another line: %v", err)
	}
	if last, err := s.VerifyAccess(ctx); err != nil || last.Seq != 4 {
		t.Errorf("the log has %d lines, %v; want 4", last.Seq, err)
	}

	turn = begin("m3")
	if err := s.AppendAccess(turn.Context(ctx), look(4)); err != nil {
		t.Fatal(err)
	}
	turn.Discard()
	if err := turn.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 4 {
		t.Errorf("%d lines after a turn that came to nothing, want 4", n)
	}
}

// The same denial of the same person is one line a minute, whoever asks how often from wherever.
func TestDenialsAreBounded(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	deny := func(p echowall.PersonID, a echowall.Action) {
		t.Helper()
		if err := s.AppendDenial(ctx, a, echowall.AccessEntry{Kind: echowall.AccessDenied, By: p, Case: string(a)}); err != nil {
			t.Error(err)
		}
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { deny("p1", echowall.ActionTodo) })
	}
	wg.Wait()
	deny("p1", echowall.ActionQueue)
	deny("p2", echowall.ActionTodo)
	if last, err := s.VerifyAccess(ctx); err != nil || last.Seq != 3 {
		t.Errorf("%d lines, %v; want 3", last.Seq, err)
	}
	mark := "ew:{wx1}:denied:p1:" + string(echowall.ActionTodo)
	if ttl, err := s.Redis().TTL(ctx, mark).Result(); err != nil || ttl <= 0 || ttl > time.Minute {
		t.Errorf("the mark stays for %v, %v", ttl, err)
	}
	s.Redis().Del(ctx, mark) // a minute later
	deny("p1", echowall.ActionTodo)
	if last, err := s.VerifyAccess(ctx); err != nil || last.Seq != 4 {
		t.Errorf("%d lines a minute later, %v; want 4", last.Seq, err)
	}
}
