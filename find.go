package echowall

import (
	"strings"
	"unicode/utf8"
)

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

// WordList looks for many words in one pass over a text: at each character only the words that begin with it
// are compared. Every word carries marks of the list it is from. The zero WordList has no words; it is not
// changed while it is used.
type WordList struct {
	heads [1 << 16 / 64]uint64 // first characters of words, by their lowest 16 bits
	words map[rune][]markedWord
}

type markedWord struct {
	text  string
	marks uint
}

// Add adds words with some marks. Empty words are left out.
func (l *WordList) Add(marks uint, words ...string) {
	if l.words == nil {
		l.words = make(map[rune][]markedWord)
	}
	for _, w := range words {
		if w == "" {
			continue
		}
		head, _ := utf8.DecodeRuneInString(w)
		l.heads[uint16(head)/64] |= 1 << (head % 64)
		l.words[head] = append(l.words[head], markedWord{w, marks})
	}
}

// Marks returns the marks of all words that are in text, which is valid UTF-8 as the words are.
func (l *WordList) Marks(text string) (found uint) {
	for i, r := range text {
		if l.heads[uint16(r)/64]>>(r%64)&1 == 0 {
			continue
		}
		for _, w := range l.words[r] {
			if strings.HasPrefix(text[i:], w.text) {
				found |= w.marks
			}
		}
	}
	return found
}
