package web

import (
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/content"
)

var china = time.FixedZone("CST", 8*3600)

func starter(t *testing.T) (phrases, *echowall.Calendar) {
	t.Helper()
	pack, _, err := content.Open("")
	if err != nil {
		t.Fatal(err)
	}
	pack.Words.OnMisuse = func(err error) { t.Error(err) }
	return phrases{pack.Words}, pack.Calendar(china)
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", s, china)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDueChip(t *testing.T) {
	words, cal := starter(t)
	for _, tc := range []struct {
		name, now, due string
		days           int
		tone, icon     string
		want           string
	}{
		{"a week ahead", "2026-11-23 09:00", "2026-11-30 17:30", 5, "move", "clock", "还剩 5 个工作日"},
		{"over a weekend", "2026-11-27 18:00", "2026-12-01 17:30", 5, "move", "clock", "还剩 2 个工作日"},
		{"a fifth of ten days", "2026-11-23 09:00", "2026-11-25 17:30", 10, "wait", "clock", "还剩 2 个工作日"},
		{"one day", "2026-11-23 09:00", "2026-11-24 17:30", 5, "wait", "clock", "还剩 1 个工作日"},
		{"one day over a weekend", "2026-11-27 09:00", "2026-11-30 17:30", 5, "wait", "clock", "还剩 1 个工作日"},
		{"today", "2026-11-23 00:10", "2026-11-23 17:30", 5, "wait", "clock", "今天 17:30 到期"},
		{"the last minute", "2026-11-23 17:30", "2026-11-23 17:30", 5, "wait", "clock", "今天 17:30 到期"},
		{"the evening after", "2026-11-23 17:31", "2026-11-23 17:30", 5, "late", "warn", "刚刚超期"},
		{"the weekend after", "2026-11-28 10:00", "2026-11-27 17:30", 5, "late", "warn", "刚刚超期"},
		{"the next morning", "2026-11-24 08:00", "2026-11-23 17:30", 5, "late", "warn", "超期 1 个工作日"},
		{"late over a weekend", "2026-11-30 08:00", "2026-11-26 17:30", 5, "late", "warn", "超期 2 个工作日"},
		{"over the National Day holiday", "2026-09-30 09:00", "2026-10-09 17:30", 5, "move", "clock", "还剩 2 个工作日"},
		{"a rest day by now", "2026-11-27 18:00", "2026-11-28 17:30", 5, "wait", "clock", "还剩不到 1 个工作日"},
	} {
		c := words.dueChip(cal, at(t, tc.now), at(t, tc.due), tc.days)
		if c != (chip{tc.tone, tc.icon, tc.want, true}) {
			t.Errorf("%s: %+v, want %s %s %q", tc.name, c, tc.tone, tc.icon, tc.want)
		}
	}
}

func TestKeptChip(t *testing.T) {
	words, cal := starter(t)
	due := at(t, "2026-11-27 17:30")
	for ended, want := range map[string]chip{
		"2026-11-24 09:00": {"good", "tick", "按期答复", true},
		"2026-11-27 17:30": {"good", "tick", "按期答复", true},
		"2026-11-27 18:00": {"late", "warn", "超期 1 个工作日答复", true},
		"2026-12-01 09:00": {"late", "warn", "超期 2 个工作日答复", true},
	} {
		if c := words.keptChip(cal, at(t, ended), due); c != want {
			t.Errorf("ended %s: %+v, want %+v", ended, c, want)
		}
	}
}

// Green is for what the resident confirmed, and closed is grey.
func TestOutcomeChip(t *testing.T) {
	words, _ := starter(t)
	for _, tc := range []struct {
		state  echowall.WishState
		class  echowall.Outcome
		rating echowall.Rating
		tone   string
		words  string
	}{
		{echowall.WishToVerify, "A", "", "move", "单位称已解决"},
		{echowall.WishClosed, "A", "A", "good", "已解决"},
		{echowall.WishClosed, "A", "C", "good", "已解决"},
		{echowall.WishClosed, "A", "", "move", "单位称已解决"},
		{echowall.WishRedo, "A", "D", "move", "单位称已解决"},
		{echowall.WishClosed, "B", "A", "move", "正在解决，有时限"},
		{echowall.WishToVerify, "C", "", "move", "列入计划"},
		{echowall.WishClosed, "D", "A", "rest", "不能办，已说明依据"},
		{echowall.WishToVerify, "E", "", "rest", "联系不上或证据不足"},
		{echowall.WishToVerify, "F", "", "rest", "归别的单位管"},
	} {
		c := words.outcomeChip(&echowall.Wish{State: tc.state, Rating: tc.rating, Answer: &echowall.Answer{Class: tc.class}})
		if c.Tone != tc.tone || c.Words != tc.words || c.Icon == "" {
			t.Errorf("%s %s %q: %+v, want %s %s", tc.state, tc.class, tc.rating, c, tc.tone, tc.words)
		}
	}
	for _, s := range echowall.AllStates {
		if c := words.stateChip(s); c.Tone == "" || c.Icon == "" || c.Words == "" || c.Tone == "good" {
			t.Errorf("%s: %+v", s, c)
		}
	}
}

