package handlers_test

import (
	"log/slog"
	"testing"
	"time"

	"echowall"
	"echowall/bot/wechat"
	"echowall/handlers/script"
	"echowall/schedule"
)

// TestConversations plays the conversations of testdata with the chat by itself. The whole service plays them
// in cmd/echowall.
func TestConversations(t *testing.T) {
	for _, s := range script.Read(t, "testdata") {
		t.Run(s.Name, func(t *testing.T) { s.Play(t, newStage(t, s)) })
	}
}

// stage is the chat with the clock table and the rules of delivery, without the platform.
type stage struct {
	*talk
	table *schedule.Clock
}

var _ script.Stage = (*stage)(nil)

func newStage(t *testing.T, s *script.Script) *stage {
	g := newTalk(t)
	g.at(script.Start)
	g.app.Replies = !s.Subscription
	g.rules = &echowall.Rules{Calendar: g.app.Study.Calendar, Replies: g.app.Replies}
	logger := slog.New(slog.DiscardHandler)
	st := &stage{g, &schedule.Clock{
		Jobs: schedule.Table(schedule.Rules{
			Study: g.app.Study, Duty: g.app.Duty, Calendar: g.app.Study.Calendar, Places: g.store, Logger: logger,
			Retention: &echowall.Retention{Store: g.store, Erasure: g.app.Erasure, Now: g.Now},
		}),
		Ledger: g.store, Location: zone, Now: g.Now, Logger: logger,
	}}
	if err := st.table.Validate(); err != nil {
		t.Fatal(err)
	}
	st.table.Tick(t.Context()) // a new job does not make up for the past
	return st
}

func (s *stage) Clock(t time.Time) {
	s.t.Helper()
	for {
		now := s.Now()
		if t.Before(now) {
			s.t.Fatalf("the clock cannot go back from %s to %s", now, t)
		}
		next := s.table.Next(now, schedule.NewWishes)
		if !next.Before(t) {
			next = t
		}
		s.at(next)
		s.table.Tick(s.t.Context())
		s.pay()
		if next.Equal(t) {
			return
		}
	}
}

func (s *stage) Code(g echowall.Grant) string {
	code, err := s.app.People.Invite(s.t.Context(), "王敏", g)
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

func (s *stage) Slip(line echowall.RosterID) string {
	slips, err := s.app.People.Issue(s.t.Context(), script.Registrar(), line)
	if err != nil {
		s.t.Fatal(err)
	}
	return slips[0].Code
}

func (s *stage) Follow(name string)       { s.event(name, wechat.EventSubscribe, "") }
func (s *stage) Unfollow(name string)     { s.event(name, wechat.EventUnsubscribe, "") }
func (s *stage) Click(name, key string)   { s.event(name, wechat.EventClick, key) }
func (s *stage) Scan(name, code string)   { s.event(name, wechat.EventScan, code) }
func (s *stage) Say(name, text string)    { s.say(name, text) }
func (s *stage) Photo(name, file string)  { s.photo(name, file) }
func (s *stage) Voice(name string)        { s.voice(name) }
func (s *stage) Again(name string)        { s.receive(name) }
func (s *stage) Shows(name string) string { return s.phone(name) }
func (s *stage) Location(name string, lat, lng float64, label string) {
	s.location(name, lat, lng, label)
}
