package wechat

import (
	"strings"
	"testing"

	"echowall"
)

var two = []echowall.OpenID{"o1", "o2"}

func TestMassRequests(t *testing.T) {
	const accepted = `{"errcode":0,"errmsg":"send job submission success","msg_id":4611686018427387907,"msg_data_id":206227730}`
	for want, m := range map[string]MassContent{
		`"msgtype":"text","text":{"content":"通知"}`:                             {Text: "通知"},
		`"msgtype":"mpnews","mpnews":{"media_id":"d"},"send_ignore_reprint":0`: {Article: "d"},
		`"msgtype":"voice","voice":{"media_id":"v"}`:                           {Voice: "v"},
		`"msgtype":"image","images":{"media_ids":["i","j"]}`:                   {Images: []string{"i", "j"}},
	} {
		h := newAPIHost(t)
		h.answer(massTagPath, accepted)
		h.answer(massListPath, accepted)
		c := h.client(t)
		got, err := c.MassByTag(within(t), 101, m, "notice-7")
		if want := (MassResult{ID: 1<<62 + 3, DataID: 206227730}); got != want || err != nil {
			t.Errorf("by tag: %+v, %v", got, err)
		}
		sameJSON(t, h.only(t, massTagPath).Body, `{"filter":{"is_to_all":false,"tag_id":101},"clientmsgid":"notice-7",`+want+`}`)
		if _, err := c.MassByOpenIDs(within(t), two, m, "notice-8"); err != nil {
			t.Error(err)
		}
		sameJSON(t, h.only(t, massListPath).Body, `{"touser":["o1","o2"],"clientmsgid":"notice-8",`+want+`}`)
	}
}

// TestMassAdopted: a repeated job names the first one, in either spelling the platform has used.
func TestMassAdopted(t *testing.T) {
	for _, field := range []string{`"msg_id":9007199254740993`, `"msgid":9007199254740993`, `"msg_id":"9007199254740993"`} {
		h := newAPIHost(t)
		h.answer(massTagPath, `{"errcode":45065,"errmsg":"clientmsgid exist",`+field+`}`)
		got, err := h.client(t).MassByTag(within(t), 101, MassContent{Text: "x"}, "k")
		if want := (MassResult{ID: 9007199254740993, Adopted: true}); got != want || err != nil {
			t.Errorf("%s: %+v, %v", field, got, err)
		}
	}
	h := newAPIHost(t)
	h.answer(massTagPath, `{"errcode":45065,"errmsg":"clientmsgid exist"}`)
	_, err := h.client(t).MassByTag(within(t), 101, MassContent{Text: "x"}, "k")
	if pe := platformError(t, err); pe.Reaction != echowall.ReactDone {
		t.Errorf("without an id: %v", pe)
	}
}

func TestMassUnknown(t *testing.T) {
	h := newAPIHost(t)
	h.handle(massTagPath, hangUp)
	_, err := h.client(t).MassByTag(within(t), 101, MassContent{Text: "x"}, "k")
	if pe := platformError(t, err); !pe.Unknown {
		t.Errorf("got %v", pe)
	}
}

func TestMassRefusedLocally(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	text := MassContent{Text: "x"}
	for name, call := range map[string]func() error{
		"no tag":             func() error { _, err := c.MassByTag(ctx, 0, text, "k"); return err },
		"no key":             func() error { _, err := c.MassByTag(ctx, 1, text, ""); return err },
		"long key":           func() error { _, err := c.MassByTag(ctx, 1, text, strings.Repeat("k", 33)); return err },
		"nothing to say":     func() error { _, err := c.MassByTag(ctx, 1, MassContent{}, "k"); return err },
		"two things":         func() error { _, err := c.MassByTag(ctx, 1, MassContent{Text: "x", Voice: "v"}, "k"); return err },
		"one person":         func() error { _, err := c.MassByOpenIDs(ctx, two[:1], text, "k"); return err },
		"too many":           func() error { _, err := c.MassByOpenIDs(ctx, make([]echowall.OpenID, 10001), text, "k"); return err },
		"preview to nobody":  func() error { return c.MassPreview(ctx, "", text) },
		"preview of nothing": func() error { return c.MassPreview(ctx, "o1", MassContent{}) },
	} {
		if pe := platformError(t, call()); pe.Reaction != echowall.ReactBadRequest {
			t.Errorf("%s: %v", name, pe)
		}
	}
	if len(h.calls) != 0 {
		t.Errorf("%d calls were made", len(h.calls))
	}
}

// TestPreviewIsOnlyAPreview: previews in any order with real sends stay previews, and real sends stay real.
func TestPreviewIsOnlyAPreview(t *testing.T) {
	h := newAPIHost(t)
	for _, path := range []string{massPreviewPath, massTagPath, massListPath} {
		h.answer(path, `{"errcode":0,"msg_id":1}`)
	}
	c, ctx := h.client(t), within(t)
	if err := c.MassPreview(ctx, "o1", MassContent{Images: []string{"i", "j"}}); err != nil {
		t.Fatal(err)
	}
	if len(h.to(massTagPath))+len(h.to(massListPath)) != 0 {
		t.Fatal("a preview became a real send")
	}
	sameJSON(t, h.only(t, massPreviewPath).Body, `{"touser":"o1","msgtype":"image","image":{"media_id":"i"}}`)
	if _, err := c.MassByTag(ctx, 1, MassContent{Text: "x"}, "k"); err != nil {
		t.Fatal(err)
	}
	h.only(t, massPreviewPath)
	h.only(t, massTagPath)
}

func TestMassStatusAndDelete(t *testing.T) {
	h := newAPIHost(t)
	h.answer(massStatusPath, `{"msg_id":4611686018427387907,"msg_status":"SEND_SUCCESS"}`)
	h.answer(massDeletePath, okAnswer)
	c := h.client(t)
	status, err := c.MassStatus(within(t), 1<<62+3)
	if status != "SEND_SUCCESS" || err != nil {
		t.Errorf("%q, %v", status, err)
	}
	if got := h.only(t, massStatusPath).json(t)["msg_id"]; got != "4611686018427387907" {
		t.Errorf("asked for %v", got)
	}
	if err := c.MassDelete(within(t), 1<<62+3, 2); err != nil {
		t.Fatal(err)
	}
	if want := `{"article_idx":2,"msg_id":4611686018427387907}`; string(h.only(t, massDeletePath).Body) != want {
		t.Errorf("sent %s", h.only(t, massDeletePath).Body)
	}
}
