package emulator

import (
	"html"
	"regexp"
	"strings"
)

// The client makes links of two things in a text: an <a> element of the
// account with a web address, and a bare web address of anybody. All other
// markup is shown as it was written.
var (
	anchor  = regexp.MustCompile(`(?is)<a(\s[^>]*)>(.*?)</a>`)
	href    = regexp.MustCompile(`(?is)\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	address = regexp.MustCompile(`https?://[0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%]+`)
)

// textPart is a piece of a text; one with a target is a link.
type textPart struct{ Text, Target string }

// textParts splits a text into plain pieces and links.
func textParts(text string, markup bool) []textPart {
	if !markup {
		return bareLinks(nil, text)
	}
	var list []textPart
	at := 0
	for _, m := range anchor.FindAllStringSubmatchIndex(text, -1) {
		attributes, label := text[m[2]:m[3]], text[m[4]:m[5]]
		h := href.FindStringSubmatch(attributes)
		if h == nil {
			continue
		}
		target := html.UnescapeString(h[1] + h[2] + h[3])
		if !webAddress(target) {
			continue
		}
		list = append(bareLinks(list, text[at:m[0]]), textPart{label, target})
		at = m[1]
	}
	return bareLinks(list, text[at:])
}

// bareLinks appends a text without markup.
func bareLinks(list []textPart, text string) []textPart {
	at := 0
	for _, m := range address.FindAllStringIndex(text, -1) {
		found := strings.TrimRight(text[m[0]:m[1]], ".,;:!?)'")
		if !webAddress(found) {
			continue
		}
		list = append(list, textPart{text[at:m[0]], ""}, textPart{found, found})
		at = m[0] + len(found)
	}
	return append(list, textPart{text[at:], ""})
}

// bubbleLinks lists where taps on a bubble can lead.
func bubbleLinks(b Bubble) []string {
	list := []string{b.URL}
	for _, a := range b.Articles {
		list = append(list, a.URL)
	}
	texts := []string{b.Text}
	if b.Menu != nil {
		texts = append(texts, b.Menu.Head, b.Menu.Tail)
	}
	for _, text := range texts {
		for _, part := range textParts(text, b.Via != ViaSelf) {
			if part.Target != "" {
				list = append(list, part.Target)
			}
		}
	}
	return list
}
