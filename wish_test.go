package echowall_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"echowall"
)

var shanghai = time.FixedZone("CST", 8*3600)

// november is a calendar in which every Monday to Friday is worked.
var november = echowall.NewCalendar(nil, shanghai)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

var (
	author  = echowall.Actor{Role: echowall.RoleAuthor, Source: echowall.FromChat}
	officer = echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}
	head    = echowall.Actor{Role: echowall.RoleHead, By: "p-head", Source: echowall.FromChat}
	member  = echowall.Actor{Role: echowall.RoleMember, By: "p-member", Source: echowall.FromChat}
)

// wishIn returns a wish that was moved to state in the ordinary way.
func wishIn(t *testing.T, state echowall.WishState) *echowall.Wish {
	t.Helper()
	w := &echowall.Wish{Number: "XY1001", Author: "a-author", Text: "北门到公交站没有路灯", Station: "c01", MayPublish: true}
	steps := []struct {
		to   echowall.WishState
		move func() error
	}{
		{echowall.WishSubmitted, func() error { return w.Submit(at("2026-11-23 09:00"), november, echowall.FromChat) }},
		{echowall.WishAccepted, func() error { return w.Accept(at("2026-11-23 10:00"), november, officer) }},
		{echowall.WishToVerify, func() error { return w.Reply(at("2026-11-25 10:00"), november, officer, solved) }},
		{echowall.WishClosed, func() error {
			return w.Rate(at("2026-11-26 10:00"), november, "a-author", echowall.RatingGood, echowall.FromChat)
		}},
	}
	for _, s := range steps {
		if err := s.move(); err != nil {
			t.Fatal(err)
		}
		if w.State != s.to {
			t.Fatalf("state %s, want %s", w.State, s.to)
		}
		if w.State == state {
			return w
		}
	}
	if state == echowall.WishWithdrawn {
		w = wishIn(t, echowall.WishSubmitted)
		if err := w.Erase(at("2026-11-23 10:00"), "a-author", echowall.FromChat); err != nil {
			t.Fatal(err)
		}
		return w
	}
	if state == echowall.WishRedo {
		w = wishIn(t, echowall.WishToVerify)
		if err := w.Rate(at("2026-11-26 10:00"), november, "a-author", echowall.RatingUnsolved, echowall.FromChat); err != nil {
			t.Fatal(err)
		}
		return w
	}
	t.Fatalf("no way to %s", state)
	return nil
}

var solved = echowall.Answer{Class: echowall.OutcomeSolved, Text: "路灯已修好，今晚起正常亮灯。"}

func TestMovesAreForbiddenUnlessTheTableAllowsThem(t *testing.T) {
	now := at("2026-11-26 11:00")
	moves := map[string]func(*echowall.Wish, echowall.Actor) error{
		"accept":  func(w *echowall.Wish, a echowall.Actor) error { return w.Accept(now, november, a) },
		"answer":  func(w *echowall.Wish, a echowall.Actor) error { return w.Reply(now, november, a, solved) },
		"redact":  func(w *echowall.Wish, a echowall.Actor) error { return w.Redact(now, a, "北门没有路灯") },
		"publish": func(w *echowall.Wish, a echowall.Actor) error { return w.Publish(now, a) },
	}
	allowed := map[string]bool{
		"accept SUBMITTED": true, "answer ACCEPTED": true, "answer REDO": true,
		"redact ACCEPTED": true, "redact TO_VERIFY": true, "redact REDO": true, "redact CLOSED": true,
		// publishing needs a redacted text first, so it is refused here in every state
	}
	for _, state := range echowall.AllStates {
		for name, move := range moves {
			for _, a := range []echowall.Actor{author, officer, head, member} {
				w := wishIn(t, state)
				events := len(w.History)
				err := move(w, a)
				staff := a.Role == echowall.RoleLiaison || a.Role == echowall.RoleHead
				want := allowed[name+" "+string(state)] && staff
				if (err == nil) != want {
					t.Errorf("%s in %s by %s: %v", name, state, a.Role, err)
				}
				if err != nil && (len(w.History) != events || w.State != state) {
					t.Errorf("%s in %s by %s was refused and left a trace", name, state, a.Role)
				}
				if !staff && err != nil && echowall.KindOf(err) != echowall.KindForbidden {
					t.Errorf("%s by %s: kind %s", name, a.Role, echowall.KindOf(err))
				}
			}
		}
	}
}

