package echowall

import "context"

// DebtCounts says how the ledger stands.
type DebtCounts struct {
	Waiting int64 // owed, being sent, or boxed with an end
	Dead    int64
	Unknown int64
}

// OwedStore is what looking at the ledger needs of storage.
type OwedStore interface {
	DebtCounts(ctx context.Context) (DebtCounts, error)
	// Debts lists at most n debts of one state, DebtDead or DebtUnknown, oldest first.
	Debts(ctx context.Context, state DebtState, n int) ([]Debt, error)
	// RetryDebt gives a dead or unknown debt another try; KindConflict when it is neither (any more).
	RetryDebt(ctx context.Context, id string) error
}

// Ledger are the use cases of whoever watches that what is owed gets there. They never show to whom.
type Ledger struct {
	Store  OwedStore
	Guard  *Guard
	Access AccessStore
}

// OwedShown is how many debts of each state one look lists.
const OwedShown = 100

// OwedView is how the ledger stands, with the debts that need a person's look.
type OwedView struct {
	Counts        DebtCounts
	Dead, Unknown []Debt
}

// Look shows the ledger to whoever may see it.
func (u *Ledger) Look(ctx context.Context, who *Who) (v OwedView, err error) {
	if _, err = u.Guard.Allow(ctx, who, ActionOwedRead, Target{}); err != nil {
		return v, err
	}
	if v.Counts, err = u.Store.DebtCounts(ctx); err != nil {
		return v, err
	}
	if v.Dead, err = u.Store.Debts(ctx, DebtDead, OwedShown); err != nil {
		return v, err
	}
	v.Unknown, err = u.Store.Debts(ctx, DebtUnknown, OwedShown)
	return v, err
}

// Retry gives one debt another try. With an unknown outcome the person may get the message twice; who decides
// that is on record.
func (u *Ledger) Retry(ctx context.Context, who *Who, id string) error {
	as, err := u.Guard.Allow(ctx, who, ActionOwedRetry, Target{})
	if err != nil {
		return err
	}
	err = u.Access.AppendAccess(ctx, AccessEntry{
		Kind: AccessResend, By: who.Person, Roster: who.Roster, Role: as.Role, Scope: as.Scope, Case: id,
	})
	if err != nil {
		return err
	}
	return u.Store.RetryDebt(ctx, id)
}
