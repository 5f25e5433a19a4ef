package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
	"echowall/delivery"
)

const (
	crashPeople = 100
	crashEach   = 20 // wishes a person; together 2,000
)

var receipt = regexp.MustCompile(`XY\d+`)

// TestKillsLoseNoWishAndDoubleNoMessage kills the service and Redis while 2,000 wishes come in, and again
// while 2,000 answers go out.
func TestKillsLoseNoWishAndDoubleNoMessage(t *testing.T) {
	i := install(t, 1)
	ctx := t.Context()

	// 2,000 wishes, each with a text of its own.
	var mu sync.Mutex
	acknowledged := map[string]string{} // number → text
	var done atomic.Int64
	var people sync.WaitGroup
	for p := range crashPeople {
		people.Go(func() {
			phone := i.platform.Phone(fmt.Sprintf("crash-%03d", p))
			if d := phone.Follow(ctx); d.Outcome != emulator.Replied {
				t.Errorf("person %d could not follow: %v", p, d.Err)
			}
			for n := range crashEach {
				text := fmt.Sprintf("第%d位居民的第%d件事，路灯不亮", p, n)
				d := phone.Say(ctx, "心愿 "+text)
				done.Add(1)
				if d.Outcome != emulator.Replied {
					continue // the person saw that it failed
				}
				number := receipt.FindString(d.Reply.Content)
				if number == "" {
					t.Errorf("answered without a number: %s", d.Reply.Content)
					continue
				}
				mu.Lock()
				if old, twice := acknowledged[number]; twice {
					t.Errorf("%s was given for %q and %q", number, old, text)
				}
				acknowledged[number] = text
				mu.Unlock()
			}
		})
	}
	after := func(n int64) {
		await(t, fmt.Sprintf("%d wishes said", n), func() bool { return done.Load() >= n }, nil)
	}
	total := int64(crashPeople * crashEach)
	after(total / 5)
	i.kill()
	i.start()
	after(total / 2)
	i.redis.Kill()
	i.redis.Restart()
	after(total * 3 / 4)
	i.kill()
	i.start()
	people.Wait()
	t.Logf("%d of %d wishes were acknowledged", len(acknowledged), total)
	if int64(len(acknowledged)) < total {
		t.Errorf("only %d of %d got through; the platform's retries bridge ten seconds", len(acknowledged), total)
	}

	stored := i.wishes(ctx)
	byText := map[string]int{}
	for _, w := range stored {
		byText[w.Text]++
		if w.VerifyHistory() != -1 {
			t.Errorf("%s: broken history", w.Number)
		}
	}
	for number, text := range acknowledged {
		if w := stored[number]; w == nil || w.Text != text {
			t.Errorf("%s was acknowledged and is not there", number)
		}
	}
	for text, n := range byText {
		if n > 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}

	i.answerAll(ctx, t)
}

// wishes reads every stored wish.
func (i *installation) wishes(ctx context.Context) map[string]*echowall.Wish {
	i.t.Helper()
	out := map[string]*echowall.Wish{}
	prefix := i.store.KeyPrefix() + "wish:"
	iter := i.store.Redis().Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for iter.Next(ctx) {
		w, err := i.store.Wish(ctx, strings.TrimPrefix(iter.Val(), prefix))
		if err != nil {
			i.t.Fatal(err)
		}
		out[w.Number] = w
	}
	if err := iter.Err(); err != nil {
		i.t.Fatal(err)
	}
	return out
}

// answerAll owes 2,000 people one message each and kills what delivers it.
func (i *installation) answerAll(ctx context.Context, t *testing.T) {
	const messages = 2000
	var follow sync.WaitGroup
	gate := make(chan struct{}, 32)
	for n := range messages {
		gate <- struct{}{}
		follow.Go(func() {
			defer func() { <-gate }()
			phone := i.platform.Phone(fmt.Sprintf("reader-%04d", n))
			phone.Follow(ctx)
			if d := phone.Say(ctx, "帮助"); d.Outcome != emulator.Replied {
				t.Errorf("reader %d: %s %v", n, d.Outcome, d.Err)
			}
		})
	}
	follow.Wait()

	ids := i.store.Identifier()
	debts := make([]echowall.Debt, messages)
	for n := range messages {
		p := ids.Person(echowall.OpenID(fmt.Sprintf("reader-%04d", n)))
		d := echowall.NewDebt(echowall.DebtLateReply, echowall.Recipient(p), "crash", "", time.Now())
		d.Body = &echowall.Message{Text: fmt.Sprintf("第%d封", n)}
		d.Urgent = true
		debts[n] = d
	}
	const path = "/cgi-bin/message/custom/send"
	sent := func() int64 { return i.platform.CallCount(path) }
	before := sent()
	i.platform.Change(func(p *emulator.Platform) { p.Delay = 20 * time.Millisecond }) // so that a kill meets calls under way
	if err := i.store.Owe(ctx, debts...); err != nil {
		t.Fatal(err)
	}
	at := func(n int64) {
		await(t, fmt.Sprintf("%d messages sent", n), func() bool { return sent()-before >= n }, i.output.String)
	}
	at(200 + rand.Int64N(200))
	i.kill()
	i.start()
	at(900)
	i.redis.Kill()
	i.redis.Restart()

	// What a killed worker held comes up again within two minutes; that is waited for in real time here,
	// because the process has its own clock. Everything else is settled by then.
	deadline := time.Now().Add(2*time.Minute + 10*time.Second)
	for {
		counts, err := i.store.DebtCounts(ctx)
		if err == nil && counts.Waiting == 0 {
			t.Logf("after the kills: %+v", counts)
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("two minutes after the last kill the ledger still has %+v (%v)", counts, err)
		}
		wait(100 * time.Millisecond)
	}
	unknown := map[string]bool{}
	list, err := i.store.Debts(ctx, echowall.DebtUnknown, messages)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		unknown[string(d.To)] = true
	}
	if len(unknown) > 2*delivery.DefaultWorkers {
		t.Errorf("%d outcomes are unknown; two kills may leave at most one for each worker", len(unknown))
	}
	for n := range messages {
		openid := fmt.Sprintf("reader-%04d", n)
		got := 0
		for _, b := range i.platform.Phone(openid).Chat() {
			if b.Via == emulator.ViaKf && b.Text == fmt.Sprintf("第%d封", n) {
				got++
			}
		}
		switch isUnknown := unknown[string(ids.Person(echowall.OpenID(openid)))]; {
		case got > 1:
			t.Errorf("reader %d got the message %d times", n, got)
		case got == 0 && !isUnknown:
			t.Errorf("reader %d got nothing, and nobody knows", n)
		}
	}
}

// wait is a bounded wait between two looks at a process that has its own clock.
func wait(d time.Duration) { <-time.After(d) }
