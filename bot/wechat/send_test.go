package wechat

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"echowall"
)

const okAnswer = `{"errcode":0,"errmsg":"ok"}`

// sameJSON compares two JSON texts by meaning.
func sameJSON(t testing.TB, got []byte, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%s is no JSON: %v", got, err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}

func TestKFMessages(t *testing.T) {
	tests := []struct {
		m    echowall.Message
		want string
	}{
		{echowall.Message{Text: "第一行\n<a href=\"https://x.cn/?a=1&b=2\">点这里</a>"},
			`{"touser":"o1","msgtype":"text","text":{"content":"第一行\n<a href=\"https://x.cn/?a=1&b=2\">点这里</a>"}}`},
		{echowall.Message{Card: &echowall.Card{Title: "今日微党课", Description: "d", URL: "https://x.cn/m", PictureURL: "https://x.cn/p.png"}},
			`{"touser":"o1","msgtype":"news","news":{"articles":[{"title":"今日微党课","description":"d","url":"https://x.cn/m","picurl":"https://x.cn/p.png"}]}}`},
		{echowall.Message{Menu: &echowall.ChoiceMenu{Head: "满意吗？", Items: []echowall.Choice{{ID: "1", Text: "满意"}, {ID: "2", Text: "不满意"}}, Tail: "谢谢"}},
			`{"touser":"o1","msgtype":"msgmenu","msgmenu":{"head_content":"满意吗？","list":[{"id":"1","content":"满意"},{"id":"2","content":"不满意"}],"tail_content":"谢谢"}}`},
		{echowall.Message{Image: "m1"}, `{"touser":"o1","msgtype":"image","image":{"media_id":"m1"}}`},
		{echowall.Message{Voice: "m2"}, `{"touser":"o1","msgtype":"voice","voice":{"media_id":"m2"}}`},
	}
	for _, tt := range tests {
		h := newAPIHost(t)
		h.answer(kfPath, okAnswer)
		if err := h.client(t).Send(within(t), "o1", tt.m); err != nil {
			t.Fatal(err)
		}
		call := h.only(t, kfPath)
		sameJSON(t, call.Body, tt.want)
		if strings.Contains(string(call.Body), `\u`) {
			t.Errorf("escaped: %s", call.Body)
		}
		if call.Method != "POST" || call.Token != testToken(1) {
			t.Errorf("%s with token %s", call.Method, call.Token)
		}
	}
}

func TestKFObjects(t *testing.T) {
	for want, o := range map[string]KFObject{
		`{"touser":"o1","msgtype":"video","video":{"media_id":"v","thumb_media_id":"t","title":"片"}}`:                                 KFVideo{MediaID: "v", ThumbID: "t", Title: "片"},
		`{"touser":"o1","msgtype":"music","music":{"title":"a","description":"b","musicurl":"u","thumb_media_id":"t"}}`:               KFMusic{Title: "a", Description: "b", URL: "u", ThumbID: "t"},
		`{"touser":"o1","msgtype":"mpnewsarticle","mpnewsarticle":{"article_id":"a"}}`:                                                KFArticle{"a"},
		`{"touser":"o1","msgtype":"mpnews","mpnews":{"media_id":"a"}}`:                                                                KFNews{"a"},
		`{"touser":"o1","msgtype":"wxcard","wxcard":{"card_id":"a"}}`:                                                                 KFCoupon{"a"},
		`{"touser":"o1","msgtype":"miniprogrampage","miniprogrampage":{"title":"a","appid":"b","pagepath":"c","thumb_media_id":"d"}}`: KFMiniProgram{"a", "b", "c", "d"},
	} {
		h := newAPIHost(t)
		h.answer(kfPath, okAnswer)
		if err := h.client(t).SendKFObject(within(t), "o1", o); err != nil {
			t.Fatal(err)
		}
		sameJSON(t, h.only(t, kfPath).Body, want)
	}
	if err := newAPIHost(t).client(t).SendKFObject(within(t), "o1", nil); err == nil {
		t.Error("nothing was sent without complaint")
	}
}

func TestTyping(t *testing.T) {
	const path = "/cgi-bin/message/custom/typing"
	for answer, fails := range map[string]bool{okAnswer: false, `{"errcode":45080}`: false, `{"errcode":45081}`: false, `{"errcode":40003}`: true} {
		h := newAPIHost(t)
		h.answer(path, answer)
		if err := h.client(t).SendTyping(within(t), "o1", false); (err != nil) != fails {
			t.Errorf("%s: %v", answer, err)
		}
		sameJSON(t, h.only(t, path).Body, `{"touser":"o1","command":"CancelTyping"}`)
	}
}

func TestTemplate(t *testing.T) {
	h := newAPIHost(t)
	h.answer(templatePath, `{"errcode":0,"errmsg":"ok","msgid":4611686018427387907}`)
	m := &echowall.TemplateMessage{
		ID: "tmpl", Fields: []echowall.NamedText{{Name: "thing1", Value: "路灯不亮"}, {Name: "phrase2", Value: "已答复"}},
		URL: "https://x.cn/m?a=1&b=2", ClientID: "debt-1",
	}
	id, err := h.client(t).SendTemplate(within(t), "o1", *m)
	if err != nil || id != 1<<62+3 {
		t.Errorf("msgid %d, %v: 64-bit ids must survive", id, err)
	}
	if err := h.client(t).Send(within(t), "o1", echowall.Message{Template: m}); err != nil {
		t.Fatal(err)
	}
	for _, call := range h.to(templatePath) {
		sameJSON(t, call.Body, `{"touser":"o1","template_id":"tmpl","url":"https://x.cn/m?a=1&b=2","client_msg_id":"debt-1",
			"data":{"thing1":{"value":"路灯不亮"},"phrase2":{"value":"已答复"}}}`)
	}
}

func TestSubscriptionNotice(t *testing.T) {
	h := newAPIHost(t)
	h.answer(noticePath, okAnswer)
	m := echowall.Message{Template: &echowall.TemplateMessage{
		ID: "tmpl", Fields: []echowall.NamedText{{Name: "thing1", Value: "新"}}, URL: "https://x.cn/m", ClientID: "ignored", Subscription: true,
	}}
	if err := h.client(t).Send(within(t), "o1", m); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, h.only(t, noticePath).Body, `{"touser":"o1","template_id":"tmpl","page":"https://x.cn/m","data":{"thing1":{"value":"新"}}}`)
	h.answer(noticePath, `{"errcode":43101,"errmsg":"user refuse to accept the msg"}`)
	if pe := platformError(t, h.client(t).Send(within(t), "o1", m)); pe.Reaction != echowall.ReactUnreachable {
		t.Errorf("got %v", pe)
	}
	h.handle(noticePath, hangUp)
	if pe := platformError(t, h.client(t).Send(within(t), "o1", m)); !pe.Unknown {
		t.Errorf("got %v", pe)
	}
}

