package content

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"echowall"
)

// Words is the catalogue of every sentence shown to people. It comes from words/*.yaml, where each line is
//
//	key: a sentence with {name} in it
//
// or, for several lines, "key: |" and an indented block. The full key is the file's name, a dot and the
// key: received in wish.yaml is "wish.received". Immutable after loading, safe for concurrent use.
//
// A key that ends in _chat is what the chat says after the sentence of the same name: what to type next. Sentences
// that are shown in several places, above all those of refusals, name no surface themselves.
type Words struct {
	sentences map[string]sentence
	chat      map[string]string // key of a sentence → key of what the chat says after it
	// OnMisuse is told about an unknown key or a missing value: a defect of the caller. Set it before use;
	// nil is silent. Tests make it fail the test, the wiring logs it.
	OnMisuse func(error)
	// Now, when set, tells this year, in which dates are written without it; its location is the office's.
	// Set it before use; nil leaves every year out.
	Now func() time.Time
}

type sentence struct {
	text   string
	pieces []string // text cut at the holes: words, name of a hole, words, …, words
	file   string
	line   int
}

// chatSuffix ends the key of what the chat says after a sentence.
const chatSuffix = "_chat"

// sorryKey is what a person reads where a sentence is missing.
const sorryKey = "errors.internal"

var placeholder = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// Say returns the sentence of key with every {name} replaced by args["name"]. Values are written as people
// read them: echowall.Date as 11月26日（周四）, time.Time as 11月26日（周四）17:30 in its own location,
// anything else as fmt.Sprint does. An unknown key gives the general excuse, a missing value three dots;
// both are reported to OnMisuse.
func (w *Words) Say(key string, args map[string]any) string {
	s, ok := w.sentences[key]
	if !ok {
		w.misuse(fmt.Errorf("words: no sentence %q", key))
		if key == sorryKey {
			return ""
		}
		return w.Say(sorryKey, nil)
	}
	if len(s.pieces) == 1 {
		return s.text
	}
	var out strings.Builder
	out.Grow(2 * len(s.text))
	for i, piece := range s.pieces {
		if i%2 == 0 {
			out.WriteString(piece)
		} else if v, ok := args[piece]; ok {
			out.WriteString(w.text(v))
		} else {
			w.misuse(fmt.Errorf("words: sentence %q needs a value for {%s}", key, piece))
			out.WriteString("……")
		}
	}
	return out.String()
}

// SayInChat is Say with what the chat says after the sentence.
func (w *Words) SayInChat(key string, args map[string]any) string {
	if next, ok := w.chat[key]; ok {
		return w.Say(key, args) + w.Say(next, args)
	}
	return w.Say(key, args)
}

// pieces cuts a sentence at its holes.
func pieces(text string) []string {
	var out []string
	end := 0
	for _, hole := range placeholder.FindAllStringIndex(text, -1) {
		out = append(out, text[end:hole[0]], text[hole[0]+1:hole[1]-1])
		end = hole[1]
	}
	return append(out, text[end:])
}

// Error returns what a person reads about err: the sentence named by an *echowall.Error, otherwise the
// general sentence of the error's kind.
func (w *Words) Error(err error) string {
	if e := (*echowall.Error)(nil); errors.As(err, &e) && e.Key != "" {
		args := make(map[string]any, len(e.Args))
		for k, v := range e.Args {
			args[k] = v
		}
		return w.Say(e.Key, args)
	}
	return w.Say("errors."+string(echowall.KindOf(err)), nil)
}

// Has reports whether there is a sentence for key.
func (w *Words) Has(key string) bool {
	_, ok := w.sentences[key]
	return ok
}

// Keys returns all keys, sorted.
func (w *Words) Keys() []string { return slices.Sorted(maps.Keys(w.sentences)) }

// Holes returns the names that the sentence of key needs, each once, in their order.
func (w *Words) Holes(key string) []string {
	var names []string
	for _, h := range placeholder.FindAllString(w.sentences[key].text, -1) {
		if name := h[1 : len(h)-1]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (w *Words) misuse(err error) {
	if w.OnMisuse != nil {
		w.OnMisuse(err)
	}
}

// Day writes a day as people read it: 11月26日（周四）, with its year when that is not this one.
func (w *Words) Day(d echowall.Date) string {
	if w.Now != nil && w.Now().Year() != d.Year {
		return DateText(d)
	}
	return ShortDateText(d)
}

// Moment writes a day and the time, both in t's own location: 11月26日（周四）17:30.
func (w *Words) Moment(t time.Time) string { return w.Day(echowall.DateOf(t)) + t.Format("15:04") }

func (w *Words) text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case echowall.Date:
		return w.Day(v)
	case time.Time:
		return w.Moment(v)
	}
	return fmt.Sprint(v)
}

// loadWords adds the sentences of one layer; those of a later layer replace earlier ones key by key.
func (w *Words) loadWords(ps *problems, l layer) {
	for _, name := range l.glob("words/*.yaml") {
		if path.Base(name) == commandsFile {
			continue
		}
		data, err := fs.ReadFile(l.fsys, name)
		if err != nil {
			ps.unreadable(l.label(name), err)
			continue
		}
		w.readWords(ps, l.label(name), strings.TrimSuffix(path.Base(name), ".yaml"), data)
	}
}

func (w *Words) readWords(ps *problems, file, feature string, data []byte) {
	root, ok := parseYAML(ps, file, 0, data)
	if !ok || root == nil {
		return
	}
	es, ok := entries(root)
	if !ok {
		ps.fail(file, lineOf(root), "每一行应是“键: 句子”", "every line must be \"key: sentence\"")
		return
	}
	for _, e := range es {
		s, ok := scalar(e.value)
		s = strings.TrimSpace(s)
		if !ok || s == "" {
			ps.fail(file, e.line, fmt.Sprintf("“%s”应是一句话", e.key), fmt.Sprintf("%q must be a sentence", e.key))
			continue
		}
		if rest := placeholder.ReplaceAllString(s, ""); strings.ContainsAny(rest, "{}") {
			ps.fail(file, e.line, fmt.Sprintf("“%s”里的花括号应写成 {name}，只用小写字母、数字和下划线", e.key),
				fmt.Sprintf("braces in %q must be {name} of lower-case letters, digits and underscores", e.key))
			continue
		}
		key := feature + "." + e.key
		w.sentences[key] = sentence{text: s, pieces: pieces(s), file: file, line: e.line}
		if said, ok := strings.CutSuffix(key, chatSuffix); ok {
			w.chat[said] = key
		}
	}
}
