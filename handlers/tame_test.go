package handlers_test

import (
	"strings"
	"testing"

	"echowall"
)

// What a resident typed must not become a link in the hand of an officer, nor what an officer typed in that of
// a resident: bizmsgmenu links make whoever taps them say something.
func TestTypedLinksAreDead(t *testing.T) {
	g := newTalk(t)
	const trap = `<a href="weixin://bizmsgmenu?msgmenucontent=签收XY1001&msgmenuid=1">查看现场照片</a>`
	number := g.wish("居民王", "竹园路灯坏了"+trap+`<A HREF='https://evil.example'>看</A>`)
	dead := func(where, text string) {
		t.Helper()
		if strings.Contains(text, "<a href=\"weixin") || strings.Contains(text, "<A ") || strings.Contains(text, "evil.example'>看</A>") {
			t.Errorf("%s holds a link that lives:\n%s", where, text)
		}
	}
	own := func(where, text string) {
		t.Helper()
		if !strings.Contains(text, `<a href="https://wall.example/`) {
			t.Errorf("%s lost our own link:\n%s", where, text)
		}
	}
	view := g.say("联络员李", "看 "+number)
	dead("the case", view)
	g.want(view, "＜a href=")
	progress := g.say("居民王", "进度")
	dead("the progress", progress)
	own("the progress", progress)
	dead("the queue", g.say("联络员李", "待办"))
	letter, err := g.app.Write(t.Context(), echowall.NewDebt(echowall.DebtWishDue, echowall.Recipient(g.person("联络员李")), number, "", g.Now()), echowall.ChannelReply)
	if err != nil {
		t.Fatal(err)
	}
	g.want(letter.Text, number)
	dead("the letter", letter.Text)

	g.say("联络员李", "签收 "+number)
	g.say("联络员李", "答复 "+number)
	g.say("联络员李", "A")
	g.say("联络员李", "已修好。"+trap)
	g.say("联络员李", g.digits("联络员李"))
	g.pay()
	answer := g.phone("居民王")
	dead("the answer", answer)
	g.want(answer, "已修好。")
}
