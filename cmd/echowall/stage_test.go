package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
	"echowall/bot/wechat"
	"echowall/handlers"
	"echowall/handlers/script"
	"echowall/store/redistest"
)

// wallAddress is the public address in the conversations; nobody resolves it.
const wallAddress = "https://wall.example"

// stage is the whole service on a real Redis with the emulated platform, both under one clock that stands
// still unless it is moved.
type stage struct {
	t        *testing.T
	service  *service
	platform *emulator.Platform

	mu  sync.Mutex
	now time.Time

	since map[string]int64 // by name: the newest bubble before the person's last act
	acted map[string]bool
}

var _ script.Stage = (*stage)(nil)

func (s *stage) Now() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now }

// newStage starts the service; copies is how many more copies of each message the platform sends at the same
// time.
func newStage(t *testing.T, subscription bool, copies int) *stage {
	t.Helper()
	return newStageIn(t, wechat.ModeSafe, subscription, copies)
}

// newStageIn is newStage with the pushes in one of the platform's modes.
func newStageIn(t *testing.T, mode wechat.Mode, subscription bool, copies int) *stage {
	t.Helper()
	s := &stage{t: t, now: script.Start, since: map[string]int64{}, acted: map[string]bool{}}
	kind, account := emulator.SV, wechat.AccountServiceVerified
	if subscription {
		kind, account = emulator.O, wechat.AccountSubscription
	}
	pushes := emulator.Safe
	if mode == wechat.ModePlain {
		pushes = emulator.Plain
	}
	s.platform = &emulator.Platform{
		Account: emulator.Account{Type: kind, Mode: pushes}, Now: s.Now,
		Faults:      emulator.Faults{Copies: copies},
		OnViolation: func(what string) { t.Errorf("the platform was called wrongly: %s", what) },
	}
	if err := s.platform.Start(""); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.platform.SetCallback("http://" + l.Addr().String() + "/wechat")
	a := s.platform.Account
	location, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	s.service, err = newService(t.Context(), config{
		PublicURL: wallAddress, RedisURL: redistest.Run(t).URL(), SecretKey: testSecret, Location: location,
		AppID: a.AppID, AppSecret: a.Secret, Token: a.Token, AESKey: a.AESKey, Mode: mode,
		OriginalID: a.OriginalID, Account: account,
		APIURL: s.platform.URL(), MPURL: s.platform.URL(), OpenURL: s.platform.URL(),
		Office: handlers.Office{Account: "柳桥回音壁"},
	}, options{Now: s.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
		defer cancel()
		if err := errors.Join(s.platform.Close(), s.service.shutdown(ctx)); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	s.check(s.service.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) { return script.Roster(), nil }))
	s.check(s.service.start(t.Context(), l, s.service.handler))
	s.settle() // the clock table begins now
	return s
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// settle waits until everything that was set off has arrived.
func (s *stage) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	s.check(s.service.settle(ctx))
}

func (s *stage) openID(name string) string { return "o-" + name }

// phone is the phone of a person. At the first use the person gets the roles of the name.
func (s *stage) phone(name string) *emulator.Phone {
	s.t.Helper()
	phone := s.platform.Phone(s.openID(name))
	if _, known := s.since[name]; known {
		return phone
	}
	s.since[name] = 0
	if len(script.Grants(name)) > 0 {
		person := s.service.store.Identifier().Person(echowall.OpenID(phone.OpenID()))
		s.check(s.service.store.UpdatePerson(s.t.Context(), person, func(w *echowall.Who) error {
			w.Person, w.Name = person, name
			for _, g := range script.Grants(name) {
				w.Grant(g)
			}
			return nil
		}))
	}
	return phone
}

// act lets a follower do something and waits for what comes of it.
func (s *stage) act(name string, do func(context.Context, *emulator.Phone) *emulator.Delivery) {
	s.t.Helper()
	phone := s.phone(name)
	if !s.acted[name] {
		s.done(name, phone.Follow(s.t.Context()))
	}
	s.actAnyhow(name, do)
}

// actAnyhow is act without following first.
func (s *stage) actAnyhow(name string, do func(context.Context, *emulator.Phone) *emulator.Delivery) {
	s.t.Helper()
	phone := s.phone(name)
	s.acted[name] = true
	if chat := phone.Chat(); len(chat) > 0 {
		s.since[name] = chat[len(chat)-1].Seq
	}
	s.done(name, do(s.t.Context(), phone))
}