func TestValidateMessage(t *testing.T) {
	field := []echowall.NamedText{{Name: "a", Value: "b"}}
	tests := []struct {
		name string
		m    echowall.Message
		good bool
	}{
		{"text", hello, true},
		{"nothing", echowall.Message{}, false},
		{"two things", echowall.Message{Text: "x", Image: "m"}, false},
		{"template beside text", echowall.Message{Text: "x", Template: &echowall.TemplateMessage{ID: "t", Fields: field}}, false},
		{"card without address", echowall.Message{Card: &echowall.Card{Title: "x"}}, false},
		{"card without title", echowall.Message{Card: &echowall.Card{URL: "https://x.cn"}}, false},
		{"card", echowall.Message{Card: &echowall.Card{Title: "x", URL: "https://x.cn"}}, true},
		{"menu without items", echowall.Message{Menu: &echowall.ChoiceMenu{Head: "x"}}, false},
		{"menu item without id", echowall.Message{Menu: &echowall.ChoiceMenu{Items: []echowall.Choice{{Text: "x"}}}}, false},
		{"menu", echowall.Message{Menu: &echowall.ChoiceMenu{Items: []echowall.Choice{{ID: "1", Text: "x"}}}}, true},
		{"template without fields", echowall.Message{Template: &echowall.TemplateMessage{ID: "t"}}, false},
		{"template field twice", echowall.Message{Template: &echowall.TemplateMessage{ID: "t", Fields: append(field, field...)}}, false},
		{"template", echowall.Message{Template: &echowall.TemplateMessage{ID: "t", Fields: field}}, true},
	}
	h := newAPIHost(t)
	c := h.client(t)
	for _, tt := range tests {
		err := Validate(tt.m)
		if (err == nil) != tt.good {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.good {
			continue
		}
		if pe := platformError(t, c.Send(within(t), "o1", tt.m)); pe.Reaction != echowall.ReactBadRequest || pe.Unknown {
			t.Errorf("%s: %v", tt.name, pe)
		}
	}
	if pe := platformError(t, c.Send(within(t), "", hello)); pe.Reaction != echowall.ReactBadRequest {
		t.Errorf("no recipient: %v", pe)
	}
	if n := len(h.calls); n != 0 {
		t.Errorf("%d calls for messages that cannot be sent", n)
	}
}

// BenchmarkSendKF is the hot path of a broadcast, server included.
func BenchmarkSendKF(b *testing.B) {
	h := newAPIHost(b)
	h.Config.Handler = plainOK(h)
	c := h.client(b)
	m := echowall.Message{Text: strings.Repeat("今日微党课", 20)}
	ctx := b.Context()
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := c.SendKF(ctx, testOpenID, m); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
