package content

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"echowall"
)

// statutes names every law that the starter pack may cite, with its number of articles in the version
// named in the pack, and for party regulations the articles whose text was verified.
var statutes = []struct {
	name string
	last int
	only []int
}{
	{name: "中华人民共和国宪法（2018年修正）", last: 143},
	{name: "全国人民代表大会和地方各级人民代表大会代表法（2025年修正）", last: 65},
	{name: "中华人民共和国民法典", last: 1260},
	{name: "中华人民共和国反电信网络诈骗法（2022年）", last: 50},
	{name: "中华人民共和国老年人权益保障法（2018年修正）", last: 85},
	{name: "中华人民共和国消防法（2021年修正）", last: 74},
	{name: "物业管理条例（2018年修订）", last: 67},
	{name: "中国共产党支部工作条例（试行）", only: []int{11, 12, 13, 14}},
	{name: "中国共产党党员教育管理工作条例", only: []int{16, 17, 18, 20, 23}},
}

var article = regexp.MustCompile(`第([一二三四五六七八九十百千零]+)条`)

func articles(t *testing.T, s string) []int {
	t.Helper()
	var out []int
	for _, m := range article.FindAllStringSubmatch(s, -1) {
		out = append(out, numeral(t, m[1]))
	}
	return out
}

// numeral reads the Chinese numbers of articles, below ten thousand.
func numeral(t *testing.T, s string) int {
	t.Helper()
	total, digit := 0, 0
	for _, r := range s {
		if i := strings.IndexRune("零一二三四五六七八九", r); i >= 0 {
			digit = i / len("零")
			continue
		}
		scale := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
		if scale == 0 {
			t.Fatalf("%q is no number", s)
		}
		total += max(digit, 1) * scale
		digit = 0
	}
	return total + digit
}

func TestNumeral(t *testing.T) {
	for s, want := range map[string]int{"二": 2, "十": 10, "十一": 11, "二十": 20, "五十八": 58, "一百零二": 102, "一百八十八": 188, "九百四十四": 944, "一千零三十二": 1032, "一千一百三十四": 1134, "一千二百六十": 1260} {
		if got := numeral(t, s); got != want {
			t.Errorf("numeral(%s) = %d, want %d", s, got, want)
		}
	}
}

// Each lesson names its law, cites articles that exist, and speaks in its text only of those.
func TestStarterLessonsCiteRealArticles(t *testing.T) {
	for _, l := range starterPack(t).Lessons {
		cited := make(map[int]bool)
		for _, s := range l.Sources {
			found := articles(t, s.Name)
			if len(found) == 0 {
				t.Errorf("%s: source %q names no article", l.ID, s.Name)
			}
			law, _, _ := strings.Cut(s.Name, "第")
			known := false
			for _, st := range statutes {
				if st.name != law {
					continue
				}
				known = true
				for _, n := range found {
					ok := n >= 1 && n <= st.last
					for _, verified := range st.only {
						ok = ok || n == verified
					}
					if !ok {
						t.Errorf("%s: %s has no article %d, or it is not verified", l.ID, law, n)
					}
				}
			}
			if !known {
				t.Errorf("%s: law %q is not on the list", l.ID, law)
			}
			if s.URL != "https://flk.npc.gov.cn/" && s.URL != "https://www.12371.cn/" {
				t.Errorf("%s: %q is no official database", l.ID, s.URL)
			}
			for _, n := range found {
				cited[n] = true
			}
		}
		text := l.Body + strings.Join(l.Points, "\n")
		for _, q := range l.Questions {
			text += q.Stem + q.Explanation
		}
		for _, n := range articles(t, text) {
			if !cited[n] {
				t.Errorf("%s: article %d stands in the text and not in the sources", l.ID, n)
			}
		}
	}
}

