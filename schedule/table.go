package schedule

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"echowall"
)

// Places lists the branches and stations the jobs go through.
type Places interface {
	Branches(ctx context.Context) ([]echowall.Branch, error)
	Stations(ctx context.Context) ([]echowall.Station, error)
}

// Rules are the use cases behind the table.
type Rules struct {
	Study     *echowall.Study
	Duty      *echowall.Duty
	Retention *echowall.Retention
	Calendar  *echowall.Calendar
	Places    Places
	Logger    *slog.Logger
}

// NewWishes is the one job that looks around every few minutes; the others have their hours. Removal is the one
// that nobody notices.
const (
	NewWishes = "wish.new"
	Removal   = "retention"
)

// Table is the whole clock table. Rest days are decided inside the use cases, because a make-up workday may
// be a Sunday; times are those of study reference section D and lie outside the quiet hours.
func Table(r Rules) []Job {
	return []Job{
		// A lesson late in the morning is still today's lesson; after noon it would meet the reminder.
		{Name: "lesson.morning", Spec: "40 7 * * *", Grace: 4 * time.Hour, Run: r.eachBranch(r.Study.Distribute)},
		// A reminder that cannot come before the quiet hours is not made up.
		{Name: "study.reminder", Spec: "30 19 * * *", Grace: 90 * time.Minute, Run: r.eachBranch(r.Study.Remind)},
		// Twice a day is enough to keep a deadline of working days.
		{Name: "wish.due", Spec: "0 9,14 * * *", Grace: 3 * time.Hour, Run: r.eachStation(r.Duty.RemindDue)},
		// What comes in is told within ten minutes of office hours, at most twice a day.
		{Name: NewWishes, Spec: "*/10 8-17 * * *", Grace: 30 * time.Minute, Run: r.eachStation(r.Duty.RemindNew)},
		// At night, and over before the morning's lesson; what is not done is found again the next night.
		{Name: Removal, Spec: "20 2 * * *", Grace: 4 * time.Hour, Run: r.remove},
		{Name: "calendar.warning", Spec: "0 9 * * *", Grace: 12 * time.Hour, Run: r.warn},
	}
}

// eachBranch runs f for every branch; one that fails does not keep the others from theirs.
func (r Rules) eachBranch(f func(context.Context, echowall.BranchID) (int, error)) func(context.Context, time.Time) error {
	return func(ctx context.Context, _ time.Time) error {
		list, err := r.Places.Branches(ctx)
		errs := []error{err}
		for _, b := range list {
			_, err := f(ctx, b.ID)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
}

func (r Rules) eachStation(f func(context.Context, echowall.StationID) (int, error)) func(context.Context, time.Time) error {
	return func(ctx context.Context, _ time.Time) error {
		list, err := r.Places.Stations(ctx)
		errs := []error{err}
		ids := []echowall.StationID{echowall.TriageStation}
		for _, s := range list {
			if s.ID != echowall.TriageStation {
				ids = append(ids, s.ID)
			}
		}
		for _, id := range ids {
			_, err := f(ctx, id)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
}

// warn says when next year's rest days are not loaded (study reference section D).
func (r Rules) warn(_ context.Context, due time.Time) error {
	for _, w := range r.Calendar.Warnings(due) {
		r.Logger.Warn("calendar", "warning", w.String())
	}
	return nil
}

// remove takes away what was kept for its period. Only when the store is away is it tried again the same night.
func (r Rules) remove(ctx context.Context, _ time.Time) error {
	n, err := r.Retention.Run(ctx)
	if n.Failed != nil {
		r.Logger.Warn("some things could not be removed tonight", "err", n.Failed)
	}
	r.Logger.Info("removed what was kept long enough", "archived", n.Archived, "expired", n.Expired,
		"authors", n.Authors, "left", n.Leavers, "access_lines", n.Lines, "erasures", n.Erasures)
	return err
}
