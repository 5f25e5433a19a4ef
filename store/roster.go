package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// directoryDoc says which roster is in use. Its version is the roster's revision.
type directoryDoc struct {
	Generation string `json:"gen"`
	// Mark is drawn anew with every revision: a Redis that lost its last second counts to the same revision
	// again, with something else in it.
	Mark string `json:"mark"`
}

// rosterCache keeps the roster as it was last seen.
type rosterCache struct {
	reading sync.Mutex // one reader at a time; the others find what it brought
	seen    atomic.Pointer[seenRoster]
}

// seenRoster is a roster as it was read.
type seenRoster struct {
	pointer   string // the text of the directory document
	doc       directoryDoc
	directory *echowall.Directory
}

// emptyDirectory is the roster of an account into which nothing was imported yet.
var emptyDirectory = echowall.NewDirectory(new(echowall.Roster), 0)

// Directory implements echowall.RosterStore. Within a turn it is the roster as the turn found it, together
// with what the turn has staged.
func (s *Store) Directory(ctx context.Context) (*echowall.Directory, error) {
	c := changeOf(ctx)
	if c != nil && c.directory != nil {
		return c.directory, nil
	}
	pointer, err := s.rdb.Get(ctx, s.keys.directory()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, wrap(err)
	}
	return s.directoryAt(ctx, pointer)
}

// directoryAt returns the roster that pointer, the text of the directory document, stands for, or a newer one.
func (s *Store) directoryAt(ctx context.Context, pointer string) (*echowall.Directory, error) {
	if pointer == "" {
		return emptyDirectory, nil
	}
	if seen := s.roster.seen.Load(); seen != nil && seen.pointer == pointer {
		return seen.directory, nil
	}
	s.roster.reading.Lock()
	defer s.roster.reading.Unlock()
	seen := s.roster.seen.Load()
	if seen != nil && seen.pointer == pointer {
		return seen.directory, nil
	}
	seen, err := s.readRoster(ctx, seen)
	if err != nil {
		return nil, err
	}
	s.roster.seen.Store(seen)
	return seen.directory, nil
}

// Stations implements echowall.PeopleStore: those that are open, by id. The result is not to be changed.
func (s *Store) Stations(ctx context.Context) ([]echowall.Station, error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return open(d.Roster.Stations, func(x *echowall.Station) bool { return x.Closed }), nil
}

// Branches implements echowall.PeopleStore: those that are open, by id. The result is not to be changed.
func (s *Store) Branches(ctx context.Context) ([]echowall.Branch, error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return open(d.Roster.Branches, func(x *echowall.Branch) bool { return x.Closed }), nil
}

// open returns list itself as long as nothing in it is closed, which is nearly always.
func open[T any](list []T, closed func(*T) bool) []T {
	for i := range list {
		if !closed(&list[i]) {
			continue
		}
		out := append([]T(nil), list[:i]...)
		for j := i + 1; j < len(list); j++ {
			if !closed(&list[j]) {
				out = append(out, list[j])
			}
		}
		return out
	}
	return list
}
