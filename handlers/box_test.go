package handlers_test

import (
	"testing"
	"time"

	"echowall"
	"echowall/bot/wechat"
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
