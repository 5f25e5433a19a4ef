package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"echowall"
)

// caseView is one wish for whoever works on it: the problem, never the person.
type caseView struct {
	Number, Path string
	Title, Text  string
	Erased       bool
	State        chip
	Outcome      *chip
	Due          *chip
	DueText      string
	Facts        []fact
	Photos       []photo
	Voices       []string
	Answer       *answerView
	Rated        string
	Public       *publicView
	PublicSeen   string // which text for the wall the page shows
	Can          caseActs
	Answering    answerForm
	Redacting    string // text of the form for the wall
	Routing      string
	Why          string // reason for looking at the contact
	Contact      *contactView
	Steps        []caseStep
	Chain        string // what is to be said of the history's hashes
	Broken       bool
	Done         string // what was done a moment ago
	Error        string
	ErrorAt      string // the field that it is about
}

type fact struct{ Name, Text string }

// publicView is what the wall shows or will show.
type publicView struct {
	Chip chip
	Text string
	On   bool
	Path string
}

// caseActs are the acts that this person may do to this wish as it stands.
type caseActs struct {
	Accept, Answer, Redact, Publish, Route, Contact bool
	// NoConsent and OwnText say why the wall is out of reach.
	NoConsent, OwnText bool
}

// Any reports whether there is something to do.
func (c caseActs) Any() bool { return c.Accept || c.Answer || c.Redact || c.Publish || c.Route }

// answerForm is an answer being written.
type answerForm struct {
	Choices []rateChoice
	Text    string
	Promise string
	Least   string      // the first day that can be promised
	Preview *answerView // as the resident will see it
	Class   string
}

type contactView struct{ Phone string }

// caseStep is one act of the history, and as what somebody did it.
type caseStep struct {
	step
	By string
}

func (s *Server) wishCase(w http.ResponseWriter, r *http.Request, d *desk) error {
	wish, err := s.Wishes.ForStaff(r.Context(), d.who, r.PathValue("number"))
	if err != nil {
		return err
	}
	v, err := s.caseView(r.Context(), d, wish)
	if err != nil {
		return err
	}
	if key := "console.done_" + r.URL.Query().Get("done"); s.words.Has(key) {
		v.Done = s.words.Say(key)
	}
	return s.showCase(w, r, d, http.StatusOK, v)
}

func (s *Server) showCase(w http.ResponseWriter, r *http.Request, d *desk, status int, v *caseView) error {
	f := s.frameOf(d, v.Number+" "+v.Title, v)
	f.SizeURL = v.Path
	return s.deskWrite(w, r, status, "console_case", f)
}

func (s *Server) caseView(ctx context.Context, d *desk, w *echowall.Wish) (*caseView, error) {
	v := &caseView{Number: w.Number, Path: casePath(w.Number), State: s.words.stateChip(w.State), Erased: w.Erased()}
	if v.Erased {
		v.Title, v.Text = s.words.Say("console.case_erased"), s.words.Say("console.case_erased_text")
		if w.Expired() {
			v.Text = s.words.Say("retention.case_expired")
		}
	} else {
		v.Title, _ = headline(w.Text)
		v.Text = w.Text
	}
	var err error
	if v.Photos, v.Voices, err = s.mediaOf(ctx, w.Media); err != nil {
		return nil, err
	}
	station := s.stationTitle(d.directory, w.Station)
	if w.Answer != nil {
		v.Answer = s.answerView(w, station, s.words.Say("web.answered_by", "station", station, "at", s.shortTime(w.Answer.At.In(s.Location))))
		if w.State != echowall.WishRedo {
			v.Outcome = &v.Answer.Chip
		}
	}
	if w.Rating.Valid() {
		v.Rated = s.words.Say(ratingKey(w.Rating))
	}
	if !w.Due.IsZero() {
		due := s.dueOf(w)
		v.Due, v.DueText = &due, s.dueText(w)
	}
	v.Facts = s.caseFacts(d, w, station)
	if v.Public = s.publicView(w); v.Public != nil {
		v.PublicSeen = publicStamp(w)
	}
	v.Can = caseCan(d, w)
	v.Answering = s.newAnswer("", "", "")
	v.Redacting = w.Text
	if w.Public != nil {
		v.Redacting = w.Public.Text
	}
	v.Steps = s.caseSteps(d, w)
	v.Broken = w.VerifyHistory() >= 0
	key := "console.chain_good"
	if v.Broken {
		key = "console.chain_broken"
	}
	v.Chain = s.words.Say(key, "count", len(w.History))
	return v, nil
}

func (s *Server) caseFacts(d *desk, w *echowall.Wish, station string) []fact {
	var out []fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, fact{s.words.Say(key), text})
		}
	}
	add("console.fact_place", w.Place)
	add("console.fact_station", station)
	if g, ok := d.directory.Grid(w.Grid); ok {
		add("console.fact_grid", g.Name)
	}
	add("console.fact_created", s.shortTime(w.Created.In(s.Location)))
	if w.Round > 0 {
		add("console.fact_round", strconv.Itoa(w.Round))
	}
	consent := "console.consent_no"
	if w.MayPublish {
		consent = "console.consent_yes"
	}
	add("console.fact_public", s.words.Say(consent))
	return out
}

