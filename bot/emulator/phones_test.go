package emulator

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// site is the phone pages on a server of their own.
type site struct {
	t   *testing.T
	p   *Platform
	url string
}

func browse(t *testing.T, p *Platform, handler http.Handler) *site {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &site{t, p, server.URL}
}

// do sends a request without following redirects.
func (s *site) do(method, path, mime string, body io.Reader, headers ...string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if mime != "" {
		req.Header.Set("Content-Type", mime)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(text)
}

func (s *site) page(path string) string {
	s.t.Helper()
	res, text := s.do(http.MethodGet, path, "", nil)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s", path, res.Status)
	}
	return text
}

// form posts fields, given as name, value, name, value.
func (s *site) form(path string, fields ...string) (*http.Response, string) {
	s.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return s.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

// file posts one file.
func (s *site) file(path string, data []byte, fields ...string) (*http.Response, string) {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	part, _ := w.CreateFormFile("file", "file")
	_, _ = part.Write(data)
	_ = w.Close()
	return s.do(http.MethodPost, path, w.FormDataContentType(), &body)
}

// echo answers texts with what the bot heard, and greets.
func echo(p *Platform) func(*http.Request, []byte) (int, string) {
	return func(_ *http.Request, body []byte) (int, string) {
		message := string(body)
		from, said := node(message, "FromUserName"), node(message, "Content")
		switch event := node(message, "Event"); {
		case event == "subscribe":
			return http.StatusOK, plainReply(p, from, "欢迎")
		case event == "CLICK" || event == "SCAN":
			return http.StatusOK, plainReply(p, from, "键 "+node(message, "EventKey"))
		case node(message, "MsgType") == "event":
			return http.StatusOK, "success"
		case said != "":
			return http.StatusOK, plainReply(p, from, "听到："+said)
		}
		return http.StatusOK, plainReply(p, from, "收到 "+node(message, "MsgType"))
	}
}

// testMenu is a menu of every kind of button a phone treats differently.
var testMenu = map[string]any{"button": []any{
	map[string]any{"name": "学习", "sub_button": []any{
		map[string]any{"type": "click", "name": "今日党课", "key": "LESSON"},
		map[string]any{"type": "view", "name": "往期回看", "url": "http://127.0.0.1:1/past"},
	}},
	map[string]any{"type": "scancode_waitmsg", "name": "扫码签到", "key": "SIGN"},
	map[string]any{"type": "click", "name": "帮助", "key": "HELP"},
}}

// phoneSite is a platform with a talking bot, a menu and one follower.
func phoneSite(t *testing.T) (*Platform, *site) {
	t.Helper()
	p := &Platform{}
	start(t, p).answer = echo(p)
	newCaller(t, p).want(0, "/cgi-bin/menu/create", testMenu)
	s := browse(t, p, p.Phones(PhonesOptions{
		People: []PhonePerson{{"oU1", "居民王", "提心愿"}, {"oU2", "党员李", ""}},
		Places: []PhonePlace{{"竹园东门", 30.5, 120.25}},
	}))
	p.Phone("oU1").Follow(t.Context())
	return p, s
}

func contains(t *testing.T, page string, want ...string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
}

func lacks(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, text := range unwanted {
		if strings.Contains(page, text) {
			t.Errorf("the page has %q:\n%s", text, page)
		}
	}
}

func TestPhoneShowsEveryKindOfBubble(t *testing.T) {
	p, s := phoneSite(t)
	p.AddTemplate(Template{ID: "T1", Title: "办理进度", Content: "编号：{{thing1.DATA}}"})
	ph := p.Phone("oU1")
	ph.SendLocation(t.Context(), 30.5, 120.25, "竹园东门")
	ph.SendVoice(t.Context(), sampleVoice)
	ph.SendImage(t.Context(), []byte(pngs))
	c := newCaller(t, p)
	kf := func(kind string, content any) {
		c.want(0, "/cgi-bin/message/custom/send", map[string]any{"touser": "oU1", "msgtype": kind, kind: content})
	}
	kf("msgmenu", map[string]any{"head_content": "满意吗", "tail_content": "谢谢", "list": []any{map[string]any{"id": "7", "content": "满意"}}})
	kf("news", map[string]any{"articles": []any{map[string]any{"title": "党课", "description": "摘要", "url": "http://127.0.0.1:1/l", "picurl": p.URL() + "/p.png"}}})
	c.want(0, "/cgi-bin/message/template/send", map[string]any{"touser": "oU1", "template_id": "T1", "url": "http://127.0.0.1:1/w", "data": map[string]any{"thing1": map[string]any{"value": "XY1"}}})
	page := s.page("/phone/oU1")
	contains(t, page,
		`<p class="bubble">欢迎</p>`,
		`<b>竹园东门</b><span class="small">30.50000，120.25000</span>`,
		`3″`, `download="`,
		`<a class="shot" href="/phone/oU1/media/`,
		`<form class="bubble choices" method="post" action="/phone/oU1/tap">`, `<button name="id" value="7">满意</button>`, `谢谢`,
		`href="/phone/oU1/open?u=http%3a%2f%2f127.0.0.1%3a1%2fl"`, `<b>党课</b><span class="small soft">摘要</span>`,
		`<dt>编号</dt><dd>XY1</dd>`, `查看详情`,
		`<summary>学习</summary>`, `name="at" value="0.0">今日党课`, `open?menu=1&amp;u=http%3a%2f%2f127.0.0.1%3a1%2fpast`,
		`/phone/oU1?tool=scan&amp;event=scancode_waitmsg&amp;key=SIGN`,
	)
	_, picture := s.do(http.MethodGet, strings.Split(strings.Split(page, `class="shot" href="`)[1], `"`)[0], "", nil)
	if picture != pngs {
		t.Errorf("the picture has %d bytes", len(picture))
	}
	if n := strings.Count(page, "<time "); n != 1 {
		t.Errorf("%d time stamps within one minute, want 1", n)
	}
	p.Advance(6 * stampGap)
	ph.Say(t.Context(), "又来了")
	if n := strings.Count(s.page("/phone/oU1"), "<time "); n != 2 {
		t.Errorf("%d time stamps after a rest, want 2", n)
	}
}

func TestPhoneEscapesEverything(t *testing.T) {
	p, s := phoneSite(t)
	evil := `<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">点</a>`
	ph := p.Phone("oU1")
	ph.SetProfile(Profile{Name: evil})
	ph.Say(t.Context(), evil) // the bot echoes it
	ph.SendLocation(t.Context(), 1, 2, evil)
	page := s.page("/phone/oU1") + s.page("/phone/")
	lacks(t, page, "<script>", "<img src=x", `href="javascript:`)
	if n := strings.Count(page, "&lt;script&gt;alert(1)"); n < 5 {
		t.Errorf("the text is shown %d times", n)
	}
	res, _ := s.do(http.MethodGet, "/phone/oU1", "", nil)
	policy := res.Header.Get("Content-Security-Policy")
	contains(t, policy, "default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'")
	lacks(t, policy, "unsafe", "*")
	lacks(t, page, " style=", "<style", "onclick")
}

func TestTextParts(t *testing.T) {
	link := func(text, target string) textPart { return textPart{text, target} }
	for _, c := range []struct {
		text   string
		markup bool
		want   []textPart // without empty ones
	}{
		{"您好", true, []textPart{{"您好", ""}}},
		{`看<a href="http://a/b?c=1&amp;d=2">全文</a>。`, true, []textPart{{"看", ""}, link("全文", "http://a/b?c=1&d=2"), {"。", ""}}},
		{`<A class=x HREF='https://a/'>一</A>`, true, []textPart{link("一", "https://a/")}},
		{`<a href=https://a/>一</a>`, true, []textPart{link("一", "https://a/")}},
		{`<a href="javascript:x()">一</a>`, true, []textPart{{`<a href="javascript:x()">一</a>`, ""}}},
		{`<a href="/inside">一</a>`, true, []textPart{{`<a href="/inside">一</a>`, ""}}},
		{`<a data-href="https://a/">一</a>`, true, []textPart{{`<a data-href="`, ""}, link("https://a/", "https://a/"), {`">一</a>`, ""}}},
		{`<b>粗</b>`, true, []textPart{{"<b>粗</b>", ""}}},
		{"看 https://a.cn/b?c=d。谢谢", true, []textPart{{"看 ", ""}, link("https://a.cn/b?c=d", "https://a.cn/b?c=d"), {"。谢谢", ""}}},
		{"（http://a.cn/x）.", false, []textPart{{"（", ""}, link("http://a.cn/x", "http://a.cn/x"), {"）.", ""}}},
		{`我写的<a href="http://a/">字</a>`, false, []textPart{{`我写的<a href="`, ""}, link("http://a/", "http://a/"), {`">字</a>`, ""}}},
	} {
		got := slices.DeleteFunc(textParts(c.text, c.markup), func(p textPart) bool { return p.Text == "" })
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestPhoneList(t *testing.T) {
	p, s := phoneSite(t)
	page := s.page("/phone/")
	contains(t, page, `href="/phone/oU1"`, "居民王", "提心愿", "已关注", "未关注")
	if strings.Index(page, "居民王") > strings.Index(page, "党员李") {
		t.Error("people are out of order")
	}
	res, _ := s.form("/phone/", "name", "新人")
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || to == "/phone/" {
		t.Fatalf("new phone: %s to %q", res.Status, to)
	}
	contains(t, s.page(to), "关注公众号", "新人")
	if res, _ := s.form("/phone/", "name", strings.Repeat("长", 21)); res.StatusCode != http.StatusBadRequest {
		t.Errorf("long name: %s", res.Status)
	}
	if res, _ := s.do(http.MethodGet, "/phone/oNobody", "", nil); res.StatusCode != http.StatusNotFound || len(p.Everybody()) != 3 {
		t.Errorf("unknown phone: %s, %d people", res.Status, len(p.Everybody()))
	}
}

func TestPhoneRefusesOtherSites(t *testing.T) {
	p, s := phoneSite(t)
	res, _ := s.do(http.MethodPost, "/phone/oU1/say", "application/x-www-form-urlencoded", strings.NewReader("text=x"), "Sec-Fetch-Site", "cross-site")
	if res.StatusCode != http.StatusForbidden || strings.Contains(texts(p.Phone("oU1")), "self text x") {
		t.Errorf("a form of another site: %s", res.Status)
	}
}

func TestPhoneAssets(t *testing.T) {
	_, s := phoneSite(t)
	for _, name := range []string{"phone.css", "phone.js", "base.css", "tokens.css"} {
		res, _ := s.do(http.MethodGet, "/phone/assets/"+name, "", nil)
		again, _ := s.do(http.MethodGet, "/phone/assets/"+name, "", nil, "If-None-Match", res.Header.Get("ETag"))
		if res.StatusCode != http.StatusOK || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %s, then %s", name, res.Status, again.Status)
		}
	}
	if res, _ := s.do(http.MethodGet, "/phone/assets/phone.html", "", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a template is served: %s", res.Status)
	}
}
