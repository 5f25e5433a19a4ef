package emulator

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// article is a valid article of a draft.
func (c *caller) article(title string) map[string]any {
	return map[string]any{
		"title": title, "author": "王", "digest": "d", "content": "<p>正文</p>",
		"thumb_media_id": c.p.put("image", jpeg, true),
	}
}

func (c *caller) addDraft(title string) string {
	c.t.Helper()
	id, _ := c.want(0, "/cgi-bin/draft/add", map[string]any{"articles": []any{c.article(title)}})["media_id"].(string)
	return id
}

func TestDraftLimits(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	with := func(key string, value any) map[string]any {
		a := c.article("标题")
		a[key] = value
		return a
	}
	for _, tc := range []struct {
		name    string
		article map[string]any
		want    int
	}{
		{"good", with("title", strings.Repeat("字", 32)), 0},
		{"long title", with("title", strings.Repeat("字", 33)), 45003},
		{"long author", with("author", strings.Repeat("字", 17)), 45110},
		{"long digest", with("digest", strings.Repeat("字", 121)), 45004},
		{"no content", with("content", ""), 44004},
		{"long content", with("content", strings.Repeat("字", 20_000)), 45002},
		{"no thumb", with("thumb_media_id", ""), 40007},
		{"temporary thumb", with("thumb_media_id", p.put("image", jpeg, false)), 40007},
		{"pictures without", with("article_type", "newspic"), 40035},
	} {
		if out := c.post("/cgi-bin/draft/add", map[string]any{"articles": []any{tc.article}}); out.code() != tc.want {
			t.Errorf("%s: %v, want %d", tc.name, out, tc.want)
		}
	}
	c.want(44003, "/cgi-bin/draft/add", map[string]any{"articles": []any{}})
}

func TestDraftLife(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	type m = map[string]any
	own := c.upload("/cgi-bin/media/uploadimg", "media", "a.png", []byte(pngs), nil)["url"].(string)
	a := c.article("第一课")
	a["content"] = `<p>正文</p><script>alert(1)</script><img src="` + own + `"><img src="http://foreign.example/x.png">`
	id := c.want(0, "/cgi-bin/draft/add", m{"articles": []any{a}})["media_id"]
	expect(t, p, "1 pictures")
	res, data := c.do("POST", "/cgi-bin/draft/get", "application/json", []byte(fmt.Sprintf(`{"media_id":%q}`, id)))
	if res.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("content type %q", res.Header.Get("Content-Type"))
	}
	if s := string(data); !strings.Contains(s, own) || strings.Contains(s, "alert") || strings.Contains(s, "foreign") {
		t.Errorf("draft %s", s)
	}
	c.want(0, "/cgi-bin/draft/update", m{"media_id": id, "index": 0, "articles": c.article("改过")})
	c.want(40035, "/cgi-bin/draft/update", m{"media_id": id, "index": 1, "articles": c.article("改过")})
	second := c.addDraft("第二课")
	if out := c.get("/cgi-bin/draft/count"); out.int("total_count") != 2 {
		t.Errorf("count %v", out)
	}
	out := c.post("/cgi-bin/draft/batchget", m{"offset": 0, "count": 20, "no_content": 1})
	if s := fmt.Sprint(out); out.int("item_count") != 2 || !strings.Contains(s, "改过") || strings.Contains(s, "正文") {
		t.Errorf("batchget %v", out)
	}
	c.want(40035, "/cgi-bin/draft/batchget", m{"offset": 0, "count": 0})
	c.want(0, "/cgi-bin/draft/delete", m{"media_id": second})
	c.want(40007, "/cgi-bin/draft/delete", m{"media_id": second})

	job := c.want(0, "/cgi-bin/freepublish/submit", m{"media_id": id})["publish_id"]
	d, err := p.AwaitDelivery(within(t), func(d *Delivery) bool { return d.Event() == "PUBLISHJOBFINISH" })
	if err != nil || node(d.Message, "publish_status") != "0" {
		t.Fatalf("event %v", err)
	}
	article := node(d.Message, "article_id")
	link := node(d.Message, "article_url")
	page, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(page.Body)
	page.Body.Close()
	if page.StatusCode != 200 || !strings.Contains(string(body), "改过") {
		t.Errorf("article page %d %s", page.StatusCode, body)
	}
	c.want(53500, "/cgi-bin/freepublish/submit", m{"media_id": id})
	if out := c.post("/cgi-bin/freepublish/get", m{"publish_id": job}); out.int("publish_status") != 0 || out["article_id"] != article {
		t.Errorf("publish/get %v", out)
	}
	if out := c.post("/cgi-bin/freepublish/getarticle", m{"article_id": article}); !strings.Contains(fmt.Sprint(out), "正文") {
		t.Errorf("getarticle %v", out)
	}
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	c.want(0, "/cgi-bin/message/custom/send", m{"touser": "oU1", "msgtype": "mpnewsarticle", "mpnewsarticle": m{"article_id": article}})
	if chat := ph.Chat(); len(chat) != 1 || chat[0].Articles[0].Title != "改过" || chat[0].Articles[0].URL != link {
		t.Errorf("chat %+v", chat)
	}
	c.want(0, "/cgi-bin/freepublish/delete", m{"article_id": article, "index": 1})
	c.want(53600, "/cgi-bin/freepublish/getarticle", m{"article_id": article})
	if page, err := http.Get(link); err != nil || page.StatusCode != 404 {
		t.Errorf("deleted article: %v", err)
	}
}
