package handlers_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

var previewCode = regexp.MustCompile(`确认发出请回复 (\d{4})`)

// answer signs if needed and answers a wish; it returns what the author's phone shows then.
func (g *talk) answer(officer, author, number string, lines ...string) string {
	g.t.Helper()
	if g.stored(number).State == echowall.WishSubmitted {
		g.want(g.say(officer, "签收 "+number), "已签收 "+number)
	}
	g.say(officer, "答复 "+number)
	var preview string
	for _, line := range lines {
		preview = g.say(officer, line)
	}
	m := previewCode.FindStringSubmatch(preview)
	if m == nil {
		g.t.Fatalf("no preview:\n%s", preview)
	}
	g.phones[author] = nil
	g.want(g.say(officer, m[1]), "已答复 "+number)
	return g.phone(author)
}

// The whole way of a wish: told, signed, answered, unsolved, answered again, solved.
func TestWishComesBackAnswered(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了三天")
	got := g.answer("联络员李", "居民王", number, "B", "已报修，电力公司周四更换灯头。", "11月26日")
	g.want(got, number, "您的心愿有答复了：正在解决，有时限。", "已报修，电力公司周四更换灯头。", "11月26日（周四）前兑现", "A 已解决，满意", "查看详情")

	g.phones["联络员李"] = nil
	g.want(g.say("居民王", "ｄ"), "没有解决", "已退回重办", "11月30日（周一）17:30 前再答复您")
	g.want(g.phone("联络员李"), number, "居民说没有解决")
	g.want(g.say("联络员李", "待办"), number, "重办")

	g.advance(time.Hour)
	got = g.answer("联络员李", "居民王", number, "A", "灯头已换好，今晚亮灯，请您看一看。")
	g.want(got, "有答复了：已解决。", "!兑现")
	g.want(g.say("居民王", "选A。"), "记下了", "已解决，满意")
	w := g.stored(number)
	if w.State != echowall.WishClosed || w.Rating != echowall.RatingGood || w.Round != 1 || w.VerifyHistory() != -1 {
		t.Errorf("state %s rating %s round %d chain %d", w.State, w.Rating, w.Round, w.VerifyHistory())
	}
	g.want(g.say("居民王", "进度 "+number), "已办结", "已解决，满意")
}

// What a resident said in the dialog is what is stored, and nothing more is agreed to than was said.
func TestWishDialogStores(t *testing.T) {
	g := newTalk(t)
	g.say("居民王", "心愿")
	g.photo("居民王", "lamp.jpg")
	g.say("居民王", "ＡＢ座门口　路灯坏了！")
	g.location("居民王", 30.1001, 120.2001, "竹园东门")
	g.say("居民王", "2 欧阳先生")
	g.want(g.say("居民王", "1"), "编号 XY1001")
	w := g.stored("XY1001")
	if w.Text != "ＡＢ座门口　路灯坏了！" || w.At == nil || w.At.Label != "竹园东门" || w.Station != "zhuyuan" || len(w.Media) != 1 ||
		w.Display != echowall.DisplaySurname || w.Surname != "欧阳先生" || !w.MayPublish || w.Author != g.author("居民王") {
		t.Errorf("stored %+v", w)
	}
	m, data, err := g.store.Media(t.Context(), w.Media[0])
	if err != nil || m.ContentType != "image/jpeg" || len(data) == 0 {
		t.Errorf("photo %+v, %d bytes, %v", m, len(data), err)
	}
	one := g.stored(g.wish("居民王", "路灯又坏了"))
	if one.MayPublish || one.Display != echowall.DisplayAnonymous || one.Station != echowall.TriageStation {
		t.Errorf("one line stored %+v", one)
	}
}

