package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// SessionKind tells the sessions of console and phone pages apart.
type SessionKind string

// The kinds of session.
const (
	ConsoleSession SessionKind = "desk"
	PhoneSession   SessionKind = "phone"
)

// sessionEnded stands in the place of a session that was ended, so that a request that still runs with it
// does not write it back.
const sessionEnded = "-"

// commitSessionScript writes a session unless it was ended meanwhile.
//
//	KEYS  1 session, 2 sessions
//	ARGV  1 sealed, 2 milliseconds to keep, 3 member, 4 when it ends (unix s), 5 now (unix s)
//	result 1 when written
var commitSessionScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == '-' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if KEYS[2] then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
  local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
  redis.call('EXPIREAT', KEYS[2], last[2])
end
return 1
`)

// Sessions is where one kind of session is kept. It implements the interfaces CtxStore and Store of
// alexedwards/scs for a manager that hashes its tokens; values are sealed and written by SessionCodec.
type Sessions struct {
	s    *Store
	kind SessionKind
}

// SessionsOf returns the sessions of one kind.
func (s *Store) SessionsOf(kind SessionKind) *Sessions { return &Sessions{s, kind} }

// FindCtx implements scs.CtxStore.
func (x *Sessions) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	id := x.id(hash)
	sealed, err := x.s.rdb.Get(ctx, x.s.keys.session(id)).Result()
	if errors.Is(err, redis.Nil) || sealed == sessionEnded {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, wrap(err)
	}
	value, err := x.s.vault.open(sessionName(id), sealed)
	if err != nil {
		return nil, false, err
	}
	return []byte(value), true, nil
}

// CommitCtx implements scs.CtxStore.
func (x *Sessions) CommitCtx(ctx context.Context, hash string, value []byte, expiry time.Time) error {
	kept := time.Until(expiry) // scs counts by the machine's clock
	if kept <= 0 {
		return nil
	}
	id := x.id(hash)
	var doc sessionDoc
	if err := json.Unmarshal(value, &doc); err != nil {
		return echowall.Errorf(echowall.KindInternal, "store: session: %w", err)
	}
	keys := []string{x.s.keys.session(id)}
	if doc.Session.Person != "" {
		keys = append(keys, x.s.keys.sessions(doc.Session.Person))
	}
	now := time.Now()
	return wrap(x.s.run(ctx, commitSessionScript, keys, x.s.vault.seal(sessionName(id), echowall.OpenID(value)),
		kept.Milliseconds()+1, id, strconv.FormatInt(now.Add(kept).Unix()+1, 10), strconv.FormatInt(now.Unix(), 10)).Err())
}

// DeleteCtx implements scs.CtxStore.
func (x *Sessions) DeleteCtx(ctx context.Context, hash string) error {
	return wrap(x.s.rdb.Set(ctx, x.s.keys.session(x.id(hash)), sessionEnded, endedKept).Err())
}

// Find implements scs.Store, which scs asks for and does not use.
func (x *Sessions) Find(hash string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), hash)
}

// Commit implements scs.Store.
func (x *Sessions) Commit(hash string, value []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), hash, value, expiry)
}

// Delete implements scs.Store.
func (x *Sessions) Delete(hash string) error { return x.DeleteCtx(context.Background(), hash) }

func (x *Sessions) id(hash string) string { return string(x.kind) + ":" + hash }

// sessionName is what a sealed session is bound to.
func sessionName(id string) echowall.Recipient { return echowall.Recipient("session " + id) }

// endedKept outlasts every request that may still be running with an ended session.
const endedKept = 15 * time.Minute

// sessionDoc is what SessionCodec writes.
type sessionDoc struct {
	Session echowall.Session `json:"session"`
}

// Sessions implements echowall.SessionStore.
func (s *Store) Sessions(ctx context.Context, p echowall.PersonID) ([]echowall.OpenSession, error) {
	ids, err := s.rdb.ZRange(ctx, s.keys.sessions(p), 0, -1).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrap(err)
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.keys.session(id)
	}
	values, err := s.rdb.MGet(ctx, names...).Result()
	if err != nil {
		return nil, wrap(err)
	}
	var out []echowall.OpenSession
	for i, v := range values {
		sealed, ok := v.(string)
		if !ok || sealed == sessionEnded {
			continue
		}
		value, err := s.vault.open(sessionName(ids[i]), sealed)
		if err != nil {
			return nil, err
		}
		var doc sessionDoc
		if err := json.Unmarshal([]byte(value), &doc); err != nil {
			return nil, echowall.Errorf(echowall.KindInternal, "store: session: %w", err)
		}
		if doc.Session.Person == p { // a browser may have logged in as somebody else since
			out = append(out, echowall.OpenSession{ID: ids[i], Session: doc.Session})
		}
	}
	slices.SortFunc(out, func(a, b echowall.OpenSession) int {
		if c := b.Since.Compare(a.Since); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

// EndSession implements echowall.SessionStore.
func (s *Store) EndSession(ctx context.Context, p echowall.PersonID, id string) error {
	return s.endSessions(ctx, p, func(x string) bool { return x == id })
}

// EndSessions implements echowall.SessionStore.
func (s *Store) EndSessions(ctx context.Context, p echowall.PersonID, except string) error {
	return s.endSessions(ctx, p, func(x string) bool { return x != except })
}

// EndConsole implements echowall.SessionEnder.
func (s *Store) EndConsole(ctx context.Context, p echowall.PersonID) error {
	return s.endSessions(ctx, p, func(x string) bool { return strings.HasPrefix(x, string(ConsoleSession)+":") })
}

func (s *Store) endSessions(ctx context.Context, p echowall.PersonID, which func(id string) bool) error {
	return s.update(ctx, func(c *change) error {
		ids, err := s.rdb.ZRange(ctx, s.keys.sessions(p), 0, -1).Result()
		if err != nil {
			return wrap(err)
		}
		for _, id := range ids {
			if which(id) {
				c.do("SET", s.keys.session(id), sessionEnded, "EX", int(endedKept.Seconds()))
				c.do("ZREM", s.keys.sessions(p), id)
			}
		}
		return nil
	})
}
