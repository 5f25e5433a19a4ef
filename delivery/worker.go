package delivery

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"echowall"
)

// Limits of one step, in real time.
const (
	// callLimit is how long Shutdown waits for calls under way.
	callLimit = 20 * time.Second
	// recordLimit is how long Shutdown waits for a result to get into the ledger.
	recordLimit = 5 * time.Second
	// writeAgain is when a letter that could not be written for want of the store is tried again.
	writeAgain = 15 * time.Second
	// planRounds bounds how often one debt is planned again because the quota book moved.
	planRounds = 10
)

// load gets debts ready for paying. What cannot be loaded comes up again when its lease ends.
func (d *Delivery) load(ids []string) []*echowall.Payment {
	if len(ids) == 0 {
		return nil
	}
	var payments []*echowall.Payment
	_ = d.insist(d.work, func() (err error) { // it says what is wrong
		payments, err = d.c.Ledger.Payments(d.work, ids)
		return err
	})
	return payments
}

// payOne records done, pays p and returns how that ended; the caller records it. Nil means that nothing is
// to be recorded for p.
func (d *Delivery) payOne(ctx context.Context, done *echowall.Settlement, p *echowall.Payment) *echowall.Settlement {
	id := p.Debt.ID
	if known, ok := d.recall.begin(id); !ok { // a crashed ledger, or a clock that was moved, presents it again
		d.record(ctx, done, nil)
		return known
	}
	for range planRounds {
		now := d.c.Now()
		claim, end := d.decide(p, now)
		var letter echowall.Message
		if claim != nil {
			letter, end = d.write(ctx, p, claim.Decision, now)
		}
		if end != nil {
			d.recall.drop(id)
			d.record(ctx, done, nil)
			return end
		}
		claimed := d.record(ctx, done, claim)
		done = nil
		if claimed == echowall.ClaimTaken {
			end = d.send(ctx, p, claim.Decision, letter)
			d.recall.end(end)
			return end
		}
		if claimed != echowall.ClaimStale {
			break
		}
	}
	d.recall.drop(id)
	return done
}

// decide says what to do about a debt: try to send it, or settle it without sending.
func (d *Delivery) decide(p *echowall.Payment, now time.Time) (*echowall.Claim, *echowall.Settlement) {
	if p.Debt.State == echowall.DebtSending {
		return d.resume(p, now)
	}
	end := &echowall.Settlement{Payment: p}
	if p.To == "" {
		end.State, end.Result = echowall.DebtVoid, string(echowall.WhyGone)
		return nil, end
	}
	rules := d.gates.apply(d.c.Rules)
	decision := echowall.Plan(&p.Debt, &p.Reach, now, &rules)
	end.Result = string(decision.Why)
	switch {
	case decision.Void:
		end.State = echowall.DebtVoid
	case !decision.Until.IsZero():
		end.State, end.Until = echowall.DebtOwed, decision.Until
	case decision.Channel == echowall.ChannelBox:
		end.State = echowall.DebtBoxed
	default:
		return &echowall.Claim{
			Payment:  p,
			Decision: decision,
			After:    p.Reach.Spend(p.Debt.Kind, decision, now, &rules),
		}, nil
	}
	return nil, end
}

// resume treats a debt whose call somebody began and nobody ended.
func (d *Delivery) resume(p *echowall.Payment, now time.Time) (*echowall.Claim, *echowall.Settlement) {
	wait, again := p.Debt.Resume(now)
	switch {
	case again && p.To != "":
		return &echowall.Claim{
			Payment:  p,
			Decision: echowall.Decision{Channel: echowall.ChannelTemplate, Template: d.c.Rules.Templates[p.Debt.Kind]},
			After:    p.Reach, // the first attempt is in the book already
		}, nil
	case wait.IsZero():
		d.c.Logger.Warn("delivery: outcome unknown, not sent again", slog.String("debt", p.Debt.ID), slog.String("kind", string(p.Debt.Kind)))
		return nil, &echowall.Settlement{Payment: p, State: echowall.DebtUnknown, Result: string(echowall.DebtUnknown)}
	}
	// Its worker has its time still.
	last := p.Debt.Attempts[len(p.Debt.Attempts)-1]
	return nil, &echowall.Settlement{Payment: p, State: echowall.DebtSending, Until: wait, Result: last.Result, Code: last.Code}
}

// write has the letter written; a non-nil settlement says that there is none to send.
func (d *Delivery) write(ctx context.Context, p *echowall.Payment, decision echowall.Decision, now time.Time) (echowall.Message, *echowall.Settlement) {
	if p.Debt.Body != nil {
		return *p.Debt.Body, nil
	}
	letter, err := d.c.Writer.Write(ctx, p.Debt, decision.Channel)
	end := &echowall.Settlement{Payment: p}
	switch kind := echowall.KindOf(err); {
	case err == nil && !letter.IsZero():
		if t := letter.Template; t != nil {
			copied := *t
			if copied.ID == "" {
				copied.ID = decision.Template
			}
			copied.Subscription = decision.Channel == echowall.ChannelSubscription
			if !copied.Subscription {
				copied.ClientID = p.Debt.ID
			}
			letter.Template = &copied
		}
		return letter, nil
	case err == nil, kind == echowall.KindNotFound:
		end.State, end.Result = echowall.DebtVoid, string(echowall.WhyUntrue)
	case kind == echowall.KindUnavailable, errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
		end.State, end.Result, end.Until = echowall.DebtOwed, string(kind), now.Add(writeAgain)
	default:
		d.c.Logger.Error("delivery: the letter cannot be written", slog.String("debt", p.Debt.ID),
			slog.String("kind", string(p.Debt.Kind)), slog.Any("error", err))
		end.State, end.Result = echowall.DebtDead, "letter"
	}
	return echowall.Message{}, end
}

// send makes the call and says what its answer means.
func (d *Delivery) send(ctx context.Context, p *echowall.Payment, decision echowall.Decision, m echowall.Message) *echowall.Settlement {
	return d.react(p, decision, d.c.Sender.Send(ctx, p.To, m))
}

// record writes into the ledger for as long as it takes; only the end of ctx makes it give up.
func (d *Delivery) record(ctx context.Context, done *echowall.Settlement, next *echowall.Claim) echowall.Claimed {
	if done == nil && next == nil {
		return echowall.ClaimNone
	}
	now := d.c.Now() // once, so that a repeated call is the same call
	var claimed echowall.Claimed
	err := d.insist(ctx, func() (err error) {
		claimed, err = d.c.Ledger.Record(ctx, now, done, next)
		return err
	})
	if err != nil {
		return echowall.ClaimNone
	}
	if done != nil {
		d.stats.count(done.State)
	}
	return claimed
}

// insist calls f until it does not answer KindUnavailable.
func (d *Delivery) insist(ctx context.Context, f func() error) error {
	const first, most = 20 * time.Millisecond, time.Second
	for wait := first; ; wait = min(2*wait, most) {
		err := f()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if echowall.KindOf(err) != echowall.KindUnavailable {
			d.c.Logger.Error("delivery: the ledger refuses", slog.Any("error", err))
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func idsOf(payments []*echowall.Payment) []string {
	ids := make([]string, len(payments))
	for i, p := range payments {
		ids[i] = p.Debt.ID
	}
	return ids
}
