package web

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // stored photos are JPEG
	_ "image/png"
	"mime"
	"net/http"
	"strings"

	"echowall"
)

// served are the kinds of file that browsers may show; anything else is handed over as a download.
var served = map[string]bool{"image/jpeg": true, "image/png": true, "audio/amr": true, "audio/mpeg": true, "audio/mp4": true}

// media serves a photo or voice to whoever holds a link to it.
func (s *Server) media(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := s.Signer.check(r.URL.Query().Get("k"), forMedia, id); err != nil {
		return err
	}
	m, data, err := s.Media.Media(r.Context(), id)
	if err != nil {
		return err
	}
	h := w.Header()
	contentType, _, _ := mime.ParseMediaType(m.ContentType)
	if !served[contentType] {
		contentType = "application/octet-stream"
	}
	h.Set("Content-Type", contentType)
	if r.URL.Query().Has("save") || !served[contentType] {
		name := "echowall-" + m.Created.In(s.Location).Format("20060102-1504") + extension(contentType)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("X-Robots-Tag", "noindex")
	http.ServeContent(w, r, "", m.Created, bytes.NewReader(data))
	return nil
}

func extension(contentType string) string {
	switch contentType {
	case "image/jpeg":
		return ".jpg"
	case "audio/mpeg":
		return ".mp3"
	case "audio/mp4":
		return ".m4a"
	case "image/png", "audio/amr":
		return "." + contentType[len(contentType)-3:]
	}
	return ".bin"
}

// photo is a picture in a page, with its size so that nothing jumps while it loads.
type photo struct {
	Path          string
	Width, Height int
	Number        int
}

// mediaOf sorts what was sent with a wish into photos and voices. What is gone is left out.
func (s *Server) mediaOf(ctx context.Context, ids []string) (photos []photo, voices []string, err error) {
	for _, id := range ids {
		m, data, err := s.Media.Media(ctx, id)
		if echowall.KindOf(err) == echowall.KindNotFound {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		path := s.Signer.mediaPath(id)
		if strings.HasPrefix(m.ContentType, "audio/") {
			voices = append(voices, path)
			continue
		}
		p := photo{Path: path, Number: len(photos) + 1}
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
			p.Width, p.Height = c.Width, c.Height
		}
		photos = append(photos, p)
	}
	return photos, voices, nil
}
