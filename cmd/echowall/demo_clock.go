package main

import (
	"context"
	"time"

	"echowall"
	"echowall/schedule"
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
		target = d.service.clock.Next(now, schedule.NewWishes, schedule.Removal)
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
	err := d.service.moveThrough(ctx, target, func(t time.Time) error {
		d.clock.MoveTo(t)
		return d.settleDown(ctx)
	})
	if err != nil {
		return "", err
	}
	after := d.service.delivery.Stats()
	return d.service.pack.Words.Say("demo.moved", map[string]any{
		"paid": after.Paid - before.Paid, "boxed": after.Boxed - before.Boxed, "void": after.Void - before.Void,
	}), nil
}

// settleDown waits for a while until what a moment set off is settled: slow is not wrong, the rest arrives by
// itself.
func (d *demo) settleDown(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	err := d.service.settle(patience)
	if patience.Err() != nil {
		return ctx.Err()
	}
	return err
}
