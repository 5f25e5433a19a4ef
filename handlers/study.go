package handlers

import (
	"strconv"
	"strings"

	"echowall"
	"echowall/bot"
	"echowall/bot/wechat"
)

const commandStudy = "学习"

func (a *App) registerStudy(r *bot.Router) {
	a.command(r, commandStudy, a.study)
	a.command(r, "答题", a.question)
	a.command(r, "提醒", a.reminders)
	a.command(r, "提醒开", a.setReminders(true))
	a.command(r, "提醒关", a.setReminders(false))
	a.letters = append(a.letters, letterRule{
		name: "study.letter_answers", open: a.questionOpen, take: a.answerQuestion, idle: a.questionIdle,
	})
}

// study gives today's lesson: as text, so that the question is in the chat where it is answered. Who tapped
// the menu gets it as a card first, where a second message can follow.
func (a *App) study(c *bot.Context) (echowall.Message, error) {
	branch := c.Who().Branch()
	l, err := a.Study.Today(c, branch)
	if echowall.KindOf(err) == echowall.KindNotFound {
		return a.noLesson(c, branch)
	}
	if err != nil {
		return echowall.Message{}, err
	}
	text := a.lessonText(l, false)
	if branch != "" {
		if text, err = a.memberLesson(c, l); err != nil {
			return echowall.Message{}, err
		}
		if err := a.Study.Seen(c, c.Turn.Person(), l); err != nil {
			return echowall.Message{}, err
		}
		today := string(branch) + "/" + a.calendar().Today(c.Now).String()
		if _, err := a.shown(c, about(today, echowall.DebtLesson)); err != nil {
			return echowall.Message{}, err
		}
	}
	if c.In.Type != wechat.TypeEvent || !a.Replies {
		return echowall.Message{Text: text}, nil
	}
	round := strconv.FormatInt(c.In.Created.Unix(), 10)
	d := echowall.NewDebt(echowall.DebtLateReply, echowall.Recipient(c.Turn.Person()), l.ID, round, c.Now)
	d.Body, d.Urgent, d.Expires = &echowall.Message{Text: text}, true, c.Now.Add(echowall.ActWindow)
	return echowall.Message{Card: a.lessonCard(l)}, c.Turn.Owe(d)
}

// memberLesson is the lesson with its question, or without it when the member has answered.
func (a *App) memberLesson(c *bot.Context, l *echowall.Lesson) (string, error) {
	done, err := a.Study.Studied(c, c.Turn.Person())
	if err != nil {
		return "", err
	}
	text := a.lessonText(l, !done)
	if done && len(l.Questions) > 0 {
		text += "\n" + c.Say("study.answered_before")
	}
	return text, nil
}

// noLesson is the answer of a day without one: the last one can be read again.
func (a *App) noLesson(c *bot.Context, branch echowall.BranchID) (echowall.Message, error) {
	text := c.Say("study.no_lesson")
	switch l, err := a.Study.Recent(c, branch); {
	case err == nil:
		text += "\n" + c.Say("study.last_lesson", "title", l.Title, "link", link(a.LessonURL(l.ID), c.Say("study.look_again")))
	case echowall.KindOf(err) != echowall.KindNotFound:
		return echowall.Message{}, err
	}
	return echowall.Message{Text: text}, nil
}

// bodyShown is how many characters of a lesson without points stand in the chat, where a message has 2048
// bytes; the page has all of it.
const bodyShown = 400

// lessonText is a lesson as one message; with ask, its question and how to answer it come last.
func (a *App) lessonText(l *echowall.Lesson, ask bool) string {
	head := a.say("study.head", "title", l.Title)
	if l.Minutes > 0 {
		head = a.say("study.head_minutes", "title", l.Title, "minutes", l.Minutes)
	}
	lines := append([]string{head}, a.lessonBody(l)...)
	open := "study.full_text"
	if l.Voice != "" {
		open = "study.listen"
	}
	page := a.say(open, "link", link(a.LessonURL(l.ID), a.say("study.page")))
	if ask && len(l.Questions) > 0 {
		lines = append(lines, "", a.questionText(l.Questions[0]))
	}
	return strings.Join(append(lines, page), "\n")
}

// lessonBody is what the lesson says, short enough for a message.
func (a *App) lessonBody(l *echowall.Lesson) []string {
	var lines []string
	numerals := strings.Split(a.say("study.numerals"), "、")
	for i, p := range l.Points[:min(len(l.Points), len(numerals))] {
		lines = append(lines, a.say("study.point", "numeral", numerals[i], "text", p))
	}
	switch {
	case len(lines) > 0:
	case l.Voice != "":
		lines = append(lines, a.say("study.spoken"))
	case l.Summary != "":
		lines = append(lines, l.Summary)
	default:
		lines = append(lines, clip(l.Body, bodyShown))
	}
	if l.Branch != "" {
		lines = append(lines, a.sourceLine(l))
	}
	return lines
}

// sourceLine says where the lesson's facts can be checked, or who speaks.
func (a *App) sourceLine(l *echowall.Lesson) string {
	if len(l.Sources) == 0 {
		return a.say("study.by_secretary")
	}
	names := make([]string, len(l.Sources))
	for i, s := range l.Sources {
		names[i] = s.Name
	}
	return a.say("study.source", "source", strings.Join(names, "；"))
}

func (a *App) lessonCard(l *echowall.Lesson) *echowall.Card {
	about := l.Summary
	if about == "" {
		about = echowall.Shorten(strings.Join(a.lessonBody(l), " "), echowall.LessonSummaryLimit)
	}
	return &echowall.Card{Title: a.say("study.head", "title", l.Title), Description: about, URL: a.LessonURL(l.ID)}
}

// clip shortens a text that is meant to keep its lines.
func clip(text string, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most-1]) + "…"
}
