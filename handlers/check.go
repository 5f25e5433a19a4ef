package handlers

import (
	"regexp"
	"strings"
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

// check refuses texts that must not be kept: document numbers, and denunciations, which have a channel of
// their own (citizen-feedback reference 7.7).
func (a *App) check(c *bot.Context, text string) error {
	if writes(documents, 16, text) {
		return echowall.Refusal(echowall.KindInvalid, "wish.document_number")
	}
	if a.denounces(text) {
		return echowall.Refusal(echowall.KindInvalid, "wish.denounce")
	}
	return nil
}

// warnings are lines to put above the answer to a text that is kept: danger first.
func (a *App) warnings(c *bot.Context, text string) []string {
	var lines []string
	if a.danger(text) {
		lines = append(lines, c.Say("wish.danger"))
	}
	if writes(phones, 11, text) {
		lines = append(lines, c.Say("wish.phone_number"))
	}
	return lines
}

// writes reports whether number matches in text. It has at least so many digits, and most texts have fewer.
func writes(number *regexp.Regexp, digits int, text string) bool {
	text = content.Normalise(text)
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			digits--
		}
	}
	return digits <= 0 && number.MatchString(text)
}

// denounces reports whether text accuses an official: by what is said, or by the verb with whom it is about
// after it in the same clause. 举报 alone is how people speak of cars in the wrong place, too.
func (a *App) denounces(text string) bool {
	if mentions(text, a.say("wish.words_denounce")) {
		return true
	}
	who := a.say("wish.words_denounce_who")
	for verb := range strings.SplitSeq(a.say("wish.words_denounce_verb"), "、") {
		for rest := text; ; {
			_, after, found := strings.Cut(rest, strings.TrimSpace(verb))
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
func (a *App) danger(text string) bool { return mentions(text, a.say("wish.words_danger")) }

// mentions reports whether text has one of the words of a list, which content writes as 词、词、词.
func mentions(text, list string) bool {
	f := echowall.NewFinder(text)
	for w := range strings.SplitSeq(list, "、") {
		if w = strings.TrimSpace(w); w != "" && f.Contains(w) {
			return true
		}
	}
	return false
}
