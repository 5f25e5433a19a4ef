package handlers

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

// The secretary's dialog for an own lesson: spoken or written, a title, where it comes from.
const (
	flowTeach   = "teach"
	stepContent = "content"
	stepSource  = "source"
)

// sourceLimit is the longest source line, in characters.
const sourceLimit = 60

type lessonDraft struct {
	Voice  string `json:"voice,omitempty"` // stored media id
	Body   string `json:"body,omitempty"`
	Title  string `json:"title,omitempty"`
	Source string `json:"source,omitempty"`
	preview
}

func (a *App) registerTeach(r *bot.Router) {
	a.command(r, "发党课", a.teach)
	r.Flow(a.teachFlow())
}

func (a *App) teachFlow() *bot.Flow[lessonDraft] {
	return &bot.Flow[lessonDraft]{
		Name: flowTeach, Version: 1, First: stepContent,
		Steps: map[string]bot.Step[lessonDraft]{
			stepContent: {Ask: askLesson("study.ask_content"), Take: a.takeContent},
			stepTitle:   {Ask: askLesson("study.ask_title"), Take: a.takeLessonTitle},
			stepSource:  {Ask: askLesson("study.ask_source"), Take: a.takeSource},
			stepConfirm: {Ask: a.previewLesson, Take: a.takeLessonCode},
		},
		Finish: a.finishTeach,
	}
}

// askLesson is a question under the note, if there is one.
func askLesson(key string) func(*bot.Context, *lessonDraft) (string, error) {
	return func(c *bot.Context, s *lessonDraft) (string, error) { return s.noted(c.Say(key)), nil }
}

// teach starts the dialog, behind its first question when the text is there already.
func (a *App) teach(c *bot.Context) (echowall.Message, error) {
	if err := a.mayTeach(c); err != nil {
		return echowall.Message{}, err
	}
	body := a.raw(c)
	if body == "" {
		return a.teachFlow().Start(c, lessonDraft{})
	}
	if err := checkLessonBody(body); err != nil {
		return echowall.Message{}, err
	}
	return a.startTitle(c, lessonDraft{Body: body})
}

// teachVoice starts the dialog with a voice that came by itself.
func (a *App) teachVoice(c *bot.Context, voice string) (echowall.Message, error) {
	if err := a.mayTeach(c); err != nil {
		return echowall.Message{}, err
	}
	return a.startTitle(c, lessonDraft{Voice: voice, preview: preview{Note: c.Say("wish.voice_kept")}})
}

func (a *App) startTitle(c *bot.Context, s lessonDraft) (echowall.Message, error) {
	f := a.teachFlow()
	f.First = stepTitle
	return f.Start(c, s)
}

// mayTeach refuses whoever is no secretary, and days and hours on which the lesson would reach nobody: what
// has to wait until tomorrow is no lesson of today.
func (a *App) mayTeach(c *bot.Context) error {
	if err := a.Study.MayTeach(c, c.Who()); err != nil {
		return err
	}
	cal := a.calendar()
	today := cal.Today(c.Now)
	if !cal.IsWorkday(today) {
		return echowall.Refusal(echowall.KindConflict, "study.teach_rest_day")
	}
	rules := echowall.Rules{Calendar: cal}
	if at, _ := rules.Earliest(echowall.DebtLesson, c.Now); cal.Today(at) != today {
		return echowall.Refusal(echowall.KindConflict, "study.teach_too_late")
	}
	return nil
}

// takeContent takes the lesson itself: one voice, downloaded at once, or one text.
func (a *App) takeContent(c *bot.Context, s *lessonDraft) (string, error) {
	switch c.In.Type {
	case wechat.TypeVoice:
		id, err := a.keep(c)
		if err != nil {
			return "", err
		}
		s.Voice, s.Body, s.Note = id, "", c.Say("wish.voice_kept")
	case wechat.TypeText:
		body, err := a.prose(c)
		if err != nil {
			return "", err
		}
		if err := checkLessonBody(body); err != nil {
			return "", err
		}
		s.Voice, s.Body, s.Note = "", body, ""
	default:
		return "", echowall.Refusal(echowall.KindInvalid, "study.content_kind")
	}
	return s.next(stepTitle, func() (int, error) { return a.pupils(c) })
}

func checkLessonBody(body string) error {
	if n := utf8.RuneCountInString(body); n == 0 || n > echowall.LessonBodyLimit {
		return echowall.Refusal(echowall.KindInvalid, "study.body_length", "limit", strconv.Itoa(echowall.LessonBodyLimit), "count", strconv.Itoa(n))
	}
	return nil
}

func (a *App) takeLessonTitle(c *bot.Context, s *lessonDraft) (string, error) {
	title, err := a.title(c, echowall.LessonTitleLimit)
	if err != nil {
		return "", err
	}
	s.Title, s.Note = title, ""
	return s.next(stepSource, func() (int, error) { return a.pupils(c) })
}

func (a *App) takeSource(c *bot.Context, s *lessonDraft) (string, error) {
	s.Source = ""
	if c.In.Type != wechat.TypeText || a.word(c) != wordSkip {
		text, err := a.title(c, sourceLimit)
		if err != nil {
			return "", err
		}
		s.Source = text
	}
	return s.next(stepConfirm, func() (int, error) { return a.pupils(c) })
}

// pupils is how many members the branch has.
func (a *App) pupils(c *bot.Context) (int, error) {
	list, err := a.Study.Store.HoldersOf(c, echowall.Grant{Role: echowall.RoleMember, Scope: string(c.Who().Branch())})
	return len(list), err
}

// lessonShown is how much of a written lesson the preview shows, in characters.
const lessonShown = 300

func (a *App) previewLesson(c *bot.Context, s *lessonDraft) (string, error) {
	body := c.Say("study.one_voice")
	if s.Voice == "" {
		body = clip(s.Body, lessonShown)
	}
	source := s.Source
	if source == "" {
		source = c.Say("study.by_secretary")
	}
	lines := []string{s.noted(c.Say("study.preview", "body", body, "title", s.Title, "source", source,
		"count", s.People, "when", a.goesOut(c, echowall.DebtLesson)))}
	_, err := a.Study.Store.BranchLesson(c, c.Who().Branch(), a.calendar().Today(c.Now))
	switch {
	case err == nil:
		lines = append(lines, c.Say("study.replaces_own"))
	case echowall.KindOf(err) != echowall.KindNotFound:
		return "", err
	}
	return strings.Join(append(lines, c.Say("study.preview_code", "code", s.Code)), "\n"), nil
}

func (a *App) takeLessonCode(c *bot.Context, s *lessonDraft) (string, error) {
	switch c.Text {
	case "1":
		return s.edit(stepContent), nil
	case "2":
		return s.edit(stepTitle), nil
	case "3":
		return s.edit(stepSource), nil
	}
	if err := a.mayTeach(c); err != nil { // the dialog may have waited
		return "", err
	}
	n, err := a.pupils(c)
	if err != nil {
		return "", err
	}
	return s.typed(c, n)
}

// finishTeach makes it today's lesson.
func (a *App) finishTeach(c *bot.Context, s *lessonDraft) (echowall.Message, error) {
	l := echowall.Lesson{
		Title: s.Title, Body: s.Body, Voice: s.Voice,
		Reviewer: c.Say("study.secretary"), Reviewed: a.calendar().Today(c.Now),
	}
	if s.Source != "" {
		l.Sources = []echowall.Source{{Name: s.Source}}
	}
	if _, err := a.Study.Teach(c, c.Who(), l); err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("study.taught", "title", s.Title, "command", commandStudy)
}
