package echowall

import (
	"fmt"
	"slices"
	"time"
)

// Date is a calendar day without time or zone. Its text and JSON form is "2026-11-23"; the zero Date is
// the empty text and means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day on which t falls in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads the form "2026-11-23" and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("not a date like 2026-11-23: %q", s)
	}
	return DateOf(t), nil
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// String returns "2026-11-23", or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText makes Date a JSON string and usable as a map key.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText accepts what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

// At returns the moment hour:minute of the day in loc.
func (d Date) At(hour, minute int, loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, loc)
}

// In returns the first moment of the day in loc.
func (d Date) In(loc *time.Location) time.Time { return d.At(0, 0, loc) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// AddDays returns the day n calendar days later (earlier for negative n).
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// Compare returns -1, 0 or +1 as d is before, the same as, or after o.
func (d Date) Compare(o Date) int { return d.In(time.UTC).Compare(o.In(time.UTC)) }

// Before reports whether d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d is a later day than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// HolidayYear is what one yearly notice of the State Council office orders: rest days and make-up workdays.
// It carries the year of the notice's title; days of the December before may stand in it.
type HolidayYear struct {
	Year int
	// Published is false for a file that only holds the place of a notice still to come.
	Published bool
	// Papers are the addresses of the notices.
	Papers []string
	Days   []HolidayDay
}

// HolidayDay is one day that differs from, or confirms, the weekly rhythm.
type HolidayDay struct {
	Date Date
	Name string // 春节
	Off  bool   // true: statutory rest day; false: make-up workday (调休)
}

// Calendar knows which days are worked. It is immutable and safe for concurrent use.
type Calendar struct {
	known map[int]bool
	days  map[Date]HolidayDay
	loc   *time.Location
}

// The end of the office day: a promise "by Thursday" means Thursday 17:30.
const (
	ClosingHour   = 17
	ClosingMinute = 30
)

// NewCalendar makes a Calendar of the given notices, keyed by their year, for a service in loc. Where two
// notices name the same day, the later one has the last word.
func NewCalendar(years map[int]HolidayYear, loc *time.Location) *Calendar {
	c := &Calendar{known: make(map[int]bool), days: make(map[Date]HolidayDay), loc: loc}
	order := make([]int, 0, len(years))
	for y := range years {
		order = append(order, y)
	}
	slices.Sort(order)
	for _, y := range order {
		c.known[y] = years[y].Published
		for _, d := range years[y].Days {
			c.days[d.Date] = d
		}
	}
	return c
}

// Location is the zone in which days begin and offices close.
func (c *Calendar) Location() *time.Location { return c.loc }

// Today returns the day on which now falls at the service's place.
func (c *Calendar) Today(now time.Time) Date { return DateOf(now.In(c.loc)) }

// Known reports whether the notice for year is loaded and published.
func (c *Calendar) Known(year int) bool { return c.known[year] }

// Holiday returns what a notice says about d.
func (c *Calendar) Holiday(d Date) (HolidayDay, bool) {
	h, ok := c.days[d]
	return h, ok
}

// IsWorkday reports whether offices work on d: what a notice says, otherwise Monday to Friday.
func (c *Calendar) IsWorkday(d Date) bool {
	if h, ok := c.days[d]; ok {
		return !h.Off
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}

// NextWorkday returns the first workday after d; d itself does not count.
func (c *Calendar) NextWorkday(d Date) Date { return c.AddWorkdays(d, 1) }

// AddWorkdays returns the n-th workday after d, or the n-th before it for negative n. The day d itself is
// never counted (day 0), whether it is a workday or not; n = 0 returns d.
func (c *Calendar) AddWorkdays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

// WorkdaysBetween counts the workdays after a up to and including b. It is negative when b is before a:
// then it counts those after b up to and including a. WorkdaysBetween(today, due) is "days left";
// WorkdaysBetween(due, today) is "days late".
func (c *Calendar) WorkdaysBetween(a, b Date) int {
	if b.Before(a) {
		return -c.WorkdaysBetween(b, a)
	}
	n := 0
	for d := a; d.Before(b); {
		d = d.AddDays(1)
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// Deadline returns when a promise of so many workdays, given at from, falls due: 17:30 of the due day.
// The day of receipt is day 0 and is not counted. What arrives after 17:30 or on a rest day counts as
// received on the next workday, which then is day 0.
func (c *Calendar) Deadline(from time.Time, workdays int) time.Time {
	from = from.In(c.loc)
	day := DateOf(from)
	if !c.IsWorkday(day) || from.After(c.closing(day)) {
		day = c.NextWorkday(day)
	}
	return c.closing(c.AddWorkdays(day, workdays))
}

func (c *Calendar) closing(d Date) time.Time { return d.At(ClosingHour, ClosingMinute, c.loc) }

// CalendarWarning says that a year's notice is missing, so that its days are guessed from the weekly rhythm.
type CalendarWarning struct {
	Year int
}

func (w CalendarWarning) String() string {
	return fmt.Sprintf("no rest-day notice for %d is loaded: Monday to Friday count as workdays; add holidays/%d.json", w.Year, w.Year)
}

// Warnings names the notices missing at now: the current year's at any time, and the next year's from
// 1 December on (it is usually published in November).
func (c *Calendar) Warnings(now time.Time) []CalendarWarning {
	today := c.Today(now)
	var ws []CalendarWarning
	if !c.Known(today.Year) {
		ws = append(ws, CalendarWarning{today.Year})
	}
	if today.Month == time.December && !c.Known(today.Year+1) {
		ws = append(ws, CalendarWarning{today.Year + 1})
	}
	return ws
}
