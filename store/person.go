package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"echowall"
)

// Person implements echowall.PeopleStore. Somebody unknown is a resident without roles.
func (s *Store) Person(ctx context.Context, p echowall.PersonID) (*echowall.Who, error) {
	w := &echowall.Who{Person: p}
	_, err := s.get(ctx, s.keys.who(p), w)
	if echowall.KindOf(err) == echowall.KindNotFound {
		return w, nil
	}
	return w, err
}

// UpdatePerson implements echowall.PeopleStore.
func (s *Store) UpdatePerson(ctx context.Context, p echowall.PersonID, rule func(*echowall.Who) error) error {
	return s.update(ctx, func(c *change) error {
		w := echowall.Who{Person: p}
		key := s.keys.who(p)
		version, err := s.loadOr(ctx, c, key, &w)
		if err != nil {
			return err
		}
		before := slices.Clone(w.Grants)
		if err := rule(&w); err != nil {
			return err
		}
		if err := c.setDoc(key, version, &w); err != nil {
			return err
		}
		c.do("SADD", s.keys.people(), string(p))
		for _, g := range before {
			if !slices.Contains(w.Grants, g) {
				c.do("SREM", s.keys.holders(g), string(p))
			}
		}
		for _, g := range w.Grants {
			if !slices.Contains(before, g) {
				c.do("SADD", s.keys.holders(g), string(p))
			}
		}
		return nil
	})
}

// HoldersOf implements echowall.StudyStore and echowall.NoticeStore; sorted, so that callers can go on
// where they stopped.
func (s *Store) HoldersOf(ctx context.Context, g echowall.Grant) ([]echowall.PersonID, error) {
	ids, err := s.pipe.SMembers(ctx, s.keys.holders(g)).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]echowall.PersonID, len(ids))
	for i, id := range ids {
		out[i] = echowall.PersonID(id)
	}
	slices.Sort(out)
	return out, nil
}

// PutCode implements echowall.PeopleStore. Only a keyed hash of the code is stored.
func (s *Store) PutCode(ctx context.Context, code string, bc echowall.BindingCode, kept time.Duration) error {
	return s.update(ctx, func(c *change) error {
		return c.setDocFor(s.keys.code(s.ids.Code(code)), 0, &bc, kept)
	})
}

// TakeCode implements echowall.PeopleStore. Of two people who type one code at once, one gets it.
func (s *Store) TakeCode(ctx context.Context, code string) (*echowall.BindingCode, error) {
	var bc echowall.BindingCode
	err := s.update(ctx, func(c *change) error {
		key := s.keys.code(s.ids.Code(code))
		version, err := s.load(ctx, c, key, &bc)
		if err != nil {
			return err
		}
		c.guardVersion(key, version)
		c.do("DEL", key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &bc, nil
}

// PutStations adds or replaces stations by id.
func (s *Store) PutStations(ctx context.Context, list ...echowall.Station) error {
	return putAll(ctx, s, s.keys.stations(), list, func(x echowall.Station) string { return string(x.ID) })
}

// PutBranches adds or replaces branches by id.
func (s *Store) PutBranches(ctx context.Context, list ...echowall.Branch) error {
	return putAll(ctx, s, s.keys.branches(), list, func(x echowall.Branch) string { return string(x.ID) })
}

// Stations implements echowall.PeopleStore, by id.
func (s *Store) Stations(ctx context.Context) ([]echowall.Station, error) {
	return getAll(ctx, s, s.keys.stations(), func(x echowall.Station) string { return string(x.ID) })
}

// Branches implements echowall.PeopleStore, by id.
func (s *Store) Branches(ctx context.Context) ([]echowall.Branch, error) {
	return getAll(ctx, s, s.keys.branches(), func(x echowall.Branch) string { return string(x.ID) })
}

// putAtOnce keeps a command below the 8,000 words or so that a script can pass on.
const putAtOnce = 1000

func putAll[T any](ctx context.Context, s *Store, key string, list []T, id func(T) string) error {
	if len(list) == 0 {
		return nil
	}
	return s.update(ctx, func(c *change) error {
		for some := range slices.Chunk(list, putAtOnce) {
			words := make([]any, 0, 2*len(some))
			for _, x := range some {
				text, err := json.Marshal(x)
				if err != nil {
					return echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", x, err)
				}
				words = append(words, id(x), string(text))
			}
			c.do("HSET", key, words...)
		}
		return nil
	})
}

func getAll[T any](ctx context.Context, s *Store, key string, id func(T) string) ([]T, error) {
	docs, err := s.pipe.HGetAll(ctx, key).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]T, 0, len(docs))
	for _, text := range docs {
		var x T
		if err := json.Unmarshal([]byte(text), &x); err != nil {
			return nil, echowall.Errorf(echowall.KindInternal, "store: decode %T: %w", x, err)
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b T) int { return strings.Compare(id(a), id(b)) })
	return out, nil
}
