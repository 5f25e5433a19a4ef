package emulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Every action works by a plain form: it leads back to the page, where both
// the action and its answer can be seen.
func TestPhoneWithoutScript(t *testing.T) {
	p, s := phoneSite(t)
	p.AddTemplate(Template{ID: "N1", Title: "学习提醒", Notice: true, Content: "课：{{thing1.DATA}}"})
	newCaller(t, p).want(0, "/cgi-bin/message/custom/send", map[string]any{"touser": "oU1", "msgtype": "msgmenu", "msgmenu": map[string]any{
		"head_content": "满意吗", "list": []any{map[string]any{"id": "7", "content": "满意"}}}})
	for _, c := range []struct {
		name string
		do   func() *http.Response
		want string // newest texts
	}{
		{"say", func() *http.Response { r, _ := s.form("/phone/oU1/say", "text", "您好\r\n二"); return r }, "self text 您好\n二\nreply text 听到：您好\n二"},
		{"tap", func() *http.Response { r, _ := s.form("/phone/oU1/tap", "in", "2", "id", "7"); return r }, "self text 满意\nreply text 听到：满意"},
		{"image", func() *http.Response { r, _ := s.file("/phone/oU1/image", []byte(jpeg)); return r }, "self image \nreply text 收到 image"},
		{"sample", func() *http.Response { r, _ := s.form("/phone/oU1/voice", "sample", "1"); return r }, "self voice \nreply text 收到 voice"},
		{"voice", func() *http.Response { r, _ := s.file("/phone/oU1/voice", []byte("ID3....")); return r }, "self voice \nreply text 收到 voice"},
		{"place", func() *http.Response { r, _ := s.form("/phone/oU1/location", "place", "0"); return r }, "self location 竹园东门\nreply text 收到 location"},
		{"typed place", func() *http.Response {
			r, _ := s.form("/phone/oU1/location", "lat", " 30.1", "lng", "120", "label", "桥头")
			return r
		}, "self location 桥头\nreply text 收到 location"},
		{"menu", func() *http.Response {
			r, _ := s.form("/phone/oU1/menu", "at", "0.0", "name", "今日党课")
			return r
		}, "reply text 键 LESSON"},
		{"scan", func() *http.Response { r, _ := s.form("/phone/oU1/scan", "code", "wall-7"); return r }, "reply text 键 wall-7"},
		{"unfollow", func() *http.Response { r, _ := s.form("/phone/oU1/unfollow", "embed", "1"); return r }, "system system 您已取消关注，不会再收到消息"},
		{"follow", func() *http.Response { r, _ := s.form("/phone/oU1/follow"); return r }, "reply text 欢迎"},
		{"popup", func() *http.Response {
			r, _ := s.form("/phone/oU1/popup", "shown", "N1", "shown", "N2", "accept", "N1")
			return r
		}, "reply text 欢迎"},
	} {
		res := c.do()
		to := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/phone/oU1") || strings.Contains(to, "embed") != (c.name == "unfollow") {
			t.Errorf("%s: %s to %q", c.name, res.Status, to)
		}
		if got := texts(p.Phone("oU1")); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: the chat ends\n%s\nwant\n%s", c.name, got[max(0, len(got)-200):], c.want)
		}
	}
	if left := p.Phone("oU1").NoticesLeft("N1"); left != 1 {
		t.Errorf("%d notices accepted, want 1", left)
	}
	d, err := p.AwaitDelivery(within(t), func(d *Delivery) bool { return d.Event() == "subscribe_msg_popup_event" })
	if err != nil || !strings.Contains(d.Message, "N2]]></TemplateId><SubscribeStatusString><![CDATA[reject") {
		t.Errorf("the template left out was not rejected: %v %v", d, err)
	}
	contains(t, s.page("/phone/oU1"), "听到：您好", "已同意 1 次", "wall-7")
}

