package echowall

import (
	"context"
	"time"
)

// StudyRecord is what one member studied lately. It is private: nobody else reads it, and it is never
// joined with wishes. Days older than StudyKept are dropped.
type StudyRecord struct {
	Days map[string]StudyDay `json:"days"` // by date, 2006-01-02
	// Muted says that the person wants no evening reminders; the morning's lesson still comes.
	Muted bool `json:"muted,omitempty"`
	// Reminders counts the evening reminders owed so far, so that their wording takes turns; Reminded is the
	// day of the last one.
	Reminders int  `json:"reminders,omitempty"`
	Reminded  Date `json:"reminded,omitzero"`
}

// StudyKept is how many days of study a record holds.
const StudyKept = 60

// StudyDay is one member's day.
type StudyDay struct {
	Lesson   string    `json:"lesson"`
	Sent     time.Time `json:"sent,omitzero"`
	Letters  string    `json:"letters,omitempty"` // the first answer; later ones do not count
	Correct  bool      `json:"correct,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
}

// StudyStore is what the study use cases need of storage.
type StudyStore interface {
	StudyRecord(ctx context.Context, p PersonID) (*StudyRecord, error)
	UpdateStudy(ctx context.Context, p PersonID, change func(*StudyRecord) error) error
	BranchLesson(ctx context.Context, b BranchID, d Date) (*Lesson, error)
	// PutBranchLesson stores a secretary's own lesson together with debts to be told at once.
	PutBranchLesson(ctx context.Context, b BranchID, d Date, l Lesson) error
	// HoldersOf lists who holds role in scope.
	HoldersOf(ctx context.Context, g Grant) ([]PersonID, error)
	// Owe stores debts; those owed before stay as they are.
	Owe(ctx context.Context, debts ...Debt) error
}

// Study are the use cases of the micro lesson.
type Study struct {
	Store    StudyStore
	Guard    *Guard
	Syllabus *Syllabus
	Calendar *Calendar
	Now      func() time.Time
}

// Lesson returns the lesson of a branch on a day: the secretary's own if there is one, else the pack's.
// KindNotFound on a day without a lesson.
func (u *Study) Lesson(ctx context.Context, b BranchID, d Date) (*Lesson, error) {
	if b != "" {
		l, err := u.Store.BranchLesson(ctx, b, d)
		if err == nil {
			return l, nil
		}
		if KindOf(err) != KindNotFound {
			return nil, err
		}
	}
	l, ok := u.Syllabus.On(d)
	if !ok {
		return nil, Refusal(KindNotFound, "study.no_lesson")
	}
	return &l, nil
}

// Today is Lesson for the current day.
func (u *Study) Today(ctx context.Context, b BranchID) (*Lesson, error) {
	return u.Lesson(ctx, b, u.Calendar.Today(u.Now()))
}

// recentDays is how far Recent looks back: longer than any holiday.
const recentDays = 15

// Recent is the last lesson before today, for days that have none. KindNotFound when there was none lately.
func (u *Study) Recent(ctx context.Context, b BranchID) (*Lesson, error) {
	today := u.Calendar.Today(u.Now())
	for n := range recentDays {
		l, err := u.Lesson(ctx, b, today.AddDays(-n-1))
		if KindOf(err) != KindNotFound {
			return l, err
		}
	}
	return nil, Refusal(KindNotFound, "study.no_lesson")
}

// Seen notes that a member was given the day's lesson.
func (u *Study) Seen(ctx context.Context, p PersonID, l *Lesson) error {
	return u.day(ctx, p, l, func(d *StudyDay) {
		if d.Sent.IsZero() {
			d.Sent = u.Now()
		}
	})
}

// Verdict is what a member hears after answering.
type Verdict struct {
	Lesson   *Lesson
	Question Question
	Letters  string
	Correct  bool
	Again    bool // answered before; the first answer stays
}

// Answer takes the letters typed for the day's question. KindInvalid when they are not an answer to it.
func (u *Study) Answer(ctx context.Context, p PersonID, b BranchID, typed string) (*Verdict, error) {
	l, err := u.Today(ctx, b)
	if err != nil {
		return nil, err
	}
	if len(l.Questions) == 0 {
		return nil, Refusal(KindNotFound, "study.no_question")
	}
	v := &Verdict{Lesson: l, Question: l.Questions[0]}
	var ok bool
	if v.Letters, v.Correct, ok = v.Question.Check(typed); !ok {
		return nil, Refusal(KindInvalid, "study.letter")
	}
	err = u.day(ctx, p, l, func(d *StudyDay) {
		v.Again = !d.Answered.IsZero()
		if !v.Again {
			d.Letters, d.Correct, d.Answered = v.Letters, v.Correct, u.Now()
		}
	})
	return v, err
}

func (u *Study) day(ctx context.Context, p PersonID, l *Lesson, change func(*StudyDay)) error {
	today := u.Calendar.Today(u.Now())
	return u.Store.UpdateStudy(ctx, p, func(r *StudyRecord) error {
		if r.Days == nil {
			r.Days = make(map[string]StudyDay)
		}
		d := r.Days[today.String()]
		// A secretary's lesson may take the place of one that was answered before; the answer stays.
		if d.Lesson != l.ID && d.Answered.IsZero() {
			d = StudyDay{Lesson: l.ID}
		}
		change(&d)
		r.Days[today.String()] = d
		oldest := today.AddDays(-StudyKept).String()
		for day := range r.Days {
			if day < oldest {
				delete(r.Days, day)
			}
		}
		return nil
	})
}

// Day is what the member did today; the zero value when nothing.
func (u *Study) Day(ctx context.Context, p PersonID) (StudyDay, error) {
	r, err := u.record(ctx, p)
	return r.Days[u.Calendar.Today(u.Now()).String()], err
}

// Studied reports whether the member answered today's question.
func (u *Study) Studied(ctx context.Context, p PersonID) (bool, error) {
	d, err := u.Day(ctx, p)
	return !d.Answered.IsZero(), err
}

// record is the member's record, an empty one when there is none.
func (u *Study) record(ctx context.Context, p PersonID) (StudyRecord, error) {
	r, err := u.Store.StudyRecord(ctx, p)
	switch {
	case KindOf(err) == KindNotFound:
		return StudyRecord{}, nil
	case err != nil:
		return StudyRecord{}, err
	}
	return *r, nil
}

// Reminders reports whether the member wants evening reminders, and how many were owed so far.
func (u *Study) Reminders(ctx context.Context, p PersonID) (wanted bool, count int, err error) {
	r, err := u.record(ctx, p)
	return !r.Muted, r.Reminders, err
}

// SetReminders turns evening reminders on or off for one member.
func (u *Study) SetReminders(ctx context.Context, p PersonID, wanted bool) error {
	return u.Store.UpdateStudy(ctx, p, func(r *StudyRecord) error {
		r.Muted = !wanted
		return nil
	})
}

// Distribute owes today's lesson to every member of a branch; a second call on the same day owes nothing
// more. Rest days and days without a lesson owe nothing.
func (u *Study) Distribute(ctx context.Context, b BranchID) (int, error) {
	now := u.Now()
	today := u.Calendar.Today(now)
	if !u.Calendar.IsWorkday(today) {
		return 0, nil
	}
	if _, err := u.Lesson(ctx, b, today); err != nil {
		if KindOf(err) == KindNotFound {
			return 0, nil
		}
		return 0, err
	}
	// The round is the day, not the lesson: a secretary's lesson that replaces the pack's later in the
	// morning must not become a second one.
	return u.oweMembers(ctx, b, DebtLesson, today, endOfDay(u.Calendar, now), nil)
}

// Remind owes a quiet reminder to the members of a branch who have not answered today and have not turned
// reminders off. A second call on the same day owes nothing more.
func (u *Study) Remind(ctx context.Context, b BranchID) (int, error) {
	now := u.Now()
	today := u.Calendar.Today(now)
	if !u.Calendar.IsWorkday(today) {
		return 0, nil
	}
	l, err := u.Lesson(ctx, b, today)
	if KindOf(err) == KindNotFound || (err == nil && len(l.Questions) == 0) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return u.oweMembers(ctx, b, DebtStudyReminder, today, endOfDay(u.Calendar, now), func(ctx context.Context, p PersonID) (skip bool, err error) {
		r, err := u.record(ctx, p)
		if err != nil || r.Muted || !r.Days[today.String()].Answered.IsZero() {
			return true, err
		}
		return false, u.Store.UpdateStudy(ctx, p, func(r *StudyRecord) error {
			if r.Reminded != today {
				r.Reminded, r.Reminders = today, r.Reminders+1
			}
			return nil
		})
	})
}

// oweMembers owes one message to every member of a branch for whom skip, if there is one, does not say true.
func (u *Study) oweMembers(ctx context.Context, b BranchID, kind DebtKind, day Date, expires time.Time, skip func(context.Context, PersonID) (bool, error)) (int, error) {
	members, err := u.Store.HoldersOf(ctx, Grant{RoleMember, string(b)})
	if err != nil {
		return 0, err
	}
	var debts []Debt
	for _, p := range members {
		if skip != nil {
			done, err := skip(ctx, p)
			if err != nil {
				return 0, err
			}
			if done {
				continue
			}
		}
		d := NewDebt(kind, Recipient(p), string(b)+"/"+day.String(), "", u.Now())
		d.Expires = expires
		debts = append(debts, d)
	}
	return len(debts), u.Store.Owe(ctx, debts...)
}

func endOfDay(c *Calendar, now time.Time) time.Time {
	return c.Today(now).AddDays(1).In(c.Location())
}

// MayTeach reports nil when who may make lessons of the home branch.
func (u *Study) MayTeach(ctx context.Context, who *Who) error {
	_, err := u.Guard.Allow(ctx, who, ActionLessonTeach, Target{Branch: who.Branch()})
	return err
}

// Teach makes l today's lesson of the branch, spoken or written by its secretary, and owes it to the
// members who have not been sent a lesson today.
func (u *Study) Teach(ctx context.Context, who *Who, l Lesson) (int, error) {
	if err := u.MayTeach(ctx, who); err != nil {
		return 0, err
	}
	b := who.Branch()
	today := u.Calendar.Today(u.Now())
	l.Branch = b
	l.Date = today
	l.ID = "b-" + string(b) + "-" + today.String()
	if err := u.Store.PutBranchLesson(ctx, b, today, l); err != nil {
		return 0, err
	}
	return u.oweMembers(ctx, b, DebtLesson, today, endOfDay(u.Calendar, u.Now()), nil)
}