// A push that the platform delivers again gets the same bytes and makes no second wish, at the same time or
// later.
func TestWishOncePerMessage(t *testing.T) {
	g := newTalk(t)
	p := g.push("居民王", wechat.Inbound{Type: wechat.TypeText, Text: "心愿 路灯坏了，竹园"})
	replies := make([]string, 5)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() {
			body, err := g.bot.Receive(t.Context(), p)
			if err != nil {
				t.Error(err)
			}
			replies[i] = string(body)
		})
	}
	all.Wait()
	body, err := g.bot.Receive(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range replies {
		if r != string(body) || !strings.Contains(r, "编号 XY1001") {
			t.Errorf("a delivery was answered %q, the last %q", r, body)
		}
	}
	list, err := g.store.WishesBy(t.Context(), g.author("居民王"), 10)
	if err != nil || len(list) != 1 {
		t.Errorf("%d wishes, %v; want 1", len(list), err)
	}
}

func TestFloodIsAnsweredOnce(t *testing.T) {
	g := newTalk(t)
	for range echowall.FloodBurst {
		g.want(g.say("居民王", "进度"), "没有提过")
	}
	g.want(g.say("居民王", "进度"), "有点快")
	if got := g.say("居民王", "心愿 路灯"); got != "" {
		t.Errorf("answered again: %s", got)
	}
	g.advance(10 * time.Second)
	g.want(g.say("居民王", "心愿 路灯坏了"), "编号 XY")
}

// Danger is told to the officers at once.
func TestDangerIsTold(t *testing.T) {
	g := newTalk(t)
	g.say("联络员李", "身份")
	g.phones["联络员李"] = nil
	number := g.wish("居民王", "竹园3幢闻到煤气，很浓")
	g.want(g.phone("联络员李"), number, "可能有人有危险")
	g.say("联络员李", "身份")
	g.phones["联络员李"] = nil
	g.wish("居民王", "竹园想要一个图书角")
	if got := g.phone("联络员李"); got != "" {
		t.Errorf("an ordinary wish was told at once: %s", got)
	}

	// Neither night nor rest day holds it up.
	if _, err := g.bot.Receive(t.Context(), g.push("居民王", wechat.Inbound{Type: wechat.TypeText, Text: "心愿 竹园3幢着火了"})); err != nil {
		t.Fatal(err)
	}
	ids, err := g.store.LeaseDue(t.Context(), g.Now(), g.Now().Add(time.Minute), 10)
	if err != nil {
		t.Fatal(err)
	}
	payments, err := g.store.Payments(t.Context(), ids)
	if err != nil || len(payments) != 1 || !payments[0].Debt.Urgent {
		t.Errorf("owed %v, %v; want one urgent message", payments, err)
	}
}

// A dialog survives 20 minutes as a draft, seven days, and not longer.
func TestDraftLivesAWeek(t *testing.T) {
	g := newTalk(t)
	g.say("居民王", "心愿")
	g.say("居民王", "竹园路灯坏了")
	g.advance(6*24*time.Hour + 23*time.Hour)
	g.want(g.say("居民王", "接着写"), "（2/4）")
	g.advance(21 * time.Minute)
	g.say("居民王", "进度")
	g.advance(8 * 24 * time.Hour)
	g.want(g.say("居民王", "继续"), "!（2/4）")
	g.want(g.say("居民王", "心愿"), "（1/4）")

	g.say("居民赵", "心愿")
	g.say("居民赵", "想要一个图书角")
	g.event("居民赵", wechat.EventClick, "进度") // turns to something else
	g.want(g.say("居民赵", "心愿"), "接着写回复“继续”")
	g.want(g.say("居民赵", "2"), "（1/4）")
	g.say("居民赵", "想要一张长椅")
	g.say("居民赵", "跳过")
	g.say("居民赵", "匿名")
	g.want(g.say("居民赵", "2"), "编号 XY")
	g.want(g.say("居民赵", "进度"), "想要一张长椅")
}