// Buttons that need more than a tap open the panel with what they need.
func TestPhoneMenuTools(t *testing.T) {
	p, s := phoneSite(t)
	contains(t, s.page("/phone/oU1?tool=scan&event=scancode_waitmsg&key=SIGN"), `name="event" value="scancode_waitmsg"`, `name="key" value="SIGN"`)
	s.form("/phone/oU1/scan", "event", "scancode_waitmsg", "key", "SIGN", "code", "http://anything/")
	s.file("/phone/oU1/image", []byte(jpeg), "event", "pic_weixin", "key", "PIC")
	s.form("/phone/oU1/location", "event", "location_select", "key", "LOC", "place", "0")
	for _, want := range []string{"scancode_waitmsg", "pic_weixin", "location_select"} {
		if _, err := p.AwaitDelivery(within(t), func(d *Delivery) bool { return d.Event() == want }); err != nil {
			t.Errorf("%s did not arrive", want)
		}
	}
}

func TestPhoneComplains(t *testing.T) {
	p, s := phoneSite(t)
	big := make([]byte, uploadLimit+1)
	copy(big, jpeg)
	huge := make([]byte, uploadLimit+2*formLimit)
	long := append([]byte("#!AMR\n"), make([]byte, 13*50*61)...)
	for _, c := range []struct {
		name   string
		do     func() (*http.Response, string)
		status int
		text   string
	}{
		{"blank", func() (*http.Response, string) { return s.form("/phone/oU1/say", "text", " \n") }, 400, "空白"},
		{"not following", func() (*http.Response, string) { return s.form("/phone/oU2/say", "text", "x") }, 409, "还没有关注"},
		{"tap, not following", func() (*http.Response, string) { return s.form("/phone/oU2/tap", "in", "1", "id", "1") }, 409, "还没有关注"},
		{"no file", func() (*http.Response, string) { return s.form("/phone/oU1/image") }, 400, "选一个文件"},
		{"too big", func() (*http.Response, string) { return s.file("/phone/oU1/image", big) }, 413, "最大 10 MB"},
		{"far too big", func() (*http.Response, string) { return s.file("/phone/oU1/image", huge) }, 413, "最大 10 MB"},
		{"no picture", func() (*http.Response, string) { return s.file("/phone/oU1/image", []byte("text")) }, 415, "JPG"},
		{"no recording", func() (*http.Response, string) { return s.file("/phone/oU1/voice", []byte(jpeg)) }, 415, "AMR"},
		{"long recording", func() (*http.Response, string) { return s.file("/phone/oU1/voice", long) }, 413, "60 秒"},
		{"no place", func() (*http.Response, string) { return s.form("/phone/oU1/location", "lat", "NaN", "lng", "0") }, 400, "纬度"},
		{"place not on offer", func() (*http.Response, string) { return s.form("/phone/oU1/location", "place", "9") }, 400, "纬度"},
		{"no code", func() (*http.Response, string) { return s.form("/phone/oU1/scan", "code", "http://x/q") }, 404, "没有这个码"},
		{"no button", func() (*http.Response, string) { return s.form("/phone/oU1/menu", "at", "0", "name", "学习") }, 404, "菜单刚刚换过"},
		{"other button", func() (*http.Response, string) { return s.form("/phone/oU1/menu", "at", "2", "name", "旧名") }, 404, "菜单刚刚换过"},
		{"no item", func() (*http.Response, string) { return s.form("/phone/oU1/tap", "in", "1", "id", "1") }, 404, "不在了"},
		{"nothing to subscribe", func() (*http.Response, string) { return s.form("/phone/oU1/popup") }, 400, "没有可以订阅"},
		{"foreign link", func() (*http.Response, string) {
			return s.do(http.MethodGet, "/phone/oU1/open?u=http%3A%2F%2Felsewhere%2F", "", nil)
		}, 404, "不在屏幕上"},
	} {
		res, text := c.do()
		if res.StatusCode != c.status || !strings.Contains(text, c.text) || !strings.Contains(text, `role="alert"`) {
			t.Errorf("%s: %s, want %d with %q", c.name, res.Status, c.status, c.text)
		}
	}
	if got := texts(p.Phone("oU1")); got != "reply text 欢迎" {
		t.Errorf("something was sent all the same:\n%s", got)
	}
	res, text := s.do(http.MethodPost, "/phone/oU1/say", "application/x-www-form-urlencoded", strings.NewReader("text="), liveHeader, "1")
	if res.StatusCode != http.StatusBadRequest || strings.Contains(text, "<") {
		t.Errorf("the script got %s %q, want a plain sentence", res.Status, text)
	}
}

