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
// missing in the result and leave the queue. One that cannot be read is missing too and stays; the error
// tells of it, beside the payments of the others.
func (s *Store) Payments(ctx context.Context, ids []string) ([]*echowall.Payment, error) {
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
	var out []*echowall.Payment
	var over []any
	var unreadable error
	for i, v := range docs {
		text, _ := v.(string)
		if text == "" || isMark(text) {
			over = append(over, ids[i])
			continue
		}
		var d debtDoc
		version, err := unmarshalDoc(text, &d)
		if err != nil {
			unreadable = err
			continue
		}
		switch d.State {
		case echowall.DebtOwed, echowall.DebtBoxed, echowall.DebtSending:
			out = append(out, &echowall.Payment{Debt: d.Debt, Ledger: &paying{
				version: version, text: text[strings.IndexByte(text, ',')+1:], by: d.By, boxed: d.State != echowall.DebtOwed,
			}})
		default: // dead or unknown: it left the queue, and came up between two steps
		}
	}
	if len(over) > 0 {
		if err := s.rdb.ZRem(ctx, s.keys.due(), over...).Err(); err != nil {
			return nil, wrap(err)
		}
	}
	if len(out) > 0 {
		if out, err = s.address(ctx, out); err != nil {
			return out, err
		}
	}
	return out, unreadable
}

// isMark tells a mark from a debt, which has its id in front, without reading JSON.
func isMark(text string) bool { return !strings.Contains(text[:min(len(text), 64)], `"id":`) }

// address fills in openids and quota books, and leaves out payments whose openid cannot be opened.
func (s *Store) address(ctx context.Context, payments []*echowall.Payment) ([]*echowall.Payment, error) {
	pipe := s.rdb.Pipeline()
	keys := make([]string, len(payments))
	books := make([]*redis.MapStringStringCmd, len(payments))
	for i, p := range payments {
		keys[i] = s.keys.vault(p.Debt.To)
	}
	vault := pipe.MGet(ctx, keys...)
	read := func(i int, person echowall.PersonID) {
		payments[i].Ledger.(*paying).person = person
		books[i] = pipe.HGetAll(ctx, s.keys.reach(person))
	}
	for i, p := range payments {
		if !strings.HasPrefix(string(p.Debt.To), "a") { // the recipient of anything but a wish is the person
			read(i, echowall.PersonID(p.Debt.To))
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap(err)
	}
	var unreadable error
	var out []*echowall.Payment
	for i, v := range vault.Val() {
		p := payments[i]
		if sealed, known := v.(string); known {
			openid, err := s.vault.open(p.Debt.To, sealed)
			if err != nil {
				unreadable = err
				continue
			}
			p.To = openid
			if books[i] == nil {
				read(i, s.ids.Person(openid))
			}
		}
		out = append(out, p)
	}
	if pipe.Len() > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, wrap(err)
		}
	}
	for i, p := range payments {
		if books[i] != nil {
			l := p.Ledger.(*paying)
			l.book = books[i].Val()
			p.Reach = l.book.reach()
		}
	}
	return out, unreadable
}
