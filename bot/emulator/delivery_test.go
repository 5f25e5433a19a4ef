package emulator

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fired is a timer that has run out, never one that does not.
func fired() <-chan time.Time {
	c := make(chan time.Time, 1)
	c <- time.Time{}
	return c
}

func never() <-chan time.Time { return nil }

func TestThreeDeliveriesWhenNobodyAnswers(t *testing.T) {
	var timers []time.Duration
	p := &Platform{After: func(d time.Duration) <-chan time.Time {
		timers = append(timers, d)
		return fired()
	}}
	b := start(t, p)
	var ids []string
	var requests []string
	b.answer = func(r *http.Request, body []byte) (int, string) {
		<-r.Context().Done()
		return 200, "success"
	}
	ph := p.Phone("oU1")
	d := ph.Follow(t.Context())
	if d.Outcome != Failed || len(d.Attempts) != 3 || !d.Last().TimedOut() {
		t.Fatalf("outcome %s after %d attempts, %v", d.Outcome, len(d.Attempts), d.Err)
	}
	if len(timers) != 3 {
		t.Errorf("timers %v: the next attempt must start at once after a missed deadline", timers)
	}
	for _, wait := range timers {
		if wait != 5*time.Second {
			t.Errorf("timers %v, want deadlines of 5s", timers)
		}
	}
	for _, a := range d.Attempts {
		ids = append(ids, node(string(a.Request.Body), "CreateTime"))
		requests = append(requests, a.Request.URL)
	}
	if ids[0] != ids[1] || ids[1] != ids[2] {
		t.Errorf("retries changed the message: %v", ids)
	}
	if requests[0] == requests[1] {
		t.Error("a retry was not signed anew")
	}
	if !strings.HasSuffix(texts(ph), FailureText) {
		t.Errorf("chat %q does not end with the failure text", texts(ph))
	}
}

func TestFastFailuresWaitForTheNextSlot(t *testing.T) {
	var slots []time.Duration
	p := &Platform{After: func(d time.Duration) <-chan time.Time {
		if d == 5*time.Second {
			return never() // a deadline
		}
		slots = append(slots, d)
		return fired()
	}}
	b := start(t, p)
	var calls atomic.Int32
	b.answer = func(*http.Request, []byte) (int, string) {
		if calls.Add(1) < 3 {
			return http.StatusInternalServerError, "<xml>"
		}
		return http.StatusOK, ""
	}
	d := p.Phone("oU1").Follow(t.Context())
	if d.Outcome != Acked || len(d.Attempts) != 3 || d.Attempts[0].Status != 500 {
		t.Fatalf("outcome %s after %d attempts, %v", d.Outcome, len(d.Attempts), d.Err)
	}
	if len(slots) != 2 || slots[0] < 4*time.Second || slots[1] < 4*time.Second {
		t.Errorf("slots %v, want the rest of 5s twice", slots)
	}
}

func TestRetryKnobs(t *testing.T) {
	for _, c := range []struct {
		name     string
		platform *Platform
		refused  bool
		want     int
		same     bool
	}{
		{"default", &Platform{}, false, 3, false},
		{"connection refused", &Platform{}, true, 3, false},
		{"no retry on error", &Platform{NoRetryOnError: true}, false, 1, false},
		{"two attempts", &Platform{Attempts: 2}, false, 2, false},
		{"same signature", &Platform{SameSignature: true}, false, 3, true},
	} {
		p := c.platform
		p.After = func(d time.Duration) <-chan time.Time {
			if d == 5*time.Second {
				return never()
			}
			return fired()
		}
		b := start(t, p)
		b.answer = func(*http.Request, []byte) (int, string) { return 503, "" }
		if c.refused {
			p.SetCallback("http://127.0.0.1:1/")
		}
		d := p.Phone("oU1").Follow(t.Context())
		if len(d.Attempts) != c.want || d.Outcome != Failed {
			t.Errorf("%s: %d attempts, %s", c.name, len(d.Attempts), d.Outcome)
		}
		if len(d.Attempts) > 1 && (d.Attempts[0].Request.URL == d.Attempts[1].Request.URL) != c.same {
			t.Errorf("%s: signature repeated is not %v", c.name, c.same)
		}
	}
}

func TestAnEndedContextStopsRetries(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	b.answer = func(r *http.Request, _ []byte) (int, string) {
		cancel()
		<-r.Context().Done()
		return 500, ""
	}
	if d := p.Phone("oU1").Follow(ctx); len(d.Attempts) != 1 || d.Outcome != Failed {
		t.Errorf("%d attempts, %s", len(d.Attempts), d.Outcome)
	}
}

