package wechat

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"echowall"
)

const (
	createQRPath = "/cgi-bin/qrcode/create"
	showQRPath   = "/cgi-bin/showqrcode"
)

// maxQRLife is the longest life of a temporary code.
const maxQRLife = 30 * 24 * time.Hour

// Scene is what a code means: the number or text comes back in the subscribe or SCAN event.
type Scene struct {
	// ID or Text, exactly one. A permanent ID is 1 to 100,000; a Text has 1 to 64 characters.
	ID   uint32
	Text string
	// Life is how long the code works, up to 30 days; 0 means for ever, of which an account has 100,000.
	Life time.Duration
}

// QR is a created code.
type QR struct {
	Ticket string // for QRImage; no secret: whoever has it sees the code
	URL    string // what the code says, for drawing it oneself
	Life   time.Duration
}

// CreateQR makes a scene code, of the kind that the scene asks for.
func (c *Client) CreateQR(ctx context.Context, s Scene) (QR, error) {
	if err := c.allowed(createQRPath, FeatureQR); err != nil {
		return QR{}, err
	}
	if complaint := s.complaint(); complaint != "" {
		return QR{}, badRequest(createQRPath, complaint)
	}
	action, scene := "SCENE", map[string]any{"scene_id": s.ID}
	if s.Text != "" {
		action, scene = "STR_SCENE", map[string]any{"scene_str": s.Text}
	}
	body := map[string]any{"action_info": map[string]any{"scene": scene}}
	r := request{path: createQRPath}
	if s.Life > 0 {
		body["action_name"], body["expire_seconds"] = "QR_"+action, int64(s.Life/time.Second)
		r.repeatable = true // a second temporary code uses up nothing
	} else {
		body["action_name"] = "QR_LIMIT_" + action
	}
	var out struct {
		Ticket  string `json:"ticket"`
		Seconds int64  `json:"expire_seconds"`
		URL     string `json:"url"`
	}
	if err := c.post(ctx, &r, body, &out); err != nil {
		return QR{}, err
	}
	return QR{Ticket: out.Ticket, URL: out.URL, Life: time.Duration(out.Seconds) * time.Second}, nil
}

func (s Scene) complaint() string {
	switch {
	case (s.ID == 0) == (s.Text == ""):
		return "a scene is either a number or a text"
	case s.Text != "" && (!utf8.ValidString(s.Text) || utf8.RuneCountInString(s.Text) > 64):
		return "the text of a scene has at most 64 characters"
	case s.Life < 0 || s.Life > maxQRLife || (s.Life > 0 && s.Life < time.Second):
		return "a temporary code lives 1 second to 30 days"
	case s.Life == 0 && s.ID > 100000:
		return "the number of a permanent scene is at most 100000"
	}
	return ""
}

// QRImageURL is the address of a code's picture; browsers need no login for it.
func (c *Client) QRImageURL(ticket string) string {
	u := *c.mp
	u.Path += showQRPath
	u.RawQuery = "ticket=" + url.QueryEscape(ticket)
	return u.String()
}

// QRImage fetches the picture of a code.
func (c *Client) QRImage(ctx context.Context, ticket string) (Media, error) {
	r := request{
		path: showQRPath, query: "ticket=" + url.QueryEscape(ticket), base: c.mp,
		limit: jsonLimit, hide: []string{ticket},
	}
	a, pe := c.exchange(ctx, &r, "")
	if pe != nil {
		return Media{}, pe
	}
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "image/") {
		pe = c.strange(&r, a, "")
		pe.Reaction = echowall.ReactBadRequest // the ticket is wrong or its time is over
		return Media{}, pe
	}
	return a.media(), nil
}