func TestStarterLessonsKeepTheirForm(t *testing.T) {
	p := starterPack(t)
	if len(p.Lessons) != 30 {
		t.Errorf("%d lessons, want 30", len(p.Lessons))
	}
	letters := make(map[string]int)
	manners := regexp.MustCompile(`[!！]|你|[「」]|各位领导|伟大`)
	for _, l := range p.Lessons {
		if n := utf8.RuneCountInString(l.Title); n == 0 || n > echowall.LessonTitleLimit {
			t.Errorf("%s: title of %d characters", l.ID, n)
		}
		if n := utf8.RuneCountInString(l.Summary); n == 0 || n > echowall.LessonSummaryLimit {
			t.Errorf("%s: summary of %d characters", l.ID, n)
		}
		if n := l.Length(); n < 100 || n > echowall.LessonBodyLimit {
			t.Errorf("%s: body of %d characters", l.ID, n)
		}
		if len(l.Points) < 2 || len(l.Points) > 3 {
			t.Errorf("%s: %d points", l.ID, len(l.Points))
		}
		if l.StudyHours != 0 {
			t.Errorf("%s: a micro lesson carries no study hours", l.ID)
		}
		if hit := manners.FindString(l.Title + l.Summary + l.Body + strings.Join(l.Points, "")); hit != "" {
			t.Errorf("%s: %q", l.ID, hit)
		}
		if len(l.Questions) != 1 {
			t.Errorf("%s: %d questions", l.ID, len(l.Questions))
			continue
		}
		q := l.Questions[0]
		letters[q.Answer]++
		if len(article.FindAllString(q.Explanation, -1)) == 0 {
			t.Errorf("%s: the explanation names no article", l.ID)
		}
		if got, correct, ok := q.Check(strings.ToLower(q.Answer)); !ok || !correct {
			t.Errorf("%s: the right letter is judged %q, %v, %v", l.ID, got, correct, ok)
		}
		// As plain text in a chat, points and question must fit a passive reply (2,048 bytes).
		chat := l.Title + l.Summary + strings.Join(l.Points, "\n") + q.Stem
		for _, o := range q.Options {
			chat += o.Letter + ". " + o.Text + "\n"
		}
		if len(chat) > 1600 {
			t.Errorf("%s: %d bytes as a chat message leave no room for the frame", l.ID, len(chat))
		}
	}
	for _, l := range []string{"A", "B", "C", "D"} {
		if n := letters[l]; n < 6 || n > 9 {
			t.Errorf("%d questions answer to %s: %v", n, l, letters)
		}
	}
}

// The embedded notices, checked against days typed in from the notices by hand.
func TestStarterHolidays(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	cal := starterPack(t).Calendar(zone)
	for _, tc := range []struct {
		date string
		work bool
	}{
		{"2025-01-26", true}, {"2025-01-27", true}, {"2025-01-28", false}, {"2025-02-04", false}, {"2025-02-05", true}, {"2025-02-08", true},
		{"2025-04-04", false}, {"2025-04-27", true}, {"2025-05-05", false}, {"2025-06-02", false}, {"2025-09-28", true}, {"2025-10-08", false}, {"2025-10-11", true},
		{"2025-12-31", true}, {"2026-01-01", false}, {"2026-01-02", false}, {"2026-01-04", true}, {"2026-02-14", true}, {"2026-02-16", false},
		{"2026-02-23", false}, {"2026-02-28", true}, {"2026-04-06", false}, {"2026-05-09", true}, {"2026-06-19", false}, {"2026-09-20", true},
		{"2026-09-25", false}, {"2026-10-07", false}, {"2026-10-08", true}, {"2026-10-10", true}, {"2026-11-23", true}, {"2026-11-28", false},
	} {
		d, err := echowall.ParseDate(tc.date)
		if err != nil {
			t.Fatal(err)
		}
		if cal.IsWorkday(d) != tc.work {
			t.Errorf("IsWorkday(%s) = %v", d, !tc.work)
		}
	}
	for year, want := range map[int]int{2025: 248, 2026: 248} {
		got := 0
		for d := (echowall.Date{Year: year, Month: 1, Day: 1}); d.Year == year; d = d.AddDays(1) {
			if cal.IsWorkday(d) {
				got++
			}
		}
		if got != want {
			t.Errorf("%d has %d workdays, want %d", year, got, want)
		}
	}
	if cal.Known(2027) {
		t.Error("2027 was not published when the pack was written")
	}
	if ws := cal.Warnings(time.Date(2026, 12, 1, 9, 0, 0, 0, zone)); len(ws) != 1 || ws[0].Year != 2027 {
		t.Errorf("warnings on 1 December: %v", ws)
	}
}

// From the demo's day on, the queue gives thirty workdays of lessons, each once.
func TestStarterSyllabus(t *testing.T) {
	p := starterPack(t)
	cal := p.Calendar(time.UTC)
	start := echowall.Date{Year: 2026, Month: 11, Day: 23}
	s := p.Syllabus(start, cal)
	seen := make(map[string]bool)
	for d := start; !d.After(s.Until()); d = d.AddDays(1) {
		l, ok := s.On(d)
		if ok != cal.IsWorkday(d) {
			t.Errorf("%s: lesson %v, workday %v", d, ok, cal.IsWorkday(d))
		}
		if ok && seen[l.ID] {
			t.Errorf("%s: %s comes twice", d, l.ID)
		}
		seen[l.ID] = true
	}
	for _, l := range p.Lessons {
		if !seen[l.ID] {
			t.Errorf("%s never comes", l.ID)
		}
	}
}
