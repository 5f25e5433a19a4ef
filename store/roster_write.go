package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

const (
	// putAtOnce keeps a command below the 8,000 words or so that a script can pass on.
	putAtOnce = 1000

	// buildKept is how long a generation stays that was not taken into use: what an import leaves that
	// crashed goes away by itself.
	buildKept = time.Hour

	// Who is further behind than the log of changes reads the whole roster.
	logKept    = 64  // changes
	logEntries = 200 // entries in one change; one with more empties the log
)

// rosterChange is one entry of the log of changes.
type rosterChange struct {
	After string              `json:"after"` // mark of the revision before
	IDs   map[string][]string `json:"ids"`   // what was written, by family
}

// ChangeRoster implements echowall.RosterStore. Within a turn the change becomes visible with the turn.
func (s *Store) ChangeRoster(ctx context.Context, rule func(*echowall.Directory) (*echowall.Roster, error)) error {
	return s.update(ctx, func(c *change) error {
		d, err := s.Directory(ctx)
		if err != nil {
			return err
		}
		entries, err := rule(d)
		if err != nil || entries == nil {
			return err
		}
		var doc directoryDoc
		version, err := s.loadOr(ctx, c, s.keys.directory(), &doc)
		if err != nil {
			return err
		}
		if int64(version) != d.Revision {
			// The turn was begun before the last change, or another process is faster: with a guard that
			// cannot hold the change runs again.
			version = int(d.Revision)
		}
		if doc.Generation == "" {
			doc.Generation = newMark()
		}
		after, err := s.stageEntries(c, d, doc, entries)
		if err != nil || after == nil {
			return err
		}
		doc.Mark = newMark()
		if err := c.setDoc(s.keys.directory(), version, &doc); err != nil {
			return err
		}
		if changeOf(ctx) != nil { // what follows in the turn sees it
			c.directory = echowall.NewDirectory(after, d.Revision+1)
		}
		return nil
	})
}

// stageEntries stages the writing of entries into the generation in use and returns the roster with them, nil
// when there is nothing to write.
func (s *Store) stageEntries(c *change, d *echowall.Directory, in directoryDoc, entries *echowall.Roster) (*echowall.Roster, error) {
	r := *d.Roster
	log := rosterChange{After: in.Mark, IDs: make(map[string][]string)}
	total := 0
	for _, p := range rosterParts {
		texts := make(map[string]string, p.count(entries))
		var words []any
		err := p.eachText(entries, func(id, text string) error {
			texts[id] = text
			words = append(words, id, text)
			log.IDs[p.name] = append(log.IDs[p.name], id)
			total++
			return nil
		})
		if err != nil {
			return nil, err
		}
		for some := range slices.Chunk(words, 2*putAtOnce) {
			c.do("HSET", p.key(s.keys, in.Generation), some...)
		}
		if len(texts) > 0 {
			if err := p.put(&r, texts); err != nil {
				return nil, err
			}
		}
	}
	if total == 0 {
		return nil, nil
	}
	if total > logEntries {
		c.do("DEL", s.keys.directoryLog())
	} else {
		text, err := json.Marshal(log)
		if err != nil {
			return nil, echowall.Errorf(echowall.KindInternal, "store: encode a change of the roster: %w", err)
		}
		c.do("LPUSH", s.keys.directoryLog(), string(text))
		c.do("LTRIM", s.keys.directoryLog(), 0, logKept-1)
	}
	return &r, nil
}

