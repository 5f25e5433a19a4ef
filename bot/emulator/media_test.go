package emulator

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// upload posts a file as multipart form.
func (c *caller) upload(path, field, name string, data []byte, fields map[string]string) answer {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write(data)
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	_, out := c.do(http.MethodPost, path, form.FormDataContentType(), body.Bytes())
	return c.parse(out)
}

func TestTemporaryMedia(t *testing.T) {
	at := monday
	p := &Platform{Now: func() time.Time { return at }}
	start(t, p)
	c := newCaller(t, p)
	frame := "\x3c" + strings.Repeat("x", 31) // 20 ms
	for _, tc := range []struct {
		name, kind, data string
		want             int
	}{
		{"picture", "image", jpeg, 0},
		{"png", "image", pngs, 0},
		{"bmp", "image", "BM picture", 40005},
		{"voice", "voice", amr + frame, 0},
		{"minute of voice", "voice", amr + strings.Repeat(frame, 3000), 0},
		{"more than a minute", "voice", amr + strings.Repeat(frame, 3001), 45007},
		{"mp3", "voice", mp3, 0},
		{"wav", "voice", "RIFF\x00\x00\x00\x00WAVEfmt ", 40005},
		{"video", "video", mp4, 0},
		{"text as video", "video", "hello", 40005},
		{"thumb", "thumb", jpeg, 0},
		{"png thumb", "thumb", pngs, 40005},
		{"large thumb", "thumb", jpeg + strings.Repeat("x", 64<<10), 40012},
		{"large voice", "voice", mp3 + strings.Repeat("x", 2<<20), 40010},
		{"large picture", "image", jpeg + strings.Repeat("x", 10<<20), 40009},
		{"empty", "image", "", 44001},
		{"unknown type", "file", jpeg, 40004},
	} {
		out := c.upload("/cgi-bin/media/upload?type="+tc.kind, "media", "a.bin", []byte(tc.data), nil)
		if out.code() != tc.want {
			t.Errorf("%s: %v, want %d", tc.name, out, tc.want)
		}
		if tc.want != 0 {
			continue
		}
		id, _ := out["media_id"].(string)
		if tc.kind == "thumb" {
			id, _ = out["thumb_media_id"].(string)
		}
		res, data := c.do("GET", "/cgi-bin/media/get?media_id="+id, "", nil)
		switch {
		case tc.kind == "video":
			link, _ := c.parse(data)["video_url"].(string)
			res, err := http.Get(link)
			if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != "video/mp4" {
				t.Errorf("video_url %q: %v %v", link, res, err)
			} else {
				res.Body.Close()
			}
		case string(data) != tc.data || strings.Contains(res.Header.Get("Content-Type"), "json"):
			t.Errorf("%s: downloaded %d bytes as %s", tc.name, len(data), res.Header.Get("Content-Type"))
		}
		at = at.Add(72 * time.Hour)
		c.refresh()
		res, data = c.do("GET", "/cgi-bin/media/get?media_id="+id, "", nil)
		if res.StatusCode != 200 || c.parse(data).code() != 40007 {
			t.Errorf("%s after three days: %d %.80s", tc.name, res.StatusCode, data)
		}
	}
	if out := c.upload("/cgi-bin/media/upload?type=image", "file", "a.jpg", []byte(jpeg), nil); out.code() != 41005 {
		t.Errorf("wrong field: %v", out)
	}
}

func TestMediaOfPeople(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	var inner string
	b.answer = func(_ *http.Request, body []byte) (int, string) {
		inner = string(body)
		return 200, "success"
	}
	fetch := func(id string) string {
		_, data := c.do("GET", "/cgi-bin/media/get?media_id="+id, "", nil)
		return string(data)
	}
	ph.SendVoice(t.Context(), []byte(amr+"voice"))
	if fetch(node(inner, "MediaId")) != amr+"voice" || fetch(node(inner, "MediaId16K")) != amr+"voice" || node(inner, "Format") != "amr" {
		t.Errorf("voice %s", inner)
	}
	ph.SendImage(t.Context(), []byte(jpeg))
	if fetch(node(inner, "MediaId")) != jpeg {
		t.Errorf("picture %s", inner)
	}
	res, err := http.Get(node(inner, "PicUrl"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("PicUrl answers %d", res.StatusCode)
	}
	ph.SendVideo(t.Context(), []byte(mp4), []byte(jpeg))
	if !strings.Contains(fetch(node(inner, "MediaId")), "video_url") || fetch(node(inner, "ThumbMediaId")) != jpeg {
		t.Errorf("video %s", inner)
	}
	if res, err := http.Get(p.URL() + "/mmbiz/none"); err != nil || res.StatusCode != 404 {
		t.Errorf("unknown picture: %v %v", res, err)
	}
}

func TestPermanentMaterial(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	add := func(kind, data string, fields map[string]string) answer {
		t.Helper()
		return c.upload("/cgi-bin/material/add_material?type="+kind, "media", "a", []byte(data), fields)
	}
	picture := add("image", "BM picture", nil)
	if picture["url"] == nil {
		t.Fatalf("picture %v", picture)
	}
	if out := add("video", mp4, nil); out.code() != 47001 {
		t.Errorf("video without description: %v", out)
	}
	expect(t, p, "description")
	video := add("video", mp4, map[string]string{"description": `{"title":"片","introduction":"介绍"}`})
	get := func(out answer) []byte {
		t.Helper()
		_, data := c.do("POST", "/cgi-bin/material/get_material", "application/json", []byte(`{"media_id":"`+out["media_id"].(string)+`"}`))
		return data
	}
	if string(get(picture)) != "BM picture" || c.parse(get(video))["title"] != "片" {
		t.Error("material comes back differently")
	}
	if out := c.get("/cgi-bin/media/get?media_id=" + picture["media_id"].(string)); out.code() != 40007 {
		t.Errorf("media/get serves permanent material: %v", out)
	}
	if out := c.get("/cgi-bin/material/get_materialcount"); out.int("image_count") != 1 || out.int("video_count") != 1 {
		t.Errorf("count %v", out)
	}
	out := c.post("/cgi-bin/material/batchget_material", map[string]any{"type": "image", "offset": 0, "count": 20})
	if out.int("total_count") != 1 || out.int("item_count") != 1 {
		t.Errorf("list %v", out)
	}
	c.want(40035, "/cgi-bin/material/batchget_material", map[string]any{"type": "image", "offset": 0, "count": 21})
	c.want(0, "/cgi-bin/material/del_material", map[string]any{"media_id": picture["media_id"]})
	c.want(40007, "/cgi-bin/material/del_material", map[string]any{"media_id": picture["media_id"]})
	if out := c.upload("/cgi-bin/media/uploadimg", "media", "a.png", []byte(pngs), nil); !strings.HasPrefix(out["url"].(string), p.URL()) {
		t.Errorf("uploadimg %v", out)
	}
	if out := c.upload("/cgi-bin/media/uploadimg", "media", "a.gif", []byte("GIF89a"), nil); out.code() != 40005 {
		t.Errorf("gif: %v", out)
	}
}
