package wechat

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
)

// answerer answers by what was sent and remembers all of it.
type answerer struct {
	mu     sync.Mutex
	pushes []*Push
}

func (a *answerer) Receive(_ context.Context, p *Push) ([]byte, error) {
	a.mu.Lock()
	a.pushes = append(a.pushes, p)
	a.mu.Unlock()
	switch in := p.Inbound; {
	case in.Text == "card":
		return p.Seal(echowall.Message{Card: &echowall.Card{Title: "课", URL: "https://example.org/m/1"}})
	case in.Answerable():
		return p.Seal(echowall.Message{Text: "got " + in.Text + in.EventKey + " ]]> <b>"})
	}
	return nil, nil
}

func (a *answerer) last() *Push {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pushes[len(a.pushes)-1]
}

// The callback against the emulator, which has its own cipher, signature and XML.
func TestAgainstEmulator(t *testing.T) {
	for mode, theirs := range map[Mode]emulator.Mode{ModePlain: emulator.Plain, ModeCompat: emulator.Compat, ModeSafe: emulator.Safe} {
		t.Run(mode.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			account := emulator.Account{AppID: exampleApp, Token: exampleToken, AESKey: otherKey, OriginalID: "gh_a1", Type: emulator.SV, Mode: theirs}
			p := &emulator.Platform{Account: account, Attempts: 1, Now: func() time.Time { return noon }}
			defer p.Close()
			a := &answerer{}
			c := newCallback(mode, a)
			c.AESKey, c.Now = otherKey, p.Time
			server := httptest.NewServer(c)
			defer server.Close()
			p.SetCallback(server.URL + "/wechat")

			if err := p.Verify(ctx); err != nil {
				t.Fatal(err)
			}
			phone := p.Phone("oPhone1")
			replied := func(d *emulator.Delivery, want string) {
				t.Helper()
				if d.Outcome != emulator.Replied || d.Reply == nil || d.Reply.Content != want || d.Reply.Encrypted != mode.encrypted() {
					t.Errorf("%s: outcome %s, %v, reply %+v, want %q", d.Event(), d.Outcome, d.Err, d.Reply, want)
				}
			}
			acked := func(d *emulator.Delivery) *Inbound {
				t.Helper()
				if d.Outcome != emulator.Acked || len(d.Attempts) != 1 {
					t.Errorf("%s: outcome %s, %v, %d attempts", d.Event(), d.Outcome, d.Err, len(d.Attempts))
				}
				return a.last().Inbound
			}
			replied(phone.Follow(ctx), "got  ]]> <b>")
			said := phone.Say(ctx, "路灯\v坏了 ]]> <xml>&amp;")
			replied(said, "got 路灯坏了 ]]> <xml>&amp; ]]> <b>")
			first := a.last()
			replied(phone.TapMenuItem(ctx, "101", "满意"), "got 满意 ]]> <b>")
			if id := a.last().Inbound.MenuID; id != "101" {
				t.Errorf("menu item %q", id)
			}
			if d := phone.Say(ctx, "card"); d.Reply == nil || len(d.Reply.Articles) != 1 || d.Reply.Articles[0].Title != "课" {
				t.Errorf("card: %s, %v", d.Outcome, d.Err)
			}
			if in := acked(phone.SubscribePopup(ctx, []string{"T1", "T2"}, []string{"T3"})); len(in.Items) != 3 || in.Items[1].TemplateID != "T2" || in.Items[2].Status != "reject" {
				t.Errorf("popup: %+v", in.Items)
			}
			if in := acked(phone.ReportLocation(ctx, 23.1, 113.3, 20)); in.Event != EventLocation || in.Lat != 23.1 || in.Lng != 113.3 {
				t.Errorf("position: %+v", in)
			}
			if d := phone.SendLocation(ctx, 23.1, 113.3, "幸福路"); d.Outcome != emulator.Replied || a.last().Inbound.Label != "幸福路" {
				t.Errorf("location: %s, %v", d.Outcome, d.Err)
			}
			acked(phone.Unfollow(ctx))

			// A late retry is the same message in another request; a replay is the same request, and old.
			replied(p.Redeliver(ctx, said), said.Reply.Content)
			if again := a.last(); again.Key != first.Key || mode == ModePlain && again.Fingerprint == first.Fingerprint {
				t.Errorf("retry: key %s %s, fingerprint %s %s", first.Key, again.Key, first.Fingerprint, again.Fingerprint)
			}
			if r := p.Replay(ctx, said); r.Status != 200 || a.last().Fingerprint != first.Fingerprint {
				t.Errorf("replay: %d, %v", r.Status, r.Err)
			}
			p.Advance(301 * time.Second)
			if r := p.Replay(ctx, said); r.Status != 403 {
				t.Errorf("stale replay: %d, %v", r.Status, r.Err)
			}

			// A platform set to another mode is refused, and the person is told.
			for _, other := range []emulator.Mode{emulator.Plain, emulator.Compat, emulator.Safe} {
				p.Change(func(p *emulator.Platform) { p.Account.Mode = other })
				d := p.Redeliver(ctx, said)
				if (d.Last().Status == 200) != (other == theirs) {
					t.Errorf("platform in mode %v: %d", other, d.Last().Status)
				}
			}
			if v := p.Violations(); len(v) != 0 {
				t.Errorf("violations: %s", v)
			}
		})
	}
}
