package web

import "echowall"

// figures are all wishes by where they stand; the parts add up to Total.
type figures struct {
	Total                 int
	Open, Waiting, Closed int
	New, Redone           int // of Open: not signed for yet, sent back
	Bar                   []segment
}

func figuresOf(counts map[echowall.WishState]int) figures {
	f := figures{
		New:     counts[echowall.WishSubmitted],
		Redone:  counts[echowall.WishRedo],
		Waiting: counts[echowall.WishToVerify],
		Closed:  counts[echowall.WishClosed],
	}
	f.Open = f.New + f.Redone + counts[echowall.WishAccepted]
	f.Total = f.Open + f.Waiting + f.Closed
	// Waiting is hatched: nobody knows yet. Closed is grey: it is not the same as solved.
	f.Bar = barOf(part{f.Open, "c1"}, part{f.Waiting, ""}, part{f.Closed, "c2"})
	return f
}

// fewAnswers is below how many a share says little (citizen-feedback reference, formulas).
const fewAnswers = 20

// outcomes are the results of the published answers.
type outcomes struct {
	Total int
	Few   bool
	Rows  []outcomeRow
}

type outcomeRow struct {
	Chip  chip
	Count int
	Width int // of outcomeWidth
	Fill  string
}

// outcomeWidth is the longest bar, in user units.
const outcomeWidth = 320

var outcomeOrder = []echowall.Outcome{
	echowall.OutcomeSolved, echowall.OutcomeUnderway, echowall.OutcomePlanned,
	echowall.OutcomeRefused, echowall.OutcomeNoProof, echowall.OutcomeOther,
}

// fills of the bars by tone of the chip: green only for what a resident confirmed.
var fills = map[string]string{"good": "c5", "move": "c1", "rest": "c2"}

// outcomesOf counts the answers on the wall; nil when there is none. A wish that was sent back has no
// result for now.
func (s *Server) outcomesOf(list []*echowall.Wish) *outcomes {
	o := new(outcomes)
	count := make(map[chip]int)
	for _, w := range list {
		if settled(w) {
			count[s.words.outcomeChip(w)]++
			o.Total++
		}
	}
	if o.Total == 0 {
		return nil
	}
	o.Few = o.Total < fewAnswers
	row := func(c chip) {
		if n := count[c]; n > 0 {
			o.Rows = append(o.Rows, outcomeRow{Chip: c, Count: n, Width: max(outcomeWidth*n/o.Total, barLeast), Fill: fills[c.Tone]})
		}
	}
	for _, class := range outcomeOrder {
		claim := &echowall.Wish{State: echowall.WishToVerify, Answer: &echowall.Answer{Class: class}}
		proven := &echowall.Wish{State: echowall.WishClosed, Rating: echowall.RatingGood, Answer: claim.Answer}
		row(s.words.outcomeChip(proven))
		if s.words.outcomeChip(claim) != s.words.outcomeChip(proven) {
			row(s.words.outcomeChip(claim))
		}
	}
	return o
}
