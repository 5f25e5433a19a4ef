package store

import (
	"context"
	"strconv"
	"time"

	"echowall"
)

// loginKept is how long a ticket stays in Redis; the rule about its age is the domain's, by its own clock.
const loginKept = 2 * echowall.LoginKept

// loginCodeDoc is whom a six-digit code lets in.
type loginCodeDoc struct {
	Person echowall.PersonID `json:"person"`
	Made   time.Time         `json:"made"`
}

// PutLogin implements echowall.LoginStore.
func (s *Store) PutLogin(ctx context.Context, id string, t *echowall.LoginTicket) error {
	return s.update(ctx, func(c *change) error {
		return c.setDocFor(s.keys.login(id), 0, t, loginKept)
	})
}

// Login implements echowall.LoginStore.
func (s *Store) Login(ctx context.Context, id string) (*echowall.LoginTicket, error) {
	t := new(echowall.LoginTicket)
	if _, err := s.get(ctx, s.keys.login(id), t); err != nil {
		return nil, err
	}
	return t, nil
}

// UpdateLogin implements echowall.LoginStore.
func (s *Store) UpdateLogin(ctx context.Context, id string, rule func(*echowall.LoginTicket) error) error {
	return s.update(ctx, func(c *change) error {
		t := new(echowall.LoginTicket)
		version, err := s.load(ctx, c, s.keys.login(id), t)
		if err != nil {
			return err
		}
		if err := rule(t); err != nil {
			return err
		}
		return c.setDocFor(s.keys.login(id), version, t, loginKept)
	})
}

// TakeLogin implements echowall.LoginStore.
func (s *Store) TakeLogin(ctx context.Context, id string, take func(*echowall.LoginTicket) bool) (*echowall.LoginTicket, error) {
	var taken *echowall.LoginTicket
	err := s.update(ctx, func(c *change) error {
		t := new(echowall.LoginTicket)
		version, err := s.load(ctx, c, s.keys.login(id), t)
		if err != nil {
			return err
		}
		if !take(t) {
			return echowall.Errorf(echowall.KindConflict, "store: the log-in ticket is not to be taken")
		}
		c.guardVersion(s.keys.login(id), version)
		c.do("DEL", s.keys.login(id))
		taken = t
		return nil
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

// PutLoginCode implements echowall.LoginStore. Only a keyed hash of the code is stored. A code that another
// person holds at the same moment is KindConflict: odds of one in a million.
func (s *Store) PutLoginCode(ctx context.Context, code string, p echowall.PersonID) error {
	hash := s.ids.Code(code)
	return s.update(ctx, func(c *change) error {
		before, err := s.rdb.Get(ctx, s.keys.loginCodeOf(p)).Result()
		if err != nil && echowall.KindOf(wrap(err)) != echowall.KindNotFound {
			return wrap(err)
		}
		if before != "" {
			c.do("DEL", s.keys.loginCode(before))
		}
		c.do("SET", s.keys.loginCodeOf(p), hash, "EX", int(echowall.LoginCodeKept.Seconds()))
		return c.setDocFor(s.keys.loginCode(hash), 0, &loginCodeDoc{p, s.now().UTC()}, echowall.LoginCodeKept)
	})
}

// TakeLoginCode implements echowall.LoginStore.
func (s *Store) TakeLoginCode(ctx context.Context, code string) (echowall.PersonID, error) {
	var d loginCodeDoc
	err := s.update(ctx, func(c *change) error {
		key := s.keys.loginCode(s.ids.Code(code))
		version, err := s.load(ctx, c, key, &d)
		if err != nil {
			return err
		}
		if s.now().Sub(d.Made) > echowall.LoginCodeKept {
			return echowall.Errorf(echowall.KindNotFound, "store: the log-in code is too old")
		}
		c.guardVersion(key, version)
		c.do("DEL", key)
		c.do("DEL", s.keys.loginCodeOf(d.Person))
		return nil
	})
	return d.Person, err
}

// CountLogin implements echowall.LoginStore.
func (s *Store) CountLogin(ctx context.Context, what string, span time.Duration) (int, error) {
	key := s.keys.loginCount(what, s.span(span))
	pipe := s.rdb.TxPipeline()
	n := pipe.Incr(ctx, key)
	pipe.Expire(ctx, key, 2*span)
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, wrap(err)
	}
	return int(n.Val()), nil
}

// LoginCount implements echowall.LoginStore.
func (s *Store) LoginCount(ctx context.Context, what string, span time.Duration) (int, error) {
	n, err := s.rdb.Get(ctx, s.keys.loginCount(what, s.span(span))).Int()
	if echowall.KindOf(wrap(err)) == echowall.KindNotFound {
		return 0, nil
	}
	return n, wrap(err)
}

// span is the number of the span that runs now.
func (s *Store) span(d time.Duration) string {
	return strconv.FormatInt(s.now().Unix()/int64(d.Seconds()), 10)
}
