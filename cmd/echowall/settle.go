package main

import (
	"context"
	"fmt"
	"time"

	"echowall/schedule"
)

// carried is longer than delivery keeps a debt for itself between taking it from the ledger and beginning to
// pay it.
const carried = 45 * time.Second

// moveThrough has moveTo move a clock to every firing of the table on the way to target, so that nothing that
// would have happened is jumped over, and at last to target. It does not stop for the job that looks around
// every few minutes: a day would take a minute.
func (s *service) moveThrough(ctx context.Context, target time.Time, moveTo func(time.Time) error) error {
	for ctx.Err() == nil {
		next := s.clock.Next(s.now(), schedule.NewWishes)
		if next.IsZero() || !next.Before(target) {
			return moveTo(target)
		}
		if err := moveTo(next); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// settle runs what is due now and waits until everything it owes is settled, or ctx ends.
func (s *service) settle(ctx context.Context) error {
	s.clock.Tick(ctx)
	if _, err := s.erasure.Run(ctx); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	s.delivery.Wake()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		idle, err := s.settled(ctx)
		if err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		if idle {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// settled reports whether nothing is due and nothing is on its way.
func (s *service) settled(ctx context.Context) (bool, error) {
	n, err := s.store.DueBy(ctx, s.now().Add(carried))
	if err != nil || n > 0 {
		return false, err
	}
	return s.delivery.Idle()
}
