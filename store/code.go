package store

import (
	"context"
	"time"

	"echowall"
)

// triesKept is how long a count of wrong codes is kept: a little longer than it means anything.
const triesKept = echowall.TriesLock + time.Hour

// PutCode implements echowall.PeopleStore. Only a keyed hash of the code is stored.
func (s *Store) PutCode(ctx context.Context, code string, bc echowall.BindingCode, kept time.Duration) error {
	return s.update(ctx, func(c *change) error {
		hash := s.ids.Code(code)
		if bc.Roster != "" {
			if err := s.replaceCode(ctx, c, bc.Roster, hash, bc.Expires); err != nil {
				return err
			}
		}
		return c.setDocFor(s.keys.code(hash), 0, &bc, kept)
	})
}

// replaceCode stages that a line has an open code under hash and no other.
func (s *Store) replaceCode(ctx context.Context, c *change, line echowall.RosterID, hash string, expires time.Time) error {
	var b echowall.Binding
	key := s.keys.binding(line)
	version, err := s.loadOr(ctx, c, key, &b)
	if err != nil {
		return err
	}
	if b.Code != "" {
		c.do("DEL", s.keys.code(b.Code))
	}
	b.Code, b.Expires = hash, expires
	return c.setDoc(key, version, &b)
}

// Code implements echowall.PeopleStore. A step that has looked at a code depends on it: if somebody else uses it
// up before the step is done, the step runs again and finds none.
func (s *Store) Code(ctx context.Context, code string) (*echowall.BindingCode, error) {
	bc := new(echowall.BindingCode)
	key := s.keys.code(s.ids.Code(code))
	c := changeOf(ctx)
	if c == nil {
		_, err := s.get(ctx, key, bc)
		return bc, err
	}
	if _, known := c.staged[key]; !known {
		text, err := s.rdb.Get(ctx, key).Result()
		if err != nil {
			return nil, wrap(err)
		}
		c.staged[key] = text
	}
	version, err := s.load(ctx, c, key, bc)
	if err != nil {
		return nil, err
	}
	c.guardVersion(key, version)
	return bc, nil
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

// UpdateTries implements echowall.PeopleStore. Also a count that stays zero is guarded: of a right code and a
// fifth wrong one at the same time, one comes first.
func (s *Store) UpdateTries(ctx context.Context, p echowall.PersonID, rule func(*echowall.Tries) error) error {
	return s.update(ctx, func(c *change) error {
		var t echowall.Tries
		key := s.keys.tries(p)
		version, err := s.loadOr(ctx, c, key, &t)
		if err != nil {
			return err
		}
		before := t
		if err := rule(&t); err != nil {
			return err
		}
		return setOrDrop(c, key, version, before, t, triesKept)
	})
}

// setOrDrop stages a document that was read as before, or its end when it has become zero.
func setOrDrop[T comparable](c *change, key string, version int, before, after T, kept time.Duration) error {
	var zero T
	switch {
	case after == before:
		c.guardVersion(key, version)
	case after == zero:
		c.guardVersion(key, version)
		c.do("DEL", key)
	default:
		return c.setDocFor(key, version, &after, kept)
	}
	return nil
}
