package emulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	crowd(t, p, 2)
	p.Phone("oGone")
	type m = map[string]any
	create := func(want int, name string) int {
		t.Helper()
		return c.want(want, "/cgi-bin/tags/create", m{"tag": m{"name": name}}).sub("tag").int("id")
	}
	first := create(0, strings.Repeat("字", 30))
	create(45158, strings.Repeat("字", 31))
	create(45157, strings.Repeat("字", 30))
	other := create(0, "二")
	update := func(want, id int, name string) {
		t.Helper()
		c.want(want, "/cgi-bin/tags/update", m{"tag": m{"id": id, "name": name}})
	}
	update(0, first, "一")
	update(0, first, "一")
	update(45157, other, "一")
	update(45058, 2, "x")
	update(45159, 999, "x")
	tagging := func(want, id int, openids ...string) {
		t.Helper()
		c.want(want, "/cgi-bin/tags/members/batchtagging", m{"openid_list": openids, "tagid": id})
	}
	tagging(0, first, "oU0", "oU1")
	tagging(0, first, "oU0")
	tagging(40003, first, "oNobody")
	tagging(49003, first, "oGone")
	tagging(45159, 999, "oU0")
	tagging(40032, first, make([]string, 51)...)
	tagging(40032, first)
	if out := c.post("/cgi-bin/user/tag/get", m{"tagid": first}); out.int("count") != 2 || out["next_openid"] != "oU1" {
		t.Errorf("members %v", out)
	}
	c.want(0, "/cgi-bin/tags/members/batchuntagging", m{"openid_list": []string{"oU1"}, "tagid": first})
	if out := c.post("/cgi-bin/tags/getidlist", m{"openid": "oU1"}); fmt.Sprint(out["tagid_list"]) != "[]" {
		t.Errorf("tags of oU1 %v", out)
	}
	if out := c.get("/cgi-bin/tags/get"); !strings.Contains(fmt.Sprint(out["tags"]), fmt.Sprintf("count:1 id:%d name:一", first)) {
		t.Errorf("tags %v", out)
	}
	for i := 2; i < 100; i++ {
		id := create(0, fmt.Sprint(i))
		want := 0
		if i > 20 {
			want = 45059
		}
		tagging(want, id, "oU0")
	}
	create(45056, "hundred and one")
	c.want(45058, "/cgi-bin/tags/delete", m{"tag": m{"id": 0}})
	c.want(0, "/cgi-bin/tags/delete", m{"tag": m{"id": first}})
	if out := c.post("/cgi-bin/tags/getidlist", m{"openid": "oU0"}); strings.Contains(fmt.Sprint(out["tagid_list"]), fmt.Sprint(first, " ")) {
		t.Errorf("a deleted tag stays with people: %v", out)
	}
}

func TestUsers(t *testing.T) {
	p := &Platform{FollowersPage: 2}
	start(t, p)
	c := newCaller(t, p)
	crowd(t, p, 5)
	p.Phone("oU3").Unfollow(t.Context())
	p.Phone("oU0").SetProfile(Profile{Name: "王", UnionID: "u1"})
	next, pages := "", []string{}
	for {
		out := c.get("/cgi-bin/user/get?next_openid=" + next)
		if out.int("total") != 4 {
			t.Fatalf("followers %v", out)
		}
		if out.int("count") == 0 {
			break
		}
		pages = append(pages, fmt.Sprint(out.sub("data")["openid"]))
		next, _ = out["next_openid"].(string)
	}
	if got := strings.Join(pages, ""); got != "[oU0 oU1][oU2 oU4]" {
		t.Errorf("pages %s", got)
	}
	if got := c.get("/cgi-bin/user/get?next_openid=oNobody"); got.code() != 40003 {
		t.Errorf("unknown next_openid: %v", got)
	}
	c.want(0, "/cgi-bin/user/info/updateremark", map[string]any{"openid": "oU0", "remark": "支部书记"})
	info := c.get("/cgi-bin/user/info?openid=oU0&lang=zh_CN")
	if info.int("subscribe") != 1 || info["remark"] != "支部书记" || info["unionid"] != "u1" || info["nickname"] != nil {
		t.Errorf("info %v", info)
	}
	if info := c.get("/cgi-bin/user/info?openid=oU3"); len(info) != 2 || info.int("subscribe") != 0 {
		t.Errorf("info of someone who left: %v", info)
	}
	c.want(40003, "/cgi-bin/user/info/batchget", map[string]any{"user_list": []any{map[string]any{"openid": "oNobody"}}})
	out := c.want(0, "/cgi-bin/user/info/batchget", map[string]any{"user_list": []any{map[string]any{"openid": "oU0", "lang": "zh_CN"}, map[string]any{"openid": "oU3"}}})
	if list, _ := out["user_info_list"].([]any); len(list) != 2 {
		t.Errorf("batchget %v", out)
	}
	c.want(0, "/cgi-bin/tags/members/batchblacklist", map[string]any{"openid_list": []string{"oU1"}})
	if out := c.post("/cgi-bin/tags/members/getblacklist", map[string]any{"begin_openid": ""}); out.int("total") != 1 {
		t.Errorf("blacklist %v", out)
	}
	c.want(40032, "/cgi-bin/tags/members/batchblacklist", map[string]any{"openid_list": make([]string, 21)})
}
