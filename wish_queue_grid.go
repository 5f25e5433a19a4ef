package echowall

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// gridChunk is how many wishes are read at a time to see which grid they belong to. Queues are kept by station:
// the queue of a grid is what is left of its station's.
const gridChunk = 250

// withGrids is look for somebody who also, or only, sees single grids of stations. Wishes of other grids are
// neither in it nor in its counts. A grid that the roster gives to another station leaves behind what was handed in
// before.
func (u *Queues) withGrids(ctx context.Context, d *Directory, who *Who, span Span, f QueueFilter) (*QueueView, error) {
	v := &QueueView{Counts: make(map[WishState]QueueCount)}
	f.Skip = min(max(f.Skip, 0), QueueDepth)
	if len(span.Stations) > 0 {
		var err error
		whole := QueueFilter{State: f.State, Limit: f.Skip + f.Limit}
		if v, err = u.look(ctx, d, who, span, whole); err != nil {
			return nil, err
		}
	}
	stations := slices.DeleteFunc(slices.Clone(span.GridStations), func(id StationID) bool { return slices.Contains(span.Stations, id) })
	if len(stations) == 0 {
		v.page(f)
		return v, nil
	}
	late, soon := u.days()
	list, err := u.ofGrids(ctx, QueueAsk{Stations: stations, States: OpenStates, Late: late, Soon: soon}, func(w *Wish) bool {
		return d.Allow(who, ActionQueue, w.Target()) == nil
	})
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		v.count(w, late, soon)
		if f.State == "" || f.State == w.State {
			v.Wishes = append(v.Wishes, w)
			v.Total++
		}
	}
	v.page(f)
	return v, nil
}

// ofGrids reads the queues of the stations that ask names to their end, and keeps what keep says.
func (u *Queues) ofGrids(ctx context.Context, ask QueueAsk, keep func(*Wish) bool) ([]*Wish, error) {
	var entries []QueueEntry
	for {
		first, counts, _, err := u.Store.ReadQueues(ctx, ask)
		if err != nil {
			return nil, err
		}
		all := 0
		for n := range maps.Values(counts) {
			all += n.All
		}
		if all <= ask.First {
			entries = first
			break
		}
		ask.First = all
	}
	var out []*Wish
	for chunk := range slices.Chunk(entries, gridChunk) {
		numbers := make([]string, len(chunk))
		for i, e := range chunk {
			numbers[i] = e.Number
		}
		list, err := u.Store.WishesOf(ctx, numbers...)
		if err != nil {
			return nil, err
		}
		for _, w := range list {
			// It may have moved on since its queue was read.
			if !w.Due.IsZero() && slices.Contains(ask.States, w.State) && keep(w) {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

// count adds a wish to the counts.
func (v *QueueView) count(w *Wish, late, soon time.Time) {
	n := v.Counts[w.State]
	n.All++
	switch {
	case w.Due.Before(late):
		n.Late++
	case w.Due.Before(soon):
		n.Soon++
	}
	v.Counts[w.State] = n
}

// page leaves of all wishes those of the page, the earliest due first.
func (v *QueueView) page(f QueueFilter) {
	slices.SortFunc(v.Wishes, func(a, b *Wish) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Number, b.Number)) })
	v.Wishes = v.Wishes[min(f.Skip, len(v.Wishes)):]
	v.Wishes = v.Wishes[:min(f.Limit, len(v.Wishes))]
}
