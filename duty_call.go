package echowall

import (
	"context"
	"time"
)

// Alarm tells the officers of a wish's station at once that it may be about danger to life.
func (u *Duty) Alarm(ctx context.Context, w *Wish) error {
	officers, err := u.officers(ctx, w.Station)
	if err != nil {
		return err
	}
	told := officers.of(w)
	debts := make([]Debt, 0, len(told))
	for _, p := range told {
		d := NewDebt(DebtWishNew, Recipient(p), w.Number, "alarm", u.Now())
		d.Urgent = true
		debts = append(debts, d)
	}
	return u.Store.Owe(ctx, debts...)
}

// Arrived tells the officers of a wish's station that it was given to them, once an hour however many were.
func (u *Duty) Arrived(ctx context.Context, w *Wish) error {
	officers, err := u.officers(ctx, w.Station)
	if err != nil {
		return err
	}
	now := u.Now()
	round := "routed " + now.UTC().Truncate(time.Hour).Format(time.RFC3339)
	told := officers.of(w)
	debts := make([]Debt, 0, len(told))
	for _, p := range told {
		debts = append(debts, NewDebt(DebtWishNew, Recipient(p), string(w.Station), round, now))
	}
	return u.Store.Owe(ctx, debts...)
}

// Call tells the officers of a station that somebody asks for a person, about wish number if there is one
// ("" otherwise), and returns how many were told. The officers learn nothing about who asks; the same
// person and wish make one message an hour.
func (u *Duty) Call(ctx context.Context, author AuthorID, station StationID, number string) (int, error) {
	officers, err := u.officers(ctx, station)
	if err != nil {
		return 0, err
	}
	told := officers.people()
	if number != "" {
		w, err := u.Store.Wish(ctx, number)
		if err != nil {
			return 0, err
		}
		told = officers.of(w)
	}
	now := u.Now()
	round := string(author) + now.UTC().Truncate(time.Hour).Format(time.RFC3339)
	debts := make([]Debt, 0, len(told))
	for _, p := range told {
		debts = append(debts, NewDebt(DebtHuman, Recipient(p), number, round, now))
	}
	return len(debts), u.Store.Owe(ctx, debts...)
}
