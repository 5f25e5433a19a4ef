package wechat

import (
	"strings"
	"testing"
)

func TestMenu(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	h.answer(menuCreatePath, okAnswer)
	menu := []Button{
		{Name: "今日微课", Type: "click", Key: "LESSON"},
		{Name: "民情", Sub: []Button{{Name: "说心愿 <新>", Type: "view", URL: "https://x.cn/m?a=1&b=2"}, {Name: "扫一扫", Type: "scancode_waitmsg", Key: "SCAN"}}},
	}
	if err := c.MenuPush(ctx, menu); err != nil {
		t.Fatal(err)
	}
	want := `{"button":[{"name":"今日微课","type":"click","key":"LESSON"},{"name":"民情","sub_button":[` +
		`{"name":"说心愿 <新>","type":"view","url":"https://x.cn/m?a=1&b=2"},{"name":"扫一扫","type":"scancode_waitmsg","key":"SCAN"}]}]}`
	if got := string(h.only(t, menuCreatePath).Body); got != want {
		t.Errorf("sent %s", got)
	}
	h.answer(menuGetPath, `{"menu":{"button":[{"type":"click","name":"今日微课","key":"LESSON","sub_button":[]},{"name":"民情","sub_button":[{"type":"view","name":"a","url":"https://x.cn","sub_button":[]}]}],"menuid":1}}`)
	if got, err := c.MenuGet(ctx); err != nil || len(got) != 2 || got[1].Sub[0].URL != "https://x.cn" {
		t.Errorf("%+v, %v", got, err)
	}
	h.answer(menuGetPath, `{"errcode":46003,"errmsg":"menu no exist"}`)
	if got, err := c.MenuGet(ctx); got != nil || err != nil {
		t.Errorf("no menu: %v, %v", got, err)
	}
	h.answer(menuDeletePath, okAnswer)
	if err := c.MenuDelete(ctx); err != nil || h.only(t, menuDeletePath).Method != "GET" {
		t.Error(err)
	}
}

func TestCheckMenu(t *testing.T) {
	click := func(name string) Button { return Button{Name: name, Type: "click", Key: "K"} }
	view := func(address string) Button { return Button{Name: "a", Type: "view", URL: address} }
	under := func(subs ...Button) []Button { return []Button{{Name: "上", Sub: subs}} }
	good := [][]Button{
		{click("四个汉字吧")}, // 15 bytes
		{click("a"), click("b"), click("c")},
		under(click(strings.Repeat("字", 20)), click("b"), click("c"), click("d"), click("e")),
		{view("http://x.cn/" + strings.Repeat("a", 1012))},
		{{Name: "a", Type: "miniprogram", AppID: "wx1", Page: "p", URL: "https://x.cn"}},
		{{Name: "a", Type: "media_id", MediaID: "m"}, {Name: "b", Type: "article_id", ArticleID: "m"}},
	}
	for i, menu := range good {
		if err := CheckMenu(menu); err != nil {
			t.Errorf("good menu %d: %v", i, err)
		}
	}
	bad := [][]Button{
		nil,
		{click("a"), click("b"), click("c"), click("d")},
		{click("")},
		{click("六个汉字太长了")},
		under(click(strings.Repeat("字", 21))),
		under(click("a"), click("b"), click("c"), click("d"), click("e"), click("f")),
		under(Button{Name: "a", Sub: []Button{click("b")}}),
		{{Name: "a", Type: "click", Sub: []Button{click("b")}}},
		{{Name: "a"}},
		{{Name: "a", Type: "click"}},
		{{Name: "a", Type: "click", Key: strings.Repeat("k", 129)}},
		{view("")}, {view("x.cn")}, {view("ftp://x.cn")}, {view("http://x.cn/ a")},
		{view("http://x.cn/" + strings.Repeat("a", 1013))},
		{{Name: "a", Type: "miniprogram", AppID: "wx1", Page: "p"}},
		{{Name: "a", Type: "miniprogram", URL: "https://x.cn"}},
		{{Name: "a", Type: "media_id"}}, {{Name: "a", Type: "article_id"}}, {{Name: "a", Type: "dance", Key: "k"}},
	}
	h := newAPIHost(t)
	for i, menu := range bad {
		if err := h.client(t).MenuPush(within(t), menu); err == nil {
			t.Errorf("bad menu %d was taken", i)
		}
	}
	if len(h.calls) != 0 {
		t.Errorf("%d calls were made", len(h.calls))
	}
	if err := CheckMenu(under(click("a"), Button{Name: "坏", Type: "view"})); !strings.Contains(err.Error(), "上 / 坏") {
		t.Errorf("%v does not name the entry", err)
	}
}
