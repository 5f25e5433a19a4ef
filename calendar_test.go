package echowall

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

var shanghai = time.FixedZone("CST", 8*3600)

// day parses a date of a test table.
func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// testCalendar holds the stretches of the 2025 and 2026 notices that the tables below walk over, typed in
// from the notices, and one invented day: a rest day in December ordered by the next year's notice.
func testCalendar(t *testing.T) *Calendar {
	t.Helper()
	y2025 := HolidayYear{Year: 2025, Published: true}
	y2026 := HolidayYear{Year: 2026, Published: true}
	add := func(y *HolidayYear, off bool, days ...string) {
		for _, s := range days {
			y.Days = append(y.Days, HolidayDay{Date: day(t, s), Name: "节", Off: off})
		}
	}
	add(&y2025, true, "2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02", "2025-02-03", "2025-02-04")
	add(&y2025, false, "2025-01-26", "2025-02-08")
	add(&y2026, true, "2026-01-01", "2026-01-02", "2026-01-03", "2025-12-31",
		"2026-02-15", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-21", "2026-02-22", "2026-02-23")
	add(&y2026, false, "2026-01-04", "2026-02-14", "2026-02-28")
	return NewCalendar(map[int]HolidayYear{2026: y2026, 2025: y2025, 2027: {Year: 2027}}, shanghai)
}

func TestIsWorkday(t *testing.T) {
	c := testCalendar(t)
	for _, tc := range []struct {
		date string
		want bool
		why  string
	}{
		{"2025-01-26", true, "make-up Sunday before the Spring Festival"},
		{"2025-01-25", false, "plain Saturday"},
		{"2025-01-28", false, "Tuesday, festival"},
		{"2025-02-08", true, "make-up Saturday"},
		{"2025-02-09", false, "the Sunday after it"},
		{"2025-12-31", false, "Wednesday, ordered by the next year's notice"},
		{"2026-01-01", false, "New Year"},
		{"2026-01-04", true, "make-up Sunday"},
		{"2026-02-14", true, "make-up Saturday"},
		{"2026-02-15", false, "festival Sunday"},
		{"2026-02-24", true, "Tuesday after the festival"},
		{"2026-02-28", true, "make-up Saturday"},
		{"2027-01-01", true, "no notice: a Friday counts as workday"},
		{"2027-01-02", false, "no notice: Saturday"},
	} {
		if got := c.IsWorkday(day(t, tc.date)); got != tc.want {
			t.Errorf("IsWorkday(%s) = %v, want %v (%s)", tc.date, got, tc.want, tc.why)
		}
	}
	if c.Known(2027) || !c.Known(2026) || c.Known(2030) {
		t.Error("Known must be true for published notices only")
	}
}

func TestAddWorkdays(t *testing.T) {
	c := testCalendar(t)
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2025-01-24", 1, "2025-01-26"},  // Friday → make-up Sunday
		{"2025-01-24", 2, "2025-01-27"},  // → Monday
		{"2025-01-24", 3, "2025-02-05"},  // over eight days of festival
		{"2025-02-07", 1, "2025-02-08"},  // make-up Saturday
		{"2025-02-08", 1, "2025-02-10"},  // over the Sunday
		{"2025-12-30", 1, "2026-01-04"},  // over the year's end
		{"2026-02-13", 2, "2026-02-24"},  // make-up Saturday, then the festival
		{"2026-02-27", 2, "2026-03-02"},  // make-up Saturday, Sunday off, Monday
		{"2026-02-17", 1, "2026-02-24"},  // from within the festival
		{"2026-02-24", 0, "2026-02-24"},  // nothing added
		{"2025-02-05", -1, "2025-01-27"}, // backwards over the festival
		{"2025-01-27", -2, "2025-01-24"},
	} {
		if got := c.AddWorkdays(day(t, tc.from), tc.n); got.String() != tc.want {
			t.Errorf("AddWorkdays(%s, %d) = %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
	if got := c.NextWorkday(day(t, "2026-02-14")); got.String() != "2026-02-24" {
		t.Errorf("NextWorkday(2026-02-14) = %s", got)
	}
}

func TestWorkdaysBetween(t *testing.T) {
	c := testCalendar(t)
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"2025-01-24", "2025-01-24", 0},
		{"2025-01-24", "2025-01-25", 0},
		{"2025-01-24", "2025-01-26", 1},
		{"2025-01-24", "2025-02-08", 6}, // 26, 27, Feb 5, 6, 7, 8
		{"2025-02-08", "2025-01-24", -6},
		{"2025-12-30", "2026-01-05", 2},
	} {
		if got := c.WorkdaysBetween(day(t, tc.a), day(t, tc.b)); got != tc.want {
			t.Errorf("WorkdaysBetween(%s, %s) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestDeadline(t *testing.T) {
	c := testCalendar(t)
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-09 10:00", 2, "2026-02-11 17:30"},
		{"2026-02-09 17:30", 2, "2026-02-11 17:30"}, // just in time
		{"2026-02-09 17:31", 2, "2026-02-12 17:30"}, // counts as received on Tuesday
		{"2026-02-13 18:00", 1, "2026-02-24 17:30"}, // received on make-up Saturday the 14th
		{"2026-02-16 09:00", 2, "2026-02-26 17:30"}, // festival: received on the 24th
		{"2025-01-25 09:00", 1, "2025-01-27 17:30"}, // Saturday: received on make-up Sunday
		{"2026-02-09 10:00", 0, "2026-02-09 17:30"},
		{"2026-02-09 23:59", 0, "2026-02-10 17:30"},
	} {
		from, err := time.ParseInLocation("2006-01-02 15:04", tc.from, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Deadline(from.UTC(), tc.n).Format("2006-01-02 15:04"); got != tc.want {
			t.Errorf("Deadline(%s, %d) = %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
}

func TestCalendarWarnings(t *testing.T) {
	c := testCalendar(t)
	for _, tc := range []struct {
		now  string
		want []int
	}{
		{"2026-11-30", nil},
		{"2026-12-01", []int{2027}},
		{"2025-12-31", nil},
		{"2027-06-01", []int{2027}},
		{"2027-12-01", []int{2027, 2028}},
	} {
		ws := c.Warnings(day(t, tc.now).In(shanghai))
		if len(ws) != len(tc.want) {
			t.Errorf("Warnings(%s) = %v, want %v", tc.now, ws, tc.want)
			continue
		}
		for i, w := range ws {
			if file := fmt.Sprintf("holidays/%d.json", tc.want[i]); w.Year != tc.want[i] || !strings.Contains(w.String(), file) {
				t.Errorf("Warnings(%s)[%d] = %s, want %s named", tc.now, i, w, file)
			}
		}
	}
}

func TestDateText(t *testing.T) {
	type doc struct {
		On  Date         `json:"on"`
		Off Date         `json:"off,omitzero"`
		Per map[Date]int `json:"per"`
	}
	in := doc{On: Date{2026, 11, 23}, Per: map[Date]int{{2026, 1, 4}: 1}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"on":"2026-11-23","per":{"2026-01-04":1}}`; string(b) != want {
		t.Fatalf("got %s, want %s", b, want)
	}
	var out doc
	if err := json.Unmarshal(b, &out); err != nil || out.On != in.On || out.Per[Date{2026, 1, 4}] != 1 || !out.Off.IsZero() {
		t.Fatalf("round trip gave %+v, %v", out, err)
	}
	for _, bad := range []string{"2026-02-29", "2026-2-1", "23.11.2026", "2026-13-01", "2026-01-01T00:00"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %s, want an error", bad, d)
		}
	}
}
