package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// readQueuesScript reads many queues at once. To find the first n of all, it looks at the head of every queue:
// nothing behind the n-th earliest head can be among them.
//
//	KEYS  1 named; then the queues, state by state within each station
//	ARGV  1 number of states, 2 n, 3 late before (unix s), 4 soon before (unix s), 5 the state of the entries,
//	      counted from 1, 0 for all of them
//	result {{all, late, soon of each state}, {number, score, …}, named entries}
var readQueuesScript = redis.NewScript(`
local states, n, late, soon, only = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local counts, heads, scores, out = {}, {}, {}, {}
for i = 1, 3 * states do counts[i] = 0 end
for i = 2, #KEYS do
  local head = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
  if head[1] then
    local first = tonumber(head[2])
    local state = (i - 2) % states
    local c = 3 * state
    counts[c+1] = counts[c+1] + redis.call('ZCARD', KEYS[i])
    if first < soon then
      local l = 0
      if first < late then l = redis.call('ZCOUNT', KEYS[i], '-inf', '(' .. ARGV[3]) end
      counts[c+2] = counts[c+2] + l
      counts[c+3] = counts[c+3] + redis.call('ZCOUNT', KEYS[i], '-inf', '(' .. ARGV[4]) - l
    end
    if only == 0 or only == state + 1 then
      heads[#heads+1] = {first, KEYS[i]}
      scores[#scores+1] = first
    end
  end
end
if n > 0 then
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
return {counts, flat, redis.call('HVALS', KEYS[1])}
`)

// ReadQueues implements echowall.QueueStore.
func (s *Store) ReadQueues(ctx context.Context, ask echowall.QueueAsk) ([]echowall.QueueEntry, map[echowall.WishState]echowall.QueueCount, []echowall.NamedEntry, error) {
	keys := make([]string, 1, 1+len(ask.Stations)*len(ask.States))
	keys[0] = s.keys.named()
	for _, station := range ask.Stations {
		for _, state := range ask.States {
			keys = append(keys, s.keys.queue(station, state))
		}
	}
	got, err := s.run(ctx, readQueuesScript, keys, len(ask.States), ask.First, ask.Late.Unix(), ask.Soon.Unix(), 1+slices.Index(ask.States, ask.Only)).Slice()
	if err != nil {
		return nil, nil, nil, wrap(err)
	}
	strange := echowall.Errorf(echowall.KindInternal, "store: strange answer to the queue script")
	if len(got) != 3 {
		return nil, nil, nil, strange
	}
	numbers, ok1 := got[0].([]any)
	flat, ok2 := got[1].([]any)
	list, ok3 := got[2].([]any)
	if !ok1 || !ok2 || !ok3 || len(numbers) != 3*len(ask.States) {
		return nil, nil, nil, strange
	}
	counts := make(map[echowall.WishState]echowall.QueueCount, len(ask.States))
	for i, state := range ask.States {
		var n [3]int64
		for j := range n {
			n[j], _ = numbers[3*i+j].(int64)
		}
		counts[state] = echowall.QueueCount{All: int(n[0]), Late: int(n[1]), Soon: int(n[2])}
	}
	first := make([]echowall.QueueEntry, 0, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		due, err := unixOf(flat[i+1])
		number, ok := flat[i].(string)
		if err != nil || !ok {
			return nil, nil, nil, strange
		}
		first = append(first, echowall.QueueEntry{Number: number, Due: due})
	}
	named := make([]echowall.NamedEntry, len(list))
	for i, x := range list {
		text, _ := x.(string)
		if err := json.Unmarshal([]byte(text), &named[i]); err != nil {
			return nil, nil, nil, echowall.Errorf(echowall.KindInternal, "store: named wish: %w", err)
		}
	}
	return first, counts, named, nil
}

func unixOf(v any) (time.Time, error) {
	text, _ := v.(string)
	sec, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(sec, 0).UTC(), err
}

// WishesOf implements echowall.QueueStore.
func (s *Store) WishesOf(ctx context.Context, numbers ...string) ([]*echowall.Wish, error) {
	return s.wishesOf(ctx, numbers)
}

// Pulses returns a number for each station that grows with every change of a wish there: for the stations named,
// or for all if none is. Stations without any change yet are missing.
func (s *Store) Pulses(ctx context.Context, stations ...echowall.StationID) (map[echowall.StationID]int64, error) {
	all := make(map[string]string)
	var err error
	if len(stations) == 0 {
		all, err = s.pipe.HGetAll(ctx, s.keys.pulse()).Result()
	} else {
		fields := make([]string, len(stations))
		for i, id := range stations {
			fields[i] = string(id)
		}
		var values []any
		values, err = s.pipe.HMGet(ctx, s.keys.pulse(), fields...).Result()
		for i, v := range values {
			if text, ok := v.(string); ok {
				all[fields[i]] = text
			}
		}
	}
	if err != nil {
		return nil, wrap(err)
	}
	out := make(map[echowall.StationID]int64, len(all))
	for id, text := range all {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, echowall.Errorf(echowall.KindInternal, "store: pulse: %w", err)
		}
		out[echowall.StationID(id)] = n
	}
	return out, nil
}
