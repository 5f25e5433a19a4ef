package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// listLength is how many wishes a list in the chat shows.
const listLength = 9

func (a *App) registerProgress(r *bot.Router) {
	a.command(r, "进度", a.progress)
	a.command(r, "我的心愿", a.mine)
	r.Flow(a.mineFlow())
}

// progress tells how the newest own wish stands, or the one whose number follows.
func (a *App) progress(c *bot.Context) (echowall.Message, error) {
	if c.Rest == "" {
		list, err := a.Wishes.MineAll(c, c.Turn.Author(), 1)
		if err != nil {
			return echowall.Message{}, err
		}
		if len(list) == 0 {
			return c.Reply("wish.none")
		}
		return a.progressOf(c, list[0])
	}
	number, _, err := needNumber("进度", c.Rest)
	if err != nil {
		return echowall.Message{}, err
	}
	w, err := a.Wishes.Mine(c, c.Turn.Author(), number)
	if err != nil {
		return echowall.Message{}, err
	}
	return a.progressOf(c, w)
}

func (a *App) progressOf(c *bot.Context, w *echowall.Wish) (echowall.Message, error) {
	station, err := a.stationName(c, w.Station)
	if err != nil {
		return echowall.Message{}, err
	}
	if _, err := a.shown(c, about(w.Number, echowall.DebtWishAccepted, echowall.DebtWishAnswered)); err != nil {
		return echowall.Message{}, err
	}
	lines := []string{
		c.Say("wish.progress_head", "number", w.Number, "title", w.Title()),
		a.standing(w, station),
	}
	if !w.Due.IsZero() && c.Now.After(w.Due) {
		lines = append(lines, c.Say("wish.late"))
	}
	if w.Answer != nil {
		lines = append(lines, a.answerLines(w)...)
	}
	if w.State == echowall.WishToVerify {
		lines = append(lines, c.Say("wish.rating"))
	}
	lines = append(lines, link(a.WishURL(w.Number, w.Author), c.Say("wish.details")))
	return echowall.Message{Text: strings.Join(lines, "\n")}, nil
}

// standings are the sentences of the handling states; they may use {station}, {due} and {rating}.
var standings = map[echowall.WishState]string{
	echowall.WishSubmitted: "wish.state_submitted",
	echowall.WishAccepted:  "wish.state_accepted",
	echowall.WishToVerify:  "wish.state_to_verify",
	echowall.WishRedo:      "wish.state_redo",
	echowall.WishClosed:    "wish.state_closed",
	echowall.WishWithdrawn: "wish.state_withdrawn",
}

// stateNames are the states in two or three words, for lists.
var stateNames = map[echowall.WishState]string{
	echowall.WishSubmitted: "wish.name_submitted",
	echowall.WishAccepted:  "wish.name_accepted",
	echowall.WishToVerify:  "wish.name_to_verify",
	echowall.WishRedo:      "wish.name_redo",
	echowall.WishClosed:    "wish.name_closed",
	echowall.WishWithdrawn: "wish.name_withdrawn",
}

// ratingNames are the verdicts in words.
var ratingNames = map[echowall.Rating]string{
	"":                      "wish.rating_none",
	echowall.RatingGood:     "wish.rating_a",
	echowall.RatingFair:     "wish.rating_b",
	echowall.RatingPoor:     "wish.rating_c",
	echowall.RatingUnsolved: "wish.rating_d",
}

// outcomeNames are the classes of an answer in words.
var outcomeNames = map[echowall.Outcome]string{
	echowall.OutcomeSolved:   "wish.outcome_a",
	echowall.OutcomeUnderway: "wish.outcome_b",
	echowall.OutcomePlanned:  "wish.outcome_c",
	echowall.OutcomeRefused:  "wish.outcome_d",
	echowall.OutcomeNoProof:  "wish.outcome_e",
	echowall.OutcomeOther:    "wish.outcome_f",
}

// standing says where a wish is and until when.
func (a *App) standing(w *echowall.Wish, station string) string {
	due := ""
	if !w.Due.IsZero() {
		due = a.when(w.Due)
	}
	return a.say(standings[w.State], "station", station, "due", due, "rating", a.say(ratingNames[w.Rating]))
}

// answerLines are the class, the text and the promise of an answer.
func (a *App) answerLines(w *echowall.Wish) []string {
	return append([]string{a.say("wish.answer_class", "class", a.say(outcomeNames[w.Answer.Class]))}, a.answerText(w)...)
}

// answerText are the text and the promise.
func (a *App) answerText(w *echowall.Wish) []string {
	var lines []string
	if w.Answer.Text != "" { // an erased wish keeps the class only
		lines = append(lines, w.Answer.Text)
	}
	if !w.Answer.Promise.IsZero() {
		lines = append(lines, a.say("wish.answer_promise", "date", w.Answer.Promise))
	}
	return lines
}

// mine lists the own wishes; a digit afterwards shows one.
func (a *App) mine(c *bot.Context) (echowall.Message, error) { return a.mineFlow().Start(c, ownList{}) }

// ownList remembers the digit only: receipt numbers and the person's other business do not meet in one
// document.
type ownList struct {
	Picked int `json:"picked,omitempty"`
}

func (a *App) mineFlow() *bot.Flow[ownList] {
	return &bot.Flow[ownList]{
		Name: offerMine, Version: 1, First: "which",
		Steps: map[string]bot.Step[ownList]{"which": {
			Ask: func(c *bot.Context, _ *ownList) (string, error) {
				list, err := a.Wishes.MineAll(c, c.Turn.Author(), listLength)
				if err != nil {
					return "", err
				}
				if len(list) == 0 {
					c.Conversation().Dialog = nil
					return c.Say("wish.none"), nil
				}
				var names []string
				for _, w := range list {
					names = append(names, c.Say("wish.mine_line", "number", w.Number, "title", w.Title(), "state", c.Say(stateNames[w.State])))
				}
				return c.Say("wish.mine", "choices", choices(c, names)), nil
			},
			Take: func(c *bot.Context, s *ownList) (next string, err error) {
				s.Picked, err = choice(c, listLength)
				return bot.End, err
			},
		}},
		Finish: func(c *bot.Context, s *ownList) (echowall.Message, error) {
			list, err := a.Wishes.MineAll(c, c.Turn.Author(), listLength)
			if err != nil {
				return echowall.Message{}, err
			}
			if s.Picked > len(list) {
				return echowall.Message{}, echowall.Refusal(echowall.KindInvalid, "common.choose_list")
			}
			return a.progressOf(c, list[s.Picked-1])
		},
	}
}