func TestDeadlines(t *testing.T) {
	w := wishIn(t, echowall.WishSubmitted)
	if want := at("2026-11-24 17:30"); !w.Due.Equal(want) {
		t.Errorf("screening due %v, want %v", w.Due, want)
	}
	if err := w.Accept(at("2026-11-24 10:00"), november, officer); err != nil {
		t.Fatal(err)
	}
	if want := at("2026-12-01 17:30"); !w.Due.Equal(want) { // five working days after a Tuesday
		t.Errorf("handling due %v, want %v", w.Due, want)
	}
	if w := wishIn(t, echowall.WishToVerify); !w.Due.IsZero() {
		t.Errorf("an answered wish is due %v", w.Due)
	}
	if w := wishIn(t, echowall.WishRedo); !w.Due.Equal(at("2026-12-03 17:30")) {
		t.Errorf("redo due %v", w.Due)
	}
}

func TestAnswerMustBeHonest(t *testing.T) {
	for _, tt := range []struct {
		name string
		ans  echowall.Answer
		ok   bool
	}{
		{"solved", solved, true},
		{"no class", echowall.Answer{Text: solved.Text}, false},
		{"unknown class", echowall.Answer{Class: "G", Text: solved.Text}, false},
		{"empty phrase", echowall.Answer{Class: "A", Text: "已转相关部门"}, false},
		{"too long", echowall.Answer{Class: "A", Text: strings.Repeat("字", echowall.AnswerLimit+1)}, false},
		{"underway without a date", echowall.Answer{Class: "B", Text: solved.Text}, false},
		{"planned with a past date", echowall.Answer{Class: "C", Text: solved.Text, Promise: echowall.Date{Year: 2026, Month: 11, Day: 22}}, false},
		{"planned with a date", echowall.Answer{Class: "C", Text: solved.Text, Promise: echowall.Date{Year: 2027, Month: 6, Day: 30}}, true},
	} {
		w := wishIn(t, echowall.WishAccepted)
		if err := w.Reply(at("2026-11-23 12:00"), november, officer, tt.ans); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestRating(t *testing.T) {
	now := at("2026-11-26 11:00")
	rate := func(w *echowall.Wish, a echowall.AuthorID, r echowall.Rating, at time.Time) error {
		return w.Rate(at, november, a, r, echowall.FromChat)
	}
	w := wishIn(t, echowall.WishToVerify)
	if err := rate(w, "a-somebody-else", echowall.RatingGood, now); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("a stranger rated: %v", err)
	}
	if err := rate(w, "a-author", "E", now); echowall.KindOf(err) != echowall.KindInvalid {
		t.Errorf("letter E: %v", err)
	}
	if err := rate(w, "a-author", echowall.RatingFair, now); err != nil || w.State != echowall.WishClosed || w.Rating != echowall.RatingFair {
		t.Errorf("rated fair: %v, %s %s", err, w.State, w.Rating)
	}
	n := len(w.History)
	if err := rate(w, "a-author", echowall.RatingPoor, now); err != nil || w.Rating != echowall.RatingPoor || len(w.History) != n+1 {
		t.Errorf("a second letter replaces the first and both are kept: %v, %s, %d events", err, w.Rating, len(w.History)-n)
	}
	if err := rate(w, "a-author", echowall.RatingUnsolved, now.AddDate(0, 0, 31)); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("31 days later: %v", err)
	}
	if err := rate(w, "a-author", echowall.RatingUnsolved, now.AddDate(0, 0, 29)); err != nil || w.State != echowall.WishRedo || w.Round != 1 {
		t.Errorf("29 days later: %v, %s round %d", err, w.State, w.Round)
	}
	for w.Round < echowall.MaxRounds {
		if err := w.Reply(now, november, officer, solved); err != nil {
			t.Fatal(err)
		}
		if err := rate(w, "a-author", echowall.RatingUnsolved, now); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Reply(now, november, officer, solved); err != nil {
		t.Fatal(err)
	}
	if err := rate(w, "a-author", echowall.RatingUnsolved, now); echowall.KindOf(err) != echowall.KindConflict || w.State != echowall.WishToVerify {
		t.Errorf("round %d: %v, %s", w.Round+1, err, w.State)
	}
	if w := wishIn(t, echowall.WishAccepted); rate(w, "a-author", echowall.RatingGood, now) == nil {
		t.Error("an unanswered wish was rated")
	}
}

func TestWhoIsOwedWhat(t *testing.T) {
	kinds := func(w *echowall.Wish) string {
		var out []string
		for _, d := range w.TakeOwed() {
			out = append(out, string(d.Kind)+">"+string(d.To))
		}
		return strings.Join(out, " ")
	}
	for state, want := range map[echowall.WishState]string{
		echowall.WishSubmitted: "",
		echowall.WishAccepted:  "wish.accepted>a-author",
		echowall.WishToVerify:  "wish.accepted>a-author wish.answered>a-author",
		echowall.WishRedo:      "wish.accepted>a-author wish.answered>a-author wish.redo>p-officer",
	} {
		w := wishIn(t, state)
		if got := kinds(w); got != want {
			t.Errorf("%s owes %q, want %q", state, got, want)
		}
		if got := kinds(w); got != "" {
			t.Errorf("%s owes %q a second time", state, got)
		}
	}
}

func TestSecondAnswerIsASecondDebt(t *testing.T) {
	w := wishIn(t, echowall.WishRedo)
	first := w.TakeOwed()
	if err := w.Reply(at("2026-11-27 10:00"), november, officer, solved); err != nil {
		t.Fatal(err)
	}
	for _, d := range w.TakeOwed() {
		for _, f := range first {
			if d.ID == f.ID {
				t.Errorf("%s has the id of an earlier debt and would not be paid", d.Kind)
			}
		}
	}
}

func TestPublicationNeedsConsentAndTwoPeople(t *testing.T) {
	now := at("2026-11-26 11:00")
	w := wishIn(t, echowall.WishToVerify)
	w.MayPublish = false
	if err := w.Redact(now, officer, "北门没有路灯"); echowall.KindOf(err) != echowall.KindForbidden {
		t.Errorf("without consent: %v", err)
	}
	w.MayPublish = true
	if err := w.Redact(now, officer, "北门没有路灯"); err != nil || w.OnWall() {
		t.Fatalf("redact: %v, on the wall %v", err, w.OnWall())
	}
	if err := w.Publish(now, officer); echowall.KindOf(err) != echowall.KindForbidden || w.OnWall() {
		t.Errorf("the redactor published: %v", err)
	}
	if err := w.Publish(now, head); err != nil || w.Public.State != echowall.PublicEcho {
		t.Errorf("publish: %v, %+v", err, w.Public)
	}
	if err := w.Rate(now, november, "a-author", echowall.RatingUnsolved, echowall.FromChat); err != nil {
		t.Fatal(err)
	}
	if err := w.Reply(now, november, officer, solved); err != nil {
		t.Fatal(err)
	}
	if w.Public.State != echowall.PublicWall {
		t.Error("a new answer is public before anybody has published it")
	}
}

func TestHistoryChain(t *testing.T) {
	w := wishIn(t, echowall.WishClosed)
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	read := func() *echowall.Wish {
		w := new(echowall.Wish)
		if err := json.Unmarshal(text, w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	if i := read().VerifyHistory(); i != -1 {
		t.Fatalf("an honest history breaks at %d", i)
	}
	for name, forge := range map[string]func(w *echowall.Wish) int{
		"time":    func(w *echowall.Wish) int { w.History[1].At = w.History[1].At.Add(-time.Hour); return 1 },
		"person":  func(w *echowall.Wish) int { w.History[2].By = "p-other"; return 2 },
		"dropped": func(w *echowall.Wish) int { w.History = append(w.History[:1], w.History[2:]...); return 1 },
		"number":  func(w *echowall.Wish) int { w.Number = "XY1002"; return 0 },
		"rating":  func(w *echowall.Wish) int { w.History[3].Note = "A "; return 3 },
	} {
		w := read()
		if want := forge(w); w.VerifyHistory() != want {
			t.Errorf("%s: breaks at %d, want %d", name, w.VerifyHistory(), want)
		}
	}
}

func TestNormaliseNumber(t *testing.T) {
	for in, want := range map[string]string{
		"XY2031": "XY2031", "xy2031": "XY2031", "ＸＹ２０３１": "XY2031", " 2031 ": "XY2031", "xy 20-31": "XY2031", "#2031": "XY2031",
	} {
		if got := echowall.NormaliseNumber(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := echowall.NormaliseCode("xyab 23cd"); got != "XYAB23CD" {
		t.Errorf("a code that starts with XY lost its head: %q", got)
	}
}