func TestRating(t *testing.T) {
	g := newTalk(t)
	one := g.wish("居民王", "竹园路灯坏了")
	two := g.wish("居民王", "竹园水管漏水")
	g.want(g.say("居民王", "A"), "没听懂")
	g.want(g.say("居民王", "评价 "+one+" A"), "不在这一步")
	g.want(g.say("居民王", "评价"), "请写编号和一个字母")
	g.answer("联络员李", "居民王", one, "A", "路灯已经换好，今晚亮灯。")
	g.advance(time.Minute)
	g.answer("联络员李", "居民王", two, "D", "水管属业主自管部分，可找物业维修。")
	g.want(g.say("居民王", "B"), "有几件等您评价", one, two)
	g.want(g.say("居民王", "评价 "+two+" E"), "回复一个字母就行")
	g.want(g.say("居民赵", "评价 "+two+" A"), "没有找到编号 "+two)
	g.want(g.say("居民王", "评价 "+two+"c"), "已解决，不满意")
	g.want(g.say("居民王", "b"), one, "基本满意")
	g.want(g.say("居民王", "评价 "+one+" A"), "已解决，满意") // a later letter replaces an earlier one
	g.advance(31 * 24 * time.Hour)
	g.want(g.say("居民王", "评价 "+one+" D"), "评价时间已经过了")
}

// After two rounds a wish cannot be sent back by letter any more.
func TestThirdRedoGoesToAPerson(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了")
	for range echowall.MaxRounds {
		g.answer("联络员李", "居民王", number, "A", "已经处理好了，请您看一看。")
		g.want(g.say("居民王", "D"), "已退回重办")
		g.advance(time.Hour)
	}
	g.answer("联络员李", "居民王", number, "A", "已经处理好了，请您看一看。")
	g.want(g.say("居民王", "D"), "不能再退回", "人工")
}

// Another person's draft, code or number is of no use: conversations do not mix.
func TestPeopleDoNotMix(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了")
	g.say("联络员李", "签收 "+number)
	g.say("联络员李", "答复 "+number)
	g.say("联络员李", "A")
	code := previewCode.FindStringSubmatch(g.say("联络员李", "路灯已经换好，今晚亮灯。"))[1]
	g.want(g.say("联络员周", code), "!已答复")
	g.want(g.say("居民王", code), "!已答复")
	if got := g.stored(number).State; got != echowall.WishAccepted {
		t.Fatalf("state %s after somebody else's code", got)
	}
	g.want(g.say("居民赵", "补充 "+number+" 河沿"), "没有找到编号 "+number)
	g.want(g.say("联络员李", code), "已答复")
	g.want(g.say("联络员李", "答复 "+number), "现在不用答复")
}

// Two officers finish the same answer: the first wins, the second hears of it and keeps what was written.
func TestTwoOfficersAnswer(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了")
	g.say("联络员李", "签收 "+number)
	codes := map[string]string{}
	for _, officer := range []string{"联络员李", "站长何"} {
		g.say(officer, "答复 "+number)
		g.say(officer, "A")
		codes[officer] = previewCode.FindStringSubmatch(g.say(officer, "路灯已经换好，今晚亮灯。"))[1]
	}
	g.want(g.say("站长何", codes["站长何"]), "已答复")
	g.want(g.say("联络员李", codes["联络员李"]), "不在这一步")
	moves := 0
	for _, e := range g.stored(number).History {
		if e.Move == echowall.MoveAnswer {
			moves++
		}
	}
	if moves != 1 {
		t.Errorf("%d answers", moves)
	}
}

// A wish without a place waits at the sorting desk until a place is known.
func TestPlaceSendsAWishToItsStation(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "路灯坏了")
	g.want(g.say("分办周", "待办"), number)
	g.want(g.say("居民王", "补充 竹园东门"), "由竹园社区联络站办理")
	g.want(g.say("分办周", "待办"), "没有等您办理")
	g.want(g.say("联络员李", "待办"), number)
	if w := g.stored(number); w.Place != "竹园东门" || w.VerifyHistory() != -1 {
		t.Errorf("stored %+v", w)
	}
}

