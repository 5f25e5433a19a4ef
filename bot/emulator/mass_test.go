package emulator

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// crowd makes followers oU0..oU(n-1).
func crowd(t *testing.T, p *Platform, n int) []string {
	t.Helper()
	var list []string
	for i := range n {
		openid := fmt.Sprintf("oU%d", i)
		p.Phone(openid).Follow(t.Context())
		list = append(list, openid)
	}
	return list
}

// massBody is a text to openids.
func massBody(to []string, text, clientID string) map[string]any {
	return map[string]any{"touser": to, "msgtype": "text", "text": map[string]any{"content": text}, "clientmsgid": clientID}
}

const (
	massPath    = "/cgi-bin/message/mass/send"
	massAllPath = "/cgi-bin/message/mass/sendall"
)

func (c *caller) massResult(id int) *Delivery {
	c.t.Helper()
	d, err := c.p.AwaitDelivery(within(c.t), func(d *Delivery) bool {
		return d.Event() == "MASSSENDJOBFINISH" && node(d.Message, "MsgID") == fmt.Sprint(id)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

func TestMassByOpenID(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := newCaller(t, p)
	all := crowd(t, p, 5)
	c.want(40130, massPath, massBody(all[:1], "x", ""))
	c.want(40032, massPath, massBody(make([]string, 10_001), "x", ""))
	c.want(40003, massPath, massBody([]string{"oU0", "oNobody"}, "x", ""))
	c.want(45067, massPath, massBody(all, "x", strings.Repeat("c", 33)))
	c.want(44004, massPath, massBody(all, "", ""))

	p.Phone("oU1").Unfollow(t.Context())
	p.Phone("oU2").SetProfile(Profile{Refuses: true})
	c.want(0, "/cgi-bin/tags/members/batchblacklist", map[string]any{"openid_list": []string{"oU3"}})
	out := c.want(0, massPath, massBody(all, "通知", "n1"))
	d := c.massResult(out.int("msg_id"))
	for name, want := range map[string]string{"Status": "send success", "TotalCount": "5", "FilterCount": "3", "SentCount": "2", "ErrorCount": "1"} {
		if got := node(d.Message, name); got != want {
			t.Errorf("%s %s, want %s", name, got, want)
		}
	}
	if got := texts(p.Phone("oU0")); got != "mass text 通知" {
		t.Errorf("chat %q", got)
	}
	if got := texts(p.Phone("oU2")) + texts(p.Phone("oU3")); got != "" {
		t.Errorf("filtered people got %q", got)
	}
	if got := c.post("/cgi-bin/message/mass/get", map[string]any{"msg_id": fmt.Sprint(out.int("msg_id"))}); got["msg_status"] != "SEND_SUCCESS" {
		t.Errorf("mass/get %v", got)
	}
	c.want(40059, "/cgi-bin/message/mass/get", map[string]any{"msg_id": 1})
	c.want(40065, "/cgi-bin/message/mass/delete", map[string]any{"msg_id": out.int("msg_id")})

	c.want(0, massPath, massBody([]string{"oU0", "oU4", "oU0"}, "重复", "n2"))
	expect(t, p, "twice")
}

func TestMassIdempotency(t *testing.T) {
	var at clock
	p := &Platform{Now: at.now}
	start(t, p)
	c := newCaller(t, p)
	all := crowd(t, p, 2)
	first := c.want(0, massPath, massBody(all, "甲", "same"))
	derived := c.want(0, massPath, massBody(all, "乙", ""))
	c.want(45066, massPath, massBody(all, "甲", "same"))
	at.move(time.Minute)
	if out := c.want(45065, massPath, massBody(all, "甲", "same")); out.int("msg_id") != first.int("msg_id") {
		t.Errorf("45065 names %v, want %v", out, first)
	}
	if out := c.want(45065, massPath, massBody(all, "乙", "")); out.int("msg_id") != derived.int("msg_id") {
		t.Errorf("a message without id must collide with its twin: %v", out)
	}
	at.move(24 * time.Hour)
	c.refresh()
	c.want(0, massPath, massBody(all, "甲", "same"))
}

func TestMassQuotas(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := newCaller(t, p)
	all := crowd(t, p, 2)
	for i := range 5 {
		out := c.want(0, massPath, massBody(all, fmt.Sprint(i), ""))
		want := "2"
		if i == 4 {
			want = "0" // four a month
		}
		if got := node(c.massResult(out.int("msg_id")).Message, "SentCount"); got != want {
			t.Errorf("message %d: sent %s, want %s", i, got, want)
		}
	}
	if n := len(p.Phone("oU0").Chat()); n != 4 {
		t.Errorf("%d messages in a month", n)
	}
	toAll := func(want int, text string) {
		t.Helper()
		c.want(want, massAllPath, map[string]any{"filter": map[string]any{"is_to_all": true}, "msgtype": "text", "text": map[string]any{"content": text}})
	}
	for i := range 4 {
		toAll(0, fmt.Sprint(i))
	}
	toAll(45028, "5")
	for i := range 100 {
		if got := c.post(massPath, massBody(all, fmt.Sprint("quick", i), "")).code(); got != 0 {
			if got != 42010 {
				t.Errorf("too fast: %d", got)
			}
			break
		}
		if i == 99 {
			t.Error("100 mass messages in a minute")
		}
	}
	at = time.Date(2026, 12, 1, 0, 0, 0, 0, beijing)
	c.refresh()
	toAll(0, "december")

	sub := &Platform{Account: Account{Type: V}, Now: func() time.Time { return at }}
	start(t, sub)
	cs := newCaller(t, sub)
	body := map[string]any{"filter": map[string]any{"is_to_all": true}, "msgtype": "text", "text": map[string]any{"content": "a"}}
	cs.want(0, massAllPath, body)
	body["text"] = map[string]any{"content": "b"}
	cs.want(45028, massAllPath, body)
}

func TestMassByTagAndPreview(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	crowd(t, p, 3)
	tag := c.post("/cgi-bin/tags/create", map[string]any{"tag": map[string]any{"name": "第一支部"}}).sub("tag")
	c.want(0, "/cgi-bin/tags/members/batchtagging", map[string]any{"openid_list": []string{"oU1"}, "tagid": tag["id"]})
	body := func(id any) map[string]any {
		return map[string]any{"filter": map[string]any{"is_to_all": false, "tag_id": id}, "msgtype": "text", "text": map[string]any{"content": "会议"}}
	}
	c.want(40152, massAllPath, body(7))
	c.want(40035, massAllPath, map[string]any{"msgtype": "text"})
	out := c.want(0, massAllPath, body(tag["id"]))
	c.massResult(out.int("msg_id"))
	if len(p.Phone("oU1").Chat()) != 1 || len(p.Phone("oU0").Chat()) != 0 {
		t.Error("the tag did not choose the audience")
	}
	const preview = "/cgi-bin/message/mass/preview"
	c.want(0, preview, map[string]any{"touser": "oU2", "msgtype": "text", "text": map[string]any{"content": "预览"}})
	if got := texts(p.Phone("oU2")); got != "preview text 预览" {
		t.Errorf("preview %q", got)
	}
	c.want(40035, preview, map[string]any{"touser": []string{"oU2"}, "msgtype": "text", "text": map[string]any{"content": "x"}})
	c.want(43004, preview, map[string]any{"touser": p.Phone("oNew").OpenID(), "msgtype": "text", "text": map[string]any{"content": "x"}})
}

func TestMassContent(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	all := crowd(t, p, 2)
	picture, voice, video := p.put("image", jpeg, true), p.put("voice", mp3, true), p.put("video", mp4, false)
	type m = map[string]any
	n := 0
	send := func(want int, msgType string, object any, key string) answer {
		t.Helper()
		n++
		return c.want(want, massPath, m{"touser": all, "msgtype": msgType, key: object, "clientmsgid": fmt.Sprint(n)})
	}
	send(0, "image", m{"media_ids": []string{picture, picture}}, "images")
	send(47001, "image", m{"media_id": picture}, "image") // only previews take one
	send(40007, "image", m{"media_ids": []string{voice}}, "images")
	send(0, "voice", m{"media_id": voice}, "voice")
	send(45113, "wxcard", m{"card_id": "c"}, "wxcard")
	send(40008, "hologram", nil, "text")
	send(40007, "mpnews", m{"media_id": "none"}, "mpnews")
	out := send(0, "mpvideo", m{"media_id": video, "title": "片"}, "mpvideo")
	c.massResult(out.int("msg_id"))
	c.want(0, "/cgi-bin/message/mass/delete", m{"msg_id": out.int("msg_id")})
	if got := c.post("/cgi-bin/message/mass/get", m{"msg_id": out.int("msg_id")}); got["msg_status"] != "DELETE" {
		t.Errorf("deleted: %v", got)
	}

	draft := c.addDraft("通知")
	out = send(0, "mpnews", m{"media_id": draft}, "mpnews")
	d := c.massResult(out.int("msg_id"))
	if out.int("msg_data_id") == 0 || !strings.Contains(d.Message, p.URL()+"/s/") {
		t.Errorf("answer %v, event %s", out, d.Message)
	}
	send(40007, "mpnews", m{"media_id": draft}, "mpnews") // the draft is used up
	c.want(0, "/cgi-bin/message/mass/speed/set", m{"speed": 3})
	if got := c.post("/cgi-bin/message/mass/speed/get", m{}); got.int("realspeed") != 30 {
		t.Errorf("speed %v", got)
	}
	c.want(45084, "/cgi-bin/message/mass/speed/set", m{"speed": 5})
}

func TestMassConfirmation(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }, MassConfirm: true}
	start(t, p)
	c := newCaller(t, p)
	crowd(t, p, 2)
	submit := func(text string) int {
		t.Helper()
		return c.want(89504, massAllPath, map[string]any{"filter": map[string]any{"is_to_all": true}, "msgtype": "text", "text": map[string]any{"content": text}}).int("msg_id")
	}
	yes, no, late := submit("甲"), submit("乙"), submit("丙")
	if err := p.ConfirmMass(t.Context(), int64(yes), true); err != nil {
		t.Fatal(err)
	}
	if err := p.ConfirmMass(t.Context(), int64(no), false); err != nil {
		t.Fatal(err)
	}
	if p.ConfirmMass(t.Context(), int64(no), true) == nil {
		t.Error("confirmed twice")
	}
	p.Advance(30 * time.Minute)
	for id, want := range map[int]string{yes: "send success", no: "err(40001)", late: "err(40002)"} {
		if got := node(c.massResult(id).Message, "Status"); got != want {
			t.Errorf("status %q, want %q", got, want)
		}
	}
	if got := texts(p.Phone("oU0")); got != "mass text 甲" {
		t.Errorf("chat %q", got)
	}
}

func TestEarlyJobEventsComeBeforeTheAnswer(t *testing.T) {
	p := &Platform{Faults: Faults{EarlyJobEvents: true}}
	start(t, p)
	c := newCaller(t, p)
	all := crowd(t, p, 2)
	p.Hold()
	out := c.want(0, massPath, massBody(all, "x", ""))
	held := p.Release(t.Context())
	if len(held) != 1 || node(held[0].Message, "MsgID") != fmt.Sprint(out.int("msg_id")) {
		t.Errorf("at the time of the answer %d events had been sent", len(held))
	}
}
