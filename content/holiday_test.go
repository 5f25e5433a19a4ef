package content

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"echowall"
)

const goodYear = `{
  "year": 2030,
  "papers": ["https://www.gov.cn/"],
  "days": [
    {"name": "元旦", "date": "2030-01-01", "isOffDay": true},
    {"name": "元旦", "date": "2029-12-31", "isOffDay": true},
    {
      "name": "元旦",
      "date": "2029-12-29",
      "isOffDay": false
    }
  ]
}
`

func TestHolidayFile(t *testing.T) {
	p, found, err := Load(starter, fstest.MapFS{"holidays/2030.json": {Data: []byte(goodYear)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.File == "holidays/2030.json" {
			t.Error(f)
		}
	}
	cal := p.Calendar(time.UTC)
	for day, want := range map[string]bool{"2030-01-01": false, "2029-12-31": false, "2029-12-29": true, "2029-12-28": true} {
		d, err := echowall.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if cal.IsWorkday(d) != want {
			t.Errorf("IsWorkday(%s) = %v", day, !want)
		}
	}
	if !cal.Known(2030) || cal.Known(2029) {
		t.Error("known years")
	}
}

func TestHolidayComplaints(t *testing.T) {
	for _, tc := range []struct {
		name, old, with string
		line            int
		severity        Severity
		says            string
	}{
		{"impossible day", "2030-01-01", "2030-02-30", 5, SeverityError, "真有这一天"},
		{"another year", "2030-01-01", "2031-01-01", 5, SeverityError, "不属于 2030"},
		{"June of the year before", "2029-12-31", "2029-06-30", 6, SeverityError, "不属于 2030"},
		{"twice", "2029-12-31", "2030-01-01", 6, SeverityError, "写了两次"},
		{"no flag", "\"isOffDay\": false", "\"isOffDay\": null", 9, SeverityError, "isOffDay"},
		{"make-up day on a weekday", "2029-12-29", "2029-12-28", 9, SeverityWarning, "本来就是工作日"},
		{"wrong year", "\"year\": 2030", "\"year\": 2031", 1, SeverityError, "文件名应是年份"},
		{"no papers", "\"https://www.gov.cn/\"", "", 1, SeverityWarning, "网址"},
		{"unknown key", "\"papers\"", "\"paper\"", 3, SeverityError, "不认识"},
		{"broken", "\"days\": [", "\"days\": [[", 0, SeverityError, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, found, err := Load(starter, fstest.MapFS{"holidays/2030.json": {Data: []byte(strings.Replace(goodYear, tc.old, tc.with, 1))}})
			if (err != nil) != (tc.severity == SeverityError) {
				t.Errorf("error %v", err)
			}
			if tc.line > 0 && !complains(found, "holidays/2030.json", tc.line, tc.says) {
				t.Errorf("want line %d %q, got %v", tc.line, tc.says, found)
			}
		})
	}
	_, found, err := Load(starter, fstest.MapFS{"holidays/2030.json": {Data: []byte(`{"year": 2030, "published": false, "days": []}`)}})
	if err != nil || !complains(found, "holidays/2030.json", 1, "还没有录入") {
		t.Errorf("an unpublished year must warn only: %v %v", err, found)
	}
}

// A place's own exceptions have the last word over any notice.
func TestLocalDays(t *testing.T) {
	p, _, err := Load(starter, fstest.MapFS{"holidays.local.yaml": {Data: []byte(
		"- {日期: 2026-10-10, 名称: 本地, 休息: 是}\n- {date: 2026-11-28, name: local, isOffDay: false}\n- {日期: 2035-05-05, 名称: 本地, 休息: 否}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	cal := p.Calendar(time.UTC)
	for day, want := range map[string]bool{"2026-10-10": false, "2026-11-28": true, "2026-10-07": false, "2035-05-05": true} {
		d, err := echowall.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if cal.IsWorkday(d) != want {
			t.Errorf("IsWorkday(%s) = %v", day, !want)
		}
	}
	if cal.Known(2035) || !cal.Known(2026) {
		t.Error("a local day is no notice")
	}
	_, found, err := Load(starter, fstest.MapFS{"holidays.local.yaml": {Data: []byte("- {日期: 2026-10-10, 名称: 甲, 休息: 是}\n- {日期: 下周一, 休息: 是}\n")}})
	if err == nil || !complains(found, "holidays.local.yaml", 2, "真有这一天") {
		t.Errorf("%v", found)
	}
}