func TestRedeliverAndReplay(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	first := ph.Say(t.Context(), "再来")
	var urls []string
	var bodies []string
	b.answer = func(r *http.Request, body []byte) (int, string) {
		urls, bodies = append(urls, r.URL.RawQuery), append(bodies, string(body))
		return 200, "success"
	}
	again := p.Redeliver(t.Context(), first)
	if a := p.Replay(t.Context(), first); a.Err != nil || a.Status != 200 {
		t.Errorf("replay: %v", a)
	}
	if again.Message != first.Message || bodies[0] != bodies[1] {
		t.Error("the message changed")
	}
	if strings.HasSuffix(first.Attempts[0].Request.URL, urls[0]) || !strings.HasSuffix(first.Attempts[0].Request.URL, urls[1]) {
		t.Error("redelivery must be signed anew, replay must not")
	}
	if a := p.Replay(t.Context(), &Delivery{}); a.Err == nil {
		t.Error("replayed nothing")
	}
}

func TestHoldReleasesInReverse(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	var events []string
	b.answer = func(_ *http.Request, body []byte) (int, string) {
		events = append(events, node(string(body), "Event"))
		return 200, "success"
	}
	ph := p.Phone("oU1")
	p.Hold()
	if d := ph.Follow(t.Context()); d.Outcome != Held {
		t.Errorf("outcome %s", d.Outcome)
	}
	ph.Unfollow(t.Context())
	p.Release(t.Context())
	ph.Follow(t.Context())
	if got := strings.Join(events, " "); got != "unsubscribe subscribe subscribe" {
		t.Errorf("events %s", got)
	}
}

func TestMarkFailSilencesAMinute(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }, NoRetryOnError: true, Faults: Faults{MarkFailAfter: 2}}
	b := start(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	status := 500
	b.answer = func(*http.Request, []byte) (int, string) { return status, "" }
	ph.Say(t.Context(), "a")
	ph.Say(t.Context(), "b")
	status = 200
	if d := ph.Say(t.Context(), "c"); d.Outcome != Lost || len(d.Attempts) != 0 {
		t.Errorf("in the minute: %s", d.Outcome)
	}
	at = at.Add(time.Minute)
	if d := ph.Say(t.Context(), "d"); d.Outcome != Acked {
		t.Errorf("after the minute: %s", d.Outcome)
	}
}

func TestCopiesAreNotShown(t *testing.T) {
	p := &Platform{Faults: Faults{Copies: 2}}
	b := start(t, p)
	var calls atomic.Int32
	b.answer = func(*http.Request, []byte) (int, string) {
		calls.Add(1)
		return 200, plainReply(p, "oU1", "欢迎")
	}
	ph := p.Phone("oU1")
	d := ph.Follow(t.Context())
	if calls.Load() != 3 || len(d.Copies) != 2 || len(ph.Chat()) != 1 {
		t.Errorf("%d calls, %d copies, %d bubbles", calls.Load(), len(d.Copies), len(ph.Chat()))
	}
}

func TestUnknownEventsAndControlCharactersPass(t *testing.T) {
	p := &Platform{Faults: Faults{ControlCharacters: true, HugeIDs: true}}
	b := start(t, p)
	var got string
	b.answer = func(_ *http.Request, body []byte) (int, string) {
		got = string(body)
		return 200, "success"
	}
	raw := "<xml><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[brand_new]]></Event></xml>"
	if d := p.Deliver(t.Context(), "oNobody", raw); d.Outcome != Acked || got != raw || d.Event() != "brand_new" {
		t.Errorf("%s %q", d.Outcome, got)
	}
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	ph.Say(t.Context(), "您好")
	if !strings.Contains(got, "您好\v]]>") || len(node(got, "MsgId")) != 19 {
		t.Errorf("message %q", got)
	}
}

func TestNoCallbackIsAFailureAndNotAPanic(t *testing.T) {
	p := &Platform{}
	t.Cleanup(func() { _ = p.Close() })
	if d := p.Phone("oU1").Follow(t.Context()); d.Outcome != Failed || d.Err == nil {
		t.Errorf("%s %v", d.Outcome, d.Err)
	}
	p.Change(func(p *Platform) {
		p.CallbackURL = "http://127.0.0.1:1/"
		p.Account.AESKey = "short"
		p.Account.Mode = Safe
	})
	if d := p.Phone("oU1").Unfollow(t.Context()); d.Err == nil || len(d.Attempts) != 0 {
		t.Errorf("an unusable key was used: %v", d.Err)
	}
}
