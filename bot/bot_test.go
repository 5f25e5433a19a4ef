package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
	"echowall/store"
	"echowall/store/redistest"
)

var start = time.Date(2026, 11, 23, 7, 30, 0, 0, time.FixedZone("CST", 8*3600))

// words finds commands by their first word; the real catalogue is tested where it lives.
type words struct{}

func (words) Normalise(s string) string { return strings.TrimSpace(s) }
func (words) Match(s string) (string, string, bool) {
	name, rest, _ := strings.Cut(s, " ")
	return name, rest, name != ""
}

// rig is an engine on a real Redis.
type rig struct {
	t     *testing.T
	redis *redistest.Server
	store *store.Store
	bot   *bot.Bot
	mu    sync.Mutex
	now   time.Time
	msgID atomic.Int64
}

func newRig(t *testing.T, r *bot.Router, change func(*bot.Config)) *rig {
	t.Helper()
	return newRigOn(t, redistest.Run(t), r, change)
}

func newRigOn(t *testing.T, server *redistest.Server, r *bot.Router, change func(*bot.Config)) *rig {
	t.Helper()
	g := &rig{t: t, redis: server, now: start}
	s, err := store.Open(t.Context(), store.Config{URL: server.URL(), Account: "wx1", Secret: make([]byte, 32), Now: g.Now})
	if err != nil {
		t.Fatal(err)
	}
	c := bot.Config{Store: s, Router: r, Now: g.Now, Say: func(key string, args map[string]any) string {
		if len(args) == 0 {
			return "<" + key + ">"
		}
		return fmt.Sprintf("<%s %v>", key, args)
	}}
	if change != nil {
		change(&c)
	}
	g.store, g.bot = s, bot.New(c)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := g.bot.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		s.Close()
	})
	return g
}

func (g *rig) Now() time.Time { g.mu.Lock(); defer g.mu.Unlock(); return g.now }

func (g *rig) advance(d time.Duration) { g.mu.Lock(); defer g.mu.Unlock(); g.now = g.now.Add(d) }

// push makes a new text message.
func (g *rig) push(from, text string) *wechat.Push {
	id := g.msgID.Add(1)
	return &wechat.Push{
		Key:         fmt.Sprintf("m%d", id),
		Fingerprint: fmt.Sprintf("f%d", id),
		Inbound:     &wechat.Inbound{From: echowall.OpenID(from), Type: wechat.TypeText, Text: text, MsgID: id},
		Seal: func(m echowall.Message) ([]byte, error) {
			if m.IsZero() {
				return []byte("success"), nil
			}
			return []byte(m.Text), nil
		},
	}
}

func (g *rig) say(from, text string) string {
	g.t.Helper()
	body, err := g.bot.Receive(g.t.Context(), g.push(from, text))
	if err != nil {
		g.t.Fatalf("%s: %s: %v", from, text, err)
	}
	return string(body)
}

// counter is a router with one command that takes part in the turn: it adds a person to a list that is
// stored with it, and tells how often it ran.
func counter(runs *atomic.Int64, s func() *store.Store) *bot.Router {
	r := bot.NewRouter(words{})
	r.Command("数", func(c *bot.Context) (echowall.Message, error) {
		runs.Add(1)
		n := 0
		err := s().UpdateStudy(c, c.Turn.Person(), func(r *echowall.StudyRecord) error {
			if r.Days == nil {
				r.Days = map[string]echowall.StudyDay{}
			}
			n = len(r.Days) + 1
			r.Days[fmt.Sprint(n)] = echowall.StudyDay{}
			return nil
		})
		return echowall.Message{Text: fmt.Sprint(n)}, err
	})
	r.Command("错", func(c *bot.Context) (echowall.Message, error) {
		_ = s().UpdateStudy(c, c.Turn.Person(), func(r *echowall.StudyRecord) error {
			r.Days = map[string]echowall.StudyDay{"wrong": {}}
			return nil
		})
		return echowall.Message{}, echowall.Refusal(echowall.KindInvalid, "no.way")
	})
	r.Command("坏", func(c *bot.Context) (echowall.Message, error) { return echowall.Message{}, errors.New("defect") })
	r.Command("崩", func(c *bot.Context) (echowall.Message, error) { panic("defect") })
	return r
}

func newCounter(t *testing.T, change func(*bot.Config)) (*rig, *atomic.Int64) {
	var runs atomic.Int64
	var g *rig
	g = newRig(t, counter(&runs, func() *store.Store { return g.store }), change)
	return g, &runs
}

