package store

import (
	"fmt"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// guessed is a contact of one person, and how a turn for it ends.
type guessed struct {
	t *testing.T
	s *Store
	n int
}

func (g *guessed) contact() echowall.Contact {
	g.n++
	return echowall.Contact{
		Key: fmt.Sprintf("message%09d", g.n), Fingerprint: fmt.Sprint("f", g.n), From: "u1", At: time.Unix(1_800_000_000, 0), Opens: echowall.WindowMessage,
	}
}

func (g *guessed) guess(c echowall.Contact) echowall.Turn {
	g.t.Helper()
	turn, ok := g.s.Guess(c)
	if !ok {
		g.t.Fatal("nothing to guess from")
	}
	return turn
}

func (g *guessed) begin(c echowall.Contact, want echowall.BeginState) echowall.Turn {
	g.t.Helper()
	turn, err := g.s.Begin(g.t.Context(), c)
	if err != nil || turn.State() != want {
		g.t.Fatalf("begin: %v, %v; want state %v", turn, err, want)
	}
	return turn
}

// run counts the message as a handler would, adds a wish and commits.
func (g *guessed) run(turn echowall.Turn, want echowall.Kind) {
	g.t.Helper()
	ctx := turn.Context(g.t.Context())
	turn.Conversation().Flood.Take(time.Unix(1_800_000_000+int64(g.n), 0))
	w := echowall.Wish{Text: "灯", Author: turn.Author(), Station: "s1", Created: time.Unix(1_800_000_000, 0)}
	if err := g.s.AddWish(ctx, &w, func(*echowall.Wish) error { return nil }); err != nil {
		g.t.Fatal(err)
	}
	if err := turn.Commit(g.t.Context(), []byte("reply")); echowall.KindOf(err) != want {
		g.t.Fatalf("commit: %v, want kind %q", err, want)
	}
}

func (g *guessed) wishes() int {
	g.t.Helper()
	list, err := g.s.WishesBy(g.t.Context(), g.s.ids.Author("u1"), 100)
	if err != nil {
		g.t.Fatal(err)
	}
	return len(list)
}

func newGuessed(t *testing.T) (*guessed, *redistest.Server) {
	server := redistest.Run(t)
	return &guessed{t: t, s: openAt(t, server.URL(), "wx1")}, server
}

// Every message of somebody whom the process knows, or who is new, takes one script.
func TestGuessKnowsWhatItWrote(t *testing.T) {
	g, _ := newGuessed(t)
	for i := range 3 {
		c := g.contact()
		g.run(g.guess(c), "")
		if again := g.begin(c, echowall.BeginDuplicate); string(again.Reply()) != "reply" {
			t.Errorf("reply %q", again.Reply())
		}
		if got := g.wishes(); got != i+1 {
			t.Errorf("%d wishes after %d messages", got, i+1)
		}
	}
	turn := g.begin(g.contact(), echowall.BeginNew)
	if got := turn.Conversation().Flood; got.Left > echowall.FloodBurst-1 || got.At.IsZero() {
		t.Errorf("flood %+v", got)
	}
	ids, err := g.s.OpenIDs(t.Context(), echowall.Recipient(turn.Person()), echowall.Recipient(turn.Author()))
	if err != nil || len(ids) != 2 {
		t.Errorf("the vault maps back %d ids, %v", len(ids), err)
	}
}

// What a guess assumes may be wrong in many ways; then nothing is changed and a proper beginning tells.
func TestWrongGuessChangesNothing(t *testing.T) {
	for name, spoil := range map[string]func(g *guessed, c echowall.Contact){
		"another process wrote the conversation": func(g *guessed, _ echowall.Contact) {
			other := g.begin(g.contact(), echowall.BeginNew)
			other.Conversation().Unknown = 7
			if err := other.Commit(g.t.Context(), nil); err != nil {
				g.t.Fatal(err)
			}
		},
		"a letter waits": func(g *guessed, _ echowall.Contact) {
			g.s.rdb.ZAdd(g.t.Context(), g.s.keys.box(echowall.Recipient(g.s.ids.Author("u1"))), zed("debt"))
		},
		"the person got a role": func(g *guessed, _ echowall.Contact) {
			g.s.rdb.Set(g.t.Context(), g.s.keys.who(g.s.ids.Person("u1")), `{"v":1}`, 0)
		},
		"the roster is another": func(g *guessed, _ echowall.Contact) {
			g.s.rdb.Set(g.t.Context(), g.s.keys.directory(), `{"v":9}`, 0)
		},
		"the vault lost the author": func(g *guessed, _ echowall.Contact) {
			g.s.rdb.Del(g.t.Context(), g.s.keys.vault(echowall.Recipient(g.s.ids.Author("u1"))))
		},
		"another delivery runs": func(g *guessed, c echowall.Contact) { g.begin(c, echowall.BeginNew) },
		"the signed request was used": func(g *guessed, c echowall.Contact) {
			c.Key = "another-message0"
			g.begin(c, echowall.BeginNew)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := newGuessed(t)
			g.run(g.guess(g.contact()), "")
			c := g.contact()
			turn := g.guess(c)
			spoil(g, c)
			g.run(turn, echowall.KindConflict)
			if got := g.wishes(); got != 1 {
				t.Errorf("%d wishes, want 1", got)
			}
		})
	}
}

// A stranger of whom nothing is remembered may be known all the same, as after a restart of the process.
func TestGuessAfterARestart(t *testing.T) {
	g, server := newGuessed(t)
	g.run(g.guess(g.contact()), "")
	again := &guessed{t: t, s: openAt(t, server.URL(), "wx1"), n: g.n}
	c := again.contact()
	again.run(again.guess(c), echowall.KindConflict)
	again.run(again.begin(c, echowall.BeginNew), "")
	again.run(again.guess(again.contact()), "")
	if got := again.wishes(); got != 3 {
		t.Errorf("%d wishes, want 3", got)
	}
}

// A guess that takes long claims its message like any other turn, and may commit under its own claim.
func TestGuessClaimsWhenItTakesLong(t *testing.T) {
	g, _ := newGuessed(t)
	c := g.contact()
	turn := g.guess(c)
	if err := turn.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.begin(c, echowall.BeginRunning)
	g.run(turn, "")
	g.begin(c, echowall.BeginDuplicate)
}

// The last message again, and people with more than a conversation, are never guessed at.
func TestNothingToGuessFrom(t *testing.T) {
	g, _ := newGuessed(t)
	c := g.contact()
	g.run(g.guess(c), "")
	if _, ok := g.s.Guess(c); ok {
		t.Error("the last message was guessed at")
	}
	for name, spoil := range map[string]func(*echowall.Conversation){
		"in a dialog":      func(c *echowall.Conversation) { c.Dialog = &echowall.Dialog{Name: "wish"} },
		"with a draft":     func(c *echowall.Conversation) { c.Draft = &echowall.Dialog{Name: "wish"} },
		"who scanned here": func(c *echowall.Conversation) { c.Here = &echowall.Here{Scene: "p1", At: time.Unix(1_800_000_000, 0)} },
	} {
		turn := g.begin(g.contact(), echowall.BeginNew)
		*turn.Conversation() = echowall.Conversation{}
		spoil(turn.Conversation())
		g.run(turn, "")
		if _, ok := g.s.Guess(g.contact()); ok {
			t.Errorf("somebody %s was guessed at", name)
		}
	}
}
