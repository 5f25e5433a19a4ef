package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// questionText is a question with its options and how to answer it.
func (a *App) questionText(q echowall.Question) string {
	stem, how := "study.stem", "study.reply_letter"
	if q.Multiple() {
		stem, how = "study.stem_multiple", "study.reply_letters"
	}
	lines := []string{a.say(stem, "stem", q.Stem)}
	for _, o := range q.Options {
		lines = append(lines, a.say("study.option", "letter", o.Letter, "text", o.Text))
	}
	return strings.Join(append(lines, a.say(how)), "\n")
}

// question shows today's question again, answers it at once (答题 B), or shows what was answered.
func (a *App) question(c *bot.Context) (echowall.Message, error) {
	branch := c.Who().Branch()
	if branch == "" {
		return c.Reply("study.members_only")
	}
	l, err := a.Study.Today(c, branch)
	if err != nil {
		return echowall.Message{}, err
	}
	if len(l.Questions) == 0 {
		return c.Reply("study.no_question")
	}
	if c.Rest != "" {
		return a.answerQuestion(c, c.Rest)
	}
	day, err := a.Study.Day(c, c.Turn.Person())
	if err != nil {
		return echowall.Message{}, err
	}
	q := l.Questions[0]
	if day.Answered.IsZero() {
		return echowall.Message{Text: a.questionText(q)}, nil
	}
	lines := []string{c.Say("study.your_answer", "stem", q.Stem, "letters", day.Letters, "answer", q.Answer)}
	lines = append(lines, a.explain(l, q)...)
	return echowall.Message{Text: strings.Join(lines, "\n")}, nil
}

// answerQuestion takes what was typed for today's question.
func (a *App) answerQuestion(c *bot.Context, typed string) (echowall.Message, error) {
	v, err := a.Study.Answer(c, c.Turn.Person(), c.Who().Branch(), typed)
	if err != nil {
		return echowall.Message{}, err
	}
	head := "study.wrong"
	if v.Correct {
		head = "study.right"
	}
	lines := append([]string{c.Say(head, "answer", v.Question.Answer)}, a.explain(v.Lesson, v.Question)...)
	if v.Again {
		lines = append(lines, c.Say("study.again"))
	} else {
		lines = append(lines, c.Say("study.noted"))
	}
	return echowall.Message{Text: strings.Join(lines, "\n")}, nil
}

// explain says why the right answer is right, and where that stands.
func (a *App) explain(l *echowall.Lesson, q echowall.Question) []string {
	var lines []string
	if q.Explanation != "" {
		lines = append(lines, q.Explanation)
	}
	if len(l.Sources) > 0 {
		lines = append(lines, a.sourceLine(l))
	}
	return lines
}

// todaysQuestion is the question that waits for the member; ok is false when there is none, or who asks is
// no member.
func (a *App) todaysQuestion(c *bot.Context) (q echowall.Question, ok bool, err error) {
	branch := c.Who().Branch()
	if branch == "" {
		return q, false, nil
	}
	l, err := a.Study.Today(c, branch)
	switch {
	case echowall.KindOf(err) == echowall.KindNotFound:
		return q, false, nil
	case err != nil || len(l.Questions) == 0:
		return q, false, err
	}
	return l.Questions[0], true, nil
}

// questionOpen reports whether the text answers today's question and nothing has answered it yet.
func (a *App) questionOpen(c *bot.Context, typed string) (bool, error) {
	q, ok, err := a.todaysQuestion(c)
	if !ok || err != nil {
		return false, err
	}
	if _, _, fits := q.Check(typed); !fits {
		return false, nil
	}
	done, err := a.Study.Studied(c, c.Turn.Person())
	return !done, err
}

// questionIdle takes letters that nothing else waits for: a second answer, or one that is no option.
func (a *App) questionIdle(c *bot.Context, _ string) bool {
	_, ok, err := a.todaysQuestion(c)
	return ok && err == nil
}

// takeWords takes an answer that is no letter: 对, 错, or the words of an option.
func (a *App) takeWords(c *bot.Context) (m echowall.Message, done bool, err error) {
	open, err := a.questionOpen(c, c.Text)
	if !open || err != nil {
		return m, false, err
	}
	c.Conversation().Unknown = 0
	m, err = a.answerQuestion(c, c.Text)
	return m, true, err
}
