package store

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"echowall"
)

// lastText remembers what the last text said: looks say the same as the one before nearly always.
type lastText[T any] struct {
	mu   sync.Mutex
	text string
	says T
}

// read decodes a text unless it is the last one. What it returns is not to be changed.
func (l *lastText[T]) read(text string, decode func(string) (T, error)) (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if text == l.text {
		return l.says, nil
	}
	says, err := decode(text)
	if err == nil {
		l.text, l.says = text, says
	}
	return says, err
}

// nextText cuts the first of several texts off.
func nextText(all *string) string {
	text, rest, _ := strings.Cut(*all, "\x00")
	*all = rest
	return text
}

// decodePulses reads station and pulse in turns, and the mark among them as if it were one.
func decodePulses(text string) (_ map[echowall.StationID]int64, err error) {
	pulses := make(map[echowall.StationID]int64, 1+strings.Count(text, "\x00")/2)
	for text != "" {
		id := echowall.StationID(nextText(&text))
		if pulses[id], err = strconv.ParseInt(nextText(&text), 10, 64); err != nil {
			return nil, errStrangeLook
		}
	}
	return pulses, nil
}

func decodeNamed(text string) (named []echowall.NamedEntry, err error) {
	for text != "" {
		var e echowall.NamedEntry
		if err := json.Unmarshal([]byte(nextText(&text)), &e); err != nil {
			return nil, echowall.Errorf(echowall.KindInternal, "store: named wish: %w", err)
		}
		named = append(named, e)
	}
	return named, nil
}
