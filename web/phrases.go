package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"echowall"
	"echowall/content"
)

// phrases are the catalogue, asked with pairs: Say("wall.total", "count", 3).
type phrases struct{ *content.Words }

// Say returns the sentence of key, its holes filled from pairs of name and value.
func (p phrases) Say(key string, pairs ...any) string {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return p.Words.Say(key, args)
}

func (p phrases) checkKey(key string, given ...string) (errs []error) {
	if !p.Has(key) {
		return []error{fmt.Errorf("web: no sentence %q in content/words", key)}
	}
	for _, hole := range p.Holes(key) {
		if !slices.Contains(given, hole) {
			errs = append(errs, fmt.Errorf("web: sentence %q gets no value for {%s}", key, hole))
		}
	}
	return errs
}

// Labels are shared with the chat: the chip says what the bot says.
func stateKey(s echowall.WishState) string { return "wish.name_" + strings.ToLower(string(s)) }
func outcomeKey(o echowall.Outcome) string { return "wish.outcome_" + strings.ToLower(string(o)) }
func ratingKey(r echowall.Rating) string   { return "wish.rating_" + strings.ToLower(string(r)) }
func errorKeys(k echowall.Kind) []string {
	return []string{"web.error_" + string(k), "web.error_" + string(k) + "_text"}
}

// checkLabels looks for the sentences whose keys are put together while running.
func (p phrases) checkLabels() error {
	var errs []error
	for _, s := range echowall.AllStates {
		errs = append(errs, p.checkKey(stateKey(s))...)
	}
	for o := range outcomeLooks {
		errs = append(errs, p.checkKey(outcomeKey(o))...)
	}
	for _, r := range ratings {
		errs = append(errs, p.checkKey(ratingKey(r))...)
	}
	for k := range statuses {
		for _, key := range errorKeys(k) {
			errs = append(errs, p.checkKey(key)...)
		}
	}
	return errors.Join(errs...)
}
