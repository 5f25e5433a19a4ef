package web

import (
	"slices"

	"echowall"
)

// step is one act in the history of a wish: what, and when. Names never appear, roles do.
type step struct {
	Now   bool
	Words string
	When  string
	Stamp string // for machines
}

// ownSteps is the history for the author, newest first, with what is awaited on top.
func (s *Server) ownSteps(w *echowall.Wish, station string) []step {
	var out []step
	for _, e := range w.History {
		at := e.At.In(s.Location)
		st := step{When: s.shortTime(at), Stamp: at.Format("2006-01-02T15:04")}
		role := s.words.role(e.Role)
		switch e.Move {
		case echowall.MoveAccept:
			st.Words = s.words.Say("web.step_accept", "station", station, "role", role)
		case echowall.MoveAnswer:
			st.Words = s.words.Say("web.step_answer", "role", role, "class", s.words.Say(outcomeKey(echowall.Outcome(e.Note))))
		case echowall.MoveRate:
			st.Words = s.words.Say("web.step_rate", "rating", s.words.Say(ratingKey(echowall.Rating(e.Note))))
		case echowall.MoveSubmit:
			st.Words = s.words.Say("web.step_submit")
		case echowall.MoveRedo:
			st.Words = s.words.Say("web.step_redo")
		case echowall.MoveRoute:
			st.Words = s.words.Say("places.step_route")
		case echowall.MoveSupplement:
			st.Words = s.words.Say("web.step_supplement")
		case echowall.MoveRedact:
			st.Words = s.words.Say("web.step_redact", "role", role)
		case echowall.MovePublish:
			st.Words = s.words.Say("web.step_publish", "role", role)
		case echowall.MoveArchive:
			st.Words = s.words.Say("retention.move_archive")
		case echowall.MoveExpire:
			st.Words = s.words.Say("retention.move_expire")
		default:
			st.Words = s.words.Say("web.step_other")
		}
		out = append(out, st)
	}
	slices.Reverse(out)
	if awaited, ok := awaitedKeys[w.State]; ok {
		now := step{Now: true, Words: s.words.Say(awaited, "station", station)}
		if !w.Due.IsZero() {
			now.When = s.words.Say("web.until", "due", w.Due.In(s.Location))
		}
		out = append([]step{now}, out...)
	}
	return out
}

// awaitedKeys are the sentences of what comes next; a closed wish waits for nothing.
var awaitedKeys = map[echowall.WishState]string{
	echowall.WishSubmitted: "web.now_submitted",
	echowall.WishAccepted:  "web.now_accepted",
	echowall.WishToVerify:  "web.now_to_verify",
	echowall.WishRedo:      "web.now_redo",
}

// publicMoves are what everybody may know of a history; hours could reveal habits, so days only.
var publicMoves = map[echowall.Move]string{
	echowall.MoveSubmit:  "wall.step_submit",
	echowall.MoveAccept:  "wall.step_accept",
	echowall.MoveAnswer:  "wall.step_answer",
	echowall.MoveRate:    "wall.step_rate",
	echowall.MoveRedo:    "wall.step_redo",
	echowall.MovePublish: "wall.step_publish",
}

func (s *Server) publicSteps(w *echowall.Wish) []step {
	var out []step
	for _, e := range w.History {
		if key, ok := publicMoves[e.Move]; ok {
			d := s.dayOf(e.At)
			out = append(out, step{Words: s.words.Say(key), When: s.shortDay(d), Stamp: d.String()})
		}
	}
	slices.Reverse(out)
	if len(out) > 0 && !w.Due.IsZero() {
		out = append([]step{{Now: true, Words: s.words.Say("wall.now_" + dueKind(w)), When: s.dueText(w)}}, out...)
	}
	return out
}
