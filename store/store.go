package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// Config says where the data lives and whose it is.
type Config struct {
	// URL of Redis; see dial in url.go for the forms.
	URL string
	// Account names the official account; every key carries it. Required.
	Account string
	// Secret is the service's key (32 bytes or more): ids and the vault depend on it.
	Secret []byte
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Store is one account's data. It is safe for use by many goroutines.
type Store struct {
	rdb    redis.UniversalClient
	gather gatherer
	keys   keys
	ids    echowall.Identifier
	vault  vault
	now    func() time.Time
	nums   numbers

	straight straightened
	met      acquaintances

	roster rosterCache
	queues queueMemory

	chaining chan struct{} // held by the one change that numbers lines of the access log

	batcher batcher
}

// Open connects and checks that Redis answers. It starts nothing that outlives Close.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Account == "" || strings.ContainsAny(c.Account, "{}: ") {
		return nil, echowall.Errorf(echowall.KindInvalid, "store: account name %q must be non-empty, without braces, colons and spaces", c.Account)
	}
	if len(c.Secret) < 32 {
		return nil, echowall.Errorf(echowall.KindInvalid, "store: the secret key has %d bytes, at least 32 are needed", len(c.Secret))
	}
	rdb, err := dial(c.URL)
	if err != nil {
		return nil, err
	}
	if err := rdb.Ping(ctx).Err(); err != nil {
		rdb.Close()
		return nil, fmt.Errorf("store: Redis does not answer: %w", wrap(err))
	}
	v, err := newVault(c.Secret, c.Account)
	if err != nil {
		rdb.Close()
		return nil, err
	}
	s := &Store{
		rdb:   rdb,
		keys:  newKeys(c.Account),
		ids:   echowall.NewIdentifier(c.Secret, c.Account),
		vault: v,
		now:   c.Now,

		queues:   newQueueMemory(),
		chaining: make(chan struct{}, 1),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.gather, err = newGatherer(rdb); err != nil {
		rdb.Close()
		return nil, fmt.Errorf("store: %w", err)
	}
	return s, nil
}

// Close gives the connections back.
func (s *Store) Close() error { return s.rdb.Close() }

// Redis is the connection itself, for the parts that bring their own keys (task queue, token cache).
func (s *Store) Redis() redis.UniversalClient { return s.rdb }

// KeyPrefix is what every key of this account starts with.
func (s *Store) KeyPrefix() string { return s.keys.prefix }

// Identifier derives ids from openids with this store's secret.
func (s *Store) Identifier() echowall.Identifier { return s.ids }

// Ping reports whether Redis answers.
func (s *Store) Ping(ctx context.Context) error { return wrap(s.rdb.Ping(ctx).Err()) }

// wrap gives errors of Redis the kind that says what to do: everything that means "cannot reach or use
// Redis now" is KindUnavailable; redis.Nil is KindNotFound.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	var known *echowall.Error
	if errors.As(err, &known) {
		return err
	}
	var neterr net.Error
	var reply redis.Error
	switch {
	case errors.Is(err, redis.Nil):
		return &echowall.Error{Kind: echowall.KindNotFound, Err: err}
	case errors.As(err, &reply):
		for _, p := range []string{"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "OOM", "NOREPLICAS"} {
			if strings.HasPrefix(reply.Error(), p) {
				return &echowall.Error{Kind: echowall.KindUnavailable, Err: err}
			}
		}
		return &echowall.Error{Kind: echowall.KindInternal, Err: err}
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &neterr), errors.Is(err, context.DeadlineExceeded):
		return &echowall.Error{Kind: echowall.KindUnavailable, Err: err}
	}
	return &echowall.Error{Kind: echowall.KindUnavailable, Err: err}
}
