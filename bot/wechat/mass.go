package wechat

import (
	"context"
	"strconv"

	"echowall"
)

const (
	massTagPath     = "/cgi-bin/message/mass/sendall"
	massListPath    = "/cgi-bin/message/mass/send"
	massPreviewPath = "/cgi-bin/message/mass/preview"
	massStatusPath  = "/cgi-bin/message/mass/get"
	massDeletePath  = "/cgi-bin/message/mass/delete"
)

// maxClientMsgID is the safe length of a mass key in bytes; the sources say 32 or 64.
const maxClientMsgID = 32

// MassContent is what a mass message says; exactly one is set.
type MassContent struct {
	Text    string
	Article string   // media id of a draft; it dies when sent
	Voice   string   // media id
	Images  []string // media ids; a preview shows one
}

// MassResult is an accepted mass job. Accepted is not delivered: MASSSENDJOBFINISH tells.
type MassResult struct {
	ID     int64 // msg_id
	DataID int64 // msg_data_id, articles only
	// Adopted says that the same key was accepted before; ID is that job's.
	Adopted bool
}

// massAnswer reads both spellings of the id that a repeated job is answered with.
type massAnswer struct {
	MsgID  number `json:"msg_id"`
	OldID  number `json:"msgid"`
	DataID number `json:"msg_data_id"`
}

// MassByTag sends to everybody who carries a tag. clientMsgID (1 to 32 bytes) makes it happen once in 24
// hours: asked again, also after an Unknown outcome, the platform names the first job and the result says
// Adopted. Sending to all followers is not offered, so no mistake can turn into it.
func (c *Client) MassByTag(ctx context.Context, tagID int, m MassContent, clientMsgID string) (MassResult, error) {
	if tagID <= 0 {
		return MassResult{}, badRequest(massTagPath, "no tag")
	}
	body := map[string]any{"filter": map[string]any{"is_to_all": false, "tag_id": tagID}}
	return c.mass(ctx, &request{path: massTagPath}, FeatureMass, body, m, clientMsgID)
}

// MassByOpenIDs sends to a list of 2 to 10,000 people; keys as for MassByTag.
func (c *Client) MassByOpenIDs(ctx context.Context, to []echowall.OpenID, m MassContent, clientMsgID string) (MassResult, error) {
	if len(to) < 2 || len(to) > 10000 {
		return MassResult{}, badRequest(massListPath, "the list must hold 2 to 10000 people")
	}
	r := &request{path: massListPath, hide: plain(to)}
	return c.mass(ctx, r, FeatureMassOpenIDs, map[string]any{"touser": r.hide}, m, clientMsgID)
}

func (c *Client) mass(ctx context.Context, r *request, f Feature, body map[string]any, m MassContent, key string) (MassResult, error) {
	if err := c.allowed(r.path, f); err != nil {
		return MassResult{}, err
	}
	if key == "" || len(key) > maxClientMsgID {
		return MassResult{}, badRequest(r.path, "the key must have 1 to "+strconv.Itoa(maxClientMsgID)+" bytes")
	}
	kind, object, complaint := m.object()
	if complaint != "" {
		return MassResult{}, badRequest(r.path, complaint)
	}
	field := kind
	switch kind {
	case "image":
		field = "images"
	case "mpnews":
		body["send_ignore_reprint"] = 0
	}
	body["msgtype"], body[field], body["clientmsgid"] = kind, object, key
	var out massAnswer
	err := c.post(ctx, r, body, &out)
	result := MassResult{ID: int64(max(out.MsgID, out.OldID)), DataID: int64(out.DataID)}
	if pe, ok := echowall.AsPlatformError(err); ok && pe.Reaction == echowall.ReactDone && result.ID != 0 {
		result.Adopted = true
		return result, nil
	}
	return result, err
}

// object returns the message type and its object for a real send.
func (m MassContent) object() (kind string, object any, complaint string) {
	kinds := 0
	if m.Text != "" {
		kinds, kind, object = kinds+1, "text", map[string]string{"content": m.Text}
	}
	if m.Article != "" {
		kinds, kind, object = kinds+1, "mpnews", map[string]string{"media_id": m.Article}
	}
	if m.Voice != "" {
		kinds, kind, object = kinds+1, "voice", map[string]string{"media_id": m.Voice}
	}
	if len(m.Images) > 0 {
		kinds, kind, object = kinds+1, "image", map[string]any{"media_ids": m.Images}
	}
	if kinds != 1 {
		return "", nil, "it must say exactly one thing"
	}
	return kind, object, ""
}

// MassPreview shows one person what a mass message will look like; 100 a day. It is a call of its own and
// shares no state with the real sends, so it can neither become one nor make one a preview.
func (c *Client) MassPreview(ctx context.Context, to echowall.OpenID, m MassContent) error {
	if err := c.allowed(massPreviewPath, FeatureMass); err != nil {
		return err
	}
	if to == "" {
		return badRequest(massPreviewPath, "no recipient")
	}
	kind, object, complaint := m.object()
	if complaint != "" {
		return badRequest(massPreviewPath, complaint)
	}
	if kind == "image" {
		object = map[string]string{"media_id": m.Images[0]}
	}
	body := map[string]any{"touser": string(to), "msgtype": kind, kind: object}
	return c.post(ctx, &request{path: massPreviewPath, hide: []string{string(to)}}, body, nil)
}

// MassStatus asks how a job is doing: SENDING, SEND_SUCCESS, SEND_FAIL or DELETE.
func (c *Client) MassStatus(ctx context.Context, id int64) (string, error) {
	if err := c.allowed(massStatusPath, FeatureMass); err != nil {
		return "", err
	}
	var out struct {
		Status string `json:"msg_status"`
	}
	r := request{path: massStatusPath, repeatable: true}
	err := c.post(ctx, &r, map[string]string{"msg_id": strconv.FormatInt(id, 10)}, &out)
	return out.Status, err
}

// MassDelete takes back a sent article: article counts from 1, 0 means all of the job. Text, voice and
// images cannot be taken back.
func (c *Client) MassDelete(ctx context.Context, id int64, article int) error {
	if err := c.allowed(massDeletePath, FeatureMass); err != nil {
		return err
	}
	r := request{path: massDeletePath, repeatable: true}
	return c.post(ctx, &r, map[string]int64{"msg_id": id, "article_idx": int64(article)}, nil)
}

// plain lists openids as the platform writes them.
func plain(ids []echowall.OpenID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
