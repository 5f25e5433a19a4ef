package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// moveNames are the moves of a wish in words.
var moveNames = map[echowall.Move]string{
	echowall.MoveSubmit:     "staff.move_submit",
	echowall.MoveSupplement: "staff.move_supplement",
	echowall.MoveRoute:      "places.move_route",
	echowall.MoveAccept:     "staff.move_accept",
	echowall.MoveAnswer:     "staff.move_answer",
	echowall.MoveRate:       "staff.move_rate",
	echowall.MoveRedo:       "staff.move_redo",
	echowall.MoveRedact:     "staff.move_redact",
	echowall.MovePublish:    "staff.move_publish",
	echowall.MoveConsent:    "staff.move_consent",
	echowall.MoveErase:      "staff.move_erase",
	echowall.MoveArchive:    "retention.move_archive",
	echowall.MoveExpire:     "retention.move_expire",
}

// nextSteps say what an officer can do in each state.
var nextSteps = map[echowall.WishState]string{
	echowall.WishSubmitted: "staff.next_sign",
	echowall.WishAccepted:  "staff.next_answer",
	echowall.WishRedo:      "staff.next_answer",
	echowall.WishToVerify:  "staff.next_wait",
	echowall.WishClosed:    "staff.next_closed",
	echowall.WishWithdrawn: "staff.next_withdrawn",
}

// nextStep is what an officer can do with a wish now; one at the triage desk is given to a station first.
func nextStep(w *echowall.Wish) string {
	if w.State == echowall.WishSubmitted && w.Station == echowall.TriageStation {
		return "places.next_route"
	}
	return nextSteps[w.State]
}

// viewCase shows an officer everything about a wish but who wrote it.
func (a *App) viewCase(c *bot.Context) (echowall.Message, error) {
	number, _, err := needNumber("看", c.Rest)
	if err != nil && c.Who().Can(echowall.ActionWishRead) {
		return echowall.Message{}, err
	}
	w, err := a.Wishes.ForStaff(c, c.Who(), number)
	if err != nil {
		return echowall.Message{}, err
	}
	if _, err := a.shown(c, about(w.Number, echowall.DebtWishNew, echowall.DebtWishDue, echowall.DebtWishRedo)); err != nil {
		return echowall.Message{}, err
	}
	head := c.Say(stateNames[w.State])
	if !w.Due.IsZero() {
		head = c.Say("staff.case_state", "state", head, "left", a.left(w.Due))
	}
	text := w.Text
	switch {
	case w.Expired():
		text = c.Say("retention.case_expired")
	case w.Erased():
		text = c.Say("staff.case_erased")
	}
	lines := []string{c.Say("staff.case_head", "number", w.Number, "state", head), text}
	if place := placeOf(w); place != "" {
		lines = append(lines, c.Say("staff.case_place", "place", place))
	}
	if n := len(w.Media); n > 0 {
		lines = append(lines, c.Say("staff.case_media", "count", n))
	}
	if a.MediaURL != nil {
		for i, id := range w.Media {
			lines = append(lines, link(a.MediaURL(id), c.Say("staff.case_media_open", "number", i+1)))
		}
	}
	if w.Answer != nil {
		lines = append(lines, a.answerLines(w)...)
	}
	for _, e := range w.History {
		lines = append(lines, c.Say("staff.case_event", "time", a.date(e.At), "move", c.Say(moveNames[e.Move])))
	}
	if w.Public != nil && !w.OnWall() {
		lines = append(lines, c.Say("staff.case_public", "text", w.Public.Text))
	}
	lines = append(lines, c.Say(a.consentLine(w)), c.Say(nextStep(w), "number", w.Number))
	if a.CaseURL != nil {
		lines = append(lines, link(a.CaseURL(w.Number), c.Say("staff.case_link")))
	}
	return echowall.Message{Text: strings.Join(lines, "\n")}, nil
}

func (a *App) consentLine(w *echowall.Wish) string {
	switch {
	case w.OnWall():
		return "staff.case_on_wall"
	case w.MayPublish:
		return "staff.case_may_publish"
	}
	return "staff.case_private"
}

// placeOf is what is known about the place, in words.
func placeOf(w *echowall.Wish) string {
	if w.Place != "" || w.At == nil {
		return w.Place
	}
	return w.At.Label
}
