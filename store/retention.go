package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// EachHeld implements echowall.RetentionStore. It looks at every key once.
func (s *Store) EachHeld(ctx context.Context, f func(echowall.Held) error) error {
	return s.scan(ctx, func(keys []string) error {
		var numbers []string
		var people []echowall.PersonID
		h := echowall.Held{Authors: make(map[echowall.AuthorID][]*echowall.Wish)}
		for _, key := range keys {
			switch name, id := s.keys.splitKey(key); name {
			case "wish":
				numbers = append(numbers, id)
			case "reach":
				people = append(people, echowall.PersonID(id))
			case "vault", "contact":
				if len(id) > 0 && id[0] == 'a' {
					h.Authors[echowall.AuthorID(id)] = nil
				}
			}
		}
		var err error
		if h.Wishes, err = s.wishesOf(ctx, numbers); err != nil {
			return err
		}
		if err := s.allWishes(ctx, h.Authors); err != nil {
			return err
		}
		if h.Left, err = s.left(ctx, people); err != nil {
			return err
		}
		return f(h)
	})
}

// allWishes reads the wishes of some authors in two round trips.
func (s *Store) allWishes(ctx context.Context, authors map[echowall.AuthorID][]*echowall.Wish) error {
	if len(authors) == 0 {
		return nil
	}
	pipe := s.rdb.Pipeline()
	lists := make(map[echowall.AuthorID]*redis.StringSliceCmd, len(authors))
	for a := range authors {
		lists[a] = pipe.ZRange(ctx, s.keys.wishesBy(a), 0, -1)
	}
	if err := flush(ctx, pipe); err != nil {
		return err
	}
	var numbers []string
	for _, l := range lists {
		numbers = append(numbers, l.Val()...)
	}
	for some := range slices.Chunk(numbers, exportBatch) {
		wishes, err := s.wishesOf(ctx, some)
		if err != nil {
			return err
		}
		for _, w := range wishes {
			if _, asked := authors[w.Author]; asked {
				authors[w.Author] = append(authors[w.Author], w)
			}
		}
	}
	return nil
}

// left tells who of some people stopped following, and when.
func (s *Store) left(ctx context.Context, people []echowall.PersonID) (map[echowall.PersonID]time.Time, error) {
	if len(people) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	books := make([]*redis.SliceCmd, len(people))
	for i, p := range people {
		books[i] = pipe.HMGet(ctx, s.keys.reach(p), "f", "ft")
	}
	if err := flush(ctx, pipe); err != nil {
		return nil, err
	}
	out := make(map[echowall.PersonID]time.Time)
	for i, p := range people {
		b := make(book)
		for n, name := range []string{"f", "ft"} {
			b[name], _ = books[i].Val()[n].(string)
		}
		if r := b.reach(); !r.Following && !r.Left.IsZero() {
			out[p] = r.Left
		}
	}
	return out, nil
}

