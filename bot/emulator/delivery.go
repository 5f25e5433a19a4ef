package emulator

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Outcome is what became of a push.
type Outcome string

// The outcomes.
const (
	Acked   Outcome = "acked"    // success or an empty body: nothing shown
	Replied Outcome = "replied"  // a passive reply was shown
	Failed  Outcome = "failed"   // the person saw FailureText, if the push is one that shows it
	NotSent Outcome = "not sent" // the person could not do that; see Err
	Lost    Outcome = "lost"     // suppressed by MarkFail
	Held    Outcome = "held"     // waits for Release
)

// Delivery is one push and what became of it.
type Delivery struct {
	OpenID   string
	Message  string // inner clear XML
	Attempts []Attempt
	Copies   []Attempt // answers to Faults.Copies; never shown
	Reply    *Reply    // when Replied
	Outcome  Outcome
	Err      error // why it failed or was not sent

	nonces []string // of earlier deliveries of the same message
}

// Last is the last attempt; the zero Attempt if there was none.
func (d *Delivery) Last() Attempt {
	if len(d.Attempts) == 0 {
		return Attempt{}
	}
	return d.Attempts[len(d.Attempts)-1]
}

// Event is the push's event, or its message type when it is no event.
func (d *Delivery) Event() string {
	if event := node(d.Message, "Event"); event != "" {
		return event
	}
	return node(d.Message, "MsgType")
}

// Attempt is one request of a delivery.
type Attempt struct {
	At       time.Time // platform time
	Request  Request
	Status   int
	Body     []byte
	Duration time.Duration // real time
	Err      error         // connection failure or missed deadline
}

// TimedOut reports whether the deadline passed without an answer.
func (a Attempt) TimedOut() bool { return errors.Is(a.Err, errDeadline) }

// keepDeliveries bounds the remembered pushes.
const keepDeliveries = 2000

// Deliveries lists the last pushes, in the order they were finished.
func (p *Platform) Deliveries() []*Delivery {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deliveries.all()
}

// AwaitDelivery waits for a remembered or coming push that matches. The
// function must not call the platform.
func (p *Platform) AwaitDelivery(ctx context.Context, match func(*Delivery) bool) (*Delivery, error) {
	var found *Delivery
	err := p.await(ctx, func() bool {
		for _, d := range p.deliveries.all() {
			if match(d) {
				found = d
				return true
			}
		}
		return false
	})
	return found, err
}

// Deliver pushes any inner XML, for events this package does not know. The
// person need not follow.
func (p *Platform) Deliver(ctx context.Context, openid, inner string) *Delivery {
	p.init()
	return p.push(ctx, &Delivery{OpenID: openid, Message: inner})
}

// Redeliver pushes the same message again, freshly signed, as a late retry
// does.
func (p *Platform) Redeliver(ctx context.Context, d *Delivery) *Delivery {
	p.init()
	return p.push(ctx, &Delivery{OpenID: d.OpenID, Message: d.Message, nonces: d.requestNonces()})
}

// requestNonces are those of all requests that carried the message. A server that keeps its answer and
// repeats it to a retry repeats the nonce of the request it answered first.
func (d *Delivery) requestNonces() []string {
	nonces := slices.Clone(d.nonces)
	for _, a := range slices.Concat(d.Attempts, d.Copies) {
		nonces = append(nonces, a.Request.nonce)
	}
	return nonces
}

// Replay sends the very bytes of the first attempt again, as a forger who
// saw them would, and returns the answer. Nothing is shown on the phone.
func (p *Platform) Replay(ctx context.Context, d *Delivery) Attempt {
	p.init()
	if len(d.Attempts) == 0 {
		return Attempt{Err: errors.New("emulator: nothing was sent yet")}
	}
	return p.attempt(ctx, http.MethodPost, d.Attempts[0].Request)
}

// Hold keeps every further push back until Release.
func (p *Platform) Hold() {
	p.Change(func(p *Platform) { p.holding = true })
}

