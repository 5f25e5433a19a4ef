package handlers

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
	"echowall/content"
)

// The officer's dialog for answering a wish. What goes out is shown first and confirmed by four digits that
// only the preview tells.
const (
	flowReply   = "reply"
	stepNumber  = "number"
	stepClass   = "class"
	stepAnswer  = "answer"
	stepPromise = "promise"
	stepConfirm = "confirm"
)

type answerDraft struct {
	Number  string           `json:"number,omitempty"`
	Class   echowall.Outcome `json:"class,omitempty"`
	Text    string           `json:"text,omitempty"`
	Promise echowall.Date    `json:"promise,omitzero"`
	Code    string           `json:"code,omitempty"`
}

func (s *answerDraft) answer() echowall.Answer {
	return echowall.Answer{Class: s.Class, Text: s.Text, Promise: s.Promise}
}

func (a *App) replyFlow() *bot.Flow[answerDraft] {
	return &bot.Flow[answerDraft]{
		Name: flowReply, Version: 1, First: stepNumber,
		Steps: map[string]bot.Step[answerDraft]{
			stepNumber:  {Ask: askAnswer("staff.ask_number"), Take: a.takeAnswerNumber},
			stepClass:   {Ask: askAnswer("staff.ask_class"), Take: a.takeClass},
			stepAnswer:  {Ask: askAnswer("staff.ask_answer"), Take: a.takeAnswer},
			stepPromise: {Ask: askAnswer("staff.ask_promise"), Take: a.takePromise},
			stepConfirm: {Ask: a.previewAnswer, Take: takeAnswerCode},
		},
		Finish: func(c *bot.Context, s *answerDraft) (echowall.Message, error) {
			w, err := a.Wishes.Answer(c, c.Who(), s.Number, s.answer(), echowall.FromChat)
			if err != nil {
				return echowall.Message{}, err
			}
			return c.Reply("staff.answered", "number", w.Number)
		},
	}
}

// reply starts the dialog, behind its first question when the number is there already.
func (a *App) reply(c *bot.Context) (echowall.Message, error) {
	if !c.Who().Can(echowall.ActionWishAnswer) {
		return echowall.Message{}, echowall.Refusal(echowall.KindForbidden, "errors.staff_only")
	}
	if c.Rest == "" {
		return a.replyFlow().Start(c, answerDraft{})
	}
	w, err := a.answerable(c, c.Rest)
	if err != nil {
		return echowall.Message{}, err
	}
	f := a.replyFlow()
	f.First = stepClass
	return f.Start(c, answerDraft{Number: w.Number})
}

// answerable is the wish that text names, if the officer may answer it now.
func (a *App) answerable(c *bot.Context, text string) (*echowall.Wish, error) {
	number, _, err := needNumber("答复", text)
	if err != nil {
		return nil, err
	}
	w, err := a.Wishes.WishFor(c, c.Who(), echowall.ActionWishAnswer, number)
	switch {
	case err != nil:
		return nil, err
	case w.State == echowall.WishSubmitted:
		return nil, echowall.Refusal(echowall.KindConflict, "staff.sign_first", "number", w.Number)
	case !isOpen(w):
		return nil, echowall.Refusal(echowall.KindConflict, "staff.answered_before", "number", w.Number)
	}
	return w, nil
}

func askAnswer(key string) func(*bot.Context, *answerDraft) (string, error) {
	return func(c *bot.Context, s *answerDraft) (string, error) { return c.Say(key, "number", s.Number), nil }
}

func (a *App) takeAnswerNumber(c *bot.Context, s *answerDraft) (string, error) {
	w, err := a.answerable(c, c.Text)
	if err != nil {
		return "", err
	}
	s.Number = w.Number
	return stepClass, nil
}

func (a *App) takeClass(c *bot.Context, s *answerDraft) (string, error) {
	letters, _ := typedLetters(c.Text)
	if s.Class = echowall.Outcome(letters); !s.Class.Valid() {
		return "", echowall.Refusal(echowall.KindInvalid, "staff.answer_class")
	}
	if !s.Class.NeedsPromise() {
		s.Promise = echowall.Date{}
	}
	return stepAnswer, nil
}

