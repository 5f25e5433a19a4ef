package echowall

import (
	"strings"
	"unicode/utf8"
)

// placeName is a name by which people write of a station.
type placeName struct {
	text    string
	station StationID
}

// addNames notes a station's name, that name without the word for station, and its aliases.
func (x *placeIndex) addNames(s *Station) {
	for _, name := range append([]string{s.Name, strings.TrimSuffix(s.Name, "联络站")}, s.Aliases...) {
		if name == "" {
			continue
		}
		head, _ := utf8.DecodeRuneInString(name)
		x.names[head] = append(x.names[head], placeName{name, s.ID})
		x.heads.add(head)
	}
}

// Named returns the place whose station is named in text, by its name or an alias. Of several names the longest
// counts; a tie between stations is unplaced.
func (d *Directory) Named(text string) Place {
	x := d.places()
	best, length, tie := TriageStation, 0, false
	for i, head := range text {
		if !x.heads.may(head) {
			continue
		}
		for _, n := range x.names[head] {
			switch {
			case len(n.text) < length, !strings.HasPrefix(text[i:], n.text):
			case len(n.text) > length:
				best, length, tie = n.station, len(n.text), false
			case n.station != best:
				tie = true
			}
		}
	}
	if length == 0 || tie {
		return Unplaced
	}
	return Place{Station: best, By: PlacedNamed}
}

// PlaceOf returns the place of what somebody wrote and sent: by position first, then by a station named in the
// text about the place.
func (d *Directory) PlaceOf(place string, pos *Position) Place {
	if pos != nil {
		if p := d.Locate(pos.Lat, pos.Lng); p.Known() {
			return p
		}
	}
	return d.Named(place)
}

// StationCalled finds the open station that an officer names, by number, name, name without the word for
// station, or alias; the whole text must be it. KindNotFound when there is none, KindConflict when several
// are called so.
func (d *Directory) StationCalled(text string) (*Station, error) {
	text = strings.TrimSpace(text)
	if s, ok := d.stations[StationID(text)]; ok && !s.Closed {
		return s, nil
	}
	var found *Station
	head, _ := utf8.DecodeRuneInString(text)
	for _, n := range d.places().names[head] {
		if n.text != text || (found != nil && found.ID == n.station) {
			continue
		}
		if found != nil {
			return nil, Refusal(KindConflict, "places.station_twice", "name", text)
		}
		found = d.stations[n.station]
	}
	if found == nil {
		return nil, Refusal(KindNotFound, "places.no_station", "name", text)
	}
	return found, nil
}
