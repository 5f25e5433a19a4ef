package web

import (
	"errors"
	"fmt"
	"maps"
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
func roleKey(r echowall.Role) string       { return "web.role_" + string(r) }
func errorKeys(k echowall.Kind) []string {
	return []string{"web.error_" + string(k), "web.error_" + string(k) + "_text"}
}

// role names what somebody acted as, never who.
func (p phrases) role(r echowall.Role) string {
	if key := roleKey(r); p.Has(key) {
		return p.Words.Say(key, nil)
	}
	return p.Say("web.role_staff")
}

// deskRole names a role on console pages.
func (p phrases) deskRole(r echowall.Role) string { return p.Say(deskRoleKey(r)) }

func deskRoleKey(r echowall.Role) string { return "console.role_" + string(r) }

// checkLabels looks for the sentences whose keys are put together while running.
func (p phrases) checkLabels() error {
	var errs []error
	for _, s := range echowall.AllStates {
		errs = append(errs, p.checkKey(stateKey(s))...)
		if stateLooks[s].icon == "" {
			errs = append(errs, fmt.Errorf("web: state %s has no look", s))
		}
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
	for _, key := range slices.Concat(slices.Collect(maps.Values(awaitedKeys)), slices.Collect(maps.Values(publicMoves))) {
		errs = append(errs, p.checkKey(key, "station")...)
	}
	for _, kind := range []string{"screening", "handling", "redo"} {
		errs = append(errs, p.checkKey("web.clock_"+kind, "days", "due")...)
		errs = append(errs, p.checkKey("web.clock_rule_"+kind)...)
	}
	for _, kind := range []string{"accept", "answer"} {
		errs = append(errs, p.checkKey("wall.due_on_"+kind, "date")...)
		errs = append(errs, p.checkKey("wall.due_was_"+kind, "date")...)
		errs = append(errs, p.checkKey("wall.now_"+kind)...)
	}
	for _, perm := range echowall.Permissions() {
		if perm.Role != echowall.RoleAuthor {
			errs = append(errs, p.checkKey(deskRoleKey(perm.Role))...)
		}
	}
	for _, key := range slices.Concat(slices.Collect(maps.Values(caseMoves)), slices.Collect(maps.Values(caseAwaits)), []string{"console.move_other"}) {
		errs = append(errs, p.checkKey(key)...)
	}
	for k := range statuses {
		errs = append(errs, p.checkKey("console.error_"+string(k))...)
		errs = append(errs, p.checkKey("console.error_"+string(k)+"_text")...)
	}
	return errors.Join(errs...)
}
