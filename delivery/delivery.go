package delivery

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"echowall"
)

// Ledger is where debts are kept. Errors of KindUnavailable mean "ask again".
type Ledger interface {
	// LeaseDue hands out ids that are due at now; what is not settled by until is handed out again. Ids that
	// come with an error are leased all the same.
	LeaseDue(ctx context.Context, now, until time.Time, n int) ([]string, error)
	// Payments loads debts. Those that are over are missing; so are those that cannot be read, with an error
	// beside the others.
	Payments(ctx context.Context, ids []string) ([]*echowall.Payment, error)
	// Record settles one payment and claims another in one step; either may be nil. Repeating a call is safe.
	Record(ctx context.Context, now time.Time, done *echowall.Settlement, next *echowall.Claim) (echowall.Claimed, error)
}

// Sender makes one call to the platform, and gives it up well before echowall.ClaimLasts. Errors are
// *echowall.PlatformError.
type Sender interface {
	Send(ctx context.Context, to echowall.OpenID, m echowall.Message) error
}

// Writer writes the letter of a debt from what is true when it is paid. A zero message, or an error of
// KindNotFound, says that there is nothing to say any more.
type Writer interface {
	Write(ctx context.Context, d echowall.Debt, channel echowall.Channel) (echowall.Message, error)
}

// DefaultWorkers is how many calls are under way at once unless Config says otherwise.
const DefaultWorkers = 64

// Config is what delivery needs. All fields without a default are required.
type Config struct {
	Ledger Ledger
	Sender Sender
	Writer Writer
	// Redis carries the queue; Account names it, so that processes of one account share it and those of
	// others do not.
	Redis   redis.UniversalClient
	Account string
	// Rules says which channels the account has and which days are worked.
	Rules echowall.Rules
	// Now is the clock that all decisions follow; default time.Now.
	Now func() time.Time
	// Workers is how many calls are under way at once; default DefaultWorkers.
	Workers int
	// Logger hears about what an operator must know; default slog.Default.
	Logger *slog.Logger
}

// Delivery pays debts from Start to Shutdown. Any number may run on one ledger.
type Delivery struct {
	c      Config
	queue  string
	stats  counters
	gates  gates
	recall recall
	supply supply

	client    *asynq.Client
	server    *asynq.Server
	inspector *asynq.Inspector
	slots     chan struct{} // one for each worker

	backlog bool         // more was due than fits the queue; the pump's own
	pace    atomic.Int64 // nanoseconds the latest debt took

	wake       chan struct{}
	work       context.Context // ends when Shutdown gives up waiting
	stop       context.CancelFunc
	quit       chan struct{} // closed when no new debt may be begun
	once       sync.Once
	background sync.WaitGroup
}

// New returns a Delivery that does nothing before Start.
func New(c Config) (*Delivery, error) {
	if c.Ledger == nil || c.Sender == nil || c.Writer == nil || c.Redis == nil || c.Account == "" {
		return nil, echowall.Errorf(echowall.KindInvalid, "delivery: Ledger, Sender, Writer, Redis and Account are required")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Workers <= 0 {
		c.Workers = DefaultWorkers
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	d := &Delivery{
		c:         c,
		queue:     "echowall-" + c.Account,
		client:    asynq.NewClientFromRedisClient(c.Redis),
		inspector: asynq.NewInspectorFromRedisClient(c.Redis),
		slots:     make(chan struct{}, c.Workers),
		wake:      make(chan struct{}, 1),
		quit:      make(chan struct{}),
	}
	d.gates.now = c.Now
	d.server = asynq.NewServerFromRedisClient(c.Redis, asynq.Config{
		Concurrency:       c.Workers,
		Queues:            map[string]int{d.queue: 1},
		TaskCheckInterval: queuePoll,
		ShutdownTimeout:   callLimit + recordLimit,
		Logger:            engineLog{c.Logger},
		LogLevel:          asynq.WarnLevel,
	})
	return d, nil
}

// Start begins to pay. Values of ctx are used by the calls; its end does not stop them, Shutdown does.
func (d *Delivery) Start(ctx context.Context) error {
	d.work, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskPay, d.handle)
	// What waits is queued before the workers look for the first time; the pump says what is wrong.
	_ = d.fill(d.work)
	if err := d.server.Start(mux); err != nil {
		return echowall.Errorf(echowall.KindUnavailable, "delivery: start the queue: %w", err)
	}
	d.background.Go(d.pump)
	d.background.Go(d.remember)
	return nil
}

// Shutdown lets calls under way end and be recorded, begins no others and waits for all of it. When ctx
// ends before, what is under way is left to the ledger.
func (d *Delivery) Shutdown(ctx context.Context) error {
	if d.stop == nil {
		return nil
	}
	d.once.Do(func() { close(d.quit) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.server.Shutdown()
		for range cap(d.slots) { // also those that the queue gave up on
			d.slots <- struct{}{}
		}
		d.background.Wait()
		d.giveBack(idsOf(d.supply.clear()))
	}()
	defer d.stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		d.stop()
		<-done
		return ctx.Err()
	}
}

// Wake makes the pump look at once; a caller that just owed something saves a fraction of a second.
func (d *Delivery) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // it is going to look already
	}
}

func (d *Delivery) stopping() bool {
	select {
	case <-d.quit:
		return true
	default:
		return false
	}
}
