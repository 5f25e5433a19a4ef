package store

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// Person implements echowall.PeopleStore. Somebody unknown is a resident without roles.
func (s *Store) Person(ctx context.Context, p echowall.PersonID) (*echowall.Who, error) {
	w := &echowall.Who{Person: p}
	_, err := s.get(ctx, s.keys.who(p), w)
	if echowall.KindOf(err) == echowall.KindNotFound {
		return w, nil
	}
	if err != nil || w.Roster == "" {
		return w, err
	}
	d, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	w.Enrol(d)
	return w, nil
}

// UpdatePerson implements echowall.PeopleStore. The rule sees what is stored, without what the roster adds.
// KindConflict when the rule binds a line of the roster that somebody else is bound to.
func (s *Store) UpdatePerson(ctx context.Context, p echowall.PersonID, rule func(*echowall.Who) error) error {
	return s.update(ctx, func(c *change) error {
		w := echowall.Who{Person: p}
		key := s.keys.who(p)
		version, err := s.loadOr(ctx, c, key, &w)
		if err != nil {
			return err
		}
		before, line := slices.Clone(w.Grants), w.Roster
		if err := rule(&w); err != nil {
			return err
		}
		if w.Roster != line {
			if err := s.bind(ctx, c, p, line, w.Roster); err != nil {
				return err
			}
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
	ids, err := s.rdb.SMembers(ctx, s.keys.holders(g)).Result()
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]echowall.PersonID, len(ids))
	for i, id := range ids {
		out[i] = echowall.PersonID(id)
	}
	d, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if lines := d.Holders(g); len(lines) > 0 {
		bound, err := s.Bound(ctx, lines...)
		if err != nil {
			return nil, err
		}
		for _, p := range bound {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Bound returns who is bound to lines of the roster; lines to which nobody is are left out.
func (s *Store) Bound(ctx context.Context, lines ...echowall.RosterID) (map[echowall.RosterID]echowall.PersonID, error) {
	out := make(map[echowall.RosterID]echowall.PersonID, len(lines))
	for some := range slices.Chunk(lines, putAtOnce) {
		keys := make([]string, len(some))
		for i, id := range some {
			keys[i] = s.keys.bound(id)
		}
		found, err := s.rdb.MGet(ctx, keys...).Result()
		if err != nil {
			return nil, wrap(err)
		}
		for i, p := range found {
			if text, ok := p.(string); ok {
				out[some[i]] = echowall.PersonID(text)
			}
		}
	}
	return out, nil
}

// bind stages that p is bound to another line of the roster; either line may be "".
func (s *Store) bind(ctx context.Context, c *change, p echowall.PersonID, from, to echowall.RosterID) error {
	if from != "" {
		c.do("DEL", s.keys.bound(from))
		c.staged[s.keys.bound(from)] = ""
	}
	if to == "" {
		return nil
	}
	key := s.keys.bound(to)
	other, staged := c.staged[key]
	if !staged {
		var err error
		if other, err = s.rdb.Get(ctx, key).Result(); err != nil && !errors.Is(err, redis.Nil) {
			return wrap(err)
		}
		if other == "" {
			c.guard(key, "n", "")
		} else {
			c.guard(key, "t", other)
		}
	}
	if other != "" && other != string(p) {
		return echowall.Errorf(echowall.KindConflict, "store: somebody else is bound to this line of the roster")
	}
	c.do("SET", key, string(p))
	c.staged[key] = string(p)
	return nil
}
