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
	Stations []StationID // each once
	States   []WishState
	// Only is the state of the entries; "" is all of States. Counts are of all of them in any case.
	Only  WishState
	First int // how many entries, the earliest due first
	// Late and Soon part the due times for the counts: before Late is late, before Soon is soon.
	Late, Soon time.Time
}

// QueueCount is how many wishes are in one state, and of these, how many are late and soon due.
type QueueCount struct{ All, Late, Soon int }

// NamedEntry is a queued wish in which somebody is named, as far as the queues have to know it.
type NamedEntry struct {
	Number   string    `json:"number"`
	Due      time.Time `json:"due"`
	State    WishState `json:"state"`
	Station  StationID `json:"station"`
	Grid     GridID    `json:"grid,omitempty"`
	Excluded []Party   `json:"excluded"`
}

// QueueStore reads many queues at once.
type QueueStore interface {
	// ReadQueues returns the earliest entries of the queues that ask names, the counts of all of them, and
	// all queued wishes of these stations, whatever their state, in which somebody is named.
	ReadQueues(ctx context.Context, ask QueueAsk) (first []QueueEntry, counts map[WishState]QueueCount, named []NamedEntry, err error)
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
	Stations []StationID              // in reach as a whole, whether filtered or not
	Total    int                      // of the filter, whatever the page
}

// QueueDepth is how many wishes paging reaches; Redis stands still while they are sorted. Whoever has more before
// them filters.
const QueueDepth = 250

// Look returns a page of the wishes with a running clock that who may look at, the earliest due first. A wish in
// which who is named is not in it and not in the counts.
func (u *Queues) Look(ctx context.Context, who *Who, f QueueFilter) (*QueueView, error) {
	span, d, err := u.Guard.Span(ctx, who, ActionQueue)
	if err != nil {
		return nil, err
	}
	if len(span.GridStations) > 0 && f.Station == "" {
		return u.withGrids(ctx, d, who, span, f)
	}
	return u.look(ctx, d, who, span, f)
}

// days says before when a wish is late, and before when it is soon.
func (u *Queues) days() (late, soon time.Time) {
	late = u.Now()
	return late, u.Calendar.Today(late).AddDays(1).In(u.Calendar.Location())
}

// look is Look at the stations of span.
func (u *Queues) look(ctx context.Context, d *Directory, who *Who, span Span, f QueueFilter) (*QueueView, error) {
	v := &QueueView{Stations: span.Stations}
	ask := QueueAsk{Stations: span.Stations, States: OpenStates, Only: f.State}
	ask.Late, ask.Soon = u.days()
	if f.Station != "" {
		if !slices.Contains(span.Stations, f.Station) {
			return nil, Refusal(KindNotFound, "errors.not_found")
		}
		ask.Stations = []StationID{f.Station}
	}
	f.Skip = min(max(f.Skip, 0), QueueDepth)
	// Wishes that this person must not know of stand in the way of the page; so many more are read.
	for more := 0; ; {
		ask.First = f.Skip + f.Limit + more
		first, counts, named, err := u.Store.ReadQueues(ctx, ask)
		if err != nil {
			return nil, err
		}
		secret := hidden(d, who, named)
		if len(secret) > more && len(first) == ask.First {
			more = len(secret)
			continue
		}
		leaveOut(secret, ask, counts)
		first = slices.DeleteFunc(first, func(e QueueEntry) bool { _, ok := secret[e.Number]; return ok })
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

// hidden are those of named that who must not know of, by number.
func hidden(d *Directory, who *Who, named []NamedEntry) map[string]NamedEntry {
	out := make(map[string]NamedEntry)
	for _, e := range named {
		t := Target{Station: e.Station, Grid: e.Grid, Excluded: e.Excluded}
		if d.Allow(who, ActionQueue, t) != nil {
			out[e.Number] = e
		}
	}
	return out
}

// leaveOut takes hidden wishes out of the counts.
func leaveOut(hidden map[string]NamedEntry, ask QueueAsk, counts map[WishState]QueueCount) {
	for _, e := range hidden {
		n, counted := counts[e.State]
		if !counted {
			continue
		}
		n.All--
		switch {
		case e.Due.Before(ask.Late):
			n.Late--
		case e.Due.Before(ask.Soon):
			n.Soon--
		}
		counts[e.State] = n
	}
}
