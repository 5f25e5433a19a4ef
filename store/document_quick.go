package store

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"echowall"
)

// Two documents are written with nearly every message: the conversation, and with a wish, the wish. In their
// usual form, with nothing in them but what every one has, they are written here, in a tenth of the time that
// encoding/json takes; in any other form they are left to it. What is read back is the same.

// quickDoc appends doc as marshalDoc writes it, or reports that it is not of the usual form.
func quickDoc(b []byte, version int, doc any) ([]byte, bool) {
	b = strconv.AppendInt(append(b, `{"v":`...), int64(version), 10)
	switch doc := doc.(type) {
	case *echowall.Wish:
		return quickWish(b, doc)
	case *echowall.Conversation:
		return quickConversation(b, doc)
	}
	return b, false
}

// quickWish appends a wish that was just handed in with words only.
func quickWish(b []byte, w *echowall.Wish) ([]byte, bool) {
	if w.Grid != "" || w.Excluded != nil || w.Place != "" || w.At != nil || w.Media != nil || w.Display != "" || w.Surname != "" ||
		w.MayPublish || w.Round != 0 || w.Answer != nil || w.Rating != "" || w.Public != nil || len(w.History) == 0 {
		return b, false
	}
	b = quickText(append(b, `,"number":`...), w.Number)
	b = quickText(append(b, `,"text":`...), w.Text)
	b = quickText(append(b, `,"state":`...), string(w.State))
	b = quickTime(append(b, `,"created":`...), w.Created)
	b = quickText(append(b, `,"author":`...), string(w.Author))
	b = quickText(append(b, `,"station":`...), string(w.Station))
	if w.Placed != "" {
		b = quickText(append(b, `,"placed":`...), string(w.Placed))
	}
	if !w.Due.IsZero() {
		b = quickTime(append(b, `,"due":`...), w.Due)
	}
	b = append(b, `,"history":[`...)
	var room [160]byte
	for i, e := range w.History {
		if i > 0 {
			b = append(b, ',')
		}
		text, err := e.AppendText(room[:0])
		if err != nil {
			return b, false
		}
		b = quickText(b, string(text))
	}
	return append(b, "]}"...), true
}

// quickConversation appends a conversation in which nothing is but how fast somebody writes.
func quickConversation(b []byte, c *echowall.Conversation) ([]byte, bool) {
	if !isPlain(*c) {
		return b, false
	}
	b = strconv.AppendFloat(append(b, `,"flood":{"left":`...), c.Flood.Left, 'f', -1, 64)
	b = quickTime(append(b, `,"at":`...), c.Flood.At)
	if c.Flood.Warned {
		b = append(b, `,"warned":true`...)
	}
	b = append(b, '}')
	if c.Unknown != 0 {
		b = strconv.AppendInt(append(b, `,"unknown":`...), int64(c.Unknown), 10)
	}
	return append(b, '}'), true
}

// quickTime appends a time of these centuries.
func quickTime(b []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// quickText appends a JSON string.
func quickText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return slowText(b, s)
		}
	}
	if !utf8.ValidString(s) {
		return slowText(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

func slowText(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return append(b, text...)
}