// Owing implements echowall.RetentionStore.
func (s *Store) Owing(ctx context.Context) (map[echowall.Recipient]bool, error) {
	out := make(map[echowall.Recipient]bool)
	err := s.scan(ctx, func(keys []string) error {
		for _, key := range keys {
			if name, id := s.keys.splitKey(key); name == "box" {
				out[echowall.Recipient(id)] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, index := range []string{s.keys.due(), s.keys.unknown()} {
		ids, err := s.rdb.ZRange(ctx, index, 0, -1).Result()
		if err != nil {
			return nil, wrap(err)
		}
		for some := range slices.Chunk(ids, scanCount) {
			debts, err := s.debts(ctx, some, echowall.DebtOwed, echowall.DebtSending, echowall.DebtBoxed, echowall.DebtUnknown)
			if err != nil {
				return nil, err
			}
			for _, d := range debts {
				out[d.To] = true
			}
		}
	}
	return out, nil
}

// RetainWish implements echowall.RetentionStore.
func (s *Store) RetainWish(ctx context.Context, number string, rule func(*echowall.Wish) error) error {
	return s.update(ctx, func(c *change) error {
		return s.UpdateWish(withChange(ctx, c), number, func(w *echowall.Wish) error {
			files, author := w.Media, w.Author
			if err := rule(w); err != nil {
				return err
			}
			for _, id := range files {
				if !slices.Contains(w.Media, id) {
					s.dropMedia(c, id)
				}
			}
			if w.Author == "" {
				c.do("ZREM", s.keys.wishesBy(author), number)
			}
			s.wantRewrite(c)
			return nil
		})
	})
}

// SelfOf implements echowall.RetentionStore.
func (s *Store) SelfOf(ctx context.Context, r echowall.Recipient) (echowall.Self, error) {
	sealed, err := s.rdb.Get(ctx, s.keys.vault(r)).Result()
	if err != nil {
		return echowall.Self{}, wrap(err)
	}
	o, err := s.vault.open(r, sealed)
	return echowall.Self{Person: s.ids.Person(o), Author: s.ids.Author(o)}, err
}

// AllWishesBy implements echowall.RetentionStore.
func (s *Store) AllWishesBy(ctx context.Context, a echowall.AuthorID) (list []*echowall.Wish, err error) {
	err = s.update(ctx, func(c *change) error {
		list = list[:0]
		numbers, err := s.rdb.ZRange(ctx, s.keys.wishesBy(a), 0, -1).Result()
		if err != nil {
			return wrap(err)
		}
		for _, number := range numbers {
			w := new(echowall.Wish)
			version, err := s.loadOr(ctx, c, s.keys.wish(number), w)
			if err != nil {
				return err
			}
			if version == 0 {
				continue
			}
			c.guardVersion(s.keys.wish(number), version)
			list = append(list, w)
		}
		return nil
	})
	return list, err
}

// ForgetAuthor implements echowall.RetentionStore. A turn of the author that took it for granted that the vault
// knows the author conflicts, because what it read of the person is another text now.
func (s *Store) ForgetAuthor(ctx context.Context, a echowall.AuthorID, agree func(context.Context) error, line echowall.AccessEntry) error {
	k := s.keys
	return s.update(ctx, func(c *change) error {
		sealed, err := s.rdb.Get(ctx, k.vault(echowall.Recipient(a))).Result()
		switch {
		case errors.Is(err, redis.Nil): // a phone number only
			c.guard(k.vault(echowall.Recipient(a)), guardNothing, "")
		case err != nil:
			return wrap(err)
		default:
			c.guard(k.vault(echowall.Recipient(a)), guardText, sealed)
			o, err := s.vault.open(echowall.Recipient(a), sealed)
			if err != nil {
				return err
			}
			if err := s.disturb(ctx, c, o); err != nil {
				return err
			}
		}
		if err := agree(withChange(ctx, c)); err != nil {
			return err
		}
		c.put("DEL", k.vault(echowall.Recipient(a)))
		c.put("DEL", k.contact(a))
		s.wantRewrite(c)
		s.appendAccess(c, line)
		return nil
	})
}

// disturb stages that a turn of somebody conflicts that runs at this moment, and makes the change conflict with
// turns that end before it.
func (s *Store) disturb(ctx context.Context, c *change, o echowall.OpenID) error {
	p := s.ids.Person(o)
	key := s.keys.conversation(p)
	var talk echowall.Conversation
	version, err := s.loadOr(ctx, c, key, &talk)
	if err != nil {
		return err
	}
	c.guardVersion(key, version)
	if version > 0 {
		text, err := marshalDoc(version+1, &talk)
		if err != nil {
			return err
		}
		c.put("SET", key, text, "KEEPTTL")
		return nil
	}
	own := s.keys.vault(echowall.Recipient(p))
	sealed, err := s.rdb.Get(ctx, own).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return wrap(err)
	}
	c.guard(own, guardText, sealed)
	c.put("SET", own, s.vault.seal(echowall.Recipient(p), o))
	return nil
}
