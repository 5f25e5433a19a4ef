package handlers

import (
	"context"
	"strings"

	"echowall"
)

// studyDay reads what a lesson's debt is about, branch and day, and finds the lesson. ok is false when there
// is nothing to say: the day is over, the person left the branch, or has answered.
func (a *App) studyDay(ctx context.Context, d echowall.Debt) (l *echowall.Lesson, day echowall.Date, ok bool, err error) {
	i := strings.LastIndexByte(d.Subject, '/')
	if i < 0 {
		return nil, day, false, echowall.Errorf(echowall.KindInternal, "handlers: a lesson is owed for %q", d.Subject)
	}
	branch := d.Subject[:i]
	if day, err = echowall.ParseDate(d.Subject[i+1:]); err != nil {
		return nil, day, false, err
	}
	if day != a.calendar().Today(a.Now()) {
		return nil, day, false, nil
	}
	person := echowall.PersonID(d.To)
	who, err := a.People.Store.Person(ctx, person)
	if err != nil || !who.Holds(echowall.RoleMember, branch) {
		return nil, day, false, err
	}
	if done, err := a.Study.Studied(ctx, person); done || err != nil {
		return nil, day, false, err
	}
	l, err = a.Study.Lesson(ctx, echowall.BranchID(branch), day)
	return l, day, err == nil, err
}

// letterLesson brings a member the day's lesson.
func (a *App) letterLesson(ctx context.Context, d echowall.Debt, _ echowall.Channel) (letter, error) {
	l, day, ok, err := a.studyDay(ctx, d)
	if !ok || err != nil {
		return letter{}, err
	}
	return a.lessonLetter(l, day, a.lessonText(l, true)), nil
}

// letterReminder reminds a member who has not answered today. In the box it would stand beside the lesson and
// wait for somebody who is there already.
func (a *App) letterReminder(ctx context.Context, d echowall.Debt, ch echowall.Channel) (letter, error) {
	if ch == echowall.ChannelBox {
		return letter{}, nil
	}
	l, day, ok, err := a.studyDay(ctx, d)
	if !ok || err != nil || len(l.Questions) == 0 {
		return letter{}, err
	}
	wanted, count, err := a.Study.Reminders(ctx, echowall.PersonID(d.To))
	if !wanted || err != nil {
		return letter{}, err
	}
	return a.lessonLetter(l, day, a.reminderText(l, day, count)), nil
}

// lessonLetter is a letter about a lesson.
func (a *App) lessonLetter(l *echowall.Lesson, day echowall.Date, text string) letter {
	return letter{
		message: echowall.Message{Text: text},
		facts:   map[string]string{"title": l.Title, "number": l.ID, "state": a.say("study.state"), "time": a.say("study.day", "day", day)},
		url:     a.LessonURL(l.ID),
	}
}
