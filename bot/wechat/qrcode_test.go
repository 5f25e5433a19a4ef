package wechat

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"echowall"
)

func TestCreateQR(t *testing.T) {
	const answer = `{"ticket":"gQH47j==","expire_seconds":60,"url":"http://weixin.qq.com/q/x"}`
	for want, s := range map[string]Scene{
		`{"action_name":"QR_SCENE","expire_seconds":60,"action_info":{"scene":{"scene_id":4294967295}}}`:     {ID: 1<<32 - 1, Life: time.Minute},
		`{"action_name":"QR_STR_SCENE","expire_seconds":2592000,"action_info":{"scene":{"scene_str":"站1"}}}`: {Text: "站1", Life: 30 * 24 * time.Hour},
		`{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100000}}}`:                       {ID: 100000},
		`{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"p"}}}`:                     {Text: "p"},
	} {
		h := newAPIHost(t)
		h.answer(createQRPath, answer)
		got, err := h.client(t).CreateQR(within(t), s)
		if want := (QR{Ticket: "gQH47j==", URL: "http://weixin.qq.com/q/x", Life: time.Minute}); got != want || err != nil {
			t.Errorf("%+v, %v", got, err)
		}
		sameJSON(t, h.only(t, createQRPath).Body, want)
	}
	h := newAPIHost(t)
	for _, s := range []Scene{
		{}, {ID: 1, Text: "x"}, {ID: 100001}, {Text: strings.Repeat("长", 65)}, {ID: 1, Life: 31 * 24 * time.Hour},
		{ID: 1, Life: -1}, {ID: 1, Life: time.Millisecond}, {Text: "\xff"},
	} {
		if _, err := h.client(t).CreateQR(within(t), s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	if len(h.calls) != 0 {
		t.Errorf("%d calls were made", len(h.calls))
	}
}

func TestQRImage(t *testing.T) {
	h := newAPIHost(t)
	c := h.client(t)
	h.handle(showQRPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("ticket") != "a+b/c==" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/jpg")
		_, _ = w.Write([]byte("picture"))
	})
	if m, err := c.QRImage(within(t), "a+b/c=="); string(m.Data) != "picture" || err != nil {
		t.Errorf("%q, %v", m.Data, err)
	}
	if _, err := c.QRImage(within(t), "other"); platformError(t, err).Reaction != echowall.ReactBadRequest {
		t.Errorf("got %v", err)
	}
	if got, want := c.QRImageURL("a+b/c=="), h.URL+"/cgi-bin/showqrcode?ticket=a%2Bb%2Fc%3D%3D"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, call := range h.calls {
		if call.Token != "" {
			t.Error("the picture needs no token")
		}
	}
}
