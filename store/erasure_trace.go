package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// erased are the people whose traces are looked for, by every id of theirs.
type erased struct {
	people     []echowall.Self
	recipients map[echowall.Recipient]bool
	states     []echowall.DebtState // of debts that are voided; none means all
}

func newErased(people []echowall.Self, states ...echowall.DebtState) *erased {
	e := &erased{people, make(map[echowall.Recipient]bool), states}
	for _, self := range people {
		for _, r := range self.Recipients() {
			e.recipients[r] = true
		}
	}
	return e
}

// owed reports whether a debt goes.
func (e *erased) owed(d *debtDoc) bool {
	return e.recipients[d.To] && (len(e.states) == 0 || slices.Contains(e.states, d.State))
}

// named reports whether a text that was stored may be about one of them.
func (e *erased) named(text string) bool {
	for r := range e.recipients {
		if strings.Contains(text, string(r)) {
			return true
		}
	}
	return false
}

// EraseTraces implements echowall.ErasureStore. It looks at every key once: debts and notices have no index by
// person, because nobody else needs one.
func (s *Store) EraseTraces(ctx context.Context, people ...echowall.Self) error {
	e := newErased(people)
	for _, self := range people {
		if err := s.EndSessions(ctx, self.Person, ""); err != nil {
			return err
		}
	}
	if err := s.eraseLate(ctx, e); err != nil {
		return err
	}
	if err := s.eraseNames(ctx, e); err != nil {
		return err
	}
	return s.update(ctx, func(c *change) error {
		for r := range e.recipients {
			c.do("DEL", s.keys.box(r))
			c.do("SREM", s.keys.reopened(), string(r))
		}
		return nil
	})
}

// EraseNames implements echowall.ErasureStore.
func (s *Store) EraseNames(ctx context.Context, people ...echowall.Self) error {
	return s.eraseNames(ctx, newErased(people, echowall.DebtDead))
}

// eraseNames goes through debts and notices.
func (s *Store) eraseNames(ctx context.Context, e *erased) error {
	return s.scan(ctx, func(keys []string) error {
		var debts, notices []string
		for _, key := range keys {
			switch name, id := s.keys.splitKey(key); name {
			case "debt":
				debts = append(debts, id)
			case "notice":
				notices = append(notices, id)
			}
		}
		if err := s.eraseDebts(ctx, e, debts); err != nil {
			return err
		}
		return s.eraseReceipts(ctx, e, notices)
	})
}

// eraseDebts voids those of some debts that are owed to erased people.
func (s *Store) eraseDebts(ctx context.Context, e *erased, ids []string) error {
	texts, err := s.texts(ctx, ids, s.keys.debt)
	if err != nil {
		return err
	}
	for i, text := range texts {
		if !e.named(text) {
			continue
		}
		id := ids[i]
		err := s.update(ctx, func(c *change) error {
			var d debtDoc
			key := s.keys.debt(id)
			version, err := s.loadOr(ctx, c, key, &d)
			if err != nil || !e.owed(&d) {
				return err
			}
			// Like any debt that is over it leaves a mark, which names nobody: a worker that holds the debt finds
			// it gone.
			mark := debtMark{State: echowall.DebtVoid, At: s.now().Unix()}
			if err := c.setDocFor(key, version, &mark, debtMarked); err != nil {
				return err
			}
			for _, index := range []string{s.keys.due(), s.keys.dead(), s.keys.unknown(), s.keys.box(d.To)} {
				c.do("ZREM", index, id)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseReceipts takes erased people off some notices: as somebody they went to, who confirmed, or who wrote them.
func (s *Store) eraseReceipts(ctx context.Context, e *erased, ids []string) error {
	texts, err := s.texts(ctx, ids, s.keys.notice)
	if err != nil {
		return err
	}
	for i, text := range texts {
		if !e.named(text) {
			continue
		}
		id := ids[i]
		err := s.update(ctx, func(c *change) error {
			var n echowall.Notice
			version, err := s.loadOr(ctx, c, s.keys.notice(id), &n)
			if err != nil || version == 0 {
				return err
			}
			for _, self := range e.people {
				n.Forget(self.Person)
				c.do("HDEL", s.keys.receipts(id), string(self.Person))
			}
			return c.setDoc(s.keys.notice(id), version, &n)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseLate drops the messages of erased people that were acknowledged and not worked on.
func (s *Store) eraseLate(ctx context.Context, e *erased) error {
	late, err := s.rdb.HGetAll(ctx, s.keys.late()).Result()
	if err != nil {
		return wrap(err)
	}
	for key, sealed := range late {
		payload, err := s.vault.open(echowall.Recipient(key), sealed)
		if err != nil {
			return err
		}
		var message struct{ From echowall.OpenID }
		if err := json.Unmarshal([]byte(payload), &message); err != nil {
			return echowall.Errorf(echowall.KindInternal, "store: a late message cannot be read: %w", err)
		}
		if !e.recipients[echowall.Recipient(s.ids.Person(message.From))] {
			continue
		}
		if err := s.DropDeferred(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// texts reads documents as they are stored, "" for what is not there.
func (s *Store) texts(ctx context.Context, ids []string, key func(string) string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	cmds := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		cmds[i] = pipe.Get(ctx, key(id))
	}
	if err := flush(ctx, pipe); err != nil {
		return nil, err
	}
	out := make([]string, len(ids))
	for i, cmd := range cmds {
		text, err := cmd.Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, wrap(err)
		}
		out[i] = text
	}
	return out, nil
}
