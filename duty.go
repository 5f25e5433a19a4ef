package echowall

import (
	"context"
	"slices"
	"time"
)

// DutyStore is what reminding the officers needs of storage.
type DutyStore interface {
	Queue(ctx context.Context, station StationID, states []WishState, limit int) ([]*Wish, error)
	HoldersOf(ctx context.Context, g Grant) ([]PersonID, error)
	Person(ctx context.Context, p PersonID) (*Who, error)
	Wish(ctx context.Context, number string) (*Wish, error)
	Owe(ctx context.Context, debts ...Debt) error
}

// Duty are the use cases that bring wishes to the officers' attention when nobody asks.
type Duty struct {
	Store    DutyStore
	Guard    *Guard
	Calendar *Calendar
	Now      func() time.Time
}

// RemindDue owes each officer of a station one reminder about every open wish that falls due by the end of
// the next working day; an overdue one is reminded once each working day. Rest days owe nothing.
func (u *Duty) RemindDue(ctx context.Context, station StationID) (int, error) {
	now := u.Now()
	today := u.Calendar.Today(now)
	if !u.Calendar.IsWorkday(today) {
		return 0, nil
	}
	until := u.Calendar.NextWorkday(today).AddDays(1).In(u.Calendar.Location())
	list, err := u.Store.Queue(ctx, station, OpenStates, 500)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	officers, err := u.officers(ctx, station)
	if err != nil {
		return 0, err
	}
	var debts []Debt
	for _, w := range list {
		if w.Due.After(until) {
			continue
		}
		// One reminder for each clock of the wish, then one a day once it is late.
		round := string(w.State) + " " + w.Due.UTC().Format(time.DateOnly)
		if w.Due.Before(now) {
			round += " late " + today.String()
		}
		for _, p := range officers.of(w) {
			d := NewDebt(DebtWishDue, Recipient(p), w.Number, round, now)
			d.Expires = today.AddDays(1).In(u.Calendar.Location())
			debts = append(debts, d)
		}
	}
	return len(debts), u.Store.Owe(ctx, debts...)
}

// RemindNew owes each officer of a station at most two short messages a working day that unsigned wishes
// wait: one for the morning, one for the afternoon.
func (u *Duty) RemindNew(ctx context.Context, station StationID) (int, error) {
	now := u.Now()
	today := u.Calendar.Today(now)
	if !u.Calendar.IsWorkday(today) {
		return 0, nil
	}
	// Who is named in one wish may still be told of the others.
	const looked = 50
	list, err := u.Store.Queue(ctx, station, []WishState{WishSubmitted}, looked)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	officers, err := u.officers(ctx, station)
	if err != nil {
		return 0, err
	}
	told := officers.of(list...)
	half := "am"
	if now.In(u.Calendar.Location()).Hour() >= 12 {
		half = "pm"
	}
	debts := make([]Debt, 0, len(told))
	for _, p := range told {
		d := NewDebt(DebtWishNew, Recipient(p), string(station), today.String()+half, now)
		d.Expires = today.AddDays(1).In(u.Calendar.Location())
		debts = append(debts, d)
	}
	return len(debts), u.Store.Owe(ctx, debts...)
}

// officers are those who work for a station.
type officers struct {
	directory *Directory
	all       []*Who
}

// officers finds those who work for a station; each once, whatever roles they hold there.
func (u *Duty) officers(ctx context.Context, station StationID) (officers, error) {
	var o officers
	var err error
	if o.directory, err = u.Guard.Directory(ctx); err != nil {
		return o, err
	}
	seen := make(map[PersonID]bool)
	for _, role := range []Role{RoleLiaison, RoleHead} {
		list, err := u.Store.HoldersOf(ctx, Grant{role, string(station)})
		if err != nil {
			return o, err
		}
		for _, p := range list {
			if seen[p] {
				continue
			}
			seen[p] = true
			who, err := u.Store.Person(ctx, p)
			if err != nil {
				return o, err
			}
			o.all = append(o.all, who)
		}
	}
	return o, nil
}

// people lists all of them.
func (o officers) people() []PersonID {
	out := make([]PersonID, len(o.all))
	for i, who := range o.all {
		out[i] = who.Person
	}
	return out
}

// of lists the officers who may see at least one of wishes.
func (o officers) of(wishes ...*Wish) []PersonID {
	var out []PersonID
	for _, who := range o.all {
		if slices.ContainsFunc(wishes, func(w *Wish) bool { return o.directory.Allow(who, ActionTodo, w.Target()) == nil }) {
			out = append(out, who.Person)
		}
	}
	return out
}
