package wechat

import (
	"fmt"
	"testing"

	"echowall"
)

func TestTags(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	h.answer(tagCreatePath, `{"tag":{"id":134,"name":"党员"}}`)
	if got, err := c.CreateTag(ctx, "党员"); got != (Tag{ID: 134, Name: "党员"}) || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	sameJSON(t, h.only(t, tagCreatePath).Body, `{"tag":{"name":"党员"}}`)
	h.answer(tagListPath, `{"tags":[{"id":1,"name":"a","count":7},{"id":2,"name":"b","count":0}]}`)
	if got, err := c.Tags(ctx); fmt.Sprint(got) != "[{1 a 7} {2 b 0}]" || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	h.answer(tagListPath, `{"errcode":45009,"errmsg":"x"}`)
	if got, err := c.Tags(ctx); err == nil {
		t.Errorf("a refusal was taken for the list %v", got)
	}
	people := make([]echowall.OpenID, 120)
	for i := range people {
		people[i] = echowall.OpenID(fmt.Sprintf("o%03d", i))
	}
	h.answer(tagPath, okAnswer)
	if err := c.TagUsers(ctx, 134, people); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	var named []any
	for _, call := range h.to(tagPath) {
		list := call.json(t)["openid_list"].([]any)
		sizes, named = append(sizes, len(list)), append(named, list...)
	}
	if fmt.Sprint(sizes) != "[50 50 20]" || len(named) != 120 || named[119] != "o119" {
		t.Errorf("batches of %v", sizes)
	}
	h.answer(untagPath, `{"errcode":45159,"errmsg":"x"}`)
	if err := c.UntagUsers(ctx, 134, people); platformError(t, err).Code != 45159 || len(h.to(untagPath)) != 1 {
		t.Errorf("got %v", err)
	}
}
