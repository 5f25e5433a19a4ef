package wechat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"echowall"
)

// form reads the parts of an upload: field name to file name and content.
func form(t testing.TB, r *http.Request) map[string][2]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Error(err)
		return nil
	}
	parts := map[string][2]string{}
	for mr := multipart.NewReader(r.Body, params["boundary"]); ; {
		p, err := mr.NextPart()
		if err != nil {
			return parts
		}
		data, _ := io.ReadAll(p)
		_, disposition, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		parts[p.FormName()] = [2]string{disposition["filename"], string(data)}
	}
}

func TestUploads(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	var got map[string][2]string
	var query url.Values
	reply := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			got, query = form(t, r), r.URL.Query()
			_, _ = io.WriteString(w, answer)
		}
	}
	h.handle(uploadTempPath, reply(`{"type":"voice","media_id":"M1","created_at":1}`))
	id, err := c.UploadTemp(ctx, MediaVoice, `C:\Users\someone\早课 1.mp3`, []byte("sound"))
	if id != "M1" || err != nil || query.Get("type") != "voice" || got["media"] != [2]string{"1.mp3", "sound"} || len(got) != 1 {
		t.Errorf("%q, %v, %v, %v", id, err, query, got)
	}
	h.handle(uploadTempPath, reply(`{"type":"thumb","thumb_media_id":"M2","created_at":1}`))
	if id, err := c.UploadTemp(ctx, MediaThumb, "/srv/data/../封面.jpg", []byte("p")); id != "M2" || err != nil || got["media"][0] != "file.jpg" {
		t.Errorf("%q, %v, %v", id, err, got)
	}
	h.handle(uploadPermanentPath, reply(`{"media_id":"M3","url":"https://mmbiz.qpic.cn/x"}`))
	id, address, err := c.UploadPermanent(ctx, MediaImage, "a.png", []byte("p"), nil)
	if id != "M3" || address != "https://mmbiz.qpic.cn/x" || err != nil {
		t.Errorf("%q, %q, %v", id, address, err)
	}
	if _, _, err = c.UploadPermanent(ctx, MediaVideo, "a.mp4", []byte("v"), &VideoInfo{Title: "片", Introduction: "介绍"}); err != nil {
		t.Fatal(err)
	}
	if want := `{"title":"片","introduction":"介绍"}`; got["description"] != [2]string{"", want} {
		t.Errorf("description %v: it must be a field, not a file", got["description"])
	}
	h.handle(uploadImagePath, reply(`{"url":"https://mmbiz.qpic.cn/y"}`))
	if address, err := c.UploadImage(ctx, "a.jpg", []byte("p")); address != "https://mmbiz.qpic.cn/y" || err != nil {
		t.Errorf("%q, %v", address, err)
	}
	h.answer(uploadTempPath, `{"errcode":40004,"errmsg":"invalid media type"}`)
	if _, err := c.UploadTemp(ctx, MediaImage, "a.png", []byte("p")); platformError(t, err).Code != 40004 {
		t.Errorf("got %v", err)
	}
}

func TestUploadsRefusedLocally(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	big := make([]byte, 10<<20+1)
	temp := func(k MediaKind, data []byte) func() error {
		return func() error { _, err := c.UploadTemp(ctx, k, "a.x", data); return err }
	}
	permanent := func(k MediaKind, info *VideoInfo) func() error {
		return func() error { _, _, err := c.UploadPermanent(ctx, k, "a.x", big[:10], info); return err }
	}
	for name, call := range map[string]func() error{
		"image":               temp(MediaImage, big),
		"voice":               temp(MediaVoice, big[:2<<20+1]),
		"thumb":               temp(MediaThumb, big[:64<<10+1]),
		"empty":               temp(MediaImage, nil),
		"unknown kind":        temp("film", big[:1]),
		"video without words": permanent(MediaVideo, nil),
		"image with words":    permanent(MediaImage, &VideoInfo{}),
		"inline picture":      func() error { _, err := c.UploadImage(ctx, "a.png", big[:1<<20]); return err },
	} {
		if pe := platformError(t, call()); pe.Reaction != echowall.ReactBadRequest || pe.Unknown {
			t.Errorf("%s: %v", name, pe)
		}
	}
	if len(h.calls) != 0 {
		t.Errorf("%d calls were made", len(h.calls))
	}
}

