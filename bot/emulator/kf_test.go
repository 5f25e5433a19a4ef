package emulator

import (
	"strings"
	"testing"
	"time"
)

// The shortest data of each format.
const (
	jpeg = "\xff\xd8\xff\xe0 picture"
	pngs = "\x89PNG\r\n\x1a\n picture"
	amr  = "#!AMR\n"
	mp3  = "ID3 music"
	mp4  = "\x00\x00\x00\x18ftypmp42 video"
)

// put stores media without the API.
func (p *Platform) put(kind, data string, permanent bool) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.store(kind, kind, []byte(data), permanent).id
}

func TestKfMessageTypes(t *testing.T) {
	p := &Platform{MiniPrograms: []string{"wxmini"}}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	picture, voice, video, thumb := p.put("image", jpeg, false), p.put("voice", amr, false), p.put("video", mp4, false), p.put("thumb", jpeg, false)
	article := map[string]any{"title": "标题", "description": "d", "url": "http://a/", "picurl": ""}
	type m = map[string]any
	for _, tc := range []struct {
		msgType string
		object  any
		want    int
		kind    BubbleKind
	}{
		{"text", m{"content": "您好 <a href=\"http://a/?b&c\">看</a>"}, 0, KindText},
		{"text", m{"content": ""}, 44004, ""},
		{"text", m{"content": strings.Repeat("a", 2049)}, 45002, ""},
		{"image", m{"media_id": picture}, 0, KindImage},
		{"image", m{"media_id": voice}, 40007, ""},
		{"image", nil, 40007, ""},
		{"voice", m{"media_id": voice}, 0, KindVoice},
		{"voice", m{"media_id": "gone"}, 40007, ""},
		{"video", m{"media_id": video, "thumb_media_id": thumb, "title": "片"}, 0, KindVideo},
		{"music", m{"musicurl": "http://a/", "thumb_media_id": thumb}, 0, KindMusic},
		{"music", m{"musicurl": "http://a/", "thumb_media_id": ""}, 40007, ""},
		{"news", m{"articles": []any{article}}, 0, KindNews},
		{"news", m{"articles": []any{article, article}}, 45008, ""},
		{"news", m{"articles": []any{}}, 44003, ""},
		{"mpnews", m{"media_id": "no draft"}, 40007, ""},
		{"mpnewsarticle", m{"article_id": "none"}, 53600, ""},
		{"msgmenu", m{"head_content": "满意吗？", "list": []any{m{"id": "101", "content": "满意"}, m{"id": 102, "content": "不满意"}}, "tail_content": "谢谢"}, 0, KindMenu},
		{"msgmenu", m{"list": []any{}}, 47001, ""},
		{"msgmenu", m{"list": []any{m{"id": "1"}}}, 47001, ""},
		{"wxcard", m{"card_id": "c"}, 0, "wxcard"},
		{"miniprogrampage", m{"title": "t", "appid": "wxmini", "pagepath": "a", "thumb_media_id": picture}, 0, KindMini},
		{"miniprogrampage", m{"title": "t", "appid": "wxforeign", "pagepath": "a", "thumb_media_id": picture}, 45064, ""},
		{"hologram", m{}, 40008, ""},
	} {
		ph.Pay()
		ph.ClearChat()
		body := m{"touser": "oU1", "msgtype": tc.msgType, "aimsgcontext": m{"is_ai_msg": 1}}
		if tc.object != nil && tc.msgType != "hologram" {
			body[tc.msgType] = tc.object
		}
		got := c.post("/cgi-bin/message/custom/send", body)
		if got.code() != tc.want {
			t.Errorf("%s %v: %v, want %d", tc.msgType, tc.object, got, tc.want)
			continue
		}
		chat := ph.Chat()
		if tc.want != 0 {
			if len(chat) != 0 {
				t.Errorf("%s: a refused message shows", tc.msgType)
			}
			continue
		}
		if len(chat) != 1 || chat[0].Kind != tc.kind || chat[0].Via != ViaKf || !chat[0].AI {
			t.Errorf("%s: chat %+v", tc.msgType, chat)
			continue
		}
		if tc.kind == KindImage && !strings.HasPrefix(chat[0].MediaURL, p.URL()+"/mmbiz/") {
			t.Errorf("picture has URL %q", chat[0].MediaURL)
		}
		if tc.kind == KindMenu && (chat[0].Menu.Items[0] != Choice{"101", "满意"} || chat[0].Menu.Items[1] != Choice{"102", "不满意"}) {
			t.Errorf("menu %+v", chat[0].Menu)
		}
	}
}

func TestRefusedMessagesCostNothing(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	for range 4 {
		if got := c.kf("oU1", ""); got != 44004 {
			t.Fatalf("empty text: %d", got)
		}
	}
	if got := c.kf("oU1", "x"); got != 0 {
		t.Errorf("the window was spent on refused messages: %d", got)
	}
}

func TestTyping(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	ph.Say(t.Context(), "在吗")
	typing := func(command string) int {
		return c.post("/cgi-bin/message/custom/typing", map[string]any{"touser": "oU1", "command": command}).code()
	}
	for i, want := range []int{0, 45081} {
		if got := typing("Typing"); got != want {
			t.Errorf("typing %d: %d, want %d", i, got, want)
		}
	}
	if !ph.Profile().Typing {
		t.Error("the phone does not show it")
	}
	if got := typing("CancelTyping"); got != 0 || ph.Profile().Typing {
		t.Errorf("cancel: %d", got)
	}
	if got := typing("Dance"); got != 45072 {
		t.Errorf("unknown command: %d", got)
	}
	p.Advance(31 * time.Second)
	if got := typing("Typing"); got != 45080 {
		t.Errorf("after 31 s: %d", got)
	}
}
