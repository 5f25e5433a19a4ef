package wechat

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"echowall"
)

// paged answers a list of people by pages; after them it says end.
func paged(h *apiHost, path, end string, pages ...string) {
	n := 0
	h.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n <= len(pages) {
			fmt.Fprint(w, pages[n-1])
			return
		}
		fmt.Fprint(w, end)
	})
}

func TestPaging(t *testing.T) {
	const first = `{"total":5,"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}`
	const empty = `{"total":5,"count":0,"next_openid":""}`
	tests := []struct {
		name  string
		end   string
		pages []string
		want  string
		calls int
	}{
		{"to the end", empty, []string{first, `{"total":5,"count":3,"data":{"openid":["c","d","e"]},"next_openid":"e"}`}, "[a b c d e]", 2},
		{"fewer than announced", empty, []string{first}, "[a b]", 2},
		{"no cursor", first, []string{`{"total":5,"count":2,"data":{"openid":["a","b"]},"next_openid":""}`}, "[a b]", 1},
		{"the same page for ever", first, []string{first}, "[a b a b]", 2},
		{"nobody", empty, nil, "[]", 1},
	}
	for _, tt := range tests {
		for _, path := range []string{followersPath, tagMemberPath} {
			h := newAPIHost(t)
			paged(h, path, tt.end, tt.pages...)
			var met []string
			visit := func(page []echowall.OpenID) error { met = append(met, plain(page)...); return nil }
			var err error
			if path == followersPath {
				err = h.client(t).Followers(within(t), visit)
			} else {
				err = h.client(t).TagMembers(within(t), 1, visit)
			}
			if fmt.Sprint(met) != tt.want || err != nil || len(h.to(path)) != tt.calls {
				t.Errorf("%s, %s: %v after %d calls, %v", tt.name, path, met, len(h.to(path)), err)
			}
		}
	}
	h := newAPIHost(t)
	paged(h, followersPath, empty, first)
	stop := errors.New("enough")
	if err := h.client(t).Followers(within(t), func([]echowall.OpenID) error { return stop }); err != stop {
		t.Errorf("got %v", err)
	}
	if q := h.only(t, followersPath).Query; strings.Contains(q, "next_openid") {
		t.Errorf("first page asked with %s", q)
	}
}

func TestUsers(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	const one = `{"subscribe":1,"openid":"o1","language":"","subscribe_time":1790000000,"unionid":"u1","remark":"r",
		"tagid_list":[128,2],"subscribe_scene":"ADD_SCENE_QR_CODE","qr_scene":98765,"qr_scene_str":"s"}`
	h.answer(userInfoPath, one)
	got, err := c.UserInfo(ctx, "o1")
	if err != nil || !got.Subscribed || got.OpenID != "o1" || got.UnionID != "u1" || !got.SubscribedAt.Equal(time.Unix(1790000000, 0)) ||
		got.Source != "ADD_SCENE_QR_CODE" || fmt.Sprint(got.TagIDs) != "[128 2]" || got.SceneID != 98765 || got.SceneText != "s" || got.Remark != "r" {
		t.Errorf("%+v, %v", got, err)
	}
	h.answer(userInfoPath, `{"subscribe":0,"openid":"o1"}`)
	if got, err := c.UserInfo(ctx, "o1"); got.Subscribed || !got.SubscribedAt.IsZero() || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	h.answer(userBatchPath, `{"user_info_list":[`+one+`]}`)
	users, err := c.UserInfoBatch(ctx, make([]echowall.OpenID, 250))
	if len(users) != 3 || err != nil || len(h.to(userBatchPath)) != 3 {
		t.Errorf("%d users of %d calls, %v", len(users), len(h.to(userBatchPath)), err)
	}
	if n := len(h.to(userBatchPath)[2].json(t)["user_list"].([]any)); n != 50 {
		t.Errorf("last batch of %d", n)
	}
}
