package emulator

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Platform is the emulated platform with one official account. The zero value
// is ready to use. Exported fields are knobs: set them before first use, or
// inside Change.
type Platform struct {
	Account     Account
	CallbackURL string // where pushes go; see SetCallback

	// PublicURL is how others reach Handler; "" means the address Start bound.
	PublicURL string

	// Now is the platform's clock; nil means time.Now. Advance adds to it.
	Now func() time.Time
	// After waits real time: deadlines, retry slots and delays; nil means time.After.
	After func(time.Duration) <-chan time.Time

	Deadline       time.Duration // for one delivery attempt; 0 means 5 s
	Attempts       int           // deliveries of one push in all; 0 means 3
	NoRetryOnError bool          // give up on non-200 and failed connections (unsure: undocumented)
	SameSignature  bool          // retries repeat timestamp and nonce instead of signing anew (unsure)

	Delay  time.Duration // added to every API answer
	Faults Faults

	Quota          map[string]int // calls a Beijing day by path, instead of the standing limit; negative: unlimited
	MinuteQuota    map[string]int // calls a minute by path, instead of the standing limit; negative: unlimited
	FollowersPage  int            // openids in one answer of user/get; 0 means 10,000
	MassConfirm    bool           // to-all sends answer 89504 and wait for ConfirmMass (unsure: the code)
	SnapshotUsers  bool           // OAuth meets the virtual users of a snapshot page
	MiniPrograms   []string       // appids linked to the account
	MenuURLDomains []string       // domains menu URLs may use; nil means any

	KeepCalls int // API calls remembered; 0 means 10,000, negative none
	KeepChat  int // bubbles remembered a person; 0 means 2,000

	// OnViolation hears every violation as it happens, outside any lock.
	OnViolation func(string)

	once   sync.Once
	client *http.Client
	seal   *envelope
	sealed error // why Account.AESKey is unusable
	routes map[string]endpoint

	base context.Context // ends at Close
	stop context.CancelFunc
	work sync.WaitGroup // goroutines started by the platform

	srvMu sync.Mutex
	srv   *http.Server
	addr  string

	mu         sync.Mutex // guards everything below, and the knobs after first use
	offset     time.Duration
	serial     int64 // last of the ids handed out by nextID
	run        string
	people     map[string]*person
	order      []string // openids in order of arrival
	calls      ring[Call]
	callCount  map[string]int64
	deliveries ring[*Delivery]
	violations []string
	subs       map[*subscription]struct{}
	changed    chan struct{} // closed when something was recorded; nil while nobody waits
	faults     []*Fault
	pending    int // pushes under way that no phone waits for
	closed     bool
	holding    bool
	held       []*Delivery
	failures   int       // consecutive failed pushes
	mutedUntil time.Time // MarkFail
	tokens     tokenBook
	quota      quotaBook
	files      map[string]*file
	codes      map[string]*scene
	scenes     map[string]*scene // by kind and scene
	templates  map[string]*Template
	tmplOrder  []string
	library    map[string]Template
	tags       tagBook
	menu       menuBook
	drafts     draftBook
	mass       massBook
	oauth      oauthBook
	tickets    ticketBook
}

// init prepares the maps and defaults once.
func (p *Platform) init() {
	p.once.Do(func() {
		p.Account.setDefaults()
		p.base, p.stop = context.WithCancel(context.Background())
		transport := &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second}
		p.client = &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		p.seal, p.sealed = newEnvelope(p.Account.AESKey, p.Account.AppID)
		p.routes = p.routeTable()
		// Ids must not repeat after a restart: servers remember them.
		p.serial = time.Now().UnixMicro()
		p.run = strings.ToLower(rand.Text()[:8])
		p.people = map[string]*person{}
		p.callCount = map[string]int64{}
		p.subs = map[*subscription]struct{}{}
		p.files = map[string]*file{}
		p.codes = map[string]*scene{}
		p.scenes = map[string]*scene{}
		p.templates = map[string]*Template{}
		p.library = map[string]Template{}
	})
}

// Start serves Handler on addr; "" means a free port of 127.0.0.1. It binds
// before it returns.
func (p *Platform) Start(addr string) error {
	p.init()
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	srv := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 10 * time.Second}
	p.srvMu.Lock()
	p.srv, p.addr = srv, listener.Addr().String()
	p.srvMu.Unlock()
	p.work.Go(func() { _ = srv.Serve(listener) })
	return nil
}

// URL is the address of the API, media and OAuth hosts, without a slash at
// the end.
func (p *Platform) URL() string {
	if p.PublicURL != "" {
		return strings.TrimSuffix(p.PublicURL, "/")
	}
	p.srvMu.Lock()
	defer p.srvMu.Unlock()
	if p.addr == "" {
		return "http://emulator.invalid"
	}
	return "http://" + p.addr
}

// Close stops the server and everything the platform has under way.
func (p *Platform) Close() error {
	p.init()
	p.mu.Lock()
	p.closed = true // before waiting: nothing new may start
	p.mu.Unlock()
	p.stop()
	p.srvMu.Lock()
	srv := p.srv
	p.srvMu.Unlock()
	var err error
	if srv != nil {
		err = srv.Close()
	}
	p.work.Wait()
	p.client.CloseIdleConnections()
	p.mu.Lock()
	defer p.mu.Unlock()
	for sub := range p.subs {
		close(sub.c)
		delete(p.subs, sub)
	}
	return err
}

// SetCallback changes where pushes go, effective at once.
func (p *Platform) SetCallback(url string) {
	p.Change(func(p *Platform) { p.CallbackURL = url })
}

// Change alters knobs of a platform in use. The function must not call other
// methods of p.
func (p *Platform) Change(f func(p *Platform)) {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
	p.seal, p.sealed = newEnvelope(p.Account.AESKey, p.Account.AppID)
}

// nextID hands out a 64-bit id. Held lock: mu.
func (p *Platform) nextID() int64 {
	p.serial++
	if p.Faults.HugeIDs {
		return 1<<62 + p.serial
	}
	return 22_000_000_000_000_000 + p.serial
}

// secret makes an unguessable name, as the platform's ids and tokens are.
func secret(prefix string, n int) string {
	text := prefix
	for len(text) < n {
		text += rand.Text()
	}
	return text[:n]
}

// background runs a push that no phone waits for.
func (p *Platform) background(f func(ctx context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.pending++
	p.work.Go(func() {
		f(p.base)
		p.mu.Lock()
		p.pending--
		p.notify()
		p.mu.Unlock()
	})
}

// AwaitQuiet waits until no push of the platform's own (job results) is under
// way.
func (p *Platform) AwaitQuiet(ctx context.Context) error {
	return p.await(ctx, func() bool { return p.pending == 0 })
}

// await waits until the condition, checked under the lock, holds.
func (p *Platform) await(ctx context.Context, condition func() bool) error {
	p.init()
	for {
		p.mu.Lock()
		if condition() {
			p.mu.Unlock()
			return nil
		}
		if p.changed == nil {
			p.changed = make(chan struct{})
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// notify wakes whoever waits. Held lock: mu.
func (p *Platform) notify() {
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}