// A slow server keeps nobody waiting: the own bubble is there at once, the
// failure arrives when the platform gives up.
func TestPhoneAnswersAtOnce(t *testing.T) {
	p := &Platform{Attempts: 1}
	b := start(t, p)
	s := browse(t, p, p.Phones(PhonesOptions{}))
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	arrived, release := make(chan bool, 1), make(chan bool)
	b.answer = func(*http.Request, []byte) (int, string) {
		arrived <- true
		<-release
		return http.StatusInternalServerError, ""
	}
	defer close(release)
	started := time.Now()
	res, _ := s.do(http.MethodPost, "/phone/oU1/say", "application/x-www-form-urlencoded", strings.NewReader("text=hi"), liveHeader, "1")
	if took := time.Since(started); res.StatusCode != http.StatusNoContent || took >= patience {
		t.Errorf("%s after %s", res.Status, took)
	}
	if got := texts(ph); got != "self text hi" {
		t.Errorf("the chat shows %q", got)
	}
	<-arrived
	release <- true
	if _, err := ph.AwaitBubble(within(t), Bubble.Failed); err != nil {
		t.Error("the failure never showed")
	}
	if err := p.AwaitQuiet(within(t)); err != nil {
		t.Error(err)
	}
}

func TestPhoneOpensLinks(t *testing.T) {
	p, s := phoneSite(t)
	ph := p.Phone("oU1")
	ph.Say(t.Context(), `<a href="http://127.0.0.1:1/a?b=c">看</a>`) // echoed by the account
	open := func(query string) *http.Response {
		res, _ := s.do(http.MethodGet, "/phone/oU1/open?"+query, "", nil)
		return res
	}
	res := open("u=http%3A%2F%2F127.0.0.1%3A1%2Fa%3Fb%3Dc")
	cookie := res.Header.Get("Set-Cookie")
	if res.Header.Get("Location") != "http://127.0.0.1:1/a?b=c" || !strings.HasPrefix(cookie, CookieName+"=oU1; Path=/; HttpOnly") {
		t.Errorf("link: %s to %q with cookie %q", res.Status, res.Header.Get("Location"), cookie)
	}
	if res := open("u=http%3A%2F%2F127.0.0.1%3A1%2Fpast"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a link that only the menu has: %s", res.Status)
	}
	if res := open("menu=1&u=http%3A%2F%2F127.0.0.1%3A1%2Fpast"); res.Header.Get("Location") != "http://127.0.0.1:1/past" {
		t.Errorf("menu: %s", res.Status)
	}
	if _, err := p.AwaitDelivery(within(t), func(d *Delivery) bool {
		return d.Event() == "VIEW" && node(d.Message, "EventKey") == "http://127.0.0.1:1/past"
	}); err != nil {
		t.Error("the server was not told of the menu's page")
	}
}

func TestStamp(t *testing.T) {
	for _, c := range []struct {
		ago  time.Duration
		want string
	}{
		{0, "09:00"}, {9 * time.Hour, "00:00"}, {10 * time.Hour, "昨天 23:00"}, {72 * time.Hour, "星期五 09:00"},
		{7 * 24 * time.Hour, "11月16日 09:00"}, {365 * 24 * time.Hour, "2025年11月23日 09:00"},
	} {
		if got := stamp(monday.Add(-c.ago), monday); got != c.want {
			t.Errorf("%s ago: %q, want %q", c.ago, got, c.want)
		}
	}
}
