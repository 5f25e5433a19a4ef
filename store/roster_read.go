package store

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// newsScript reads what changed in a generation since a revision, as it stands now.
//
//	KEYS  1 directory, 2 log of changes, then the hashes of the generation in the order of rosterParts
//	ARGV  1 generation known, 2 revision known, 3 its mark, then the families in the order of rosterParts
//	result {} when there is no roster; {directory} when the generation is another or the log does not reach
//	       back to what is known; else {directory, "", family, id, entry, family, id, entry, …}
var newsScript = redis.NewScript(`
local directory = redis.call('GET', KEYS[1])
if not directory then return {} end
local doc = cjson.decode(directory)
local behind = doc.v - tonumber(ARGV[2])
if doc.gen ~= ARGV[1] or behind < 0 then return {directory} end
if behind == 0 then
  if doc.mark == ARGV[3] then return {directory, ''} end
  return {directory}
end
local log = redis.call('LRANGE', KEYS[2], 0, behind - 1)
if #log < behind or cjson.decode(log[behind]).after ~= ARGV[3] then return {directory} end
local key = {}
for i = 4, #ARGV do key[ARGV[i]] = KEYS[i-1] end
local out, done = {directory, ''}, {}
for _, text in ipairs(log) do
  for family, ids in pairs(cjson.decode(text).ids) do
    for _, id in ipairs(ids) do
      local mark = family .. ':' .. id
      if not done[mark] then
        done[mark] = true
        out[#out+1] = family
        out[#out+1] = id
        out[#out+1] = redis.call('HGET', key[family], id)
      end
    end
  end
end
return out
`)

// readTries bounds how often a roster is read anew because an import replaced it meanwhile.
const readTries = 8

// readRoster returns the roster in use now. What is known already is read again only where it changed.
func (s *Store) readRoster(ctx context.Context, known *seenRoster) (*seenRoster, error) {
	for range readTries {
		var err error
		if known == nil {
			if known, err = s.scanRoster(ctx); err != nil {
				return nil, err
			}
		}
		now, err := s.catchUp(ctx, known)
		if err != nil {
			return nil, err
		}
		if now != nil {
			return now, nil
		}
		known = nil
	}
	return nil, echowall.Errorf(echowall.KindUnavailable, "store: the roster is replaced faster than it can be read")
}

// catchUp brings what is known up to date; nil when it must be read as a whole.
func (s *Store) catchUp(ctx context.Context, known *seenRoster) (*seenRoster, error) {
	argv := []any{known.doc.Generation, known.directory.Revision, known.doc.Mark}
	for _, p := range rosterParts {
		argv = append(argv, p.name)
	}
	keys := append([]string{s.keys.directory(), s.keys.directoryLog()}, s.keys.rosterKeys(known.doc.Generation)...)
	news, err := s.run(ctx, newsScript, keys, argv...).StringSlice()
	switch {
	case err != nil:
		return nil, wrap(err)
	case len(news) == 0:
		return &seenRoster{directory: emptyDirectory}, nil
	case len(news) == 1:
		return nil, nil
	}
	now, err := readPointer(news[0])
	if err != nil {
		return nil, err
	}
	changed := make(map[string]map[string]string)
	for i := 2; i+2 < len(news); i += 3 {
		if changed[news[i]] == nil {
			changed[news[i]] = make(map[string]string)
		}
		changed[news[i]][news[i+1]] = news[i+2]
	}
	r := *known.directory.Roster
	for _, p := range rosterParts {
		if len(changed[p.name]) > 0 {
			if err := p.put(&r, changed[p.name]); err != nil {
				return nil, err
			}
		}
	}
	now.directory = echowall.NewDirectory(&r, now.directory.Revision)
	return now, nil
}

// scanRoster reads the whole generation in use, in steps that do not keep Redis from other work. Entries that
// change meanwhile may be of either age: catchUp puts that right.
func (s *Store) scanRoster(ctx context.Context) (*seenRoster, error) {
	text, err := s.rdb.Get(ctx, s.keys.directory()).Result()
	if errors.Is(err, redis.Nil) {
		return &seenRoster{directory: emptyDirectory}, nil
	}
	if err != nil {
		return nil, wrap(err)
	}
	out, err := readPointer(text)
	if err != nil {
		return nil, err
	}
	for _, p := range rosterParts {
		entries := make(map[string]string)
		var cursor uint64
		for {
			list, next, err := s.rdb.HScan(ctx, p.key(s.keys, out.doc.Generation), cursor, "*", scanCount).Result()
			if err != nil {
				return nil, wrap(err)
			}
			for i := 0; i+1 < len(list); i += 2 {
				entries[list[i]] = list[i+1]
			}
			if cursor = next; cursor == 0 {
				break
			}
		}
		if err := p.put(out.directory.Roster, entries); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readPointer returns the roster that the text of a directory document names, still without entries.
func readPointer(text string) (*seenRoster, error) {
	var doc directoryDoc
	v, err := unmarshalDoc(text, &doc)
	if err != nil {
		return nil, err
	}
	return &seenRoster{text, doc, &echowall.Directory{Revision: int64(v), Roster: new(echowall.Roster)}}, nil
}
