package handlers_test

import (
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/wechat"
	"echowall/handlers/script"
)

// An account that cannot write by itself shows what waits when the person writes, each thing once.
func TestBox(t *testing.T) {
	g := newTalk(t)
	g.app.Replies = false
	ctx, now := t.Context(), g.Now()
	number := g.wish("居民王", "竹园路灯坏了")
	g.meet("联络员李")
	who, err := g.store.Person(ctx, g.person("联络员李"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.app.Wishes.Accept(ctx, who, number, echowall.FromConsole); err != nil {
		t.Fatal(err)
	}
	stale := echowall.NewDebt(echowall.DebtWishAnswered, echowall.Recipient(g.author("居民王")), number, "", now)
	if err := g.store.Owe(ctx, stale); err != nil {
		t.Fatal(err)
	}
	ids, err := g.store.LeaseDue(ctx, now, now.Add(time.Minute), 10)
	if err != nil || len(ids) != 2 {
		t.Fatalf("%d debts due, %v", len(ids), err)
	}
	payments, err := g.store.Payments(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range payments {
		if _, err := g.store.Record(ctx, now, &echowall.Settlement{Payment: p, State: echowall.DebtBoxed, Result: string(echowall.WhyNoWay)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	receive := func(text string) string { // without paying: that is what this account cannot do
		t.Helper()
		body, err := g.bot.Receive(ctx, g.push("居民王", wechat.Inbound{Type: wechat.TypeText, Text: text}))
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	g.want(receive("身份"), "您有 2 条待看，回复“待看”")
	g.app.Replies = true
	g.want(receive("身份"), "!待看") // such an account sends it by itself
	g.app.Replies = false
	g.want(receive("心愿"), "（1/4）", "!待看") // not in the middle of something
	receive("取消")
	got := receive("待看")
	g.want(got, "您有 1 条待看的消息", "您的心愿 "+number, "已受理", "!有答复了", "!您有 2 条待看，")
	g.want(receive("待看"), "没有待看的消息")
	g.want(receive("进度"), "!待看")
}

// What a reply says anyway leaves the box with it: nothing arrives twice.
func TestNothingArrivesTwice(t *testing.T) {
	lesson := func(g *talk) (int, error) { return g.app.Study.Distribute(g.t.Context(), "b1") }
	arrived := func(g *talk) (int, error) {
		g.wish("居民王", "竹园路灯坏了")
		return g.app.Duty.RemindNew(g.t.Context(), "zhuyuan")
	}
	due := func(g *talk) (int, error) {
		g.wish("居民王", "竹园路灯坏了")
		g.advance(24 * time.Hour)
		return g.app.Duty.RemindDue(g.t.Context(), "zhuyuan")
	}
	for _, tc := range []struct {
		name, text string
		owe        func(g *talk) (int, error) // how it comes to wait
		mark       string                     // of the letter, and of the reply that says the same
	}{
		{member, "学习", lesson, "【微党课】"},
		{member, "帮助", lesson, "【微党课】"},
		{"联络员李", "待办", arrived, "XY1001"},
		{"联络员李", "看 XY1001", due, "竹园路灯坏了"},
	} {
		t.Run(tc.name+" "+tc.text, func(t *testing.T) {
			g := newTalk(t)
			g.event(tc.name, wechat.EventSubscribe, "")
			g.advance(time.Hour) // longer than a tap opens the chat for
			g.rules = &echowall.Rules{Calendar: g.app.Study.Calendar, Replies: true}
			if n, err := tc.owe(g); err != nil || n == 0 {
				t.Fatal(n, err)
			}
			g.pay()
			if boxed, err := g.store.Boxed(t.Context(), 9, echowall.Recipient(g.person(tc.name))); err != nil || len(boxed) != 1 {
				t.Fatalf("%d debts in the box, %v", len(boxed), err)
			}
			g.say(tc.name, tc.text)
			if n := strings.Count(g.phone(tc.name), tc.mark); n != 1 {
				t.Errorf("%q %d times in:\n%s", tc.mark, n, g.phone(tc.name))
			}
		})
	}
}

// A receipt for a notice that waited in the box shows what was confirmed.
func TestReceiptShowsWhatWaited(t *testing.T) {
	g := newTalk(t)
	g.meet(member)
	g.meet(secretary)
	g.rules = &echowall.Rules{Calendar: g.app.Study.Calendar, Replies: true}
	_, err := g.app.Notices.Send(t.Context(), &echowall.Who{Person: g.person(secretary), Grants: script.Grants("书记")},
		echowall.Notice{Title: "主题党日", Body: "周五九点。", Confirm: true})
	if err != nil {
		t.Fatal(err)
	}
	g.pay()
	g.want(g.say(member, "收到"), "TZ1（主题党日）已确认收到", "周五九点。")
	if n := strings.Count(g.phone(member), "周五九点。"); n != 1 {
		t.Errorf("%d times in:\n%s", n, g.phone(member))
	}
	g.want(g.say(member, "收到"), "之前已确认过", "!周五九点。")
}
