package content

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"echowall"
)

// Calendar returns the calendar of the pack's notices for a service in loc.
func (p *Pack) Calendar(loc *time.Location) *echowall.Calendar {
	return echowall.NewCalendar(p.Holidays, loc)
}

const localDaysFile = "holidays.local.yaml"

// loadHolidays reads holidays/<year>.json: the schema of the holiday-cn project (year, papers, days with
// name, date, isOffDay) and one key of our own, "published": false for a notice still to come.
func loadHolidays(ps *problems, l layer, years map[int]echowall.HolidayYear) {
	for _, name := range l.glob("holidays/*.json") {
		file := l.label(name)
		data, err := fs.ReadFile(l.fsys, name)
		if err != nil {
			ps.unreadable(file, err)
			continue
		}
		// JSON is YAML, and the YAML tree knows its lines.
		root, ok := parseYAML(ps, file, 0, data)
		if !ok {
			continue
		}
		es, ok := entries(root)
		if !ok {
			ps.fail(file, 1, "应是 {\"year\": …, \"days\": […]}", "must be {\"year\": …, \"days\": […]}")
			continue
		}
		y := readYear(ps, file, es)
		if want := strings.TrimSuffix(path.Base(name), ".json"); strconv.Itoa(y.Year) != want {
			ps.fail(file, 1, "文件名应是年份，并与里面的 year 一致", "the file must be named after its year")
			continue
		}
		years[y.Year] = y
	}
}

func readYear(ps *problems, file string, es []entry) echowall.HolidayYear {
	y := echowall.HolidayYear{Published: true}
	daysLine := 1
	var days []dayEntry
	for _, e := range es {
		text, _ := scalar(e.value)
		switch e.key {
		case "year":
			n, err := strconv.Atoi(text)
			if err != nil || n < 2000 || n > 2999 {
				ps.fail(file, e.line, "year 应是四位年份", "year must have four digits")
			}
			y.Year = n
		case "published":
			y.Published = text != "false"
		case "papers":
			y.Papers, _ = list(e.value)
		case "days":
			daysLine = e.line
			days = readDays(ps, file, e.line, e.value)
		case "$schema", "$id", "note":
		default:
			ps.unknownKey(file, e, "year published papers days note", "year published papers days note")
		}
	}
	seen := make(map[echowall.Date]bool)
	for _, d := range days {
		inYear := d.day.Date.Year == y.Year || d.day.Date.Year == y.Year-1 && d.day.Date.Month == time.December
		switch {
		case !inYear:
			ps.fail(file, d.line, fmt.Sprintf("%s 不属于 %d 年的通知", d.day.Date, y.Year), fmt.Sprintf("%s does not belong to the notice for %d", d.day.Date, y.Year))
		case seen[d.day.Date]:
			ps.fail(file, d.line, fmt.Sprintf("%s 写了两次", d.day.Date), fmt.Sprintf("%s stands here twice", d.day.Date))
		case !d.day.Off && !weekend(d.day.Date):
			ps.warn(file, d.line, fmt.Sprintf("%s 本来就是工作日，请核对", d.day.Date), fmt.Sprintf("%s is a weekday anyway; please check", d.day.Date))
		}
		seen[d.day.Date] = true
		y.Days = append(y.Days, d.day)
	}
	switch {
	case !y.Published:
		ps.warn(file, 1, fmt.Sprintf("%d 年的放假通知还没有录入，周一至周五按工作日计算", y.Year),
			fmt.Sprintf("the notice for %d is not entered yet: Monday to Friday count as workdays", y.Year))
	case len(days) == 0:
		ps.fail(file, daysLine, "days 是空的；通知还没有公布时请写 \"published\": false", "days is empty; write \"published\": false while there is no notice")
	case len(y.Papers) == 0:
		ps.warn(file, 1, "没有写通知的网址（papers）", "papers names no notice")
	}
	return y
}

func weekend(d echowall.Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

type dayEntry struct {
	day  echowall.HolidayDay
	line int
}

func readDays(ps *problems, file string, line int, n ast.Node) []dayEntry {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		ps.fail(file, line, "days 应是一个列表", "days must be a list")
		return nil
	}
	var out []dayEntry
	for _, v := range seq.Values {
		es, ok := entries(v)
		if !ok {
			ps.fail(file, lineOf(v), "应是 {name, date, isOffDay}", "must be {name, date, isOffDay}")
			continue
		}
		d := dayEntry{line: line}
		var flag string
		var err error
		for i, e := range es {
			if i == 0 {
				d.line = e.line
			}
			text, _ := scalar(e.value)
			switch e.key {
			case "name", "名称":
				d.day.Name = text
			case "date", "日期":
				d.line = e.line
				d.day.Date, err = echowall.ParseDate(text)
			case "isOffDay", "休息":
				flag = text
			default:
				ps.unknownKey(file, e, "名称 日期 休息", "name date isOffDay")
			}
		}
		switch flag {
		case "true", "是":
			d.day.Off = true
		case "false", "否":
		default:
			ps.fail(file, d.line, "isOffDay 应是 true 或 false", "isOffDay must be true or false")
			continue
		}
		if err != nil || d.day.Date.IsZero() {
			ps.fail(file, d.line, "date 应像 2026-11-23，并且真有这一天", "date must be like 2026-11-23 and exist")
			continue
		}
		out = append(out, d)
	}
	return out
}

// localDay is an exception that a place makes for itself, from holidays.local.yaml.
type localDay = echowall.HolidayDay

func loadLocalDays(ps *problems, l layer) []localDay {
	file := l.label(localDaysFile)
	data, err := fs.ReadFile(l.fsys, localDaysFile)
	if err != nil {
		if !isMissing(err) {
			ps.unreadable(file, err)
		}
		return nil
	}
	root, ok := parseYAML(ps, file, 0, data)
	if !ok || root == nil {
		return nil
	}
	var out []localDay
	for _, d := range readDays(ps, file, lineOf(root), root) {
		out = append(out, d.day)
	}
	return out
}

// applyLocalDays lets local days replace what any notice says about the same day.
func applyLocalDays(years map[int]echowall.HolidayYear, days []localDay) {
	for _, local := range days {
		for n, y := range years {
			y.Days = slices.DeleteFunc(slices.Clone(y.Days), func(d echowall.HolidayDay) bool { return d.Date == local.Date })
			years[n] = y
		}
		y := years[local.Date.Year]
		y.Year = local.Date.Year
		y.Days = append(y.Days, local)
		years[y.Year] = y
	}
}
