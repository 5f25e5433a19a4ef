package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"sync"
	"testing"
	"time"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
	"echowall/content"
	"echowall/handlers"
	"echowall/handlers/script"
	"echowall/store"
	"echowall/store/redistest"
)

var zone = script.Zone

// monday is a working day at ten in the morning.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, zone)

// talk is the whole chat on a real Redis, without the platform: people say things to it and what is owed
// them is paid at once.
type talk struct {
	t     testing.TB
	store *store.Store
	app   *handlers.App
	bot   *bot.Bot

	mu     sync.Mutex
	now    time.Time
	pushes int64
	files  map[string][]byte
	known  map[string]bool
	phones map[string][]string // what arrived since the person last did something
	last   map[string]*wechat.Push

	// rules, when set, say which debts can be paid, as in delivery; nil pays them all.
	rules *echowall.Rules

	uploadFails bool
}

func newTalk(t testing.TB) *talk {
	t.Helper()
	g := &talk{t: t, now: monday, files: map[string][]byte{}, known: map[string]bool{}, phones: map[string][]string{}, last: map[string]*wechat.Push{}}
	s, err := store.Open(t.Context(), store.Config{URL: redistest.Run(t).URL(), Account: "wx1", Secret: bytes.Repeat([]byte("k"), 32), Now: g.Now})
	if err != nil {
		t.Fatal(err)
	}
	pack, _, err := content.Open("")
	if err != nil {
		t.Fatal(err)
	}
	pack.Words.OnMisuse = func(err error) { g.t.Error(err) }
	pack.Words.Now = g.Now
	calendar := pack.Calendar(zone)
	err = s.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) { return script.Roster(), nil })
	if err != nil {
		t.Fatal(err)
	}
	// A process that does not know the roster yet takes its first message twice, and a receipt number with each.
	if _, err := s.Directory(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.store = s
	guard := &echowall.Guard{Roster: s, Access: s}
	g.app = &handlers.App{
		Pack:    pack,
		Wishes:  &echowall.Wishes{Store: s, Contacts: s, Guard: guard, Calendar: calendar, Now: g.Now},
		Study:   &echowall.Study{Store: s, Guard: guard, Syllabus: pack.Syllabus(echowall.DateOf(monday), calendar), Calendar: calendar, Now: g.Now},
		Notices: &echowall.Notices{Store: s, Guard: guard, Calendar: calendar, Now: g.Now},
		People:  &echowall.People{Store: s, Roster: s, Access: s, Sessions: s, Now: g.Now},
		Logins:  &echowall.Logins{Store: s, Guard: guard, Now: g.Now},
		Duty:    &echowall.Duty{Store: s, Guard: guard, Calendar: calendar, Now: g.Now},
		Access:  &echowall.AccessLog{Store: s, Guard: guard, Now: g.Now},
		Media:   s, Box: s, Fetch: g.fetch, Upload: g.upload,
		PageURL:   func(path string) string { return "https://wall.example" + path },
		WishURL:   func(number string, _ echowall.AuthorID) string { return "https://wall.example/m/wish/" + number },
		MediaURL:  func(id string) string { return "https://wall.example/m/media/" + id },
		LessonURL: func(id string) string { return "https://wall.example/m/lesson/" + id },
		Office:    handlers.Office{Account: "柳桥回音壁"},
		Replies:   true,
		Now:       g.Now,
	}
	g.app.Erasure = &echowall.Erasure{Store: s, People: g.app.People, Now: g.Now}
	g.bot = bot.New(bot.Config{Store: s, Router: g.app.Router(), Say: pack.Words.SayInChat, Now: g.Now})
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

func (g *talk) Now() time.Time { g.mu.Lock(); defer g.mu.Unlock(); return g.now }

func (g *talk) at(now time.Time) { g.mu.Lock(); g.now = now; g.mu.Unlock() }

func (g *talk) advance(d time.Duration) { g.at(g.Now().Add(d)) }

func (g *talk) fetch(_ context.Context, id string) (string, []byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if data, ok := g.files[id]; ok {
		return "application/octet-stream", data, nil
	}
	switch {
	case strings.HasSuffix(id, "gone.jpg"):
		return "", nil, echowall.Errorf(echowall.KindNotFound, "no such media")
	case strings.HasSuffix(id, "broken.jpg"):
		return "image/jpeg", []byte("<html>not a picture</html>"), nil
	case strings.HasSuffix(id, ".jpg"):
		return "image/jpeg", picture(64, 48), nil
	}
	return "audio/amr", []byte("#!AMR\nabcdef"), nil
}

// upload is the platform taking a voice; it tells its size by the id.
func (g *talk) upload(_ context.Context, contentType string, data []byte) (string, error) {
	if g.uploadFails {
		return "", errors.New("the platform is busy")
	}
	return fmt.Sprintf("uploaded %s %d", contentType, len(data)), nil
}

// picture is a JPEG with some colours in it.
func picture(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func openID(name string) echowall.OpenID { return echowall.OpenID("o-" + name) }

func (g *talk) person(name string) echowall.PersonID {
	return g.store.Identifier().Person(openID(name))
}

func (g *talk) author(name string) echowall.AuthorID {
	return g.store.Identifier().Author(openID(name))
}

// meet gives a person who appears for the first time the roles of the name.
func (g *talk) meet(name string) {
	g.t.Helper()
	if g.known[name] {
		return
	}
	g.known[name] = true
	if len(script.Grants(name)) == 0 {
		return
	}
	err := g.store.UpdatePerson(g.t.Context(), g.person(name), func(w *echowall.Who) error {
		w.Person, w.Name = g.person(name), name
		for _, grant := range script.Grants(name) {
			w.Grant(grant)
		}
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// push makes one delivery of what in says.
func (g *talk) push(name string, in wechat.Inbound) *wechat.Push {
	g.meet(name)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pushes++
	in.From, in.Created, in.MsgID = openID(name), g.now, g.pushes
	return &wechat.Push{
		Key: fmt.Sprintf("m%d", g.pushes), Fingerprint: fmt.Sprintf("f%d", g.pushes), Inbound: &in,
		Seal: func(m echowall.Message) ([]byte, error) { return []byte(shown(m)), nil },
	}
}

// shown is what a phone shows of a message.
func shown(m echowall.Message) string {
	if c := m.Card; c != nil {
		return strings.Join([]string{c.Title, c.Description, c.URL}, "\n")
	}
	if m.Menu != nil {
		text := m.Menu.Head
		for _, i := range m.Menu.Items {
			text += "\n" + i.Text
		}
		return text + "\n" + m.Menu.Tail
	}
	if t := m.Template; t != nil {
		return fmt.Sprint("template ", t.ID, t.Fields)
	}
	return m.Text + m.Image + m.Voice
}

// send delivers one push and pays what became owed. It returns the reply.
func (g *talk) send(name string, in wechat.Inbound) string {
	g.t.Helper()
	g.last[name] = g.push(name, in)
	return g.receive(name)
}

// receive delivers the person's last push.
func (g *talk) receive(name string) string {
	g.t.Helper()
	g.phones[name] = nil
	body, err := g.bot.Receive(g.t.Context(), g.last[name])
	if err != nil {
		g.t.Fatalf("%s: %+v: %v", name, g.last[name].Inbound, err)
	}
	if len(body) > wechat.MaxReplyText {
		g.t.Errorf("%s: the reply has %d bytes", name, len(body))
	}
	if len(body) > 0 {
		g.phones[name] = append(g.phones[name], string(body))
	}
	g.pay()
	return string(body)
}

func (g *talk) say(name, text string) string {
	g.t.Helper()
	return g.send(name, wechat.Inbound{Type: wechat.TypeText, Text: text})
}

func (g *talk) event(name string, e wechat.Event, key string) string {
	g.t.Helper()
	return g.send(name, wechat.Inbound{Type: wechat.TypeEvent, Event: e, EventKey: key, Scene: key})
}

func (g *talk) photo(name, file string) string {
	g.t.Helper()
	return g.send(name, wechat.Inbound{Type: wechat.TypeImage, MediaID: file})
}

func (g *talk) voice(name string) string {
	g.t.Helper()
	return g.send(name, wechat.Inbound{Type: wechat.TypeVoice, MediaID: "voice", Format: "amr"})
}

func (g *talk) location(name string, lat, lng float64, label string) string {
	g.t.Helper()
	return g.send(name, wechat.Inbound{Type: wechat.TypeLocation, Lat: lat, Lng: lng, Label: label})
}

// pay writes every debt that is due and puts it on the phone it belongs to, as a customer-service message.
func (g *talk) pay() {
	g.t.Helper()
	ctx, now := g.t.Context(), g.Now()
	if _, err := g.app.Erasure.Run(ctx); err != nil {
		g.t.Fatal(err)
	}
	for {
		ids, err := g.store.LeaseDue(ctx, now, now.Add(time.Minute), 50)
		if err != nil {
			g.t.Fatal(err)
		}
		if len(ids) == 0 {
			return
		}
		payments, err := g.store.Payments(ctx, ids)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, p := range payments {
			g.settle(p, now)
		}
	}
}

// settle pays one debt, or does what the rules want instead.
func (g *talk) settle(p *echowall.Payment, now time.Time) {
	g.t.Helper()
	end := g.decide(p, now)
	if end.State == echowall.DebtPaid {
		m, err := g.app.Write(g.t.Context(), p.Debt, echowall.ChannelReply)
		if err != nil {
			g.t.Fatalf("letter %s: %v", p.Debt.Kind, err)
		}
		if m.IsZero() {
			end.State = echowall.DebtVoid
		} else {
			name := strings.TrimPrefix(string(p.To), "o-")
			g.phones[name] = append(g.phones[name], shown(m))
		}
	}
	if _, err := g.store.Record(g.t.Context(), now, end, nil); err != nil {
		g.t.Fatal(err)
	}
}

// decide takes the quota a message needs, if rules say that it may be sent.
func (g *talk) decide(p *echowall.Payment, now time.Time) *echowall.Settlement {
	g.t.Helper()
	end := &echowall.Settlement{Payment: p, State: echowall.DebtPaid, Result: string(echowall.DebtPaid)}
	for claimed := echowall.ClaimNone; g.rules != nil && claimed != echowall.ClaimTaken; {
		d := echowall.Plan(&p.Debt, &p.Reach, now, g.rules)
		end.Result = string(d.Why)
		switch {
		case d.Void:
			end.State = echowall.DebtVoid
			return end
		case !d.Until.IsZero():
			end.State, end.Until = echowall.DebtOwed, d.Until
			return end
		case d.Channel == echowall.ChannelBox:
			end.State = echowall.DebtBoxed
			return end
		}
		var err error
		claimed, err = g.store.Record(g.t.Context(), now, nil, &echowall.Claim{Payment: p, Decision: d, After: p.Reach.Spend(p.Debt.Kind, d, now, g.rules)})
		if err != nil || claimed == echowall.ClaimLost {
			g.t.Fatalf("%s: %d, %v", p.Debt.Kind, claimed, err)
		}
		end.Result = string(echowall.DebtPaid)
	}
	return end
}

// clockwork does what the clock table does in the morning and the evening, and returns how many are owed
// something.
func (g *talk) clockwork(when string, branch echowall.BranchID) int {
	g.t.Helper()
	owe := g.app.Study.Distribute
	if when == "evening" {
		owe = g.app.Study.Remind
	}
	n, err := owe(g.t.Context(), branch)
	if err != nil {
		g.t.Fatal(err)
	}
	g.pay()
	return n
}

// phone is what a person's phone shows since the person last did something.
func (g *talk) phone(name string) string { return strings.Join(g.phones[name], "\n\n") }

// digits are the four digits that a preview on the phone asks for.
func (g *talk) digits(name string) string { return script.Digits(g.phone(name)) }

// want fails unless text has every part; a part that begins with ! must not be there.
func (g *talk) want(text string, parts ...string) {
	g.t.Helper()
	for _, part := range parts {
		absent, not := strings.CutPrefix(part, "!")
		if strings.Contains(text, absent) == not {
			g.t.Errorf("want %q in:\n%s", part, text)
		}
	}
}

// wish hands in a wish for 竹园 in one line and returns its number.
func (g *talk) wish(name, text string) string {
	g.t.Helper()
	reply := g.say(name, "心愿 "+text)
	_, after, ok := strings.Cut(reply, "编号 ")
	if !ok {
		g.t.Fatalf("no receipt:\n%s", reply)
	}
	number, _, _ := strings.Cut(after, "。")
	return number
}

func (g *talk) stored(number string) *echowall.Wish {
	g.t.Helper()
	w, err := g.store.Wish(g.t.Context(), number)
	if err != nil {
		g.t.Fatal(err)
	}
	return w
}