// An officer sees photos and place of a case, and nothing that tells who wrote it.
func TestCaseShowsTheProblemNotThePerson(t *testing.T) {
	g := newTalk(t)
	g.say("居民王", "心愿")
	g.photo("居民王", "lamp.jpg")
	g.say("居民王", "路灯坏了")
	g.say("居民王", "竹园东门")
	g.say("居民王", "2 王女士")
	g.want(g.say("居民王", "2"), "编号 XY1001")
	media := g.stored("XY1001").Media[0]
	g.want(g.say("联络员李", "看XY1001"), "路灯坏了", "地点：竹园东门", "照片、语音：1 份", "/m/media/"+media,
		"!王女士", "!"+string(g.author("居民王")), "!"+string(g.person("居民王")))
	g.want(g.say("外站吴", "看 XY1001"), "!路灯", "!"+media)
}

// A promised time that has passed is not told as if it were still to come.
func TestProgressSaysThatItIsLate(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了")
	g.want(g.say("居民王", "进度 "+number), "待受理", "!已经过了")
	g.advance(72 * time.Hour)
	g.want(g.say("居民王", "进度 "+number), "这个时间已经过了")
	g.want(g.say("联络员李", "待办"), number, "已超期 2 个工作日")
}

// The list of a busy station shows the most pressing and counts all.
func TestTodoOfABusyStation(t *testing.T) {
	g := newTalk(t)
	for range 12 {
		g.wish("居民王", "竹园路灯坏了")
		g.advance(time.Minute)
	}
	g.want(g.say("联络员李", "待办"), "有 12 件", "XY1001 ", "XY1010 ", "!XY1011", "上面是最急的 10 件")
}

// Nobody is told that an officer knows when there is no officer; several calls in an hour are one message.
func TestHumanIsToldOnce(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了")
	g.want(g.say("居民王", "人工"), "!已请办理", "0571-88880001")
	g.say("联络员李", "身份")
	g.phones["联络员李"] = nil
	g.want(g.say("居民王", "人工"), "已请办理 "+number)
	g.say("居民王", "人工")
	if n := len(g.phones["联络员李"]); n != 1 {
		t.Errorf("the officer got %d messages, want 1", n)
	}
	g.advance(time.Hour)
	g.say("居民王", "人工")
	if n := len(g.phones["联络员李"]); n != 2 {
		t.Errorf("an hour later the officer has %d messages, want 2", n)
	}
}

// Whoever leaves leaves nothing half written behind.
func TestUnfollowForgetsTheDraft(t *testing.T) {
	g := newTalk(t)
	g.say("居民王", "心愿")
	g.say("居民王", "想要一个图书角")
	g.event("居民王", wechat.EventUnsubscribe, "")
	g.want(g.event("居民王", wechat.EventSubscribe, ""), "柳桥回音壁")
	g.want(g.say("居民王", "心愿"), "（1/4）")
}

func TestSupplementHasLimits(t *testing.T) {
	g := newTalk(t)
	number := g.wish("居民王", "竹园路灯坏了")
	g.want(g.say("居民王", "补充"), "补充 竹园东门")
	g.want(g.say("居民赵", "补充 竹园东门"), "没有正在办的心愿")
	if _, err := g.app.Wishes.Supplement(t.Context(), g.author("居民赵"), number, echowall.Supplement{Place: "河沿"}, echowall.FromChat); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("somebody else added to the wish: %v", err)
	}
	for range 2 {
		g.photo("居民王", "a.jpg")
		g.photo("居民王", "b.jpg")
		g.want(g.say("居民王", "2"), "已补充到 "+number)
	}
	g.photo("居民王", "a.jpg")
	g.photo("居民王", "b.jpg")
	g.want(g.say("居民王", "2"), "已经放满了")
	if n := len(g.stored(number).Media); n != 4 {
		t.Errorf("%d files, want 4", n)
	}
	g.advance(time.Minute)
	g.answer("联络员李", "居民王", number, "A", "路灯已经换好，今晚亮灯。")
	g.want(g.say("居民王", "补充 "+number+" 竹园东门"), "不在这一步")
}
