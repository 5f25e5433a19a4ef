package echowall

import (
	"strconv"
	"time"
)

// Period is how long something is kept, as on a calendar.
type Period struct{ Years, Days int }

// Over reports whether a period that began at since has ended by now; it ends at the hour at which it began.
func (p Period) Over(since, now time.Time) bool {
	return !now.Before(since.AddDate(p.Years, 0, p.Days))
}

// Began is the latest time at which something began that is over by now.
func (p Period) Began(now time.Time) time.Time { return now.AddDate(-p.Years, 0, -p.Days) }

// String is the period as the table in docs/privacy.md has it.
func (p Period) String() string {
	n, unit := p.Days, " day"
	if p.Years > 0 {
		n, unit = p.Years, " year"
	}
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + unit
}

// The periods that the nightly job applies; RetentionTable says where each number comes from.
var (
	KeptDetails  = Period{Days: 90}
	KeptIdentity = Period{Days: 90}
	KeptText     = Period{Years: 3}
	KeptLeaver   = Period{Days: 1}
	KeptAccess   = Period{Years: 3}
	KeptErasures = Period{Days: 90}
)

// Retained is one row of the table of periods.
type Retained struct {
	What   string
	Period Period
	Since  string // when the period begins
	Source string // where the number comes from
}

// RetentionTable is what goes by the calendar, after how long, and who says so; the nightly job applies all of it but
// the last row, which the database applies by itself. docs/privacy.md prints it.
func RetentionTable() []Retained {
	const law = "Personal Information Protection Law, art. 19"
	return []Retained{
		{"place, position, photos, voices and form of address of a wish", KeptDetails, "its closing, or the day promised in the answer if that is later", "citizen-feedback reference 7.5; " + law},
		{"who an author is (vault) and the phone number", KeptIdentity, "the closing of the author's last wish, or the change of the number", "citizen-feedback reference 7.5; " + law},
		{"words and author of a wish, the answer's text, the text on the wall", KeptText, "its closing, or the day promised in the answer if that is later", "citizen-feedback reference 7.5; " + law},
		{"everything about somebody who unfollowed and owns nothing", KeptLeaver, "unfollowing", "the platform's rule: on receipt of unsubscribe (platform reference 1.8); a day, because people come back at once"},
		{"lines of the access log", KeptAccess, "the line", "citizen-feedback reference 7.5; at least 6 months by the Cybersecurity Law"},
		{"list of erasures carried out, for restored backups", KeptErasures, "the erasure", "no backup is to be older (docs/operate.md, section 8)"},
		{"unfinished dialog and its files", Period{Days: int(DraftKept.Hours()/24) + 1}, "the last message", "study reference, section E: a draft waits 7 days"},
	}
}
