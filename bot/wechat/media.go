package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"path"
	"strings"
)

const (
	uploadTempPath      = "/cgi-bin/media/upload"
	uploadPermanentPath = "/cgi-bin/material/add_material"
	uploadImagePath     = "/cgi-bin/media/uploadimg"
)

// MediaKind is a kind of file the platform keeps.
type MediaKind string

// The kinds of media. The comments name the limits of temporary files; permanent images may be BMP too, and
// permanent voices MP3, WMA, WAV or AMR.
const (
	MediaImage MediaKind = "image" // 10 MB, PNG, JPEG or GIF
	MediaVoice MediaKind = "voice" // 2 MB and 60 s, AMR or MP3
	MediaVideo MediaKind = "video" // 10 MB, MP4
	MediaThumb MediaKind = "thumb" // 64 KB, JPEG
)

// mediaSizes are the largest files in bytes.
var mediaSizes = map[MediaKind]int{
	MediaImage: 10 << 20, MediaVoice: 2 << 20, MediaVideo: 10 << 20, MediaThumb: 64 << 10,
}

// inlineImageSize is the largest picture that UploadImage takes, in bytes.
const inlineImageSize = 1 << 20

// VideoInfo describes a permanent video.
type VideoInfo struct {
	Title        string `json:"title"`
	Introduction string `json:"introduction"`
}

// UploadTemp stores a file for 3 days and returns its media id. The SDK's upload is not used: it takes a
// path, and sends that path along.
func (c *Client) UploadTemp(ctx context.Context, kind MediaKind, filename string, data []byte) (mediaID string, err error) {
	if err := c.allowed(uploadTempPath, FeatureTempMedia); err != nil {
		return "", err
	}
	if err := checkMedia(uploadTempPath, kind, data); err != nil {
		return "", err
	}
	var out struct {
		MediaID string `json:"media_id"`
		ThumbID string `json:"thumb_media_id"`
	}
	r := request{path: uploadTempPath, query: "type=" + string(kind), repeatable: true}
	if err := c.upload(ctx, &r, filename, data, "", &out); err != nil {
		return "", err
	}
	if out.MediaID == "" {
		out.MediaID = out.ThumbID
	}
	return out.MediaID, nil
}

// UploadPermanent stores a file until it is deleted; address is set for images only. A video needs info,
// other kinds none. A lost answer is Unknown: a second upload would use up another place.
func (c *Client) UploadPermanent(ctx context.Context, kind MediaKind, filename string, data []byte, info *VideoInfo) (mediaID, address string, err error) {
	if err := c.allowed(uploadPermanentPath, FeaturePermanentMedia); err != nil {
		return "", "", err
	}
	if err := checkMedia(uploadPermanentPath, kind, data); err != nil {
		return "", "", err
	}
	if (kind == MediaVideo) != (info != nil) {
		return "", "", badRequest(uploadPermanentPath, "a video, and nothing else, needs a description")
	}
	description := ""
	if info != nil {
		b, err := encodeJSON(info)
		if err != nil {
			return "", "", badRequest(uploadPermanentPath, "the description cannot be written as JSON")
		}
		description = string(b)
	}
	var out struct {
		MediaID string `json:"media_id"`
		URL     string `json:"url"`
	}
	r := request{path: uploadPermanentPath, query: "type=" + string(kind)}
	err = c.upload(ctx, &r, filename, data, description, &out)
	return out.MediaID, out.URL, err
}

// UploadImage stores a picture (JPEG or PNG, below 1 MB) for use inside articles and returns its address.
func (c *Client) UploadImage(ctx context.Context, filename string, data []byte) (address string, err error) {
	if err := c.allowed(uploadImagePath, FeaturePermanentMedia); err != nil {
		return "", err
	}
	if len(data) == 0 || len(data) >= inlineImageSize {
		return "", badRequest(uploadImagePath, "the picture must have 1 byte to 1 MB")
	}
	var out struct {
		URL string `json:"url"`
	}
	r := request{path: uploadImagePath, repeatable: true}
	err = c.upload(ctx, &r, filename, data, "", &out)
	return out.URL, err
}

func checkMedia(call string, kind MediaKind, data []byte) error {
	most, ok := mediaSizes[kind]
	switch {
	case !ok:
		return badRequest(call, "unknown kind of media")
	case len(data) == 0 || len(data) > most:
		return badRequest(call, fmt.Sprintf("a file of kind %s must have 1 to %d bytes", kind, most))
	}
	return nil
}

// upload sends a form with the file and, for a permanent video, its description.
func (c *Client) upload(ctx context.Context, r *request, filename string, data []byte, description string, out any) error {
	var buf bytes.Buffer
	buf.Grow(len(data) + 1024)
	form := multipart.NewWriter(&buf)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", `form-data; name="media"; filename="`+safeName(filename)+`"`)
	header.Set("Content-Type", "application/octet-stream")
	part, err := form.CreatePart(header)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil && description != "" {
		err = form.WriteField("description", description)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return badRequest(r.path, "the form cannot be written")
	}
	r.body, r.contentType, r.timeout = buf.Bytes(), form.FormDataContentType(), mediaTimeout
	return c.call(ctx, r, out)
}

// safeName keeps the last element of a name, in characters that need no quoting: the platform looks at the
// extension, and nobody needs to know our folders.
func safeName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '.', r == '-', r == '_':
			return r
		}
		return -1
	}, name)
	if ext := path.Ext(name); strings.Trim(strings.TrimSuffix(name, ext), ".") == "" {
		return "file" + ext
	}
	return name
}

// looksLikeJSON reports whether a download was answered with JSON instead of a file. The platform uses the
// content type for it, not the status, and labels some JSON as plain text.
func looksLikeJSON(a *answer) bool {
	kind, _, _ := strings.Cut(strings.ToLower(a.header.Get("Content-Type")), ";")
	switch strings.TrimSpace(kind) {
	case "application/json", "text/plain", "text/html", "":
		return json.Valid(a.body)
	}
	return false
}