// flipScript takes a generation into use if it is complete and nobody changed the roster meanwhile.
//
//	KEYS  1 directory, 2 log of changes, then the hashes of the new generation, then those of the old one
//	ARGV  1 version that the directory has now (0: none), 2 its new text, 3 number of hashes of a generation,
//	      then the number of entries in each
//	result 1 when it is in use (now, or since the script was sent before), 0 when the roster has changed,
//	       -1 when entries are missing
var flipScript = redis.NewScript(`
local now = redis.call('GET', KEYS[1])
if now == ARGV[2] then return 1 end
local version = '0'
if now then version = string.match(string.sub(now, 1, 24), '^{"v":(%d+)') end
if version ~= ARGV[1] then return 0 end
local parts = tonumber(ARGV[3])
for i = 1, parts do
  if redis.call('HLEN', KEYS[2+i]) ~= tonumber(ARGV[3+i]) then return -1 end
end
for i = 1, parts do redis.call('PERSIST', KEYS[2+i]) end
for i = 3 + parts, #KEYS do redis.call('UNLINK', KEYS[i]) end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2])
return 1
`)

// ReplaceRoster implements echowall.RosterStore. The new roster is written beside the old one in steps that
// do not keep Redis from other work, and taken into use in one. It does not wait for a turn's commit.
func (s *Store) ReplaceRoster(ctx context.Context, base int64, r *echowall.Roster) error {
	var doc directoryDoc
	version, err := s.loadOr(ctx, newChange(), s.keys.directory(), &doc)
	if err != nil {
		return err
	}
	if int64(version) != base {
		return errRosterMoved()
	}
	gen := newMark()
	fresh := s.keys.rosterKeys(gen)
	unused := true
	defer func() {
		if unused { // else it would go away in an hour
			_ = s.rdb.Unlink(context.WithoutCancel(ctx), fresh...).Err()
		}
	}()
	argv := []any{version, "", len(rosterParts)}
	if argv[1], err = marshalDoc(version+1, directoryDoc{gen, newMark()}); err != nil {
		return err
	}
	for i, p := range rosterParts {
		if err := s.build(ctx, p, fresh[i], r); err != nil {
			return err
		}
		argv = append(argv, p.count(r))
	}
	keys := append([]string{s.keys.directory(), s.keys.directoryLog()}, fresh...)
	if doc.Generation != "" {
		keys = append(keys, s.keys.rosterKeys(doc.Generation)...)
	}
	done, err := s.run(ctx, flipScript, keys, argv...).Int()
	unused = err == nil && done < 1 // after an error nobody knows whether it is in use
	switch {
	case err != nil:
		return wrap(err)
	case done == 0:
		return errRosterMoved()
	case done < 0:
		return echowall.Errorf(echowall.KindUnavailable, "store: Redis lost a part of the new roster while it was written; the old one is still in use, import again")
	}
	return nil
}

// build writes one part of a roster into a hash that expires.
func (s *Store) build(ctx context.Context, p rosterPart, key string, r *echowall.Roster) error {
	words := make([]any, 0, 2*putAtOnce)
	write := func() error {
		if len(words) == 0 {
			return nil
		}
		pipe := s.rdb.Pipeline()
		pipe.HSet(ctx, key, words...)
		pipe.Expire(ctx, key, buildKept)
		words = words[:0]
		return flush(ctx, pipe)
	}
	err := p.eachText(r, func(id, text string) error {
		if words = append(words, id, text); len(words) == cap(words) {
			return write()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return write()
}

func errRosterMoved() error {
	return echowall.Errorf(echowall.KindConflict, "store: somebody else changed the roster meanwhile")
}

// newMark is a name that nothing else has.
func newMark() string {
	token := make([]byte, 9)
	rand.Read(token)
	return encode(token)
}

// PutStations adds or replaces stations by id.
func (s *Store) PutStations(ctx context.Context, list ...echowall.Station) error {
	return s.putRoster(ctx, &echowall.Roster{Stations: list})
}

// PutBranches adds or replaces branches by id.
func (s *Store) PutBranches(ctx context.Context, list ...echowall.Branch) error {
	return s.putRoster(ctx, &echowall.Roster{Branches: list})
}

func (s *Store) putRoster(ctx context.Context, r *echowall.Roster) error {
	return s.ChangeRoster(ctx, func(*echowall.Directory) (*echowall.Roster, error) { return r, nil })
}
