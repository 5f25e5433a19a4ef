package wechat

import (
	"context"

	"echowall"
)

// KFObject is a customer-service message of a type that echowall.Message has no room for.
type KFObject interface{ kfType() string }

// KFVideo is a film; both ids are media of the platform.
type KFVideo struct {
	MediaID     string `json:"media_id"`
	ThumbID     string `json:"thumb_media_id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

// KFMusic is a piece of music with a player.
type KFMusic struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"musicurl"`
	HighURL     string `json:"hqmusicurl,omitempty"`
	ThumbID     string `json:"thumb_media_id"`
}

// KFArticle is a published article of the account, by its article id.
type KFArticle struct {
	ArticleID string `json:"article_id"`
}

// KFNews is an article by media id; the platform prefers KFArticle.
type KFNews struct {
	MediaID string `json:"media_id"`
}

// KFMiniProgram is a card of a mini program linked to the account.
type KFMiniProgram struct {
	Title   string `json:"title"`
	AppID   string `json:"appid"`
	Page    string `json:"pagepath"`
	ThumbID string `json:"thumb_media_id"`
}

// KFCoupon is a card or coupon.
type KFCoupon struct {
	CardID string `json:"card_id"`
}

func (KFVideo) kfType() string       { return "video" }
func (KFMusic) kfType() string       { return "music" }
func (KFArticle) kfType() string     { return "mpnewsarticle" }
func (KFNews) kfType() string        { return "mpnews" }
func (KFMiniProgram) kfType() string { return "miniprogrampage" }
func (KFCoupon) kfType() string      { return "wxcard" }

// SendKFObject sends a customer-service message of one of the rarer types; rules as for SendKF.
func (c *Client) SendKFObject(ctx context.Context, to echowall.OpenID, o KFObject) error {
	if o == nil {
		return badRequest(kfPath, "it says nothing")
	}
	body, err := encodeJSON(map[string]any{"touser": string(to), "msgtype": o.kfType(), o.kfType(): o})
	if err != nil {
		return badRequest(kfPath, "cannot be written as JSON")
	}
	return c.postKF(ctx, kfPath, to, body)
}

// SendTyping shows (or hides) that an answer is being written. It works for 30 s after the person's last
// act; that it came too late or twice (45080, 45081) is no error.
func (c *Client) SendTyping(ctx context.Context, to echowall.OpenID, on bool) error {
	command := "Typing"
	if !on {
		command = "CancelTyping"
	}
	body, err := encodeJSON(map[string]string{"touser": string(to), "command": command})
	if err != nil {
		return err
	}
	err = c.postKF(ctx, "/cgi-bin/message/custom/typing", to, body)
	if pe, ok := echowall.AsPlatformError(err); ok && pe.Reaction == echowall.ReactDone {
		return nil
	}
	return err
}
