package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

// Store is what the engine needs of storage.
type Store interface {
	// Begin claims a message; see echowall.Turn.
	Begin(ctx context.Context, c echowall.Contact) (echowall.Turn, error)
	// Guess begins a turn on what is remembered of the person, without asking first; ok is false when that is
	// too little. Its Commit asks, and conflicts where anything assumed was wrong or the message is not new;
	// Begin then tells. It is for handlers that do nothing but stage changes.
	Guess(c echowall.Contact) (t echowall.Turn, ok bool)
	// TakeDeferred leases messages that were acknowledged before they were done and whose worker died.
	TakeDeferred(ctx context.Context, limit int) ([]echowall.Deferred, error)
	DropDeferred(ctx context.Context, key string) error
}

// Defaults of Config.
const (
	// DefaultDeadline leaves a second of the platform's five for the way back.
	DefaultDeadline = 4 * time.Second
	// DefaultPatience is how long a turn may go on after its deadline.
	DefaultPatience = 60 * time.Second
)

// Config is what a Bot is made of. Store, Router and Say are required.
type Config struct {
	Store  Store
	Router *Router
	// Say returns the sentence for a key of the catalogue.
	Say func(key string, args map[string]any) string
	// Deadline is how long a push may wait for its reply; 0 means DefaultDeadline.
	Deadline time.Duration
	// Patience is how long a turn may run in all; 0 means DefaultPatience.
	Patience time.Duration
	Now      func() time.Time // nil means time.Now
	Logger   *slog.Logger     // nil means none
	// Woken is called after a turn that owed something was committed; may be nil.
	Woken func()
}

// Bot implements wechat.Receiver. Start it before the first push, Shutdown after the last.
type Bot struct {
	Config
	people   keyedMutex
	base     context.Context // of every turn; cancelled when waiting for them has to end
	cancel   context.CancelFunc
	stopping chan struct{} // closed when Shutdown begins
	running  sync.WaitGroup
	workers  workers
}

// New returns a Bot; it does no I/O.
func New(c Config) *Bot {
	if c.Deadline == 0 {
		c.Deadline = DefaultDeadline
	}
	if c.Patience == 0 {
		c.Patience = DefaultPatience
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	b := &Bot{Config: c, stopping: make(chan struct{})}
	b.base, b.cancel = context.WithCancel(context.Background())
	b.workers = workers{running: &b.running, stopping: b.stopping, next: make(chan func()), idle: make(chan struct{}, idleWorkers)}
	return b
}

// Start begins to look after deferred messages.
func (b *Bot) Start() {
	b.running.Go(b.watchDeferred)
}

// Shutdown waits for the turns that are running, at most until ctx ends; those that do not finish are
// cancelled and will be run again from their deferred copy or the platform's next delivery.
func (b *Bot) Shutdown(ctx context.Context) error {
	close(b.stopping)
	defer context.AfterFunc(ctx, b.cancel)()
	b.running.Wait()
	b.cancel()
	return ctx.Err()
}

// windowOf says which reply window a push opens (platform reference 2.1): typing opens 48 hours, tapping an
// item of a choice menu counts as a click.
func windowOf(in *wechat.Inbound) echowall.Window {
	switch in.Type {
	case wechat.TypeText:
		if in.MenuID != "" {
			return echowall.WindowAct
		}
		return echowall.WindowMessage
	case wechat.TypeImage, wechat.TypeVoice, wechat.TypeVideo, wechat.TypeShortVideo, wechat.TypeLocation, wechat.TypeLink:
		return echowall.WindowMessage
	case wechat.TypeEvent:
		switch in.Event {
		case wechat.EventClick, wechat.EventScancodePush, wechat.EventScancodeWaitmsg, wechat.EventSubscribe, wechat.EventScan:
			return echowall.WindowAct
		}
	}
	return echowall.WindowNone
}

func followOf(in *wechat.Inbound) echowall.FollowChange {
	if in.Type == wechat.TypeEvent {
		switch in.Event {
		case wechat.EventSubscribe:
			return echowall.Followed
		case wechat.EventUnsubscribe:
			return echowall.Unfollowed
		}
	}
	return echowall.FollowUnchanged
}
