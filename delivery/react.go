package delivery

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"echowall"
)

// closedFor is how long a channel that the platform refuses for good stays closed.
const closedFor = time.Hour

// react turns the answer of a call into what becomes of the debt.
func (d *Delivery) react(p *echowall.Payment, decision echowall.Decision, err error) *echowall.Settlement {
	end := &echowall.Settlement{Payment: p, State: echowall.DebtPaid, Result: string(echowall.DebtPaid)}
	if err == nil {
		return end
	}
	now := d.c.Now()
	answer := classify(err)
	end.Result, end.Code = string(answer.Reaction), answer.Code
	switch {
	case answer.Unknown:
		d.unknown(end, decision, now)
	case answer.Reaction == echowall.ReactDone:
		end.State, end.Result = echowall.DebtPaid, string(echowall.DebtPaid)
	case answer.Reaction == echowall.ReactUnreachable,
		answer.Reaction == echowall.ReactQuota && answer.Until.IsZero():
		// A quota without an end opens with the person's next act: the window is used up.
		end.State, end.Until, end.Spent = echowall.DebtOwed, now, echowall.SpentClosed
		end.Result = string(echowall.ReactUnreachable)
		if len(p.Debt.Attempts) >= echowall.MaxAttempts {
			end.State = echowall.DebtBoxed
		}
	case answer.Reaction == echowall.ReactQuota:
		d.gates.pause(decision.Channel, answer.Until)
		end.State, end.Until, end.Spent = echowall.DebtOwed, now, echowall.SpentBack
	case answer.Reaction == echowall.ReactPermanent:
		if d.gates.close(decision.Channel, now.Add(closedFor)) {
			d.c.Logger.Error("delivery: the platform refuses this channel; closed for an hour",
				slog.String("channel", string(decision.Channel)), slog.Any("error", err))
		}
		end.State, end.Until, end.Spent = echowall.DebtOwed, now, echowall.SpentBack
	case answer.Reaction == echowall.ReactBadRequest:
		d.c.Logger.Error("delivery: the platform does not understand a message of ours",
			slog.String("debt", p.Debt.ID), slog.String("kind", string(p.Debt.Kind)), slog.Any("error", err))
		end.State, end.Spent = echowall.DebtDead, echowall.SpentBack
	default: // retry, stale token, or a reaction of a newer adapter
		if answer.RetryAfter > 0 {
			d.gates.pause(decision.Channel, now.Add(answer.RetryAfter))
		}
		end.Spent = echowall.SpentBack
		wait, again := p.Debt.Backoff()
		if !again {
			end.State = echowall.DebtDead
			d.c.Logger.Error("delivery: given up after too many attempts", slog.String("debt", p.Debt.ID), slog.Any("error", err))
			break
		}
		end.State, end.Until = echowall.DebtOwed, now.Add(max(wait, answer.RetryAfter))
	}
	return end
}

// unknown: under an idempotency key the call is repeated when its worker's time is over; without one never.
func (d *Delivery) unknown(end *echowall.Settlement, decision echowall.Decision, now time.Time) {
	end.State, end.Result = echowall.DebtUnknown, string(echowall.DebtUnknown)
	if decision.Channel == echowall.ChannelTemplate {
		end.State, end.Until = echowall.DebtSending, now.Add(echowall.ClaimLasts)
		return
	}
	d.c.Logger.Warn("delivery: outcome unknown, not sent again",
		slog.String("debt", end.Payment.Debt.ID), slog.String("kind", string(end.Payment.Debt.Kind)))
}

// classify finds the platform's answer. An error of our own side that says so was never sent; any other
// unclassified error leaves the outcome open.
func classify(err error) *echowall.PlatformError {
	if pe, ok := echowall.AsPlatformError(err); ok {
		return pe
	}
	var own *echowall.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
	case errors.As(err, &own) && own.Kind == echowall.KindUnavailable:
		return &echowall.PlatformError{Reaction: echowall.ReactRetry}
	case errors.As(err, &own) && own.Kind == echowall.KindInvalid:
		return &echowall.PlatformError{Reaction: echowall.ReactBadRequest}
	}
	return &echowall.PlatformError{Unknown: true}
}

// gates are the channels that this process knows to be shut for now.
type gates struct {
	now    func() time.Time
	mu     sync.Mutex
	paused map[echowall.Channel]time.Time
	closed map[echowall.Channel]time.Time
}

// pause lets debts wait for the channel until a moment.
func (g *gates) pause(c echowall.Channel, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.paused == nil {
		g.paused = make(map[echowall.Channel]time.Time)
	}
	if until.After(g.paused[c]) {
		g.paused[c] = until
	}
}

// close makes the channel useless until a moment and reports whether it was open.
func (g *gates) close(c echowall.Channel, until time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed == nil {
		g.closed = make(map[echowall.Channel]time.Time)
	}
	open := !g.now().Before(g.closed[c])
	g.closed[c] = until
	return open
}

// apply adds the gates to the account's rules.
func (g *gates) apply(r echowall.Rules) echowall.Rules {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.paused) > 0 {
		r.Paused = maps.Clone(g.paused)
	}
	now := g.now()
	for c, until := range g.closed {
		if !now.Before(until) {
			delete(g.closed, c)
			continue
		}
		if r.Closed == nil {
			r.Closed = make(map[echowall.Channel]bool)
		} else {
			r.Closed = maps.Clone(r.Closed)
		}
		r.Closed[c] = true
	}
	return r
}
