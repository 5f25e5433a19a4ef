package echowall

import (
	"context"
	"slices"
	"time"
)

// QueueEntry is a wish as the queues know it.
type QueueEntry struct {
	Number string
	Due    time.Time
}

// QueueAsk says which part of the queues to read.
type QueueAsk struct {
	Stations []StationID
	States   []WishState
	First    int // how many entries, the earliest due first
	// Late and Soon part the due times for the counts: before Late is late, before Soon is soon.
	Late, Soon time.Time
}

// QueueCount is how many wishes are in one state, and of these, how many are late and soon due.
type QueueCount struct{ All, Late, Soon int }

// QueueStore reads many queues at once.
type QueueStore interface {
	// ReadQueues returns the earliest entries of the queues that ask names, the counts of all of them, and the
	// numbers of all queued wishes, in whatever queue, in which somebody is named.
	ReadQueues(ctx context.Context, ask QueueAsk) (first []QueueEntry, counts map[WishState]QueueCount, named []string, err error)
	// WishesOf reads wishes by number, in that order; one that is gone is left out.
	WishesOf(ctx context.Context, numbers ...string) ([]*Wish, error)
}

// Queues are the use cases of looking at queues.
type Queues struct {
	Store    QueueStore
	Guard    *Guard
	Calendar *Calendar
	Now      func() time.Time
}

// QueueFilter is what somebody wants to see of the queues in reach; empty fields mean everything.
type QueueFilter struct {
	Station StationID
	State   WishState
	Skip    int // how many to leave out, for paging
	Limit   int
}

// QueueView is what somebody may see of the queues, as if nothing else existed.
type QueueView struct {
	Wishes   []*Wish
	Counts   map[WishState]QueueCount // of the station, in all states
	Stations []StationID              // in reach, whether filtered or not
	Total    int                      // of the filter, whatever the page
}

// queueDepth is how far paging goes. Whoever has more than this before them filters.
const queueDepth = 1000

// Look returns a page of the wishes with a running clock that who may look at, the earliest due first. A wish in
// which who is named is not in it and not in the counts.
func (u *Queues) Look(ctx context.Context, who *Who, f QueueFilter) (*QueueView, error) {
	span, d, err := u.Guard.Span(ctx, who, ActionQueue)
	if err != nil {
		return nil, err
	}
	v := &QueueView{Stations: span.Stations}
	ask := QueueAsk{Stations: span.Stations, States: OpenStates, Late: u.Now()}
	ask.Soon = u.Calendar.Today(ask.Late).AddDays(1).In(u.Calendar.Location())
	if f.Station != "" {
		if !slices.Contains(span.Stations, f.Station) {
			return nil, Refusal(KindNotFound, "errors.not_found")
		}
		ask.Stations = []StationID{f.Station}
	}
	f.Skip = min(max(f.Skip, 0), queueDepth)
	// Wishes that this person must not know of stand in the way of the page; so many more are read.
	for hidden := 0; ; {
		ask.First = f.Skip + f.Limit + hidden
		first, counts, named, err := u.read(ctx, ask, f.State)
		if err != nil {
			return nil, err
		}
		secret, err := u.hidden(ctx, d, who, named)
		if err != nil {
			return nil, err
		}
		if len(secret) > hidden && len(first) == ask.First {
			hidden = len(secret)
			continue
		}
		u.leaveOut(secret, ask, counts)
		first = slices.DeleteFunc(first, func(e QueueEntry) bool { return secret[e.Number] != nil })
		v.Counts = counts
		for state, n := range counts {
			if f.State == "" || f.State == state {
				v.Total += n.All
			}
		}
		first = first[min(f.Skip, len(first)):]
		numbers := make([]string, 0, f.Limit)
		for _, e := range first[:min(f.Limit, len(first))] {
			numbers = append(numbers, e.Number)
		}
		v.Wishes, err = u.Store.WishesOf(ctx, numbers...)
		// A wish may have moved on since its queue was read.
		v.Wishes = slices.DeleteFunc(v.Wishes, func(w *Wish) bool { return d.Allow(who, ActionQueue, w.Target()) != nil })
		return v, err
	}
}

// read reads the entries of one state and the counts of all.
func (u *Queues) read(ctx context.Context, ask QueueAsk, state WishState) ([]QueueEntry, map[WishState]QueueCount, []string, error) {
	if state == "" {
		return u.Store.ReadQueues(ctx, ask)
	}
	one := ask
	one.States = []WishState{state}
	first, _, _, err := u.Store.ReadQueues(ctx, one)
	if err != nil {
		return nil, nil, nil, err
	}
	ask.First = 0
	_, counts, named, err := u.Store.ReadQueues(ctx, ask)
	return first, counts, named, err
}

// hidden are those of the wishes in which somebody is named that who must not know of, by number.
func (u *Queues) hidden(ctx context.Context, d *Directory, who *Who, named []string) (map[string]*Wish, error) {
	if len(named) == 0 {
		return nil, nil
	}
	list, err := u.Store.WishesOf(ctx, named...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Wish)
	for _, w := range list {
		if d.Allow(who, ActionQueue, w.Target()) != nil {
			out[w.Number] = w
		}
	}
	return out, nil
}

// leaveOut takes hidden wishes out of the counts.
func (u *Queues) leaveOut(hidden map[string]*Wish, ask QueueAsk, counts map[WishState]QueueCount) {
	for _, w := range hidden {
		n, counted := counts[w.State]
		if !counted || w.Due.IsZero() || !slices.Contains(ask.Stations, w.Station) {
			continue
		}
		n.All--
		switch {
		case w.Due.Before(ask.Late):
			n.Late--
		case w.Due.Before(ask.Soon):
			n.Soon--
		}
		counts[w.State] = n
	}
}
