package emulator

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Every push a phone can cause, in the published form.
func TestPushes(t *testing.T) {
	at := time.Unix(1790000000, 0)
	p := &Platform{Now: func() time.Time { return at }}
	b := start(t, p)
	var inner string
	b.answer = func(_ *http.Request, body []byte) (int, string) {
		inner = string(body)
		return 200, "success"
	}
	ph := p.Phone("oU1")
	ctx := t.Context()
	head := "<xml><ToUserName><![CDATA[" + p.Account.OriginalID + "]]></ToUserName><FromUserName><![CDATA[oU1]]></FromUserName><CreateTime>1790000000</CreateTime>"
	for _, c := range []struct {
		name string
		do   func()
		want string // after the head
	}{
		{"subscribe", func() { ph.Follow(ctx) }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[]]></EventKey></xml>"},
		{"text", func() { ph.Say(ctx, "你好") }, "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>"},
		{"unsupported", func() { ph.SendUnsupported(ctx) }, "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[【收到不支持的消息类型，暂无法显示】]]></Content><MsgId>"},
		{"msgmenu", func() { ph.TapMenuItem(ctx, "101", "满意") }, "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[满意]]></Content><bizmsgmenuid>101</bizmsgmenuid><MsgId>"},
		{"location", func() { ph.SendLocation(ctx, 30.25, 120.125, "湖滨") }, "<MsgType><![CDATA[location]]></MsgType><Location_X>30.250000</Location_X><Location_Y>120.125000</Location_Y><Scale>15</Scale><Label><![CDATA[湖滨]]></Label><MsgId>"},
		{"link", func() { ph.SendLink(ctx, "t", "d", "http://a/") }, "<MsgType><![CDATA[link]]></MsgType><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><Url><![CDATA[http://a/]]></Url><MsgId>"},
		{"click", func() { ph.Click(ctx, "K") }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[K]]></EventKey></xml>"},
		{"mini-program", func() { ph.ViewMiniProgram(ctx, "pages/a") }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[view_miniprogram]]></Event><EventKey><![CDATA[pages/a]]></EventKey><MenuId><![CDATA[0]]></MenuId></xml>"},
		{"scancode", func() { ph.ScanCode(ctx, "S", "qrcode", "http://x/", false) }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[scancode_push]]></Event><EventKey><![CDATA[S]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType><ScanResult><![CDATA[http://x/]]></ScanResult></ScanCodeInfo></xml>"},
		{"position", func() { ph.ReportLocation(ctx, 1, 2, 3) }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[LOCATION]]></Event><Latitude>1.000000</Latitude><Longitude>2.000000</Longitude><Precision>3.000000</Precision></xml>"},
		{"popup", func() { ph.SubscribePopup(ctx, []string{"T1"}, []string{"T2"}) }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent>" +
			"<List><TemplateId><![CDATA[T1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene><![CDATA[1]]></PopupScene></List>" +
			"<List><TemplateId><![CDATA[T2]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString><PopupScene><![CDATA[1]]></PopupScene></List></SubscribeMsgPopupEvent></xml>"},
		{"unsubscribe", func() { ph.Unfollow(ctx) }, "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event><EventKey><![CDATA[]]></EventKey></xml>"},
	} {
		c.do()
		if !strings.HasPrefix(inner, head+c.want) {
			t.Errorf("%s: %s\nwant %s%s", c.name, inner, head, c.want)
		}
	}
	ph.Follow(ctx)
	if list := ph.SendPictures(ctx, "pic_weixin", "P", []byte(jpeg), []byte(pngs)); len(list) != 3 ||
		!strings.Contains(list[0].Message, "<Count>2</Count><PicList><item><PicMd5Sum>") || list[2].Event() != "image" {
		t.Errorf("pictures: %v", list)
	}
	if list := ph.SelectLocation(ctx, "L", 1, 2, "x"); len(list) != 2 || list[0].Event() != "location_select" || list[1].Event() != "location" {
		t.Errorf("location: %v", list)
	}
	if d := ph.Follow(ctx); d.Err != ErrFollowing {
		t.Errorf("followed twice: %s", d.Outcome)
	}
}

func TestAwaitBubble(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	sent := make(chan int)
	go func() { sent <- c.kf("oU1", "来了") }()
	b, err := ph.AwaitBubble(within(t), func(b Bubble) bool { return b.Text == "来了" })
	if err != nil || b.Seq != 1 {
		t.Fatalf("%+v, %v", b, err)
	}
	if got := <-sent; got != 0 {
		t.Errorf("kf: %d", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ph.AwaitBubbleAfter(ctx, b.Seq, func(Bubble) bool { return true }); err == nil {
		t.Error("an old bubble counted as new")
	}
	if len(p.Everybody()) != 1 || p.Everybody()[0].OpenID() != "oU1" {
		t.Error("Everybody does not list the phone")
	}
}

func TestChatKeepsTheNewest(t *testing.T) {
	p := &Platform{KeepChat: 3}
	p.init()
	ph := p.Phone("oU1")
	for range 20 {
		p.mu.Lock()
		p.show(ph.person(), Bubble{})
		p.mu.Unlock()
		chat := ph.Chat()
		if n := len(chat); n > 3 || chat[n-1].Seq < int64(n) || chat[0].Seq != chat[n-1].Seq-int64(n)+1 {
			t.Fatalf("chat %+v", chat)
		}
	}
	if chat := ph.Chat(); len(chat) != 3 || chat[2].Seq != 20 {
		t.Errorf("chat %+v", chat)
	}
}

func TestSubscribe(t *testing.T) {
	p := &Platform{}
	changes, stop := p.Subscribe()
	ph := p.Phone("oU1")
	show := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.show(ph.person(), Bubble{})
	}
	show()
	if c := <-changes; c != (Change{"oU1", 1}) {
		t.Errorf("change %v", c)
	}
	for range 300 {
		show()
	}
	if c := <-changes; c.OpenID != "" {
		t.Errorf("a slow reader got %v, want the empty Change", c)
	}
	stop()
	stop()
	show()
	other, _ := p.Subscribe()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, open := <-other; open {
		t.Error("Close left a subscription open")
	}
}

func TestOwnClockAdvances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Platform{}
		before := p.Time()
		p.Advance(36 * time.Hour)
		if got := p.Time().Sub(before); got != 36*time.Hour {
			t.Errorf("advanced by %s", got)
		}
	})
}