func TestPromiseOf(t *testing.T) {
	_, cal := starter(t)
	w := &echowall.Wish{Text: "门口没有路灯", Author: "a"}
	officer := echowall.Actor{Role: echowall.RoleLiaison, By: "p"}
	check := func(key, due, ended string) {
		t.Helper()
		p, ok := promiseOf(w, cal)
		if !ok || p.key != key || !p.due.Equal(at(t, due)) || (ended == "") != p.ended.IsZero() || ended != "" && !p.ended.Equal(at(t, ended)) {
			t.Errorf("%s: %+v, want %s until %s, ended %q", w.State, p, key, due, ended)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.Submit(at(t, "2026-11-23 09:00"), cal, echowall.FromChat))
	check("screening", "2026-11-24 17:30", "")
	must(w.Accept(at(t, "2026-11-23 10:00"), cal, officer))
	check("handling", "2026-11-30 17:30", "")
	w.Due = at(t, "2026-12-02 17:30") // whatever moved it
	check("handling", "2026-12-02 17:30", "")
	answer := echowall.Answer{Class: "A", Text: "路灯已经装好，今晚亮灯。"}
	must(w.Reply(at(t, "2026-11-25 10:00"), cal, officer, answer))
	check("handling", "2026-11-30 17:30", "2026-11-25 10:00")
	must(w.Rate(at(t, "2026-11-26 10:00"), cal, "a", echowall.RatingUnsolved, echowall.FromPage))
	check("redo", "2026-12-03 17:30", "")
	must(w.Reply(at(t, "2026-12-04 10:00"), cal, officer, answer))
	check("redo", "2026-12-03 17:30", "2026-12-04 10:00")
}

func TestClockBar(t *testing.T) {
	bar := clockBar(5, 2, "c1")
	if len(bar) != 5 || bar[1].Class != "c1" || bar[2].Class != "c3" {
		t.Fatalf("%+v", bar)
	}
	if last := bar[4]; last.X+last.Width != clockWidth {
		t.Errorf("the bar ends at %d, want %d", last.X+last.Width, clockWidth)
	}
}

func TestBarOf(t *testing.T) {
	for _, counts := range [][]int{{1, 1, 1}, {1000000, 1, 0}, {0, 0, 7}, {41, 10, 77}, {1, 0, 999}} {
		var parts []part
		shown := 0
		for _, n := range counts {
			parts = append(parts, part{count: n})
			if n > 0 {
				shown++
			}
		}
		bar := barOf(parts...)
		if len(bar) != shown {
			t.Fatalf("%v: %d segments, want %d", counts, len(bar), shown)
		}
		x := 0
		for i, s := range bar {
			if s.X != x || s.Width < barLeast {
				t.Errorf("%v: segment %d is %+v, want it at %d and seen", counts, i, s, x)
			}
			x = s.X + s.Width + barGap
		}
		if x-barGap != barWidth {
			t.Errorf("%v: ends at %d", counts, x-barGap)
		}
	}
	if bar := barOf(part{}, part{}); bar != nil {
		t.Errorf("nothing has a bar: %+v", bar)
	}
}

func TestClauses(t *testing.T) {
	for title, want := range map[string]string{
		"": "", "路灯坏了": "路灯坏了", "太黑，看不清": "太黑，|看不清", "太黑，": "太黑，", "甲，乙。丙": "甲，|乙。|丙",
	} {
		if got := strings.Join(clauses(title), "|"); got != want {
			t.Errorf("clauses(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestHeadline(t *testing.T) {
	for _, tc := range []struct {
		text, title string
		whole       bool
	}{
		{"路灯坏了", "路灯坏了", true},
		{"路灯坏了。", "路灯坏了", true},
		{" 路灯\n坏了 ", "路灯 坏了", true},
		{"楼道灯坏了三天。晚上老人下楼看不清。", "楼道灯坏了三天", false},
		{"您好。楼道灯坏了三天。", "您好。楼道灯坏了三天", false},
		{"北门到公交站一段路晚上太黑，老人晚上买菜回来看不清路沿，上周有人崴了脚", "北门到公交站一段路晚上太黑", false},
		{"竹园社区宣传栏的玻璃碎了一地早上孩子上学从那儿过很危险请尽快清理", "竹园社区宣传栏的玻璃碎了一地早上孩子上学从那儿过…", false},
		{"", "", true},
	} {
		if title, whole := headline(tc.text); title != tc.title || whole != tc.whole {
			t.Errorf("headline(%q) = %q, %v, want %q, %v", tc.text, title, whole, tc.title, tc.whole)
		}
	}
}
