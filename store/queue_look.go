package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// lookScript reads the pulses, whom queued wishes name, and the queues of some stations, all as of one moment.
// It hands over whole queues while there is room, for the process to remember. Of the other stations it says
// how long their queues are, counts them, and finds the first n entries. Nothing behind the n-th earliest head can be
// among these.
//
//	KEYS  1 pulse, 2 named; then the queues, state by state within each station
//	ARGV  1 the mark to give the pulses if they have none, 2 number of states, 3 n, 4 late before (unix s),
//	      5 soon before (unix s), 6 the state of the first entries, counted from 1, 0 for all of them, 7 most entries
//	      of one station to hand over, 8 of all; then the stations whose pulses are wanted, none for all
//	result {mark, pulses, named entries if queues were to be read, queues of each station or their length, {all, late,
//	       soon of each state}, {number, score, …}}. Texts that hold several things have \0 between them. The
//	       mark is "" when nothing must be remembered.
var lookScript = redis.NewScript(`
local states, n, late, soon, only = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local most, room = tonumber(ARGV[7]), tonumber(ARGV[8])
local mark = redis.call('HGET', KEYS[1], '')
if not mark then
  mark = ''
  if redis.pcall('HSETNX', KEYS[1], '', ARGV[1]) == 1 then mark = ARGV[1] end
end
local info = redis.pcall('INFO', 'replication')
local server = type(info) == 'string' and string.match(info, 'master_replid:(%x+)')
if mark ~= '' and server then mark = mark .. ' ' .. server else mark, most = '', -1 end
local pulses
if ARGV[9] then
  pulses = redis.call('HMGET', KEYS[1], unpack(ARGV, 9))
  for i = 1, #pulses do pulses[i] = pulses[i] or '0' end
else
  pulses = redis.call('HGETALL', KEYS[1])
end
local queues, counts, heads, scores, out = {}, {}, {}, {}, {}
for i = 1, 3 * states do counts[i] = 0 end
for first = 3, #KEYS, states do
  local size, sizes = 0, {}
  for i = 1, states do
    sizes[i] = redis.call('ZCARD', KEYS[first+i-1])
    size = size + sizes[i]
  end
  if size <= most and size <= room then
    room = room - size
    for i = 1, states do
      queues[#queues+1] = sizes[i] == 0 and '' or table.concat(redis.call('ZRANGE', KEYS[first+i-1], 0, -1, 'WITHSCORES'), '\0')
    end
  else
    for i = 1, states do
      queues[#queues+1] = size
      local key = KEYS[first+i-1]
      if sizes[i] > 0 then
        local head = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
        local c = 3 * (i - 1)
        counts[c+1] = counts[c+1] + sizes[i]
        if head < soon then
          local l = 0
          if head < late then l = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[4]) end
          counts[c+2] = counts[c+2] + l
          counts[c+3] = counts[c+3] + redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[5]) - l
        end
        if only == 0 or only == i then
          heads[#heads+1] = {head, key}
          scores[#scores+1] = head
        end
      end
    end
  end
end
if n > 0 and #heads > 0 then
  table.sort(scores)
  local last = scores[n]
  for _, h in ipairs(heads) do
    if not last or h[1] <= last then
      local list = redis.call('ZRANGEBYSCORE', h[2], '-inf', last and string.format('%.0f', last) or '+inf', 'WITHSCORES', 'LIMIT', 0, n)
      for j = 1, #list, 2 do
        out[#out+1] = {tonumber(list[j+1]), list[j]}
      end
    end
  end
  table.sort(out, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
end
local flat = {}
for i = 1, math.min(n, #out) do
  flat[2*i-1] = out[i][2]
  flat[2*i] = string.format('%.0f', out[i][1])
end
local named = KEYS[3] and table.concat(redis.call('HVALS', KEYS[2]), '\0') or ''
return {mark, table.concat(pulses, '\0'), named, queues, counts, flat}
`)

// pulsesByName is up to how many stations are named to the script; beyond that, reading all pulses is quicker.
const pulsesByName = 64

// look is what one run of the script saw.
type look struct {
	mark     string
	pulses   map[echowall.StationID]int64
	named    []echowall.NamedEntry                 // in whatever queue, if queues were read
	stations map[echowall.StationID]*stationQueues // that were handed over
	counted  map[echowall.StationID]int            // how many entries the stations have that were counted
	counts   []echowall.QueueCount                 // of these, by state
	first    []queued                              // of these
}

