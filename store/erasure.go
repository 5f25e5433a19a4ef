package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"

	"echowall"
)

// erasureDoc is one order in the journal. It holds both ids of a person and is stored sealed only.
type erasureDoc struct {
	Person echowall.PersonID    `json:"person"`
	Author echowall.AuthorID    `json:"author"`
	Source echowall.EventSource `json:"source"`
}

// OrderErasure implements echowall.ErasureStore.
func (s *Store) OrderErasure(ctx context.Context, self echowall.Self, source echowall.EventSource) (string, error) {
	order := newOrder()
	text, err := json.Marshal(erasureDoc{self.Person, self.Author, source})
	if err != nil {
		return "", echowall.Errorf(echowall.KindInternal, "store: encode an erasure: %w", err)
	}
	return order, s.update(ctx, func(c *change) error {
		c.do("HSET", s.keys.erasures(), order, s.vault.seal(echowall.Recipient(order), echowall.OpenID(text)))
		return nil
	})
}

// newOrder draws the name of an order.
func newOrder() string {
	name := make([]byte, 9)
	rand.Read(name)
	return encode(name)
}

// OrderedErasures implements echowall.ErasureStore. One that cannot be opened is an error and does not keep the
// others back.
func (s *Store) OrderedErasures(ctx context.Context) ([]echowall.Erasing, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.erasures()).Result()
	if err != nil {
		return nil, wrap(err)
	}
	var out []echowall.Erasing
	var errs []error
	for order, sealed := range all {
		text, err := s.vault.open(echowall.Recipient(order), sealed)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var d erasureDoc
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			errs = append(errs, echowall.Errorf(echowall.KindInternal, "store: decode an erasure: %w", err))
			continue
		}
		out = append(out, echowall.Erasing{Order: order, Self: echowall.Self{Person: d.Person, Author: d.Author}, Source: d.Source})
	}
	return out, errors.Join(errs...)
}

// FinishErasure implements echowall.ErasureStore. Of two processes that finish one order at once, the second
// conflicts on the mark of the first and finds the order gone.
func (s *Store) FinishErasure(ctx context.Context, e echowall.Erasing, line echowall.AccessEntry) error {
	return s.update(ctx, func(c *change) error {
		open, err := s.rdb.HExists(ctx, s.keys.erasures(), e.Order).Result()
		if err != nil || !open {
			return wrap(err)
		}
		mark := s.keys.once("erasure " + e.Order)
		c.guard(mark, guardNothing, "")
		c.put("SET", mark, "1", "EX", "60")
		c.do("HDEL", s.keys.erasures(), e.Order)
		s.wantRewrite(c)
		s.appendAccess(c, line)
		if e.Source == echowall.FromClock { // what comes back with a backup is over its time again
			return nil
		}
		return s.rememberErasure(c, e)
	})
}

// ErasePerson implements echowall.ErasureStore. A turn that began before and commits after it conflicts and
// begins again as the turn of somebody new, so that nothing comes back.
func (s *Store) ErasePerson(ctx context.Context, self echowall.Self, leave func(context.Context) error) error {
	k := s.keys
	return s.update(ctx, func(c *change) error {
		if err := s.eraseDrafts(ctx, c, self.Person); err != nil {
			return err
		}
		// This takes the person off every index that goes by roles. The documents go last, whatever leave wrote.
		if err := leave(withChange(ctx, c)); err != nil {
			return err
		}
		c.do("SREM", k.people(), string(self.Person))
		for _, key := range []string{
			k.who(self.Person), k.conversation(self.Person), k.reach(self.Person), k.study(self.Person), k.contact(self.Author),
			k.tries(self.Person), k.loginCodeOf(self.Person),
			k.vault(echowall.Recipient(self.Person)), k.vault(echowall.Recipient(self.Author)),
		} {
			c.do("DEL", key)
		}
		return nil
	})
}

// eraseDrafts stages that the files go which only the drafts of a conversation hold. The conversation must not
// change meanwhile.
func (s *Store) eraseDrafts(ctx context.Context, c *change, p echowall.PersonID) error {
	key := s.keys.conversation(p)
	var talk echowall.Conversation
	version, err := s.loadOr(ctx, c, key, &talk)
	if err != nil {
		return err
	}
	c.guardVersion(key, version)
	for _, d := range []*echowall.Dialog{talk.Dialog, talk.Draft} {
		if d == nil {
			continue
		}
		for _, id := range mediaNamed(d.Data) {
			// What a wish or a lesson holds does not expire.
			kept, err := s.rdb.TTL(ctx, s.keys.media(id)).Result()
			if err != nil {
				return wrap(err)
			}
			if kept > 0 {
				s.dropMedia(c, id)
			}
		}
	}
	return nil
}

// mediaNamed lists what could be ids of stored files in the state of a dialog, whatever dialog it is.
func mediaNamed(state json.RawMessage) []string {
	var ids []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if len(v) == mediaIDLength {
				ids = append(ids, v)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	var v any
	if json.Unmarshal(state, &v) == nil { // what cannot be read cannot be taken up again either
		walk(v)
	}
	return ids
}

// EraseWishes implements echowall.ErasureStore.
func (s *Store) EraseWishes(ctx context.Context, a echowall.AuthorID, erase func(*echowall.Wish) error) error {
	index := s.keys.wishesBy(a)
	for {
		numbers, err := s.rdb.ZRange(ctx, index, 0, 99).Result()
		if err != nil || len(numbers) == 0 {
			return wrap(err)
		}
		for _, number := range numbers {
			err := s.update(ctx, func(c *change) error {
				c.do("ZREM", index, number)
				err := s.RetainWish(withChange(ctx, c), number, erase)
				if echowall.KindOf(err) == echowall.KindNotFound { // there is none, or no longer this author's
					return nil
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
}