// Release delivers what Hold kept back, last one first.
func (p *Platform) Release(ctx context.Context) []*Delivery {
	p.init()
	p.mu.Lock()
	held := p.held
	p.held, p.holding = nil, false
	p.mu.Unlock()
	list := make([]*Delivery, 0, len(held))
	for i := len(held) - 1; i >= 0; i-- {
		list = append(list, p.push(ctx, held[i]))
	}
	return list
}

// push delivers, retries, judges the answer and shows its effect.
func (p *Platform) push(ctx context.Context, d *Delivery) *Delivery {
	p.mu.Lock()
	switch {
	case p.holding:
		p.held = append(p.held, d)
		p.mu.Unlock()
		return &Delivery{OpenID: d.OpenID, Message: d.Message, Outcome: Held}
	case p.now().Before(p.mutedUntil):
		p.mu.Unlock()
		d.Outcome = Lost
	default:
		p.mu.Unlock()
		p.carry(ctx, d)
	}
	p.settle(d)
	return d
}

// carry makes the attempts. The next one starts when the deadline of the one
// before has passed, so three bridge an outage of two deadlines.
func (p *Platform) carry(ctx context.Context, d *Delivery) {
	p.mu.Lock()
	attempts, deadline, copies := p.Attempts, p.Deadline, p.Faults.Copies
	noRetry, same := p.NoRetryOnError, p.SameSignature
	p.mu.Unlock()
	if attempts <= 0 {
		attempts = 3
	}
	if deadline == 0 {
		deadline = 5 * time.Second
	}
	answers, sent := make(chan Attempt, copies), 0
	var r Request
	for i := range attempts {
		if i == 0 || !same {
			var err error
			if r, err = p.encode(d); err != nil {
				d.Outcome, d.Err = Failed, err
				break
			}
		}
		if i == 0 {
			for range copies {
				if r2, err := p.encode(d); err == nil {
					sent++
					go func() { answers <- p.attempt(ctx, http.MethodPost, r2) }()
				}
			}
		}
		a := p.attempt(ctx, http.MethodPost, r)
		d.Attempts = append(d.Attempts, a)
		if a.Err == nil && a.Status == http.StatusOK {
			d.Outcome = Acked
			break
		}
		d.Outcome = Failed
		if d.Err = a.Err; a.Err == nil {
			d.Err = errors.New("status " + strconv.Itoa(a.Status))
		}
		if !a.TimedOut() && noRetry || ctx.Err() != nil || i == attempts-1 {
			break
		}
		if !a.TimedOut() && p.sleep(ctx, deadline-a.Duration) != nil {
			break
		}
	}
	for range sent {
		d.Copies = append(d.Copies, <-answers)
	}
}

// encode signs a push anew.
func (p *Platform) encode(d *Delivery) (Request, error) {
	c, err := p.callback()
	if err != nil {
		return Request{}, err
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return c.request(d.OpenID, d.Message, strconv.FormatInt(c.now.Unix(), 10), freshNonce(), random[:]), nil
}

// settle judges the answer, shows it, counts failures and remembers the push.
func (p *Platform) settle(d *Delivery) {
	if d.Outcome == Acked {
		last := d.Last()
		d.Reply, d.Err = p.judge(d, last)
		switch {
		case d.Err != nil:
			d.Outcome = Failed
			p.violation("answer to %s: %v", d.Event(), d.Err)
		case d.Reply != nil:
			d.Outcome = Replied
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.people[d.OpenID]
	switch d.Outcome {
	case Failed:
		p.failures++
		if after := p.Faults.MarkFailAfter; after > 0 && p.failures >= after {
			p.mutedUntil, p.failures = p.now().Add(time.Minute), 0
		}
	case Acked, Replied:
		p.failures = 0
	}
	if u != nil && answerable(d) {
		switch {
		case d.Outcome == Replied && d.Reply.MsgType != typeTransfer:
			p.show(u, d.Reply.bubble())
		case d.Outcome == Failed || d.Outcome == Lost:
			p.show(u, Bubble{Via: ViaSystem, Kind: KindSystem, Text: FailureText})
		}
	}
	p.deliveries.add(d, keepDeliveries)
	p.notify()
}
