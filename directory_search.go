package echowall

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a search.
const (
	SearchLength = 40 // characters of a question
	SearchLimit  = 100
)

// searchIndex is one text in which all people stand, so that a question is one pass over memory that lies
// together: 50,000 people are some 3 MB.
type searchIndex struct {
	text   string
	starts []int32 // where each person of Roster.People begins in text
}

// indexPeople writes, for each person, number, name, last digits of the phone, home branch and its name, each
// after a separator. The separator lets a question ask for the beginning of a field.
func (d *Directory) indexPeople() *searchIndex {
	x := &searchIndex{starts: make([]int32, len(d.Roster.People))}
	var out strings.Builder
	out.Grow(64 * len(d.Roster.People))
	for i := range d.Roster.People {
		p := &d.Roster.People[i]
		x.starts[i] = int32(out.Len())
		field := func(s string) {
			out.WriteByte(0)
			out.WriteString(foldSearch(s))
		}
		field(string(p.ID))
		field(p.Name)
		field(p.PhoneTail)
		if p.Branch != "" {
			field(string(p.Branch))
			if b, ok := d.Branch(p.Branch); ok {
				field(b.Name)
			}
		}
		field(p.Post)
	}
	out.WriteByte(0)
	x.text = out.String()
	return x
}

// foldSearch makes letters small and full-width ones plain: whoever asks does not know how it was written.
func foldSearch(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r = r - '！' + '!'
		case r == 0:
			return -1
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// Search finds people by number, name, last digits of the phone, branch or post. Words of the question that are
// set apart by blanks must all be found. Exact numbers and names come first, then those that begin with the
// question, then the others; whoever has left comes last. An empty question finds nobody. limit is at most
// SearchLimit; keep leaves out whom the asker may not see, nil nobody.
func (d *Directory) Search(question string, limit int, keep func(*RosterPerson) bool) []*RosterPerson {
	if utf8.RuneCountInString(question) > SearchLength {
		return nil
	}
	words := strings.Fields(foldSearch(question))
	limit = min(limit, SearchLimit)
	if len(words) == 0 || limit <= 0 {
		return nil
	}
	// The longest word is likely the rarest, and only lines that have it are looked at.
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	x := d.search()
	found := make(map[int][]*RosterPerson) // by rank, in the order of numbers
	for at, n := 0, 0; ; {
		i := strings.Index(x.text[at:], words[0])
		if i < 0 {
			break
		}
		for n+1 < len(x.starts) && int(x.starts[n+1]) <= at+i {
			n++
		}
		end := len(x.text)
		if n+1 < len(x.starts) {
			end = int(x.starts[n+1])
		}
		line := x.text[x.starts[n]:end]
		if rank, ok := rank(line, words); ok {
			p := &d.Roster.People[n]
			if p.Left {
				rank += leftRank
			}
			if len(found[rank]) < limit && (keep == nil || keep(p)) {
				found[rank] = append(found[rank], p)
			}
		}
		at = end
	}
	var out []*RosterPerson
	for _, rank := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[rank]...)
	}
	return out[:min(len(out), limit)]
}

// leftRank is behind everybody who has not left.
const leftRank = 2 * SearchLength

// rank says how well a line answers, 0 best; false when a word is missing.
func rank(line string, words []string) (int, bool) {
	sum := 0
	for _, w := range words {
		i := strings.Index(line, w)
		if i < 0 {
			return 0, false
		}
		worst := 2
		for ; i >= 0; i = nextIndex(line, w, i) {
			if i == 0 || line[i-1] != 0 {
				continue
			}
			worst = min(worst, 1)
			if end := i + len(w); end == len(line) || line[end] == 0 {
				worst = 0
				break
			}
		}
		sum += worst
	}
	return sum, true
}

// nextIndex is where w stands in line after position i; -1 for nowhere.
func nextIndex(line, w string, i int) int {
	next := strings.Index(line[i+1:], w)
	if next < 0 {
		return -1
	}
	return i + 1 + next
}
