package delivery_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"echowall"
	"echowall/delivery"
	"echowall/store"
	"echowall/store/redistest"
)

const (
	account = "gh_test"
	// patience bounds every wait; only a broken test reaches it.
	patience = 60 * time.Second
)

var (
	secret = []byte(strings.Repeat("delivery", 4))
	// monday is ten o'clock of an ordinary working day.
	monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
)

// clock goes on with real time from a start, and can be moved.
type clock struct {
	start  time.Time
	real   time.Time
	offset atomic.Int64
}

func newClock(start time.Time) *clock { return &clock{start: start, real: time.Now()} }

func (c *clock) now() time.Time {
	return c.start.Add(time.Since(c.real) + time.Duration(c.offset.Load()))
}

func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// platform is the far end: it counts what arrives, by the text of the message, and answers as told.
type platform struct {
	*httptest.Server
	mu     sync.Mutex
	counts map[string]int
	total  int
	// answer is called under no lock; nil accepts everything.
	answer func(text string) *echowall.PlatformError
	delay  time.Duration // before every answer
	moved  chan struct{}
}

func newPlatform(t *testing.T) *platform {
	p := &platform{counts: make(map[string]int), moved: make(chan struct{}, 1)}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	text := string(body)
	if p.delay > 0 {
		<-time.After(p.delay)
	}
	if p.answer != nil {
		if e := p.answer(text); e != nil {
			w.WriteHeader(http.StatusTeapot)
			_ = json.NewEncoder(w).Encode(e)
			return
		}
	}
	p.mu.Lock()
	p.counts[text]++
	p.total++
	p.mu.Unlock()
	select {
	case p.moved <- struct{}{}:
	default:
	}
}

func (p *platform) got() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

func (p *platform) count(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[text]
}

// await waits until n messages arrived.
func (p *platform) await(t *testing.T, n int) {
	t.Helper()
	limit := time.After(patience)
	for p.got() < n {
		select {
		case <-p.moved:
		case <-limit:
			t.Fatalf("%d of %d messages arrived in %v", p.got(), n, patience)
		}
	}
}

// httpSender posts a message's text to url. A broken connection leaves the outcome unknown.
type httpSender struct{ url string }

func (s httpSender) Send(ctx context.Context, _ echowall.OpenID, m echowall.Message) error {
	text := m.Text
	if m.Template != nil {
		text = m.Template.Fields[0].Value
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(text))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return &echowall.PlatformError{Call: "test", Unknown: true, Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return &echowall.PlatformError{Call: "test", Unknown: true, Err: err}
	}
	if resp.StatusCode != http.StatusOK {
		pe := new(echowall.PlatformError)
		if err := json.Unmarshal(body, pe); err != nil {
			return err
		}
		return pe
	}
	return nil
}

// echoWriter writes a debt's subject, as text or into a template.
type echoWriter struct{}

func (echoWriter) Write(_ context.Context, d echowall.Debt, c echowall.Channel) (echowall.Message, error) {
	if c == echowall.ChannelReply {
		return echowall.Message{Text: d.Subject}, nil
	}
	return echowall.Message{Template: &echowall.TemplateMessage{Fields: []echowall.NamedText{{Name: "thing1", Value: d.Subject}}}}, nil
}

// fixture is one ledger with one clock and one far end.
type fixture struct {
	t        *testing.T
	server   *redistest.Server
	store    *store.Store
	clock    *clock
	platform *platform
	config   delivery.Config
	contacts int
}

func newFixture(t *testing.T, options ...redistest.Option) *fixture {
	t.Helper()
	f := &fixture{t: t, server: redistest.Run(t, options...), clock: newClock(monday), platform: newPlatform(t)}
	f.store = openStore(t, f.server.URL(), f.clock.now)
	f.config = delivery.Config{
		Ledger: f.store, Sender: httpSender{f.platform.URL}, Writer: echoWriter{},
		Redis: f.store.Redis(), Account: account,
		Rules: echowall.Rules{Replies: true}, Now: f.clock.now, Workers: 8,
		Logger: slog.New(slog.DiscardHandler),
	}
	return f
}

func openStore(t testing.TB, url string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{URL: url, Account: account, Secret: secret, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openID(n int) echowall.OpenID { return echowall.OpenID(fmt.Sprintf("o%06d", n)) }

// contact lets person n write, click or follow, and returns their id.
func (f *fixture) contact(n int, opens echowall.Window) echowall.Recipient {
	f.t.Helper()
	f.contacts++
	ctx := context.Background()
	turn, err := f.store.Begin(ctx, echowall.Contact{
		Key: fmt.Sprintf("m%d", f.contacts), From: openID(n), At: f.clock.now(), Opens: opens,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	if err := turn.Commit(ctx, nil); err != nil {
		f.t.Fatal(err)
	}
	return echowall.Recipient(turn.Person())
}

// owe writes debts of one kind, one a recipient, and returns them.
func (f *fixture) owe(kind echowall.DebtKind, subject string, to ...echowall.Recipient) []echowall.Debt {
	f.t.Helper()
	var debts []echowall.Debt
	for i, r := range to {
		debts = append(debts, echowall.NewDebt(kind, r, fmt.Sprintf("%s-%d", subject, i), "", f.clock.now()))
	}
	if err := f.store.Owe(context.Background(), debts...); err != nil {
		f.t.Fatal(err)
	}
	return debts
}

// start runs a delivery until the test or the returned function ends it.
func (f *fixture) start(change ...func(*delivery.Config)) (*delivery.Delivery, func()) {
	f.t.Helper()
	c := f.config
	for _, ch := range change {
		ch(&c)
	}
	d, err := delivery.New(c)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := d.Start(context.Background()); err != nil {
		f.t.Fatal(err)
	}
	var once sync.Once
	stop := func() {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := d.Shutdown(ctx); err != nil {
				f.t.Errorf("shutdown: %v", err)
			}
		})
	}
	f.t.Cleanup(stop)
	return d, stop
}

// state reads where a debt stands, "" when the ledger has never heard of it.
func (f *fixture) state(d echowall.Debt) echowall.DebtState {
	f.t.Helper()
	text, err := f.store.Redis().Get(context.Background(), f.store.KeyPrefix()+"debt:"+d.ID).Result()
	if err != nil {
		return ""
	}
	var doc struct {
		State echowall.DebtState `json:"state"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		f.t.Fatal(err)
	}
	return doc.State
}

// awaitState waits until a debt is in a state.
func (f *fixture) awaitState(d echowall.Debt, want echowall.DebtState) {
	f.t.Helper()
	f.until(fmt.Sprintf("debt %s is %s", d.Subject, want), func() bool { return f.state(d) == want })
}

// until waits for a condition.
func (f *fixture) until(what string, ok func() bool) {
	f.t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			f.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// reach reads a person's quota book.
func (f *fixture) reach(r echowall.Recipient) echowall.Reach {
	f.t.Helper()
	book, err := f.store.Reach(context.Background(), echowall.PersonID(r))
	if err != nil {
		f.t.Fatal(err)
	}
	return book
}
