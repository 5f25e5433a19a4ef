package bot_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// contested is a store in which the first commit takes until the deadline has passed and then conflicts, as
// when another process wrote to the same conversation meanwhile.
type contested struct {
	bot.Store
	commits atomic.Int64
	passed  <-chan struct{}
}

type contestedTurn struct {
	echowall.Turn
	s *contested
}

func (s *contested) Begin(ctx context.Context, c echowall.Contact) (echowall.Turn, error) {
	t, err := s.Store.Begin(ctx, c)
	if err != nil {
		return nil, err
	}
	return contestedTurn{t, s}, nil
}

func (t contestedTurn) Commit(ctx context.Context, reply []byte) error {
	if t.s.commits.Add(1) == 1 {
		<-t.s.passed
		return echowall.Errorf(echowall.KindConflict, "somebody else was faster")
	}
	return t.Turn.Commit(ctx, reply)
}

func TestConflictAfterTheDeadlineAnswersLate(t *testing.T) {
	runs, gate, passed := make(chan struct{}, 2), make(chan struct{}), make(chan struct{})
	var second atomic.Bool
	r := bot.NewRouter(words{})
	r.Command("慢", func(c *bot.Context) (echowall.Message, error) {
		if second.Swap(true) {
			runs <- struct{}{}
			<-gate
		}
		return echowall.Message{Text: "the answer"}, nil
	})
	var rival *contested
	g := newRig(t, r, func(c *bot.Config) {
		c.Deadline = 50 * time.Millisecond
		rival = &contested{Store: c.Store, passed: passed}
		c.Store = rival
	})
	type end struct {
		body []byte
		err  error
	}
	ended := make(chan end, 1)
	go func() {
		body, err := g.bot.Receive(context.WithoutCancel(t.Context()), g.push("u1", "慢"))
		ended <- end{body, err}
	}()
	late := time.AfterFunc(100*time.Millisecond, func() { close(passed) })
	defer late.Stop()
	<-runs // the second try is under way, and nobody may wait for its end
	select {
	case e := <-ended:
		if e.err != nil || len(e.body) != 0 {
			t.Errorf("after the conflict: %q, %v", e.body, e.err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the platform waits for a reply that cannot come in time")
	}
	close(gate)
	keys, prefix := g.store.Redis(), g.store.KeyPrefix()
	await(t, func() []string { return keys.ZRange(t.Context(), prefix+"due", 0, -1).Val() }, 1)
	if n := keys.HLen(t.Context(), prefix+"late").Val(); n != 0 {
		t.Errorf("%d deferred copies after the turn", n)
	}
}

// A deferred message that runs after an outage opens the window that it opened when it was sent.
func TestDeferredMessageOpensItsOwnWindow(t *testing.T) {
	r := bot.NewRouter(words{})
	r.Command("慢", func(c *bot.Context) (echowall.Message, error) { return echowall.Message{Text: "at last"}, nil })
	g := newRig(t, r, nil)
	p := g.push("u1", "慢")
	p.Inbound.Created = start
	turn, err := g.store.Begin(t.Context(), echowall.Contact{Key: p.Key, From: "u1", At: start, Opens: echowall.WindowMessage})
	if err != nil {
		t.Fatal(err)
	}
	if err := turn.Defer(t.Context(), []byte(`{"From":"u1","Type":"`+string(wechat.TypeText)+`","Text":"慢","Created":"`+start.Format(time.RFC3339)+`"}`)); err != nil {
		t.Fatal(err)
	}
	turn.Abandon(t.Context())
	g.advance(24 * time.Hour)
	if n := g.bot.RunDeferred(t.Context()); n != 1 {
		t.Fatalf("%d finished", n)
	}
	reach, err := g.store.Reach(t.Context(), g.store.Identifier().Person("u1"))
	if err != nil {
		t.Fatal(err)
	}
	length, _ := echowall.WindowMessage.Limits()
	if want := start.Add(length); !reach.MessageUntil.Equal(want) {
		t.Errorf("the window is open until %v, want %v", reach.MessageUntil, want)
	}
}

func TestPanicOfAHandlerIsLoggedWithoutWhatItSays(t *testing.T) {
	var log strings.Builder
	r := bot.NewRouter(words{})
	r.Command("崩", func(c *bot.Context) (echowall.Message, error) { panic("王某的心愿") })
	g := newRig(t, r, func(c *bot.Config) { c.Logger = textLogger(&log) })
	if _, err := g.bot.Receive(t.Context(), g.push("u1", "崩")); err == nil {
		t.Error("a panic was acknowledged")
	}
	if out := log.String(); !strings.Contains(out, "handler panicked") || strings.Contains(out, "王某") {
		t.Errorf("logged: %s", out)
	}
}

func textLogger(b *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
