package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"echowall"
)

// Live tells open console pages that wishes of a station changed. While anybody listens, one goroutine asks
// the store for its counters; otherwise nothing runs.
type Live struct {
	// Pulses returns a number for each station that grows with every change of a wish there; of all stations when
	// none is named.
	Pulses func(ctx context.Context, stations ...echowall.StationID) (map[echowall.StationID]int64, error)
	// Every is how long a change may go unnoticed, Beat how long a stream may outlive its session.
	Every, Beat time.Duration
	Logger      *slog.Logger

	mu        sync.Mutex
	listeners map[*listener]bool
	stop      context.CancelFunc // of the goroutine that asks; nil when none runs
	asking    sync.WaitGroup
	closed    chan struct{}
}

// listener is one open page.
type listener struct {
	stations map[echowall.StationID]bool // nil is all of them
	seen     int64                       // version that the page has heard of
	changed  chan int64
}

// version is the sum of the counters of some stations; nil is all of them. Counters only grow, so that it
// changes with each of them.
func version(pulses map[echowall.StationID]int64, stations map[echowall.StationID]bool) (sum int64) {
	for id, n := range pulses {
		if stations == nil || stations[id] {
			sum += n
		}
	}
	return sum
}

// NewLive returns a Live that asks pulses every so often.
func NewLive(pulses func(ctx context.Context, stations ...echowall.StationID) (map[echowall.StationID]int64, error), every time.Duration, logger *slog.Logger) *Live {
	return &Live{Pulses: pulses, Every: every, Beat: liveBeat, Logger: logger, listeners: make(map[*listener]bool), closed: make(chan struct{})}
}

// listen begins to listen for changes at stations since a version; end stops it.
func (l *Live) listen(stations map[echowall.StationID]bool, since int64) (x *listener, end func()) {
	x = &listener{stations: stations, seen: since, changed: make(chan int64, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listeners[x] = true
	if l.stop == nil && !l.isClosed() {
		ctx, stop := context.WithCancel(context.Background())
		l.stop = stop
		l.asking.Go(func() { l.ask(ctx) })
	}
	return x, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.listeners, x)
		if len(l.listeners) == 0 && l.stop != nil {
			l.stop()
			l.stop = nil
		}
	}
}

// Close ends all open streams and waits for what runs. It may be called more than once.
func (l *Live) Close() {
	l.mu.Lock()
	if !l.isClosed() {
		close(l.closed)
	}
	if l.stop != nil {
		l.stop()
		l.stop = nil
	}
	l.mu.Unlock()
	l.asking.Wait()
}

func (l *Live) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// ask looks at the counters until ctx ends. A store that is away is asked again later.
func (l *Live) ask(ctx context.Context) {
	tick := time.NewTicker(l.Every)
	defer tick.Stop()
	failed := false
	for {
		pulses, err := l.Pulses(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			l.tell(pulses)
		case !failed:
			l.Logger.Warn("web: live pages hear nothing", slog.Any("error", err))
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell wakes the listeners whose stations have moved on.
func (l *Live) tell(pulses map[echowall.StationID]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for x := range l.listeners {
		v := version(pulses, x.stations)
		if v == x.seen {
			continue
		}
		select {
		case x.changed <- v:
			x.seen = v
		default: // it has not read the last one yet, and hears of this one at the next look
		}
	}
}

// Streams live as long as the page; each word on them has to arrive within this.
const (
	liveBeat  = 15 * time.Second // also keeps proxies from cutting a silent stream
	liveWrite = 10 * time.Second
	liveRetry = "retry: 5000\n\n" // milliseconds until the browser asks again
)

// live is the stream of server-sent events that says: something in your queue changed. It says nothing else,
// so that what the page shows always comes from the page itself. Listening does not count as being there.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	stations, ok, err := s.liveStations(r)
	if err != nil {
		return err
	}
	if !ok {
		w.WriteHeader(http.StatusNoContent) // tells the browser not to try again
		return nil
	}
	since, err := liveSince(r)
	if err != nil {
		return err
	}
	x, end := s.Console.Live.listen(stations, since)
	defer end()
	out := http.NewResponseController(w)
	say := func(text string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(liveWrite))
		if _, err := w.Write([]byte(text)); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep the words until there are many
	if !say(liveRetry) {
		return nil
	}
	beat := time.NewTicker(s.Console.Live.Beat)
	defer beat.Stop()
	for {
		text := ": still here\n\n"
		select {
		case <-r.Context().Done():
			return nil
		case <-s.Console.Live.closed:
			return nil
		case v := <-x.changed:
			text = fmt.Sprintf("id: %d\nevent: change\ndata: queue\n\n", v)
		case <-beat.C:
			if _, ok, err := s.liveStations(r); err != nil || !ok {
				return nil
			}
		}
		if !say(text) {
			return nil
		}
	}
}

// liveSince is the version that the browser knows: of the last event before the connection broke, else of the
// page that listens.
func liveSince(r *http.Request) (int64, error) {
	text := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("since"))
	since, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, echowall.Errorf(echowall.KindInvalid, "live: since %q", echowall.Shorten(text, 30))
	}
	return since, nil
}

// liveVersion is the version of what a page shows of the stations in span. It is read before the page's data,
// so that a change in between is noticed.
func (s *Server) liveVersion(ctx context.Context, span echowall.Span) (int64, error) {
	stations := slices.Concat(span.Stations, span.GridStations)
	if span.All {
		stations = nil
	} else if len(stations) == 0 {
		return 0, nil
	}
	pulses, err := s.Console.Live.Pulses(ctx, stations...)
	return version(pulses, stationSet(span)), err
}

// stationSet are the stations of span, those of its grids too: changes are counted by station. nil is all of them.
func stationSet(span echowall.Span) map[echowall.StationID]bool {
	if span.All {
		return nil
	}
	set := make(map[echowall.StationID]bool, len(span.Stations)+len(span.GridStations))
	for _, id := range slices.Concat(span.Stations, span.GridStations) {
		set[id] = true
	}
	return set
}

// liveStations says whose changes a request may hear of; ok is false when its session does not hold (any more).
// It reads the session anew each time and does not prolong it.
func (s *Server) liveStations(r *http.Request) (stations map[echowall.StationID]bool, ok bool, err error) {
	c, err := r.Cookie(s.sessions.Cookie.Name)
	if err != nil {
		return nil, false, nil
	}
	ctx, err := s.sessions.Load(r.Context(), c.Value)
	if err != nil {
		return nil, false, err
	}
	session, ok := s.sessions.current(ctx)
	if !ok {
		return nil, false, nil
	}
	who, err := s.Console.Logins.Store.Person(ctx, session.Person)
	if err != nil {
		return nil, false, err
	}
	d, err := s.Console.Logins.Guard.Directory(ctx)
	if err != nil {
		return nil, false, err
	}
	span := d.Scopes(who, echowall.ActionQueue)
	if span.Empty() {
		return nil, false, nil
	}
	return stationSet(span), true, nil
}