func TestDownload(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	serveFile := func(kind, disposition string, data []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			if disposition != "" {
				w.Header().Set("Content-Disposition", disposition)
			}
			_, _ = w.Write(data)
		}
	}
	voice := []byte("#!AMR\n{\"errcode\":40007}")
	h.handle(downloadPath, serveFile("audio/amr", `attachment; filename="../../etc/v.amr"`, voice))
	m, err := c.Download(ctx, "a b+c")
	if err != nil || m.ContentType != "audio/amr" || m.Filename != "v.amr" || !bytes.Equal(m.Data, voice) {
		t.Errorf("%q %q %q, %v", m.ContentType, m.Filename, m.Data, err)
	}
	if q := h.only(t, downloadPath).Query; !strings.Contains(q, "media_id=a+b%2Bc") {
		t.Errorf("query %s", q)
	}
	for _, kind := range []string{"application/json; encoding=utf-8", "text/plain"} {
		h.handle(downloadPath, serveFile(kind, "", []byte(`{"errcode":40007,"errmsg":"invalid media_id"}`)))
		if _, err := c.Download(ctx, "m"); platformError(t, err).Code != 40007 {
			t.Errorf("%s: %v", kind, err)
		}
	}
	// A refused token is renewed for downloads too.
	h.handle(downloadPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("access_token") == testToken(1) {
			serveFile("application/json", "", []byte(`{"errcode":42001,"errmsg":"expired"}`))(w, r)
			return
		}
		serveFile("image/jpeg", "", []byte("picture"))(w, r)
	})
	if m, err := c.Download(ctx, "m"); string(m.Data) != "picture" || err != nil {
		t.Errorf("%q, %v", m.Data, err)
	}
	for name, handler := range map[string]http.HandlerFunc{
		"nothing": serveFile("image/jpeg", "", nil),
		"gateway page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(502)
			fmt.Fprint(w, "<html>")
		},
		"other JSON": serveFile("application/json", "", []byte(`{"a":1}`)),
	} {
		h.handle(downloadPath, handler)
		if _, err := c.Download(ctx, "m"); platformError(t, err).Unknown {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Download(ctx, ""); err == nil {
		t.Error("no media id")
	}
}

func TestDownloadVideo(t *testing.T) {
	h := newAPIHost(t)
	c, ctx := h.client(t), within(t)
	h.handle("/film/s3cret", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		_, _ = io.WriteString(w, "film")
	})
	h.answer(downloadPath, `{"video_url":"`+h.URL+`/film/s3cret?k=1"}`)
	m, err := c.Download(ctx, "m")
	if string(m.Data) != "film" || m.ContentType != "video/mp4" || err != nil {
		t.Errorf("%q, %v", m.Data, err)
	}
	if call := h.only(t, "/film/s3cret"); call.Token != "" || call.Query != "k=1" {
		t.Errorf("fetched with %q: the token is not for the file server", call.Query)
	}
	for _, address := range []string{"file:///etc/passwd", "/relative", "gopher://x", h.URL + "/gone/s3cret"} {
		h.answer(downloadPath, `{"video_url":"`+address+`"}`)
		_, err := c.Download(ctx, "m")
		if pe := platformError(t, err); strings.Contains(texts(pe), "s3cret") {
			t.Errorf("%s: %v", address, pe)
		}
	}
}

func TestDownloadIsBounded(t *testing.T) {
	h := newAPIHost(t)
	h.handle(downloadPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		block := make([]byte, 1<<20)
		for range 13 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	if _, err := h.client(t).Download(within(t), "m"); !errors.Is(platformError(t, err), errTooLarge) {
		t.Errorf("got %v", err)
	}
}
