package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// rebindKept is how long a proposal is kept: longer than it stands, so that the clock of the service decides.
const rebindKept = echowall.RebindKept + time.Hour

// InOneStep implements echowall.PeopleStore. Outside of turns, which the engine runs again, f runs again when two of
// the things it read do not fit together because somebody changed them in between.
func (s *Store) InOneStep(ctx context.Context, f func(context.Context) error) error {
	if changeOf(ctx) != nil {
		return f(ctx)
	}
	const tries = 8
	var err error
	for range tries {
		err = s.update(ctx, func(c *change) error { return f(withChange(ctx, c)) })
		var e *echowall.Error
		if !errors.As(err, &e) || e.Kind != echowall.KindConflict || e.Key != "" {
			return err
		}
	}
	return err
}

// Binding implements echowall.PeopleStore.
func (s *Store) Binding(ctx context.Context, line echowall.RosterID) (*echowall.Binding, error) {
	b := new(echowall.Binding)
	if _, err := s.get(ctx, s.keys.binding(line), b); err != nil && echowall.KindOf(err) != echowall.KindNotFound {
		return nil, err
	}
	if c := changeOf(ctx); c != nil {
		if p, staged := c.staged[s.keys.bound(line)]; staged {
			b.Person = echowall.PersonID(p)
			return b, nil
		}
	}
	p, err := s.rdb.Get(ctx, s.keys.bound(line)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, wrap(err)
	}
	b.Person = echowall.PersonID(p)
	return b, nil
}

// UpdateBinding implements echowall.PeopleStore. The rule does not see who is bound. The document is written
// even when nothing in it changes.
func (s *Store) UpdateBinding(ctx context.Context, line echowall.RosterID, rule func(*echowall.Binding) error) error {
	return s.update(ctx, func(c *change) error {
		var b echowall.Binding
		key := s.keys.binding(line)
		version, err := s.loadOr(ctx, c, key, &b)
		if err != nil {
			return err
		}
		if err := rule(&b); err != nil {
			return err
		}
		return c.setDoc(key, version, &b)
	})
}

// UpdateRebinding implements echowall.PeopleStore.
func (s *Store) UpdateRebinding(ctx context.Context, line echowall.RosterID, rule func(*echowall.Rebinding) error) error {
	return s.update(ctx, func(c *change) error {
		var r echowall.Rebinding
		key := s.keys.rebind(line)
		version, err := s.loadOr(ctx, c, key, &r)
		if err != nil {
			return err
		}
		before := r
		if err := rule(&r); err != nil {
			return err
		}
		return setOrDrop(c, key, version, before, r, rebindKept)
	})
}

// ForgetDialog implements echowall.PeopleStore.
func (s *Store) ForgetDialog(ctx context.Context, p echowall.PersonID) error {
	if o, ok := authorOf(ctx); ok && s.ids.Person(o) == p {
		return nil
	}
	return s.update(ctx, func(c *change) error {
		var conv echowall.Conversation
		key := s.keys.conversation(p)
		version, err := s.loadOr(ctx, c, key, &conv)
		if err != nil {
			return err
		}
		// Written even when nothing is open: a turn of this person that runs now has to run again.
		conv.Dialog, conv.Draft = nil, nil
		return c.setDocFor(key, version, &conv, conversationKept)
	})
}