// done checks that the service answered at once, and waits for what comes later.
func (s *stage) done(name string, d *emulator.Delivery) {
	s.t.Helper()
	if d.Outcome != emulator.Replied && d.Outcome != emulator.Acked || len(d.Attempts) != 1 {
		s.t.Fatalf("%s: %s after %d attempts: %s: %v", name, d.Event(), len(d.Attempts), d.Outcome, d.Err)
	}
	for _, c := range d.Copies {
		if c.Err != nil || !sameAnswer(c, d.Last()) {
			s.t.Errorf("%s: %s: a copy was answered otherwise (%d, %v)", name, d.Event(), c.Status, c.Err)
		}
	}
	s.settle()
}

func sameAnswer(a, b emulator.Attempt) bool {
	return a.Status == b.Status && bytes.Equal(a.Body, b.Body)
}

func (s *stage) Clock(t time.Time) {
	s.t.Helper()
	if t.Before(s.Now()) {
		s.t.Fatalf("the clock cannot go back from %s to %s", s.Now(), t)
	}
	s.check(s.service.moveThrough(s.t.Context(), t, func(t time.Time) error {
		s.mu.Lock()
		s.now = t
		s.mu.Unlock()
		s.settle()
		return nil
	}))
}

func (s *stage) Code(g echowall.Grant) string {
	s.t.Helper()
	code, err := s.service.people.Invite(s.t.Context(), "王敏", g)
	s.check(err)
	return code
}

func (s *stage) Slip(line echowall.RosterID) string {
	s.t.Helper()
	slips, err := s.service.people.Issue(s.t.Context(), script.Registrar(), line)
	s.check(err)
	return slips[0].Code
}

func (s *stage) Follow(name string) {
	s.t.Helper()
	s.actAnyhow(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery { return p.Follow(ctx) })
}

func (s *stage) Unfollow(name string) {
	s.t.Helper()
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery { return p.Unfollow(ctx) })
}

func (s *stage) Say(name, text string) {
	s.t.Helper()
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery { return p.Say(ctx, text) })
}

func (s *stage) Photo(name, file string) {
	s.t.Helper()
	var b bytes.Buffer
	s.check(jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil))
	data := b.Bytes()
	switch file {
	case "broken.jpg":
		data = []byte("<html>not a picture</html>")
	case "gone.jpg":
		s.platform.Inject(emulator.Fault{Path: "/cgi-bin/media/get", ErrCode: 40007})
		defer s.platform.ClearFaults()
	}
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery { return p.SendImage(ctx, data) })
}

func (s *stage) Voice(name string) {
	s.t.Helper()
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery {
		return p.SendVoice(ctx, []byte("#!AMR\nabcdef"))
	})
}

func (s *stage) Location(name string, lat, lng float64, label string) {
	s.t.Helper()
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery {
		return p.SendLocation(ctx, lat, lng, label)
	})
}

func (s *stage) Click(name, key string) {
	s.t.Helper()
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery { return p.Click(ctx, key) })
}

func (s *stage) Scan(name, code string) {
	s.t.Helper()
	s.act(name, func(ctx context.Context, p *emulator.Phone) *emulator.Delivery { return p.Scan(ctx, code) })
}

// Again has the platform deliver the person's last message once more; the answer has to be the same bytes.
func (s *stage) Again(name string) {
	s.t.Helper()
	var last *emulator.Delivery
	for _, d := range s.platform.Deliveries() {
		if d.OpenID == s.openID(name) {
			last = d
		}
	}
	if last == nil {
		s.t.Fatalf("%s has done nothing yet", name)
	}
	s.actAnyhow(name, func(ctx context.Context, _ *emulator.Phone) *emulator.Delivery {
		d := s.platform.Redeliver(ctx, last)
		if !sameAnswer(d.Last(), last.Last()) {
			s.t.Errorf("%s: %s delivered again was answered otherwise", name, last.Event())
		}
		return d
	})
}

func (s *stage) Shows(name string) string {
	s.t.Helper()
	var list []string
	for _, b := range s.phone(name).Chat() {
		if b.Seq > s.since[name] && b.Via != emulator.ViaSelf {
			list = append(list, bubbleText(b))
		}
	}
	return strings.Join(list, "\n\n")
}

// bubbleText is what can be read on a bubble.
func bubbleText(b emulator.Bubble) string {
	parts := []string{b.Text, b.Detail, b.URL}
	for _, a := range b.Articles {
		parts = append(parts, a.Title, a.Description, a.URL)
	}
	if b.Menu != nil {
		parts = append(parts, b.Menu.Head)
		for _, i := range b.Menu.Items {
			parts = append(parts, i.Content)
		}
		parts = append(parts, b.Menu.Tail)
	}
	for _, l := range b.Lines {
		parts = append(parts, l.Label+l.Value)
	}
	var text []string
	for _, p := range parts {
		if p != "" {
			text = append(text, p)
		}
	}
	return strings.Join(text, "\n")
}
