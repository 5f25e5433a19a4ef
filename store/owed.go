package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"echowall"
)

// DebtCounts implements echowall.OwedStore: it counts debts that are not over.
func (s *Store) DebtCounts(ctx context.Context) (echowall.DebtCounts, error) {
	pipe := s.rdb.Pipeline()
	waiting := pipe.ZCard(ctx, s.keys.due())
	dead := pipe.ZCard(ctx, s.keys.dead())
	unknown := pipe.ZCard(ctx, s.keys.unknown())
	if _, err := pipe.Exec(ctx); err != nil {
		return echowall.DebtCounts{}, wrap(err)
	}
	return echowall.DebtCounts{Waiting: waiting.Val(), Dead: dead.Val(), Unknown: unknown.Val()}, nil
}

// Debts lists at most n debts that wait for a person to look at them, oldest first: state is DebtDead or
// DebtUnknown.
func (s *Store) Debts(ctx context.Context, state echowall.DebtState, n int) ([]echowall.Debt, error) {
	var index string
	switch state {
	case echowall.DebtDead:
		index = s.keys.dead()
	case echowall.DebtUnknown:
		index = s.keys.unknown()
	default:
		return nil, echowall.Errorf(echowall.KindInvalid, "store: debts in state %q are not listed", state)
	}
	ids, err := s.rdb.ZRange(ctx, index, 0, int64(n)-1).Result()
	if err != nil {
		return nil, wrap(err)
	}
	return s.debts(ctx, ids, state)
}

// debts reads debts by id and leaves out those that are in no state of states (meanwhile).
func (s *Store) debts(ctx context.Context, ids []string, states ...echowall.DebtState) ([]echowall.Debt, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.keys.debt(id)
	}
	docs, err := s.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, wrap(err)
	}
	var out []echowall.Debt
	for _, v := range docs {
		text, ok := v.(string)
		if !ok {
			continue
		}
		var d debtDoc
		if _, err := unmarshalDoc(text, &d); err != nil {
			return nil, err
		}
		for _, state := range states {
			if d.State == state {
				out = append(out, d.Debt)
			}
		}
	}
	return out, nil
}

// RetryDebt makes a dead or unknown debt owed again, its attempts forgotten. For an unknown one the caller
// has made sure that the message did not arrive.
func (s *Store) RetryDebt(ctx context.Context, id string) error {
	return s.update(ctx, func(c *change) error {
		var d debtDoc
		key := s.keys.debt(id)
		version, err := s.load(ctx, c, key, &d)
		if err != nil {
			return err
		}
		if d.State != echowall.DebtDead && d.State != echowall.DebtUnknown {
			return echowall.Errorf(echowall.KindConflict, "store: debt %s is %s; only dead and unknown ones are retried", id, d.State)
		}
		d.By, d.State, d.Attempts = "", echowall.DebtOwed, nil
		if err := c.setDoc(key, version, &d); err != nil {
			return err
		}
		c.do("ZREM", s.keys.dead(), id)
		c.do("ZREM", s.keys.unknown(), id)
		c.do("ZADD", s.keys.due(), s.now().Unix(), id)
		return nil
	})
}

// Boxed lists at most n debts in the to-read boxes of rs, oldest first, for showing them in a reply.
func (s *Store) Boxed(ctx context.Context, n int, rs ...echowall.Recipient) ([]echowall.Debt, error) {
	var ids []string
	for _, r := range rs {
		some, err := s.rdb.ZRange(ctx, s.keys.box(r), 0, int64(n)-1).Result()
		if err != nil {
			return nil, wrap(err)
		}
		ids = append(ids, some...)
	}
	out, err := s.debts(ctx, ids, echowall.DebtBoxed)
	slices.SortFunc(out, func(a, b echowall.Debt) int { return a.Created.Compare(b.Created) })
	return out[:min(n, len(out))], err
}

// ShowBoxed settles boxed debts as paid by the reply of the turn under ctx (or at once without one). Debts
// that left the box meanwhile are KindConflict.
func (s *Store) ShowBoxed(ctx context.Context, debts ...echowall.Debt) error {
	return s.update(ctx, func(c *change) error {
		for i := range debts {
			var d debtDoc
			key := s.keys.debt(debts[i].ID)
			version, err := s.load(ctx, c, key, &d)
			if err != nil {
				return err
			}
			if d.State != echowall.DebtBoxed {
				return echowall.Errorf(echowall.KindConflict, "store: debt %s left the box", d.ID)
			}
			mark := debtMark{State: echowall.DebtPaid, Channel: echowall.ChannelBox, At: s.now().Unix()}
			if err := c.setDocFor(key, version, &mark, debtMarked); err != nil {
				return err
			}
			c.do("ZREM", s.keys.box(d.To), d.ID)
			c.do("ZREM", s.keys.due(), d.ID)
		}
		return nil
	})
}

// DueBy counts debts that are to be looked at until t, and the boxes that are to be emptied. A debt that was
// handed out is to be looked at again when its lease ends, so with t beyond that it counts until it is
// settled.
func (s *Store) DueBy(ctx context.Context, t time.Time) (int64, error) {
	pipe := s.rdb.Pipeline()
	due := pipe.ZCount(ctx, s.keys.due(), "-inf", strconv.FormatInt(t.Unix(), 10))
	boxes := pipe.SCard(ctx, s.keys.reopened())
	_, err := pipe.Exec(ctx)
	return due.Val() + boxes.Val(), wrap(err)
}
