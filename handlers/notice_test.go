package handlers_test

import (
	"strings"
	"testing"

	"echowall"
	"echowall/bot/wechat"
	"echowall/handlers"
	"echowall/handlers/script"
)

const secretary = "书记周"

// preview leads a notice to its preview and returns the four digits.
func (g *talk) preview(body string) string {
	g.t.Helper()
	for _, text := range []string{"发通知", "主题党日", body, "完成", "2"} {
		g.say(secretary, text)
	}
	digits := g.digits(secretary)
	if digits == "" {
		g.t.Fatalf("no digits in:\n%s", g.phone(secretary))
	}
	return digits
}

func (g *talk) notices() int {
	g.t.Helper()
	list, err := g.store.NoticesOf(g.t.Context(), "b1", 10)
	if err != nil {
		g.t.Fatal(err)
	}
	return len(list)
}

// The platform delivers a message up to three times: one notice, and the same reply.
func TestNoticeGoesOutOnce(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	digits := g.preview("周五九点活动室集合。")
	p := g.push(secretary, wechat.Inbound{Type: wechat.TypeText, Text: digits})
	var replies []string
	for range 3 {
		body, err := g.bot.Receive(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		replies = append(replies, string(body))
	}
	g.pay()
	if replies[0] != replies[1] || replies[1] != replies[2] || !strings.Contains(replies[0], "TZ1") {
		t.Errorf("replies differ: %q", replies)
	}
	g.say(secretary, digits)
	if n := g.notices(); n != 1 {
		t.Errorf("%d notices, want 1", n)
	}
	if n := strings.Count(g.phone(member), "【通知】"); n != 1 {
		t.Errorf("the member got %d", n)
	}
}

// Digits that were shown before a change send nothing.
func TestNoticeDigitsDieWithAChange(t *testing.T) {
	for _, change := range [][]string{
		{"1", "主题党日改期"},
		{"2", "改到周日九点。", "完成"},
		{"3", "1"},
		{"上一步", "1"},
	} {
		g := newTalk(t)
		g.say(member, "帮助")
		old := g.preview("周五九点活动室集合。")
		for _, text := range change {
			g.say(secretary, text)
		}
		fresh := g.digits(secretary)
		if fresh == old {
			continue // one in ten thousand
		}
		g.want(g.say(secretary, old), "数字对不上")
		if n := g.notices(); n != 0 {
			t.Errorf("%v: %d notices went out on old digits", change, n)
		}
		g.want(g.say(secretary, fresh), "已安排发送")
	}
}

// The limits hold in the chat: nothing typed before is lost, and the preview of the longest body is one message.
func TestNoticeBodyLimit(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	for _, text := range []string{"发通知", "主题党日"} {
		g.say(secretary, text)
	}
	g.want(g.say(secretary, strings.Repeat("一", 601)), "正文最多 600 字", "可分多条")
	g.want(g.say(secretary, strings.Repeat("一", 400)), "共 400 字")
	g.want(g.say(secretary, strings.Repeat("二", 200)), "没有记下", "共 400 字")
	g.want(g.say(secretary, strings.Repeat("三", 199)), "共 600 字")
	g.say(secretary, "完成")
	g.want(g.say(secretary, "默认"), "确认请回复")
	g.phones[member] = nil
	g.want(g.say(secretary, g.digits(secretary)), "TZ1")
	letter := g.phone(member)
	g.want(letter, "三三", "“收到 TZ1”")
	if len(letter) > wechat.MaxReplyText {
		t.Errorf("the longest notice has %d bytes, more than one message", len(letter))
	}
}

// Somebody who is secretary no longer sends nothing, however far the dialog was.
func TestNoticeNeedsTheRoleUntilTheEnd(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	digits := g.preview("周五九点活动室集合。")
	g.leaveBranch(secretary)
	g.want(g.say(secretary, digits), "由支部书记来做")
	if n := g.notices(); n != 0 {
		t.Errorf("%d notices", n)
	}
}

// A notice that was read and confirmed is not brought again, nor to somebody who left; a template carries its
// facts in fields.
func TestNoticeLetters(t *testing.T) {
	g := newTalk(t)
	g.app.Templates = map[echowall.DebtKind]handlers.Template{echowall.DebtNotice: {ID: "tpl", Fields: []handlers.TemplateField{
		{Name: "thing1", Fact: "title"}, {Name: "character_string2", Fact: "number"}, {Name: "time3", Fact: "time"}, {Name: "phrase4", Fact: "state"},
	}}}
	for _, name := range []string{member, "党员王", "党员赵"} {
		g.say(name, "帮助")
	}
	n, err := g.app.Notices.Send(t.Context(), &echowall.Who{Person: g.person(secretary), Grants: script.Grants("书记")},
		echowall.Notice{Title: "主题党日", Body: "周五九点。", Confirm: true})
	if err != nil {
		t.Fatal(err)
	}
	debt := func(name string) echowall.Debt {
		return echowall.NewDebt(echowall.DebtNotice, echowall.Recipient(g.person(name)), n.ID, "", g.Now())
	}
	g.say("党员王", "收到")
	g.leaveBranch("党员赵")
	for name, want := range map[string]bool{member: true, "党员王": false, "党员赵": false} {
		if got := g.letter(debt(name)); (got != "") != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	m, err := g.app.Write(t.Context(), debt(member), echowall.ChannelTemplate)
	if err != nil || m.Template == nil {
		t.Fatal(m, err)
	}
	g.want(shown(m), "主题党日", "TZ1", "11月23日（周一）10:00", "支部通知")
}

// People of another branch neither see a notice nor its count.
func TestNoticeStaysInItsBranch(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	g.say(secretary, g.preview("周五九点活动室集合。"))
	const other = "别支部吴"
	err := g.store.UpdatePerson(t.Context(), g.person(other), func(w *echowall.Who) error {
		w.Grant(echowall.Grant{Role: echowall.RoleSecretary, Scope: "b2"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"通知 TZ1", "收到 TZ1", "回执 TZ1"} {
		g.want(g.say(other, text), "没有找到编号 TZ1", "!主题党日")
	}
}
