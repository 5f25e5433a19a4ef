package store

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// debtDoc is a debt as stored. By names the worker whose call is or was under way; it stands first, where
// recordScript finds it without parsing.
type debtDoc struct {
	By string `json:"by,omitempty"`
	echowall.Debt
}

// debtMark is what remains of a debt that is over: how and when it was paid, if it was.
type debtMark struct {
	By      string             `json:"by,omitempty"`
	State   echowall.DebtState `json:"state"`
	Channel echowall.Channel   `json:"channel,omitempty"`
	At      int64              `json:"at"` // unix s
}

// paying is what the ledger remembers about one echowall.Payment.
type paying struct {
	person  echowall.PersonID
	version int
	text    string // as stored, without version
	by      string // as stored
	boxed   bool   // may stand in a box
	book    book
	// After a claim of ours:
	token   string // also the stamp of the book
	changes []field
}

// Payments loads debts for paying: each with its recipient's openid and quota book. Debts that are over are
// missing in the result and leave the queue.
func (s *Store) Payments(ctx context.Context, ids []string) ([]*echowall.Payment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.keys.debt(id)
	}
	docs, err := s.pipe.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, wrap(err)
	}
	var out []*echowall.Payment
	var recipients []echowall.Recipient
	var over []any
	for i, v := range docs {
		text, ok := v.(string)
		var d debtDoc
		version := 0
		if ok {
			if version, err = unmarshalDoc(text, &d); err != nil {
				return nil, err
			}
		}
		switch d.State {
		case echowall.DebtPaid, echowall.DebtVoid, "":
			over = append(over, ids[i])
		case echowall.DebtDead, echowall.DebtUnknown: // left the queue; came up between two steps
		case echowall.DebtOwed, echowall.DebtBoxed, echowall.DebtSending:
			out = append(out, &echowall.Payment{Debt: d.Debt, Ledger: &paying{
				version: version, text: text[strings.IndexByte(text, ',')+1:], by: d.By, boxed: d.State != echowall.DebtOwed,
			}})
			recipients = append(recipients, d.To)
		}
	}
	if len(over) > 0 {
		if err := s.pipe.ZRem(ctx, s.keys.due(), over...).Err(); err != nil {
			return nil, wrap(err)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.reachAll(ctx, out, recipients)
}

// reachAll fills in openids and quota books in two round trips.
func (s *Store) reachAll(ctx context.Context, payments []*echowall.Payment, recipients []echowall.Recipient) error {
	keys := make([]string, len(recipients))
	for i, r := range recipients {
		keys[i] = s.keys.vault(r)
	}
	sealed, err := s.pipe.MGet(ctx, keys...).Result()
	if err != nil {
		return wrap(err)
	}
	pipe := s.rdb.Pipeline()
	books := make([]*redis.MapStringStringCmd, len(payments))
	for i, p := range payments {
		text, known := sealed[i].(string)
		if !known {
			continue
		}
		if p.To, err = s.vault.open(recipients[i], text); err != nil {
			return err
		}
		l := p.Ledger.(*paying)
		l.person = s.ids.Person(p.To)
		books[i] = pipe.HGetAll(ctx, s.keys.reach(l.person))
	}
	if pipe.Len() == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return wrap(err)
	}
	for i, p := range payments {
		if books[i] != nil {
			l := p.Ledger.(*paying)
			l.book = books[i].Val()
			p.Reach = l.book.reach()
		}
	}
	return nil
}
