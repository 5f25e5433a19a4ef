package wechat

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestDrafts(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	article := DraftArticle{Title: "周报", Content: "<p>正文</p>", ThumbID: "T"}
	h.answer(draftAddPath, `{"media_id":"D1"}`)
	if id, err := c.DraftAdd(ctx, []DraftArticle{article}); id != "D1" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	sameJSON(t, h.only(t, draftAddPath).Body, `{"articles":[{"title":"周报","content":"<p>正文</p>","thumb_media_id":"T","need_open_comment":0}]}`)
	h.handle(draftGetPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, `{"news_item":[{"title":"周报","content":"<p>正文</p>","thumb_media_id":"T","need_open_comment":0}]}`)
	})
	if got, err := c.DraftGet(ctx, "D1"); len(got) != 1 || got[0] != article || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	h.answer(publishPath, `{"errcode":0,"errmsg":"ok","publish_id":"100000001"}`)
	if id, err := c.Publish(ctx, "D1"); id != 100000001 || err != nil {
		t.Errorf("%d, %v", id, err)
	}
	h.answer(draftDeletePath, `{"errcode":40007,"errmsg":"x"}`)
	if err := c.DraftDelete(ctx, "D1"); platformError(t, err).Code != 40007 {
		t.Errorf("got %v", err)
	}
	for name, a := range map[string]DraftArticle{
		"title": {Title: strings.Repeat("字", 33), Content: "c", ThumbID: "T"}, "no title": {Content: "c", ThumbID: "T"},
		"author": {Title: "t", Author: strings.Repeat("字", 17), Content: "c", ThumbID: "T"}, "cover": {Title: "t", Content: "c"},
		"digest": {Title: "t", Digest: strings.Repeat("字", 121), Content: "c", ThumbID: "T"},
		"long":   {Title: "t", Content: strings.Repeat("字", 20000), ThumbID: "T"}, "empty": {Title: "t", ThumbID: "T"},
	} {
		if _, err := c.DraftAdd(ctx, []DraftArticle{a}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := c.DraftAdd(ctx, make([]DraftArticle, 9)); err == nil {
		t.Error("nine articles were taken")
	}
	h.only(t, draftAddPath)
}
