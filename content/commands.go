package content

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const commandsFile = "commands.yaml"

// Commands is the table of words that people may type: each command with its synonyms, in the order of the
// file, which is also the order of preference among equals. Immutable after loading.
type Commands struct {
	list    []command
	longest int             // characters of the longest word
	heads   map[rune][]word // all words by their first character, in the order of the list
}

// word is a word of the command name.
type word struct {
	name string
	text []rune
}

type command struct {
	name  string
	words [][]rune // folded; the name first
}

// Names returns the commands in the order of the file.
func (c *Commands) Names() []string {
	names := make([]string, len(c.list))
	for i, cmd := range c.list {
		names[i] = cmd.name
	}
	return names
}

// Has reports whether name is a command (not merely a synonym of one).
func (c *Commands) Has(name string) bool {
	return slices.ContainsFunc(c.list, func(cmd command) bool { return cmd.name == name })
}

// Match finds the command that text begins with: the whole text, or followed by a space or a mark
// ("心愿 路灯坏了", "心愿：路灯坏了"), or directly by a Latin letter or digit ("进度XY2031"). The longest
// word wins. rest is what follows, as typed; pass it through Normalise where a number is expected.
func (c *Commands) Match(text string) (name, rest string, ok bool) {
	var room [16]rune // longer words move to the heap
	var offsets [len(room)]int
	head, ends := c.head(room[:0], offsets[:0], text)
	if len(head) == 0 {
		return "", "", false
	}
	best := 0
	for _, w := range c.heads[head[0]] {
		n := len(w.text)
		if n <= best || n > len(head) || !slices.Equal(head[:n], w.text) {
			continue
		}
		if r, hit := argument(text[ends[n-1]:], w.text[n-1]); hit {
			name, rest, ok, best = w.name, r, true, n
		}
	}
	return name, rest, ok
}

// head folds the first characters of text, as many as the longest command word has, overlooking width,
// case, traditional forms and spaces; ends are the byte offsets behind each of them.
func (c *Commands) head(head []rune, ends []int, text string) ([]rune, []int) {
	for i, r := range text {
		if len(head) == c.longest {
			break
		}
		if f := fold(r); f >= 0 && !unicode.IsSpace(f) {
			head = append(head, f)
			ends = append(ends, i+utf8.RuneLen(r))
		}
	}
	return head, ends
}

// argument looks at what follows a command word that ended with last, and reports whether the word really
// ended there.
func argument(tail string, last rune) (rest string, ok bool) {
	for i, r := range tail {
		f := fold(r)
		switch {
		case f < 0:
			continue
		case isMark(f):
			return strings.TrimSpace(strings.TrimLeftFunc(tail[i:], isMark)), true
		case f < unicode.MaxASCII && (unicode.IsLetter(f) || unicode.IsDigit(f)) && last >= unicode.MaxASCII:
			return strings.TrimSpace(tail[i:]), true // but "helpful" is not "help"
		}
		return "", false
	}
	return "", true
}

// isMark reports whether r separates a command from its argument; an opening bracket or quotation mark
// belongs to the argument.
func isMark(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsPunct(r) && !strings.ContainsRune("([{（《“‘「【\"'", r)
}

// Nearest returns the n commands most like text among those allowed (nil allows all), the most likely
// first. It always returns n if so many are allowed, filled up in the order of the file.
func (c *Commands) Nearest(text string, n int, allowed func(name string) bool) []string {
	typed := foldWord(text)
	type scored struct {
		name  string
		score float64
	}
	var all []scored
	for _, cmd := range c.list {
		if allowed != nil && !allowed(cmd.name) {
			continue
		}
		s := scored{name: cmd.name}
		for _, w := range cmd.words {
			s.score = max(s.score, likeness(typed, w))
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	names := make([]string, 0, n)
	for _, s := range all[:min(n, len(all))] {
		names = append(names, s.name)
	}
	return names
}

// likeness is 1 for equal words and 0 for words without a common character: half from the edit distance,
// half from the share of the word's characters that were typed, wherever they stand.
func likeness(typed, word []rune) float64 {
	common := 0
	for _, r := range word {
		if slices.Contains(typed, r) {
			common++
		}
	}
	if common == 0 {
		return 0
	}
	longest := max(len(typed), len(word))
	near := 1 - float64(distance(typed, word))/float64(longest)
	return near/2 + float64(common)/float64(len(word))/2
}

// distance is the Levenshtein distance; text beyond 64 characters is no mistyped command and is cut.
func distance(a, b []rune) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ra := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, rb := range b {
			cost := diagonal
			if ra != rb {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func foldWord(s string) []rune {
	var out []rune
	for _, r := range s {
		if f := fold(r); f >= 0 && !unicode.IsSpace(f) && !unicode.IsPunct(f) {
			out = append(out, f)
		}
	}
	return out
}

// load reads words/commands.yaml of one layer. A command that is there already gets the new synonyms
// instead of its old ones.
func (c *Commands) load(ps *problems, l layer) {
	name := "words/" + commandsFile
	data, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		if !isMissing(err) {
			ps.unreadable(l.label(name), err)
		}
		return
	}
	file := l.label(name)
	root, ok := parseYAML(ps, file, 0, data)
	if !ok || root == nil {
		return
	}
	es, ok := entries(root)
	if !ok {
		ps.fail(file, lineOf(root), "每一行应是“命令: [同义词, …]”", "every line must be \"command: [synonym, …]\"")
		return
	}
	for _, e := range es {
		synonyms, ok := list(e.value)
		if !ok {
			ps.fail(file, e.line, fmt.Sprintf("“%s”后面应是 [同义词, …]", e.key), fmt.Sprintf("%q must be followed by [synonym, …]", e.key))
			continue
		}
		cmd := command{name: e.key}
		for _, w := range append([]string{e.key}, synonyms...) {
			f := foldWord(w)
			if len(f) == 0 {
				ps.fail(file, e.line, fmt.Sprintf("“%s”有一个空的同义词", e.key), fmt.Sprintf("%q has an empty synonym", e.key))
				continue
			}
			if owner := c.owner(f); owner != "" && owner != e.key {
				ps.fail(file, e.line, fmt.Sprintf("“%s”已经属于命令“%s”", w, owner), fmt.Sprintf("%q belongs to the command %q already", w, owner))
				continue
			}
			cmd.words = append(cmd.words, f)
			c.longest = max(c.longest, len(f))
		}
		if i := slices.IndexFunc(c.list, func(o command) bool { return o.name == e.key }); i >= 0 {
			c.list[i] = cmd
		} else {
			c.list = append(c.list, cmd)
		}
	}
	c.index()
}

// index prepares Match.
func (c *Commands) index() {
	c.heads = make(map[rune][]word)
	for _, cmd := range c.list {
		for _, w := range cmd.words {
			c.heads[w[0]] = append(c.heads[w[0]], word{cmd.name, w})
		}
	}
}

func (c *Commands) owner(word []rune) string {
	for _, cmd := range c.list {
		if slices.ContainsFunc(cmd.words, func(w []rune) bool { return slices.Equal(w, word) }) {
			return cmd.name
		}
	}
	return ""
}