// publicStamp tells one proposed text from the next.
func publicStamp(w *echowall.Wish) string { return w.Public.At.UTC().Format("20060102150405") }

func (s *Server) publicView(w *echowall.Wish) *publicView {
	if w.Public == nil {
		return nil
	}
	looks := map[echowall.PublicState]chip{
		echowall.PublicReview: {Tone: "wait", Icon: "eye", Words: s.words.Say("console.public_review")},
		echowall.PublicWall:   {Tone: "move", Icon: "eye", Words: s.words.Say("console.public_wall")},
		echowall.PublicEcho:   {Tone: "good", Icon: "bubble", Words: s.words.Say("console.public_echo")},
	}
	return &publicView{Chip: looks[w.Public.State], Text: w.Public.Text, On: w.OnWall(), Path: "/wall/" + w.Number}
}

// caseCan asks the table of permissions and the table of moves what this person can do now.
func caseCan(d *desk, w *echowall.Wish) caseActs {
	can := func(a echowall.Action, m echowall.Move) bool {
		return w.Open(m) && d.directory.Allow(d.who, a, w.Target()) == nil
	}
	c := caseActs{
		Accept: can(echowall.ActionWishAccept, echowall.MoveAccept),
		Answer: can(echowall.ActionWishAnswer, echowall.MoveAnswer),
		Route:  can(echowall.ActionWishRoute, echowall.MoveRoute),
		// Whether the author has left a number is the author's affair: the form is there either way.
		Contact: !w.Erased() && d.directory.Allow(d.who, echowall.ActionContactSee, w.Target()) == nil,
	}
	redact, publish := can(echowall.ActionWishRedact, echowall.MoveRedact), can(echowall.ActionWishPublish, echowall.MovePublish)
	c.NoConsent = (redact || publish) && !w.MayPublish
	c.Redact = redact && w.MayPublish
	if publish && w.Public != nil && !w.OnWall() {
		c.OwnText = w.Public.Redactor == d.who.Person
		c.Publish = !c.OwnText
	}
	return c
}

// newAnswer is the form for an answer; nothing is chosen beforehand.
func (s *Server) newAnswer(class, text, promise string) answerForm {
	f := answerForm{Text: text, Promise: promise, Class: class, Least: s.dayOf(s.Now()).String()}
	for _, o := range outcomeOrder {
		f.Choices = append(f.Choices, rateChoice{Letter: string(o), Words: s.words.Say(outcomeKey(o)), Redo: o.NeedsPromise(), Chosen: string(o) == class})
	}
	return f
}

// caseMoves are the moves in the words of those who work on wishes.
var caseMoves = map[echowall.Move]string{
	echowall.MoveSubmit:     "console.move_submit",
	echowall.MoveSupplement: "console.move_supplement",
	echowall.MoveRoute:      "console.move_route",
	echowall.MoveAccept:     "console.move_accept",
	echowall.MoveAnswer:     "console.move_answer",
	echowall.MoveRate:       "console.move_rate",
	echowall.MoveRedo:       "console.move_redo",
	echowall.MoveRedact:     "console.move_redact",
	echowall.MovePublish:    "console.move_publish",
	echowall.MoveConsent:    "console.move_consent",
	echowall.MoveErase:      "console.move_erase",
	echowall.MoveArchive:    "retention.move_archive",
	echowall.MoveExpire:     "retention.move_expire",
}

// caseSteps is the history with roles, newest first, what is awaited on top.
func (s *Server) caseSteps(d *desk, w *echowall.Wish) []caseStep {
	var out []caseStep
	for _, e := range w.History {
		at := e.At.In(s.Location)
		key, ok := caseMoves[e.Move]
		if !ok {
			key = "console.move_other"
		}
		words := s.words.Say(key)
		switch e.Move {
		case echowall.MoveAnswer:
			words = s.words.Say("console.move_note", "move", words, "note", s.words.Say(outcomeKey(echowall.Outcome(e.Note))))
		case echowall.MoveRate:
			words = s.words.Say("console.move_note", "move", words, "note", s.words.Say(ratingKey(echowall.Rating(e.Note))))
		case echowall.MoveRoute:
			words = s.words.Say("console.move_note", "move", words, "note", s.stationTitle(d.directory, echowall.StationID(e.Note)))
		}
		st := caseStep{step: step{Words: words, When: s.shortTime(at), Stamp: at.Format("2006-01-02T15:04")}}
		if e.Role != echowall.RoleAuthor {
			st.By = s.words.deskRole(e.Role)
			if e.By == d.who.Person {
				st.By = s.words.Say("console.by_you", "role", st.By)
			}
		}
		out = append(out, st)
	}
	slices.Reverse(out)
	if key, ok := caseAwaits[w.State]; ok {
		now := caseStep{step: step{Now: true, Words: s.words.Say(key)}}
		if !w.Due.IsZero() {
			now.When = s.dueText(w)
		}
		out = append([]caseStep{now}, out...)
	}
	return out
}

// caseAwaits are the sentences of what comes next.
var caseAwaits = map[echowall.WishState]string{
	echowall.WishSubmitted: "console.now_submitted",
	echowall.WishAccepted:  "console.now_accepted",
	echowall.WishToVerify:  "console.now_to_verify",
	echowall.WishRedo:      "console.now_redo",
}
