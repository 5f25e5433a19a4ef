package web

import (
	"strings"
	"unicode/utf8"

	"echowall"
)

// headlineLimit is the longest title made of a resident's own words, in characters.
const headlineLimit = 25

// headline is the beginning of a text as a title: the first sentence if it is short enough, else as many
// whole clauses as fit, else a cut. whole reports that the title says everything, so that the text need
// not follow.
func headline(text string) (title string, whole bool) {
	text = strings.Join(strings.Fields(text), " ")
	end := func(marks string) string {
		best, n := "", 0
		for i, r := range text {
			if strings.ContainsRune(marks, r) && n >= 4 {
				best = text[:i]
				if marks != clauseEnds {
					return best
				}
			}
			if n++; n > headlineLimit {
				break
			}
		}
		return best
	}
	title = strings.TrimRight(text, sentenceEnds)
	if utf8.RuneCountInString(title) <= headlineLimit && !strings.ContainsAny(title, sentenceEnds) {
		return title, true
	}
	if title = end(sentenceEnds); title == "" {
		title = end(clauseEnds)
	}
	if title == "" {
		title = echowall.Shorten(text, headlineLimit)
	}
	return title, false
}

// clauses splits a title behind its commas: a line breaks there rather than within a word, as Chinese has
// no spaces to break at.
func clauses(title string) []string {
	var out []string
	for len(title) > 0 {
		cut := len(title)
		if i := strings.IndexAny(title, breakAfter); i >= 0 {
			_, n := utf8.DecodeRuneInString(title[i:])
			cut = i + n
		}
		out = append(out, title[:cut])
		title = title[cut:]
	}
	return out
}

const (
	breakAfter   = "，。；：！？"
	sentenceEnds = "。！？；!?;…"
	clauseEnds   = "，,、：: "
)
