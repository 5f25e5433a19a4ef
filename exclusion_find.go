package echowall

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameIndex looks for many names in one pass over a text: where the first two characters of a name stand, the
// text is looked up in each length that such names have. A name has two characters at least.
type nameIndex struct {
	heads   heads
	lengths map[[2]rune][]int // in bytes, by the first two characters
	names   map[string]*partyName
}

type partyName struct {
	parties []Party
	place   bool // the name of an institution, which may stand for the place where it is
}

func (x *nameIndex) add(name string, p Party, place bool) {
	first, n := utf8.DecodeRuneInString(name)
	second, m := utf8.DecodeRuneInString(name[n:])
	if m == 0 {
		return
	}
	if x.names == nil {
		x.names, x.lengths = make(map[string]*partyName), make(map[[2]rune][]int)
	}
	x.heads.add(first)
	if head := [2]rune{first, second}; !slices.Contains(x.lengths[head], len(name)) {
		x.lengths[head] = append(x.lengths[head], len(name))
	}
	known := x.names[name]
	if known == nil {
		known = &partyName{place: true}
		x.names[name] = known
	}
	known.place = known.place && place
	if !slices.Contains(known.parties, p) {
		known.parties = append(known.parties, p)
	}
}

// find returns the parties named in text, sorted. Of names that overlap, the one inside a longer one does not
// count: 新竹园居委会 is not 竹园居委会.
func (x *nameIndex) find(text string) []Party {
	type hit struct {
		from, to int
		parties  []Party
	}
	if hasSpace(text) { // 张 三
		text = strings.Join(strings.Fields(text), "")
	}
	var hits []hit
	for i, r := range text {
		if !x.heads.may(r) {
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		second, _ := utf8.DecodeRuneInString(text[i+size:])
		for _, length := range x.lengths[[2]rune{r, second}] {
			h := hit{from: i, to: i + length}
			if h.to > len(text) {
				continue
			}
			n, ok := x.names[text[h.from:h.to]]
			if !ok {
				continue
			}
			if !n.place || !meansPlace(text[h.to:]) {
				h.parties = n.parties
			}
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	var out []Party
	end := 0
	for _, h := range hits {
		if h.to > end { // else it is inside a longer one
			end = h.to
			out = append(out, h.parties...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// heads are the first characters of names, by their lowest 16 bits.
type heads [1 << 16 / 64]uint64

func (h *heads) add(r rune) { h[uint16(r)/64] |= 1 << (r % 64) }

// may reports whether a name may begin with r.
func (h *heads) may(r rune) bool { return h[uint16(r)/64]>>(r%64)&1 == 1 }

// hasSpace reports whether there may be space in text. It looks for the first bytes of what is space, and at the
// whole only of the ideographic space, which shares its first byte with the marks of every sentence.
func hasSpace(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c <= ' ', c == 0xC2, c == 0xE1, c == 0xE2:
			return true
		case c == 0xE3 && strings.HasPrefix(text[i:], "\u3000"):
			return true
		}
	}
	return false
}

// meansPlace reports whether what follows the name of an institution says that the place is meant.
func meansPlace(rest string) bool {
	rest = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsPunct(r) || r == '的' })
	return slices.ContainsFunc(placeWords, func(w string) bool { return strings.HasPrefix(rest, w) })
}