func (a *App) takeAnswer(c *bot.Context, s *answerDraft) (string, error) {
	if c.In.Type != wechat.TypeText {
		return "", echowall.Refusal(echowall.KindInvalid, "staff.text_only")
	}
	s.Text = strings.TrimSpace(c.In.Text)
	if s.Class.NeedsPromise() {
		// Everything but the date, which is asked next, must be in order.
		try := *s
		try.Promise = a.calendar().Today(c.Now)
		return stepPromise, a.tryAnswer(c, &try)
	}
	return a.toPreview(c, s)
}

func (a *App) takePromise(c *bot.Context, s *answerDraft) (string, error) {
	d, ok := parsePromise(c.Text, a.calendar().Today(c.Now))
	if !ok {
		return "", echowall.Refusal(echowall.KindInvalid, "staff.promise_form")
	}
	s.Promise = d
	return a.toPreview(c, s)
}

// toPreview goes on to the preview when the rules have nothing against the answer.
func (a *App) toPreview(c *bot.Context, s *answerDraft) (string, error) {
	s.Code = newCode()
	return stepConfirm, a.tryAnswer(c, s)
}

// tryAnswer asks the rules about an answer without giving it.
func (a *App) tryAnswer(c *bot.Context, s *answerDraft) error {
	w, err := a.Wishes.WishFor(c, c.Who(), echowall.ActionWishAnswer, s.Number)
	if err != nil {
		return err
	}
	copied := *w
	actor := echowall.Actor{Role: echowall.RoleLiaison, By: c.Turn.Person(), Source: echowall.FromChat}
	return copied.Reply(c.Now, a.calendar(), actor, s.answer())
}

func (a *App) previewAnswer(c *bot.Context, s *answerDraft) (string, error) {
	lines := []string{c.Say("staff.preview_head", "number", s.Number)}
	ans := s.answer()
	lines = append(lines, a.answerLines(&echowall.Wish{Answer: &ans})...)
	lines = append(lines, c.Say("staff.preview_code", "code", s.Code))
	return strings.Join(lines, "\n"), nil
}

func takeAnswerCode(c *bot.Context, s *answerDraft) (string, error) {
	if s.Code == "" || strings.ReplaceAll(c.Text, " ", "") != s.Code {
		return "", echowall.Refusal(echowall.KindInvalid, "common.bad_code")
	}
	return bot.End, nil
}

// newCode returns four random digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(10000))
	if err != nil {
		panic(err) // crypto/rand does not fail on the systems we run on
	}
	return fmt.Sprintf("%04d", n.Int64())
}

var (
	fullDate  = regexp.MustCompile(`^(\d{4})(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})日?前?$`)
	shortDate = regexp.MustCompile(`^(\d{1,2})(?:月|-|/|\.)(\d{1,2})[日号]?前?$`)
)

// parsePromise reads 2026-12-31, 2026年12月31日 or 12月31日, which means the next one. Vaguer words are no
// promise.
func parsePromise(text string, today echowall.Date) (echowall.Date, bool) {
	text = strings.ReplaceAll(content.Normalise(text), " ", "")
	if m := fullDate.FindStringSubmatch(text); m != nil {
		return dateOf(m[1], m[2], m[3])
	}
	m := shortDate.FindStringSubmatch(text)
	if m == nil {
		return echowall.Date{}, false
	}
	d, ok := dateOf(strconv.Itoa(today.Year), m[1], m[2])
	if !ok || d.Before(today) {
		return dateOf(strconv.Itoa(today.Year+1), m[1], m[2])
	}
	return d, ok
}

func dateOf(year, month, day string) (echowall.Date, bool) {
	t, err := time.Parse("2006-1-2", year+"-"+month+"-"+day)
	return echowall.DateOf(t), err == nil
}
