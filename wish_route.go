package echowall

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// Route gives a wish that nobody has signed for to another station: a triage desk sorts it, or a station
// passes on what is not its own. The screening clock runs on, because the author was promised its end; the
// author hears where the wish is now. A wish never goes to a station that is named in it.
func (w *Wish) Route(now time.Time, a Actor, to Place) error {
	if err := w.allow(a, MoveRoute); err != nil {
		return err
	}
	switch {
	case to.Station == w.Station:
		return Refusal(KindConflict, "places.route_same", "number", w.Number)
	case slices.Contains(w.Excluded, PartyStation(to.Station)):
		return Refusal(KindConflict, "places.route_excluded", "number", w.Number)
	}
	w.Station, w.Grid, w.Placed = to.Station, to.Grid, to.By
	w.record(now, a, MoveRoute, w.State, string(to.Station))
	times := 0
	for _, e := range w.History {
		if e.Move == MoveRoute {
			times++
		}
	}
	w.owe(NewDebt(DebtWishRouted, Recipient(w.Author), w.Number, strconv.Itoa(times), now))
	return nil
}

// Route gives a wish of who's station, or of the triage desk that who holds, to the station that is called
// so: by number, name or alias. The grid follows from the wish's position if that lies in one of the station.
func (u *Wishes) Route(ctx context.Context, who *Who, number, station string, source EventSource) (*Wish, *Station, error) {
	// Whether there is such a wish comes first: nobody learns anything from a mistyped station.
	if _, _, err := u.allowed(ctx, who, ActionWishRoute, number); err != nil {
		return nil, nil, err
	}
	d, err := u.Guard.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	to, err := d.StationCalled(station)
	if err != nil {
		return nil, nil, err
	}
	w, err := u.staff(ctx, who, ActionWishRoute, number, source, func(w *Wish, a Actor) error {
		p := Place{Station: to.ID, By: PlacedSorted}
		if w.At != nil {
			if at := d.Locate(w.At.Lat, w.At.Lng); at.Station == to.ID {
				p.Grid = at.Grid
			}
		}
		d.exclude(w) // the roster may have come to know a name since
		if d.Around(p.Station, w.Excluded) != p.Station {
			return Refusal(KindConflict, "places.route_excluded", "number", w.Number)
		}
		return w.Route(u.Now(), a, p)
	})
	return w, to, err
}
