package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"echowall"
)

const downloadPath = "/cgi-bin/media/get"

// Media is a downloaded file.
type Media struct {
	ContentType string // as the platform states it; check before showing it to a browser
	Filename    string // last element only; may be empty
	Data        []byte
}

// Download fetches a temporary file of at most 12 MiB, such as a picture or voice message: those live 3
// days, and a voice has no other address. 40007 says that it is gone. A video is fetched from the address
// that the platform gives for it.
func (c *Client) Download(ctx context.Context, mediaID string) (Media, error) {
	if err := c.allowed(downloadPath, FeatureTempMedia); err != nil {
		return Media{}, err
	}
	if mediaID == "" {
		return Media{}, badRequest(downloadPath, "no media id")
	}
	r := request{
		path: downloadPath, query: "media_id=" + url.QueryEscape(mediaID), limit: mediaLimit, timeout: mediaTimeout,
		hide: []string{mediaID},
	}
	var video string
	a, err := c.attempt(ctx, &r, func(a *answer, token string) (pe *echowall.PlatformError) {
		video, pe = c.judgeFile(&r, a, token)
		return pe
	})
	if err != nil {
		return Media{}, err
	}
	if video != "" {
		return c.downloadVideo(ctx, video)
	}
	return a.media(), nil
}

// judgeFile tells a file from a refusal and from the address of a video.
func (c *Client) judgeFile(r *request, a *answer, token string) (video string, pe *echowall.PlatformError) {
	if !looksLikeJSON(a) {
		if a.status != http.StatusOK || len(a.body) == 0 {
			return "", c.strange(r, a, token)
		}
		return "", nil
	}
	if pe := c.decode(r, a, token, nil); pe != nil {
		return "", pe
	}
	var out struct {
		Video string `json:"video_url"`
	}
	if err := json.Unmarshal(a.body, &out); err != nil || out.Video == "" {
		return "", c.strange(r, a, token)
	}
	return out.Video, nil
}

// downloadVideo fetches a film from the platform's file server, without a token.
func (c *Client) downloadVideo(ctx context.Context, address string) (Media, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return Media{}, badRequest(downloadPath, "the address of the video is not usable")
	}
	base := &url.URL{Scheme: u.Scheme, Host: u.Host}
	r := request{
		path: u.Path, query: u.RawQuery, base: base, limit: mediaLimit, timeout: mediaTimeout,
		hide: []string{u.Path, u.RawQuery},
	}
	a, pe := c.exchange(ctx, &r, "")
	if pe == nil && (a.status != http.StatusOK || looksLikeJSON(a)) {
		pe = c.lost(&r, "", fmt.Errorf("the video is not there (HTTP %d)", a.status), false)
	}
	if pe != nil {
		pe.Call = downloadPath // the address itself identifies the film
		return Media{}, pe
	}
	return a.media(), nil
}

func (a *answer) media() Media {
	m := Media{ContentType: a.header.Get("Content-Type"), Data: a.body}
	if _, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition")); err == nil && params["filename"] != "" {
		m.Filename = path.Base(strings.ReplaceAll(params["filename"], `\`, "/"))
	}
	return m
}
