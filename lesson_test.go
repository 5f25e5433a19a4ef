package echowall

import "testing"

func TestSyllabus(t *testing.T) {
	cal := testCalendar(t)
	dated := day(t, "2026-02-13")
	s := NewSyllabus([]Lesson{
		{ID: "q-3"},
		{ID: "q-1"},
		{ID: "d-1", Date: dated},
		{ID: "d-2", Date: dated},                   // loses to d-1
		{ID: "rest", Date: day(t, "2026-02-17")},   // a rest day may be chosen by hand
		{ID: "q-2", Expires: day(t, "2026-02-13")}, // its turn would be the 14th
		{ID: "late", Expires: day(t, "2026-01-01"), Date: day(t, "2026-02-25")},
	}, day(t, "2026-02-12"), cal)
	for _, tc := range []struct{ date, want string }{
		{"2026-02-11", ""},
		{"2026-02-12", "q-1"},
		{"2026-02-13", "d-1"},
		{"2026-02-14", "q-3"}, // make-up Saturday; q-2 expired the day before
		{"2026-02-15", ""},
		{"2026-02-17", "rest"},
		{"2026-02-24", ""}, // the queue is used up
		{"2026-02-25", ""}, // expired
	} {
		l, ok := s.On(day(t, tc.date))
		if l.ID != tc.want || ok != (tc.want != "") {
			t.Errorf("On(%s) = %q, %v, want %q", tc.date, l.ID, ok, tc.want)
		}
	}
	if got := s.Until().String(); got != "2026-02-14" {
		t.Errorf("Until() = %s", got)
	}
	if _, ok := s.ByID("late"); !ok {
		t.Error("ByID must find lessons that have no day")
	}
	if _, ok := s.ByID("none"); ok {
		t.Error("ByID found a lesson that is not there")
	}
}

func TestSyllabusGivesEachLessonOnce(t *testing.T) {
	cal := testCalendar(t)
	var ls []Lesson
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"} {
		ls = append(ls, Lesson{ID: id})
	}
	start := day(t, "2025-01-20")
	s := NewSyllabus(ls, start, cal)
	var got []string
	for d := start; !d.After(day(t, "2025-03-31")); d = d.AddDays(1) {
		if l, ok := s.On(d); ok {
			if !cal.IsWorkday(d) {
				t.Errorf("queued lesson %s on rest day %s", l.ID, d)
			}
			got = append(got, l.ID)
		}
	}
	if len(got) != len(ls) {
		t.Fatalf("gave %v", got)
	}
	for i := range ls {
		if got[i] != ls[i].ID {
			t.Fatalf("order %v", got)
		}
	}
}