func (g *rig) days(from string) int {
	g.t.Helper()
	r, err := g.store.StudyRecord(g.t.Context(), g.store.Identifier().Person(echowall.OpenID(from)))
	if echowall.KindOf(err) == echowall.KindNotFound {
		return 0
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return len(r.Days)
}

func TestDuplicateGetsTheSameBytesAndRunsNothing(t *testing.T) {
	g, runs := newCounter(t, nil)
	p := g.push("u1", "数")
	first, err := g.bot.Receive(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	p.Seal = func(echowall.Message) ([]byte, error) { return []byte("sealed anew"), nil }
	second, err := g.bot.Receive(t.Context(), p)
	if err != nil || !bytes.Equal(first, second) || runs.Load() != 1 || g.days("u1") != 1 {
		t.Errorf("first %q, second %q (%v), %d runs, %d days", first, second, err, runs.Load(), g.days("u1"))
	}
	if got := g.say("u1", "数"); got != "2" {
		t.Errorf("a new message answered %q", got)
	}
}

func TestReplayOfASignedRequestIsForbidden(t *testing.T) {
	g, runs := newCounter(t, nil)
	p := g.push("u1", "数")
	if _, err := g.bot.Receive(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	forged := g.push("u1", "数")
	forged.Fingerprint = p.Fingerprint
	if _, err := g.bot.Receive(t.Context(), forged); echowall.KindOf(err) != echowall.KindForbidden {
		t.Errorf("forged: %v", err)
	}
	if runs.Load() != 1 {
		t.Errorf("%d runs", runs.Load())
	}
}

func TestParallelDeliveriesAcrossProcessesRunOnce(t *testing.T) {
	server := redistest.Run(t)
	var runs atomic.Int64
	gate := make(chan struct{})
	entered := make(chan struct{}, 4)
	router := func() *bot.Router {
		r := bot.NewRouter(words{})
		r.Command("慢", func(c *bot.Context) (echowall.Message, error) {
			runs.Add(1)
			entered <- struct{}{}
			<-gate
			return echowall.Message{Text: "done"}, nil
		})
		return r
	}
	one, two := newRigOn(t, server, router(), nil), newRigOn(t, server, router(), nil)
	p := one.push("u1", "慢")
	answers := make(chan string, 3)
	for _, b := range []*bot.Bot{one.bot, one.bot, two.bot} {
		go func() {
			body, err := b.Receive(context.Background(), p)
			if err != nil {
				body = []byte(err.Error())
			}
			answers <- string(body)
		}()
	}
	<-entered
	close(gate)
	for range 3 {
		if got := <-answers; got != "done" {
			t.Errorf("answered %q", got)
		}
	}
	if runs.Load() != 1 {
		t.Errorf("%d runs", runs.Load())
	}
}

func TestOnePersonsMessagesAcrossProcessesDoNotOverwriteEachOther(t *testing.T) {
	server := redistest.Run(t)
	var runs atomic.Int64
	var one, two *rig
	one = newRigOn(t, server, counter(&runs, func() *store.Store { return one.store }), nil)
	two = newRigOn(t, server, counter(&runs, func() *store.Store { return two.store }), nil)
	two.msgID.Store(1000)
	var wg sync.WaitGroup
	for range 6 {
		for _, g := range []*rig{one, two} {
			p := g.push("u1", "数")
			wg.Go(func() {
				if _, err := g.bot.Receive(context.Background(), p); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if got := one.days("u1"); got != 12 {
		t.Errorf("%d of 12 messages left their mark", got)
	}
}

func TestRefusalIsAnAnswerAndDropsWhatWasStaged(t *testing.T) {
	g, _ := newCounter(t, nil)
	if got := g.say("u1", "错"); got != "<no.way>" {
		t.Errorf("answered %q", got)
	}
	if g.days("u1") != 0 {
		t.Error("a refused change was stored")
	}
}

func TestOwnFailureIsAnErrorAndLeavesTheMessageFree(t *testing.T) {
	for _, word := range []string{"坏", "崩"} {
		g, _ := newCounter(t, nil)
		p := g.push("u1", word)
		if _, err := g.bot.Receive(t.Context(), p); err == nil {
			t.Errorf("%s: no error", word)
		}
		p.Inbound.Text = "数" // the next delivery meets a program that works
		if body, err := g.bot.Receive(t.Context(), p); err != nil || string(body) != "1" {
			t.Errorf("%s: next delivery: %q, %v", word, body, err)
		}
	}
}

func TestLateAnswerBecomesADebt(t *testing.T) {
	gate, entered := make(chan struct{}), make(chan struct{}, 1)
	r := bot.NewRouter(words{})
	r.Command("慢", func(c *bot.Context) (echowall.Message, error) {
		entered <- struct{}{}
		<-gate
		return echowall.Message{Text: "the answer"}, nil
	})
	g := newRig(t, r, func(c *bot.Config) { c.Deadline = 100 * time.Millisecond })
	p := g.push("u1", "慢")
	body, err := g.bot.Receive(t.Context(), p)
	if err != nil || len(body) != 0 {
		t.Fatalf("at the deadline: %q, %v", body, err)
	}
	keys := g.store.Redis()
	prefix := g.store.KeyPrefix()
	if n := keys.HLen(t.Context(), prefix+"late").Val(); n != 1 {
		t.Errorf("%d deferred copies while the turn runs", n)
	}
	if text := keys.HGet(t.Context(), prefix+"late", p.Key).Val(); strings.Contains(text, "u1") || strings.Contains(text, "慢") {
		t.Error("the deferred copy can be read")
	}
	close(gate)
	debts := await(t, func() []string { return keys.ZRange(t.Context(), prefix+"due", 0, -1).Val() }, 1)
	var d echowall.Debt
	if err := json.Unmarshal([]byte(keys.Get(t.Context(), prefix+"debt:"+debts[0]).Val()), &d); err != nil {
		t.Fatal(err)
	}
	if d.Kind != echowall.DebtLateReply || d.Body == nil || d.Body.Text != "the answer" || !d.Urgent {
		t.Errorf("owed %+v", d)
	}
	if n := keys.HLen(t.Context(), prefix+"late").Val(); n != 0 {
		t.Errorf("%d deferred copies after the turn", n)
	}
	if body, err := g.bot.Receive(t.Context(), p); err != nil || string(body) != "success" {
		t.Errorf("another delivery: %q, %v", body, err)
	}
}

func TestDeferredMessageOfADeadWorkerRunsAgain(t *testing.T) {
	server := redistest.Run(t)
	r := bot.NewRouter(words{})
	hang := make(chan struct{})
	r.Command("慢", func(c *bot.Context) (echowall.Message, error) {
		select {
		case <-hang:
		case <-c.Done():
		}
		return echowall.Message{}, c.Err()
	})
	var dead *rig
	t.Run("dies", func(t *testing.T) { // its engine is shut down at the end, without finishing the turn
		dead = newRigOn(t, server, r, func(c *bot.Config) { c.Deadline = 50 * time.Millisecond; c.Patience = 100 * time.Millisecond })
		if _, err := dead.bot.Receive(t.Context(), dead.push("u1", "慢")); err != nil {
			t.Fatal(err)
		}
	})
	var runs atomic.Int64
	var g *rig
	r2 := bot.NewRouter(words{})
	r2.Command("慢", func(c *bot.Context) (echowall.Message, error) {
		runs.Add(1)
		return echowall.Message{Text: "at last"}, nil
	})
	g = newRigOn(t, server, r2, nil)
	if n := g.bot.RunDeferred(t.Context()); n != 0 {
		t.Errorf("%d run before the worker had its time", n)
	}
	g.advance(time.Minute)
	if n := g.bot.RunDeferred(t.Context()); n != 1 || runs.Load() != 1 {
		t.Fatalf("%d finished, %d runs", n, runs.Load())
	}
	g.advance(time.Minute)
	if n := g.bot.RunDeferred(t.Context()); n != 0 || runs.Load() != 1 {
		t.Errorf("again: %d finished, %d runs", n, runs.Load())
	}
}

func TestStoreOutageIsWaitedOut(t *testing.T) {
	g, runs := newCounter(t, nil)
	g.say("u1", "数")
	g.redis.Kill()
	p := g.push("u1", "数")
	got := make(chan string, 1)
	go func() {
		body, err := g.bot.Receive(context.Background(), p)
		if err != nil {
			body = []byte(err.Error())
		}
		got <- string(body)
	}()
	g.redis.Restart()
	if body := <-got; body != "2" || runs.Load() != 2 {
		t.Errorf("answered %q after %d runs", body, runs.Load())
	}
}

func TestStoreOutageBeyondTheDeadlineIsAnErrorAndTheNextDeliveryWorks(t *testing.T) {
	g, _ := newCounter(t, func(c *bot.Config) { c.Deadline = 300 * time.Millisecond })
	g.say("u1", "数")
	g.redis.Kill()
	p := g.push("u1", "数")
	if body, err := g.bot.Receive(t.Context(), p); err == nil {
		t.Errorf("acknowledged with %q while nothing could be stored", body)
	}
	g.redis.Restart()
	if body, err := g.bot.Receive(t.Context(), p); err != nil || string(body) != "2" {
		t.Errorf("next delivery: %q, %v", body, err)
	}
}

func TestLongReplyIsSplit(t *testing.T) {
	long := strings.Repeat("一行字，写满为止。\n", 120)
	r := bot.NewRouter(words{})
	r.Command("长", func(c *bot.Context) (echowall.Message, error) { return echowall.Message{Text: long}, nil })
	g := newRig(t, r, nil)
	first := g.say("u1", "长")
	if len(first) > 2048 || !strings.HasPrefix(long, first) {
		t.Errorf("first part has %d bytes", len(first))
	}
	if n := len(await(t, func() []string {
		return g.store.Redis().ZRange(t.Context(), g.store.KeyPrefix()+"due", 0, -1).Val()
	}, 1)); n != 1 {
		t.Errorf("%d debts for the rest", n)
	}
}

// await polls until list has n entries; the bound is the test's own.
func await(t *testing.T, list func() []string, n int) []string {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(10 * time.Second); ; {
		if got := list(); len(got) == n {
			return got
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never had %d entries", n)
		}
	}
}
