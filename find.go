package echowall

import "strings"

// Finder finds words in one text that is asked for many of them, such as the names of all stations or a
// list of warning words. It notes which runs of four bytes the text has, so that a word that is not there
// is nearly always ruled out without reading the text again. The answers are those of strings.Contains.
type Finder struct {
	text string
	runs [finderBits / 64]uint64
}

const (
	finderBits = 1 << 12 // a wish of 120 characters sets a tenth of them
	finderRun  = 4       // bytes
)

// NewFinder returns a Finder for text.
func NewFinder(text string) *Finder {
	f := &Finder{text: text}
	var run uint32
	for i := range len(text) {
		run = run<<8 | uint32(text[i])
		if i >= finderRun-1 {
			bit := runBit(run)
			f.runs[bit/64] |= 1 << (bit % 64)
		}
	}
	return f
}

// Contains reports whether word is in the text.
func (f *Finder) Contains(word string) bool {
	var run uint32
	for i := range len(word) {
		run = run<<8 | uint32(word[i])
		if i >= finderRun-1 {
			bit := runBit(run)
			if f.runs[bit/64]&(1<<(bit%64)) == 0 {
				return false
			}
		}
	}
	return strings.Contains(f.text, word)
}

// runBit spreads runs over the bits; the constant is 2^32 divided by the golden ratio.
func runBit(run uint32) uint32 { return run * 0x9E3779B1 >> 20 }
