package handlers_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

const member = "党员李"

// lessonDebt is what the clock table owes a member of b1 on the rig's day.
func (g *talk) lessonDebt(kind echowall.DebtKind, name string) echowall.Debt {
	day := g.app.Study.Calendar.Today(g.Now())
	return echowall.NewDebt(kind, echowall.Recipient(g.person(name)), "b1/"+day.String(), "", g.Now())
}

// letter is what the account would write now; "" when there is nothing to say any more.
func (g *talk) letter(d echowall.Debt) string {
	g.t.Helper()
	m, err := g.app.Write(g.t.Context(), d, echowall.ChannelReply)
	if err != nil && echowall.KindOf(err) != echowall.KindNotFound {
		g.t.Fatal(err)
	}
	return shown(m)
}

func (g *talk) leaveBranch(name string) {
	g.t.Helper()
	err := g.store.UpdatePerson(g.t.Context(), g.person(name), func(w *echowall.Who) error {
		w.Grants = nil
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// What is owed in the morning or evening is written from what is true when it is paid.
func TestStudyLettersBecomeUntrue(t *testing.T) {
	for _, tc := range []struct {
		name     string
		lesson   bool // still true
		reminder bool
		meantime func(g *talk)
	}{
		{"nothing happened", true, true, func(*talk) {}},
		{"answered, wrongly", false, false, func(g *talk) { g.say(member, "A") }},
		{"turned reminders off", true, false, func(g *talk) { g.say(member, "提醒关") }},
		{"read it only", true, true, func(g *talk) { g.say(member, "学习") }},
		{"the day is over", false, false, func(g *talk) { g.advance(24 * time.Hour) }},
		{"left the branch", false, false, func(g *talk) { g.leaveBranch(member) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := newTalk(t)
			g.say(member, "帮助")
			lesson, reminder := g.lessonDebt(echowall.DebtLesson, member), g.lessonDebt(echowall.DebtStudyReminder, member)
			tc.meantime(g)
			if got := g.letter(lesson); (got != "") != tc.lesson {
				t.Errorf("the lesson's letter: %q", got)
			}
			if got := g.letter(reminder); (got != "") != tc.reminder {
				t.Errorf("the reminder: %q", got)
			}
		})
	}
	t.Run("in the box", func(t *testing.T) {
		g := newTalk(t)
		g.meet(member)
		for kind, want := range map[echowall.DebtKind]bool{echowall.DebtLesson: true, echowall.DebtStudyReminder: false} {
			m, err := g.app.Write(t.Context(), g.lessonDebt(kind, member), echowall.ChannelBox)
			if err != nil || (m.Text != "") != want {
				t.Errorf("%s: %q %v", kind, m.Text, err)
			}
		}
	})
	t.Run("never bound", func(t *testing.T) {
		g := newTalk(t)
		if got := g.letter(g.lessonDebt(echowall.DebtLesson, "居民王")); got != "" {
			t.Errorf("a stranger's letter: %q", got)
		}
	})
}

// Reminders go to whoever has not answered and has not turned them off, once a day.
func TestRemindersGoToThoseWhoNeedThem(t *testing.T) {
	g := newTalk(t)
	for _, name := range []string{member, "党员王", "党员赵", "书记周"} {
		g.say(name, "帮助")
	}
	g.say("党员王", "B")
	g.say("党员赵", "提醒关")
	for range 2 { // the second round owes the same debts, so nothing more arrives
		if n := g.clockwork("evening", "b1"); n != 2 {
			t.Errorf("reminded %d, want 党员李 and 书记周", n)
		}
	}
	for name, want := range map[string]int{member: 1, "书记周": 1, "党员王": 0, "党员赵": 0} {
		if got := strings.Count(g.phone(name), "不想收晚上的提醒"); got != want {
			t.Errorf("%s was reminded %d times, want %d", name, got, want)
		}
	}
}

// Of any five reminders in a row no two begin alike, all of them come up, and none speaks of days missed.
func TestReminderWordingsTakeTurns(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	var heads []string
	cal := g.app.Study.Calendar
	for day := cal.Today(monday); len(heads) < 24; day = cal.NextWorkday(day) {
		g.at(day.At(19, 30, zone))
		if len(heads)%7 == 3 {
			g.say(member, "答题") // looking is not answering
		}
		g.phones[member] = nil
		g.clockwork("evening", "b1")
		head, _, _ := strings.Cut(g.phone(member), "\n")
		title := regexp.MustCompile(`《.*》`).FindString(head)
		if title == "" {
			t.Fatalf("%s: no title in %q", day, head)
		}
		heads = append(heads, strings.ReplaceAll(head, title, ""))
		if strings.Contains(head, "明天休息") && cal.IsWorkday(day.AddDays(1)) {
			t.Errorf("%s: tomorrow is no rest day: %q", day, head)
		}
	}
	for i := range heads {
		if next := heads[i+1 : min(i+5, len(heads))]; slices.Contains(next, heads[i]) {
			t.Errorf("reminder %d comes back too soon: %q", i, heads[i:min(i+5, len(heads))])
		}
		if bad := regexp.MustCompile(`未|没有学|第\s*\d+|连续|已经?有?\s*\d+\s*天`).FindString(heads[i]); bad != "" {
			t.Errorf("%q counts or blames: %q", heads[i], bad)
		}
	}
	slices.Sort(heads)
	if n := len(slices.Compact(heads)); n < 6 {
		t.Errorf("only %d different wordings", n)
	}
}

// A tapped menu is answered by the card; where the account cannot follow up, by the text with the question.
func TestTappedLessonKeepsItsQuestion(t *testing.T) {
	for _, replies := range []bool{true, false} {
		g := newTalk(t)
		g.app.Replies = replies
		reply := g.event(member, wechat.EventClick, "学习")
		if card := !strings.Contains(reply, "想一想"); card != replies {
			t.Errorf("replies %v: %q", replies, reply)
		}
		g.want(g.phone(member), "一切权力属于人民", "想一想：", "直接回复字母即可")
		g.advance(time.Minute) // a second tap is answered in full again
		g.event(member, wechat.EventClick, "学习")
		g.want(g.phone(member), "想一想：")
	}
}

// A letter whose card can no longer follow the tap is dropped rather than kept for another day.
func TestTappedLessonDoesNotLinger(t *testing.T) {
	g := newTalk(t)
	g.meet(member)
	if _, err := g.bot.Receive(t.Context(), g.push(member, wechat.Inbound{Type: wechat.TypeEvent, Event: wechat.EventClick, EventKey: "学习"})); err != nil {
		t.Fatal(err)
	}
	ids, err := g.store.LeaseDue(t.Context(), g.Now(), g.Now().Add(time.Minute), 10)
	if err != nil {
		t.Fatal(err)
	}
	ps, err := g.store.Payments(t.Context(), ids)
	if err != nil || len(ps) != 1 {
		t.Fatal(len(ps), err)
	}
	rules := &echowall.Rules{Calendar: g.app.Study.Calendar, Replies: true}
	if d := echowall.Plan(&ps[0].Debt, &ps[0].Reach, g.Now(), rules); d.Channel != echowall.ChannelReply || d.Window != echowall.WindowAct {
		t.Errorf("right away: %+v", d)
	}
	if d := echowall.Plan(&ps[0].Debt, &ps[0].Reach, g.Now().Add(time.Minute), rules); !d.Void {
		t.Errorf("a minute later: %+v", d)
	}
}

// What was answered stays answered when the secretary's lesson takes the place of the pack's.
func TestAnswerOutlivesItsLesson(t *testing.T) {
	g := newTalk(t)
	g.want(g.say(member, "B"), "答对了")
	g.say("书记周", "发党课 今天换一个题目，讲讲消防通道为什么不能堆东西。")
	g.say("书记周", "消防通道")
	g.say("书记周", "跳过")
	g.want(g.say("书记周", g.digits("书记周")), "今天的领学")
	g.want(g.say(member, "学习"), "消防通道")
	if done, err := g.app.Study.Studied(t.Context(), g.person(member)); err != nil || !done {
		t.Errorf("studied %v %v, want it kept", done, err)
	}
}

// A true-or-false question is answered in words; so is any option.
func TestAnswersInWords(t *testing.T) {
	g := newTalk(t)
	cal := g.app.Study.Calendar
	g.app.Study.Syllabus = echowall.NewSyllabus([]echowall.Lesson{{
		ID: "t-1", Title: "对错题", Date: cal.Today(monday), Body: "正文",
		Questions: []echowall.Question{{ID: "t-1-q1", Stem: "预备党员有没有表决权？", Answer: "B",
			Options: []echowall.Option{{Letter: "A", Text: "对"}, {Letter: "B", Text: "错"}}}},
	}}, cal.Today(monday), cal)
	g.want(g.say(member, "学习"), "A 对", "B 错")
	g.want(g.say(member, "不对"), "答对了，是 B。")
	g.want(g.say("党员王", "是"), "还差一点，是 B。")
	g.want(g.say("居民王", "对"), "!答对", "!还差")
}
