package handlers

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"echowall"
	"echowall/bot"
	"echowall/content"
)

// What nobody should type here, and what is allowed with a word of warning. Digits are looked at after
// content.Normalise, so full width does not hide them.
var (
	// documents are 18-digit ID card numbers and bank card numbers of 16 to 19 digits, written together or
	// in their usual groups.
	documents = regexp.MustCompile(`(?:^|[^0-9])(?:[0-9]{16,19}|[0-9]{17}[Xx]|[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -]?[0-9]{1,3})?|[0-9]{6}[ -][0-9]{8}[ -][0-9]{3}[0-9Xx])(?:[^0-9]|$)`)
	phones    = regexp.MustCompile(`(?:^|[^0-9])1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?:[^0-9]|$)`)
)

// sight is what there is to notice in one text.
type sight struct{ document, phone, denounces, alarms bool }

// look reads a text once for everything that is watched for.
func (a *App) look(text string) sight {
	var s sight
	folded := content.Normalise(text)
	digits := 0
	for i := range len(folded) {
		if folded[i] >= '0' && folded[i] <= '9' {
			digits++
		}
	}
	// Most texts have fewer digits than any of these numbers.
	s.document = digits >= 16 && documents.MatchString(folded)
	s.phone = digits >= 11 && phones.MatchString(folded)
	marks := a.watched.marks(a, text)
	s.alarms = marks&markDanger != 0
	s.denounces = marks&markDenounce != 0 || marks&markVerb != 0 && a.accuses(text)
	return s
}

// refusal refuses texts that must not be kept: document numbers, and denunciations, which have a channel of
// their own (citizen-feedback reference 7.7).
func (s sight) refusal() error {
	if s.document {
		return echowall.Refusal(echowall.KindInvalid, "wish.document_number")
	}
	if s.denounces {
		return echowall.Refusal(echowall.KindInvalid, "wish.denounce")
	}
	return nil
}

// warnings are lines to put above the answer to a text that is kept: danger first.
func (s sight) warnings(c *bot.Context) []string {
	var lines []string
	if s.alarms {
		lines = append(lines, c.Say("wish.danger"))
	}
	if s.phone {
		lines = append(lines, c.Say("wish.phone_number"))
	}
	return lines
}

func (a *App) check(text string) error { return a.look(text).refusal() }

// What a watched word means.
const (
	markDanger uint = 1 << iota
	markDenounce
	markVerb
)

// watched are the words of the lists in content, made ready at the first text.
type watched struct {
	once  sync.Once
	words echowall.WordList
}

func (w *watched) marks(a *App, text string) uint {
	w.once.Do(func() {
		for mark, key := range map[uint]string{markDanger: "wish.words_danger", markDenounce: "wish.words_denounce", markVerb: "wish.words_denounce_verb"} {
			w.words.Add(mark, list(a.say(key))...)
		}
	})
	return w.words.Marks(text)
}

// denounces reports whether text accuses an official: by what is said, or by the verb with whom it is about
// after it in the same clause. 举报 alone is how people speak of cars in the wrong place, too.
func (a *App) denounces(text string) bool { return a.look(text).denounces }

// accuses looks at who is named behind one of the verbs.
func (a *App) accuses(text string) bool {
	who := a.say("wish.words_denounce_who")
	for _, verb := range list(a.say("wish.words_denounce_verb")) {
		for rest := text; ; {
			_, after, found := strings.Cut(rest, verb)
			if !found {
				break
			}
			rest = after
			if mentions(clause(after), who) {
				return true
			}
		}
	}
	return false
}

// clause is the first clause of text, without the marks around it.
func clause(text string) string {
	mark := func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) }
	text = strings.TrimLeftFunc(text, mark)
	if i := strings.IndexFunc(text, mark); i >= 0 {
		return text[:i]
	}
	return text
}

// danger reports whether somebody may be in danger.
func (a *App) danger(text string) bool { return a.watched.marks(a, text)&markDanger != 0 }

// mentions reports whether text has one of the words of a list.
func mentions(text, words string) bool {
	f := echowall.NewFinder(text)
	return slices.ContainsFunc(list(words), f.Contains)
}

// list reads a list of words, which content writes as 词、词、词.
func list(text string) []string {
	var words []string
	for w := range strings.SplitSeq(text, "、") {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}
