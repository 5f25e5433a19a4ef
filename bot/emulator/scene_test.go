package emulator

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestCodes(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := newCaller(t, p)
	type m = map[string]any
	for _, tc := range []struct {
		name, action string
		expire       any
		scene        m
		want         int
	}{
		{"number", "QR_SCENE", 600, m{"scene_id": 4294967295}, 0},
		{"zero", "QR_SCENE", 600, m{"scene_id": 0}, 40053},
		{"too large", "QR_SCENE", 600, m{"scene_id": 4294967296}, 40053},
		{"text for number", "QR_SCENE", 600, m{"scene_str": "a"}, 40053},
		{"text", "QR_STR_SCENE", 2592000, m{"scene_str": strings.Repeat("字", 64)}, 0},
		{"long text", "QR_STR_SCENE", 600, m{"scene_str": strings.Repeat("a", 65)}, 40053},
		{"empty text", "QR_STR_SCENE", 600, m{"scene_str": ""}, 40053},
		{"long life", "QR_STR_SCENE", 2592001, m{"scene_str": "a"}, 40035},
		{"lasting", "QR_LIMIT_SCENE", nil, m{"scene_id": 100000}, 0},
		{"lasting too large", "QR_LIMIT_SCENE", nil, m{"scene_id": 100001}, 40053},
		{"lasting text", "QR_LIMIT_STR_SCENE", nil, m{"scene_str": "wall-7"}, 0},
		{"unknown action", "QR_DANCE", nil, m{"scene_id": 1}, 40052},
	} {
		body := m{"action_name": tc.action, "action_info": m{"scene": tc.scene}}
		if tc.expire != nil {
			body["expire_seconds"] = tc.expire
		}
		out := c.post("/cgi-bin/qrcode/create", body)
		if out.code() != tc.want {
			t.Errorf("%s: %v, want %d", tc.name, out, tc.want)
		}
		if _, temporary := out["expire_seconds"]; tc.want == 0 && temporary != (tc.expire != nil) {
			t.Errorf("%s: %v", tc.name, out)
		}
	}
}

func TestScanning(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	b := start(t, p)
	c := newCaller(t, p)
	var inner string
	b.answer = func(_ *http.Request, body []byte) (int, string) {
		inner = string(body)
		return 200, "success"
	}
	out := c.post("/cgi-bin/qrcode/create", map[string]any{
		"action_name": "QR_STR_SCENE", "expire_seconds": 600, "action_info": map[string]any{"scene": map[string]any{"scene_str": "login-1"}},
	})
	ticket, _ := out["ticket"].(string)
	res, err := http.Get(p.URL() + "/cgi-bin/showqrcode?ticket=" + url.QueryEscape(ticket))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var data bytes.Buffer
	_, _ = data.ReadFrom(res.Body)
	if picture, err := png.Decode(&data); err != nil || picture.Bounds().Dx() != 430 {
		t.Errorf("picture: %v", err)
	}
	ph := p.Phone("oU1")
	ph.ScanTicket(t.Context(), ticket)
	if node(inner, "Event") != "subscribe" || node(inner, "EventKey") != "qrscene_login-1" || node(inner, "Ticket") != ticket {
		t.Errorf("first scan: %s", inner)
	}
	ph.Scan(t.Context(), out["url"].(string))
	if node(inner, "Event") != "SCAN" || node(inner, "EventKey") != "login-1" {
		t.Errorf("second scan: %s", inner)
	}
	info := c.get("/cgi-bin/user/info?openid=oU1")
	if info["qr_scene_str"] != "login-1" || info["subscribe_scene"] != "ADD_SCENE_QR_CODE" {
		t.Errorf("info %v", info)
	}
	at = at.Add(600 * time.Second)
	if d := ph.ScanTicket(t.Context(), ticket); d.Err != ErrNoSuchCode {
		t.Errorf("expired code: %s", d.Outcome)
	}
	if res, err := http.Get(p.URL() + "/cgi-bin/showqrcode?ticket=" + url.QueryEscape(ticket)); err != nil || res.StatusCode != 404 {
		t.Errorf("expired picture: %v", err)
	}
	// A printed code nobody made by API, numeric and text.
	ph.Scan(t.Context(), "7")
	first := node(inner, "Ticket")
	if node(inner, "EventKey") != "7" {
		t.Errorf("printed code: %s", inner)
	}
	ph.Scan(t.Context(), "7")
	if node(inner, "Ticket") != first {
		t.Error("one scene has two permanent codes")
	}
	p.Phone("oU2").FollowByScene(t.Context(), "wall-7")
	if node(inner, "EventKey") != "qrscene_wall-7" {
		t.Errorf("follow by scene: %s", inner)
	}
}
