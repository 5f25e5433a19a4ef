package emulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestMenuValidation(t *testing.T) {
	p := &Platform{MenuURLDomains: []string{"example.com"}, MiniPrograms: []string{"wxmini"}}
	start(t, p)
	c := newCaller(t, p)
	type m = map[string]any
	click := func(name string) m { return m{"type": "click", "name": name, "key": "K"} }
	list := func(n int, b m) []any {
		var out []any
		for range n {
			out = append(out, b)
		}
		return out
	}
	sub := func(buttons ...any) m { return m{"name": "更多", "sub_button": buttons} }
	for _, tc := range []struct {
		name    string
		buttons []any
		want    int
	}{
		{"three", list(3, click("心愿")), 0},
		{"none", []any{}, 40016},
		{"four", list(4, click("心愿")), 40016},
		{"16 bytes", []any{click(strings.Repeat("a", 16))}, 0},
		{"17 bytes", []any{click(strings.Repeat("a", 17))}, 40018},
		{"no name", []any{click("")}, 40018},
		{"five below", []any{sub(list(5, click("心愿"))...)}, 0},
		{"six below", []any{sub(list(6, click("心愿"))...)}, 40023},
		{"60 bytes below", []any{sub(click(strings.Repeat("心", 20)))}, 0},
		{"61 bytes below", []any{sub(click(strings.Repeat("心", 20) + "a"))}, 40025},
		{"third level", []any{sub(sub(click("心愿")))}, 40022},
		{"no type", []any{m{"name": "x"}}, 40017},
		{"unknown type below", []any{sub(m{"type": "dance", "name": "x"})}, 40024},
		{"no key", []any{m{"type": "click", "name": "x"}}, 40019},
		{"long key", []any{m{"type": "click", "name": "x", "key": strings.Repeat("k", 129)}}, 40019},
		{"no key below", []any{sub(m{"type": "scancode_waitmsg", "name": "x"})}, 40026},
		{"url", []any{m{"type": "view", "name": "x", "url": "https://example.com/m/?a=1&b=2"}}, 0},
		{"no url", []any{m{"type": "view", "name": "x"}}, 40020},
		{"script url", []any{m{"type": "view", "name": "x", "url": "javascript:alert(1)"}}, 40020},
		{"long url below", []any{sub(m{"type": "view", "name": "x", "url": "http://example.com/" + strings.Repeat("a", 1024)})}, 40027},
		{"foreign domain", []any{m{"type": "view", "name": "x", "url": "http://evil.example/"}}, 40054},
		{"foreign domain below", []any{sub(m{"type": "view", "name": "x", "url": "http://evil.example/"})}, 40055},
		{"mini-program", []any{m{"type": "miniprogram", "name": "x", "url": "http://example.com", "appid": "wxmini", "pagepath": "a"}}, 0},
		{"foreign mini-program", []any{m{"type": "miniprogram", "name": "x", "url": "http://example.com", "appid": "wx2", "pagepath": "a"}}, 45064},
		{"unknown media", []any{m{"type": "media_id", "name": "x", "media_id": "none"}}, 40007},
		{"unknown article", []any{m{"type": "article_id", "name": "x", "article_id": "none"}}, 53600},
	} {
		if out := c.post("/cgi-bin/menu/create", m{"button": tc.buttons}); out.code() != tc.want {
			t.Errorf("%s: %v, want %d", tc.name, out, tc.want)
		}
	}
}

func TestMenuOnPhones(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	type m = map[string]any
	menu := func(name string) m {
		return m{"button": []any{
			m{"type": "click", "name": name, "key": "WISH"},
			m{"name": "更多", "sub_button": []any{m{"type": "view", "name": "回音壁", "url": "http://a.example/wall"}, m{"type": "scancode_push", "name": "扫码", "key": "S"}}},
		}}
	}
	c.want(65303, "/cgi-bin/menu/addconditional", m{"button": menu("x")["button"], "matchrule": m{"tag_id": "100"}})
	c.want(0, "/cgi-bin/menu/create", menu("心愿"))
	if d := ph.TapButton(t.Context(), "心愿"); d.Event() != "CLICK" || node(d.Message, "EventKey") != "WISH" {
		t.Errorf("click: %s", d.Message)
	}
	if d := ph.TapButton(t.Context(), "回音壁"); d.Event() != "VIEW" || node(d.Message, "EventKey") != "http://a.example/wall" || node(d.Message, "MenuId") == "0" {
		t.Errorf("view: %s", d.Message)
	}
	for _, name := range []string{"更多", "扫码", "没有"} {
		if d := ph.TapButton(t.Context(), name); d.Err != ErrNoSuchButton {
			t.Errorf("%s: %s", name, d.Outcome)
		}
	}
	tag := c.post("/cgi-bin/tags/create", m{"tag": m{"name": "书记"}}).sub("tag").int("id")
	conditional := menu("通知")
	conditional["matchrule"] = m{"sex": "1"}
	c.want(65320, "/cgi-bin/menu/addconditional", conditional)
	conditional["matchrule"] = m{}
	c.want(65305, "/cgi-bin/menu/addconditional", conditional)
	conditional["matchrule"] = m{"tag_id": fmt.Sprint(tag)}
	id := c.want(0, "/cgi-bin/menu/addconditional", conditional)["menuid"]
	if ph.Menu().Buttons[0].Name != "心愿" {
		t.Error("a conditional menu shows to somebody without the tag")
	}
	c.want(0, "/cgi-bin/tags/members/batchtagging", m{"openid_list": []string{"oU1"}, "tagid": tag})
	if ph.Menu().Buttons[0].Name != "通知" || p.Menu().Buttons[0].Name != "心愿" {
		t.Error("the conditional menu does not show")
	}
	if out := c.post("/cgi-bin/menu/trymatch", m{"user_id": "oU1"}); !strings.Contains(fmt.Sprint(out), "通知") {
		t.Errorf("trymatch %v", out)
	}
	if out := c.get("/cgi-bin/menu/get"); len(out["conditionalmenu"].([]any)) != 1 || out.sub("menu")["button"] == nil {
		t.Errorf("menu/get %v", out)
	}
	if out := c.get("/cgi-bin/get_current_selfmenu_info"); out.int("is_menu_open") != 1 || !strings.Contains(fmt.Sprint(out), "list:[") {
		t.Errorf("selfmenu %v", out)
	}
	c.want(0, "/cgi-bin/menu/delconditional", m{"menuid": id})
	c.want(65301, "/cgi-bin/menu/delconditional", m{"menuid": id})
	if out := c.get("/cgi-bin/menu/delete"); out.code() != 0 || len(p.Menu().Buttons) != 0 || c.get("/cgi-bin/menu/get").code() != 46003 {
		t.Errorf("delete %v", out)
	}
}