// lookAt looks at the pulses of the stations that ask names and at the queues of some of them, of which the script
// hands over at most so many entries of one station and of all.
func (s *Store) lookAt(ctx context.Context, ask echowall.QueueAsk, stations []echowall.StationID, most, room int) (*look, error) {
	keys := make([]string, 2, 2+len(stations)*len(ask.States))
	keys[0], keys[1] = s.keys.pulse(), s.keys.named()
	for _, station := range stations {
		for _, state := range ask.States {
			keys = append(keys, s.keys.queue(station, state))
		}
	}
	// A number, so that a process of an older version can add it up like a pulse.
	mark := strconv.FormatInt(rand.Int64N(1<<52), 10)
	argv := []any{mark, len(ask.States), ask.First, ask.Late.Unix(), ask.Soon.Unix(), 1 + slices.Index(ask.States, ask.Only), most, room}
	byName := len(ask.Stations) <= pulsesByName
	if byName {
		for _, id := range ask.Stations {
			argv = append(argv, string(id))
		}
	}
	got, err := s.run(ctx, lookScript, keys, argv...).Slice()
	if err != nil {
		return nil, wrap(err)
	}
	if len(got) != 6 {
		return nil, errStrangeLook
	}
	l := new(look)
	pulses, ok1 := got[1].(string)
	queues, ok2 := got[3].([]any)
	counts, ok3 := got[4].([]any)
	flat, ok4 := got[5].([]any)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(counts) != 3*len(ask.States) {
		return nil, errStrangeLook
	}
	l.mark, _ = got[0].(string)
	named, _ := got[2].(string)
	if byName {
		err = l.readPulses(pulses, ask.Stations)
	} else {
		l.pulses, err = s.queues.pulses.read(pulses, decodePulses)
	}
	err = errors.Join(err, l.readQueues(queues, stations, len(ask.States)), l.readCounts(counts), l.readFirst(flat))
	if err != nil || named == "" {
		return l, err
	}
	l.named, err = s.queues.named.read(named, decodeNamed)
	for _, e := range l.named {
		if q := l.stations[e.Station]; q != nil {
			q.named = append(q.named, e)
		}
	}
	return l, err
}

var errStrangeLook = echowall.Errorf(echowall.KindInternal, "store: strange answer to the queue script")

func (l *look) readPulses(text string, stations []echowall.StationID) (err error) {
	l.pulses = make(map[echowall.StationID]int64, len(stations))
	for _, id := range stations {
		if l.pulses[id], err = strconv.ParseInt(nextText(&text), 10, 64); err != nil {
			return errStrangeLook
		}
	}
	return nil
}

// readQueues reads the queues that were handed over. An answer has as many elements for each station as there are states.
func (l *look) readQueues(list []any, stations []echowall.StationID, states int) error {
	if len(list) != len(stations)*states {
		return errStrangeLook
	}
	l.stations = make(map[echowall.StationID]*stationQueues, len(stations))
	l.counted = make(map[echowall.StationID]int)
	for i, id := range stations {
		if size, ok := list[i*states].(int64); ok {
			l.counted[id] = int(size)
			continue
		}
		q := &stationQueues{pulse: l.pulses[id], queues: make([][]queued, states)}
		for state := range states {
			text, ok := list[i*states+state].(string)
			if !ok {
				return errStrangeLook
			}
			if text == "" {
				continue
			}
			entries := make([]queued, 0, 1+strings.Count(text, "\x00")/2)
			for text != "" {
				number := nextText(&text)
				due, err := strconv.ParseInt(nextText(&text), 10, 64)
				if err != nil {
					return errStrangeLook
				}
				entries = append(entries, queued{due, number})
			}
			q.queues[state] = entries
			q.size += len(entries)
		}
		l.stations[id] = q
	}
	return nil
}

func (l *look) readCounts(list []any) error {
	l.counts = make([]echowall.QueueCount, len(list)/3)
	for i := range l.counts {
		c := &l.counts[i]
		for j, n := range []*int{&c.All, &c.Late, &c.Soon} {
			count, ok := list[3*i+j].(int64)
			if !ok {
				return errStrangeLook
			}
			*n = int(count)
		}
	}
	return nil
}

func (l *look) readFirst(flat []any) error {
	for i := 0; i+1 < len(flat); i += 2 {
		number, ok1 := flat[i].(string)
		score, ok2 := flat[i+1].(string)
		due, err := strconv.ParseInt(score, 10, 64)
		if !ok1 || !ok2 || err != nil {
			return errStrangeLook
		}
		l.first = append(l.first, queued{due, number})
	}
	return nil
}
