package main

import (
	"context"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"echowall"
)

// settlePatience is how long the demo waits, in real time, for what a moment of its clock set off.
const settlePatience = 3 * time.Second

// move moves the demo's clock and says in one sentence what that set off. It stops at every firing of the
// clock table on the way, so that nothing that would have happened is jumped over.
func (d *demo) move(ctx context.Context, to string, at time.Time) (string, error) {
	now := d.clock.Now().In(d.service.config.Location)
	calendar := d.service.wishes.Calendar
	var target time.Time
	switch to {
	case "10m":
		target = now.Add(10 * time.Minute)
	case "due":
		target = d.nextFiring(now)
	case "day":
		target = calendar.NextWorkday(calendar.Today(now)).At(demoStartHour, demoStartMinute, now.Location())
	case "at":
		target = at
	default:
		return "", echowall.Errorf(echowall.KindInvalid, "the clock cannot move to %q", to)
	}
	if !target.After(now) {
		return d.service.pack.Words.Say("demo.clock_past", nil), nil
	}
	if target.Sub(now) > 60*24*time.Hour {
		return d.service.pack.Words.Say("demo.clock_far", nil), nil
	}
	before := d.service.delivery.Stats()
	for {
		next := d.nextFiring(d.clock.Now().In(now.Location()))
		if next.IsZero() || next.After(target) {
			break
		}
		d.clock.MoveTo(next)
		if err := d.settleDown(ctx); err != nil {
			return "", err
		}
	}
	d.clock.MoveTo(target)
	if err := d.settleDown(ctx); err != nil {
		return "", err
	}
	after := d.service.delivery.Stats()
	return d.service.pack.Words.Say("demo.moved", map[string]any{
		"paid": after.Paid - before.Paid, "boxed": after.Boxed - before.Boxed, "void": after.Void - before.Void,
	}), nil
}

// nextFiring is the next time something happens by itself that a visitor would see.
func (d *demo) nextFiring(now time.Time) time.Time {
	var next time.Time
	for _, j := range d.service.clock.Jobs {
		if j.Name == "wish.new" { // every ten minutes: stopping for each would make a day take a minute
			continue
		}
		spec, err := cron.ParseStandard(j.Spec)
		if err != nil {
			continue // Validate has refused it before
		}
		if t := spec.Next(now); !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// settleDown runs what is due now and waits until what it owes is settled.
func (d *demo) settleDown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	d.service.clock.Tick(ctx)
	d.service.delivery.Wake()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		idle, err := d.settled(ctx)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("demo clock: %w", err)
		}
		if idle {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // slow is not wrong: the rest arrives by itself
		case <-tick.C:
		}
	}
}

// settled reports whether nothing is due and nothing is on its way.
func (d *demo) settled(ctx context.Context) (bool, error) {
	n, err := d.service.store.DueNow(ctx)
	if err != nil || n > 0 {
		return false, err
	}
	return d.service.delivery.Idle()
}
