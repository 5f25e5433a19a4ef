package store

import (
	"context"
	"slices"
	"strings"

	"echowall"
)

// Conversation is what is remembered of talking with a person, empty when nothing is.
func (s *Store) Conversation(ctx context.Context, p echowall.PersonID) (*echowall.Conversation, error) {
	c := new(echowall.Conversation)
	if _, err := s.get(ctx, s.keys.conversation(p), c); err != nil && echowall.KindOf(err) != echowall.KindNotFound {
		return nil, err
	}
	return c, nil
}

// OwedTo implements echowall.MyDataStore. The queue has no index by recipient, so it is read through: some ten
// milliseconds for each thousand that wait.
func (s *Store) OwedTo(ctx context.Context, r echowall.Recipient) ([]echowall.Debt, error) {
	boxed, err := s.rdb.ZRange(ctx, s.keys.box(r), 0, -1).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out, err := s.debts(ctx, boxed, echowall.DebtBoxed)
	if err != nil {
		return nil, err
	}
	for _, index := range []string{s.keys.due(), s.keys.dead(), s.keys.unknown()} {
		ids, err := s.rdb.ZRange(ctx, index, 0, -1).Result()
		if err != nil {
			return nil, wrap(err)
		}
		for some := range slices.Chunk(ids, scanCount) {
			texts, err := s.texts(ctx, some, s.keys.debt)
			if err != nil {
				return nil, err
			}
			for _, text := range texts {
				if !strings.Contains(text, string(r)) {
					continue
				}
				var d debtDoc
				if _, err := unmarshalDoc(text, &d); err != nil {
					return nil, err
				}
				if d.To == r && d.State != echowall.DebtBoxed {
					out = append(out, d.Debt)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b echowall.Debt) int { return a.Created.Compare(b.Created) })
	return out, nil
}
