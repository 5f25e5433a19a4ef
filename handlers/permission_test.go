package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
)

// denials are what somebody reads who may not do a thing, or for whom there is no such thing.
var denials = []string{"这一步由联络站工作人员来做", "这一步由支部书记来做", "这一步需要另外的身份", "您的联络站没有编号"}

type staffCommand struct {
	typed string // about wish N
	in    string // roles that may, when held where the wish is
	above string // roles that may, when held at the street station above
	away  string // roles that may, when held elsewhere: they do something with what is there
}

// staffCommands are the commands that not everybody may use, written by hand from the description of the roles.
var staffCommands = map[string]staffCommand{
	"待办":  {"待办", "liaison head", "liaison head", "liaison head"},
	"办理":  {"办理 N", "liaison head grid deputy presidium supervisor callback reviewer publisher auditor", "head presidium supervisor callback reviewer publisher auditor", "auditor"},
	"签收":  {"签收 N", "liaison head", "", ""},
	"转站":  {"转站 N 竹园社区联络站", "liaison head presidium", "head presidium", ""},
	"答复":  {"答复 N", "liaison head", "", ""},
	"联系":  {"联系 N 核对漏水的楼层", "liaison head callback", "callback", ""},
	"上墙":  {"上墙 N 一处路灯不亮，已经反映", "liaison head reviewer", "reviewer", ""},
	"公开":  {"公开 N", "liaison head publisher", "publisher", ""},
	"发通知": {"发通知", "secretary", "secretary", "secretary"},
	"回执":  {"回执", "secretary auditor", "secretary auditor", "secretary auditor"},
	"发党课": {"发党课", "secretary", "secretary", "secretary"},
	"换绑":  {"换绑", "secretary head registrar privacy", "secretary head registrar privacy", "secretary head registrar privacy"},
}

// openCommands are for everybody, for what is their own.
var openCommands = []string{
	"学习", "听课", "答题", "通知", "收到", "心愿", "进度", "我的心愿", "评价", "补充", "心愿墙", "提醒", "提醒关", "提醒开",
	"绑定", "解绑", "身份", "我的电话", "谁看过", "我的数据", "删除我的数据", "隐私", "待看", "帮助", "人工", "举报", "你好", "谢谢",
	"取消", "上一步", "完成", "跳过", "继续",
}

// everyRole is every role with what it may be held for: where the wish is, above, and elsewhere.
var everyRole = []struct {
	role            echowall.Role
	in, above, away string
}{
	{echowall.RoleMember, "b1", "b1", "b2"},
	{echowall.RoleSecretary, "b1", "b1", "b2"},
	{echowall.RoleLiaison, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RoleHead, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RoleGrid, "Z01", "H01", "H01"},
	{echowall.RoleDeputy, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RolePresidium, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RoleHandler, "u1", "u1", "u2"},
	{echowall.RoleApprover, "u1", "u1", "u2"},
	{echowall.RoleLeader, "u1", "u1", "u2"},
	{echowall.RoleSupervisor, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RoleCallback, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RoleReviewer, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RolePublisher, "zhuyuan", "liuqiao", "heyan"},
	{echowall.RolePrivacy, "*", "*", "*"},
	{echowall.RoleAuditor, "*", "*", "*"},
	{echowall.RoleRegistrar, "*", "*", "*"},
	{"", "", "", ""}, // a resident
}

// TestEveryCommandForEveryRole types every command as every role held where the wish is, above and elsewhere.
// Who may not is told so politely, sees nothing of the wish, and is on record.
func TestEveryCommandForEveryRole(t *testing.T) {
	g := newTalk(t)
	for _, name := range g.app.Pack.Commands.Names() {
		_, staff := staffCommands[name]
		if open := slices.Contains(openCommands, name); name != "登录" && staff == open { // the console's tests have 登录
			t.Errorf("command %s is not in exactly one of the tables", name)
		}
	}
	w := &echowall.Wish{Author: g.author("居民甲"), Text: "三号楼漏水滴到一楼", Station: "zhuyuan", Grid: "Z01"}
	if err := g.store.AddWish(t.Context(), w, func(w *echowall.Wish) error {
		return w.Submit(g.Now(), g.app.Wishes.Calendar, echowall.FromChat)
	}); err != nil {
		t.Fatal(err)
	}
	person := 0
	play := func(role echowall.Role, scope, where string, may func(staffCommand) string) {
		person++
		name := fmt.Sprintf("某%d", person)
		if role != "" {
			if err := g.store.UpdatePerson(t.Context(), g.person(name), func(who *echowall.Who) error {
				who.Person, who.Name = g.person(name), name
				who.Grant(echowall.Grant{Role: role, Scope: scope})
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		for command, c := range staffCommands {
			text := g.say(name, strings.ReplaceAll(c.typed, "N", w.Number))
			denied := slices.ContainsFunc(denials, func(d string) bool { return strings.Contains(text, d) })
			want := role != "" && slices.Contains(strings.Fields(may(c)), string(role))
			if denied == want {
				t.Errorf("%s by %q %s: want allowed=%v, the phone says:\n%s", command, role, where, want, text)
			}
			if denied && (strings.Contains(text, "漏水") || strings.Contains(text, "竹园")) {
				t.Errorf("%s by %q %s: the denial tells of the wish:\n%s", command, role, where, text)
			}
			g.advance(5 * time.Second) // or the limit for floods comes in between
			g.say(name, "取消")
			g.advance(5 * time.Second)
		}
		for _, command := range openCommands {
			text := g.say(name, command)
			if slices.ContainsFunc(denials, func(d string) bool { return strings.Contains(text, d) }) {
				t.Errorf("%s by %q is denied:\n%s", command, role, text)
			}
			g.advance(5 * time.Second)
			g.say(name, "取消")
			g.advance(5 * time.Second)
		}
	}
	for _, r := range everyRole {
		play(r.role, r.in, "at the place", func(c staffCommand) string { return c.in })
		play(r.role, r.above, "above", func(c staffCommand) string { return c.above })
		play(r.role, r.away, "elsewhere", func(c staffCommand) string { return c.away })
	}
	last, err := g.store.VerifyAccess(t.Context())
	if err != nil || last.Seq < 100 {
		t.Errorf("%d denials are on record, %v", last.Seq, err)
	}
}
