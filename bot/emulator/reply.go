package emulator

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Reply is a passive reply as the platform read it.
type Reply struct {
	Encrypted    bool
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string

	Content      string // text
	MediaID      string // image, voice, video
	Title        string // video, music
	Description  string // video, music
	MusicURL     string
	HQMusicURL   string
	ThumbMediaID string // music
	Articles     []Article
	KfAccount    string // transfer_customer_service; optional
}

const typeTransfer = "transfer_customer_service"

// textLimit is the longest text in bytes (unsure: practice, not on the official page).
const textLimit = 2048

// replyXML is the reply on the wire.
type replyXML struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   *string
	FromUserName *string
	CreateTime   *int64
	MsgType      *string
	Content      *string
	Image        *struct{ MediaId string }
	Voice        *struct{ MediaId string }
	Video        *struct{ MediaId, Title, Description string }
	Music        *struct{ Title, Description, MusicUrl, HQMusicUrl, ThumbMediaId string }
	ArticleCount *int
	Articles     *struct {
		Item []struct{ Title, Description, PicUrl, Url string } `xml:"item"`
	}
	TransInfo *struct{ KfAccount string }
}

// sealedXML is an encrypted reply on the wire.
type sealedXML struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      *string
	MsgSignature *string
	TimeStamp    *string
	Nonce        *string
}

// judge reads the answer to a push: nil, nil is an acknowledgement, an error
// is what makes the person see FailureText.
func (p *Platform) judge(d *Delivery, a Attempt) (*Reply, error) {
	if len(a.Body) == 0 || string(a.Body) == "success" {
		return nil, nil
	}
	if !bytes.HasPrefix(a.Body, []byte("<xml>")) {
		return nil, errors.New("does not begin with <xml>")
	}
	c, err := p.callback()
	if err != nil {
		return nil, err
	}
	body, encrypted := a.Body, false
	if bytes.Contains(body, []byte("<Encrypt>")) {
		if c.account.Mode == Plain {
			return nil, errors.New("encrypted in plaintext mode")
		}
		var nonce string
		if body, nonce, err = c.unseal(body); err != nil {
			return nil, err
		}
		if nonce != a.Request.nonce && !slices.Contains(d.requestNonces(), nonce) {
			p.violation("answer to %s: does not repeat the nonce of the request", d.Event())
		}
		encrypted = true
	} else if c.account.Mode == Safe {
		return nil, errors.New("not encrypted in safe mode")
	}
	var r replyXML
	if err := strictXML(body, &r); err != nil {
		return nil, err
	}
	reply, err := r.reply(c.account.OriginalID, d)
	if err != nil {
		return nil, err
	}
	reply.Encrypted = encrypted
	if !answerable(d) {
		p.violation("answer to %s: a reply nobody can see", d.Event())
	}
	return reply, p.checkMedia(reply)
}

// unseal checks the signature of an encrypted reply over the reply's own time
// and nonce, and decrypts it.
func (c callback) unseal(body []byte) (inner []byte, nonce string, err error) {
	var s sealedXML
	if err := strictXML(body, &s); err != nil {
		return nil, "", err
	}
	if s.Encrypt == nil || s.MsgSignature == nil || s.TimeStamp == nil || s.Nonce == nil {
		return nil, "", errors.New("encrypted reply lacks Encrypt, MsgSignature, TimeStamp or Nonce")
	}
	if sign(c.account.Token, *s.TimeStamp, *s.Nonce, *s.Encrypt) != *s.MsgSignature {
		return nil, "", errors.New("wrong MsgSignature")
	}
	_, inner, err = c.seal.open(*s.Encrypt)
	if err != nil {
		return nil, "", err
	}
	if len(inner) == 0 {
		return nil, "", errors.New("encrypted empty message") // unsure what the platform does
	}
	return inner, *s.Nonce, nil
}

// strictXML accepts one well-formed document and nothing after it.
func strictXML(body []byte, v any) error {
	if !utf8.Valid(body) {
		return errors.New("not UTF-8")
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("broken XML: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows </xml>")
	}
	return nil
}

// reply checks addresses and the part its type demands.
func (r *replyXML) reply(account string, d *Delivery) (*Reply, error) {
	if r.ToUserName == nil || r.FromUserName == nil || r.CreateTime == nil || r.MsgType == nil {
		return nil, errors.New("reply lacks ToUserName, FromUserName, CreateTime or MsgType")
	}
	out := &Reply{ToUserName: *r.ToUserName, FromUserName: *r.FromUserName, CreateTime: *r.CreateTime, MsgType: *r.MsgType}
	if out.FromUserName != account {
		return nil, errors.New("FromUserName is not the account")
	}
	if out.ToUserName != d.OpenID {
		return nil, errors.New("ToUserName is not the person")
	}
	missing := fmt.Errorf("reply of type %q lacks its content", out.MsgType)
	switch out.MsgType {
	case "text":
		if r.Content == nil {
			return nil, missing
		}
		out.Content = *r.Content
		if strings.TrimSpace(out.Content) == "" {
			return nil, errors.New("empty text") // unsure: abnormal, shown or not
		}
		if len(out.Content) > textLimit {
			return nil, fmt.Errorf("text of %d bytes, at most %d", len(out.Content), textLimit)
		}
	case "image":
		if r.Image == nil {
			return nil, missing
		}
		out.MediaID = r.Image.MediaId
	case "voice":
		if r.Voice == nil {
			return nil, missing
		}
		out.MediaID = r.Voice.MediaId
	case "video":
		if r.Video == nil {
			return nil, missing
		}
		out.MediaID, out.Title, out.Description = r.Video.MediaId, r.Video.Title, r.Video.Description
	case "music":
		if r.Music == nil || r.Music.ThumbMediaId == "" {
			return nil, missing
		}
		out.Title, out.Description, out.ThumbMediaID = r.Music.Title, r.Music.Description, r.Music.ThumbMediaId
		out.MusicURL, out.HQMusicURL = r.Music.MusicUrl, r.Music.HQMusicUrl
	case "news":
		return out, r.news(out, d)
	case typeTransfer:
		if !fromPerson(d) {
			return nil, errors.New("only messages of people can be transferred")
		}
		if r.TransInfo != nil {
			out.KfAccount = r.TransInfo.KfAccount
		}
	default:
		return nil, fmt.Errorf("unknown reply type %q", out.MsgType)
	}
	return out, nil
}

// news checks the articles: one when answering a message, up to 8 otherwise.
func (r *replyXML) news(out *Reply, d *Delivery) error {
	if r.ArticleCount == nil || r.Articles == nil || len(r.Articles.Item) == 0 {
		return errors.New("news without ArticleCount or articles")
	}
	n := len(r.Articles.Item)
	if *r.ArticleCount != n {
		return fmt.Errorf("ArticleCount %d with %d articles", *r.ArticleCount, n)
	}
	most := 8
	if fromPerson(d) {
		most = 1
	}
	if n > most {
		return fmt.Errorf("%d articles, at most %d here", n, most)
	}
	for _, item := range r.Articles.Item {
		if item.Title == "" {
			return errors.New("article without a title")
		}
		out.Articles = append(out.Articles, Article{item.Title, item.Description, item.PicUrl, item.Url})
	}
	return nil
}

// checkMedia checks that media of a reply exist and are of the right type.
func (p *Platform) checkMedia(r *Reply) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.MsgType {
	case "image", "voice", "video":
		return p.needFile(r.MediaID, r.MsgType)
	case "music":
		return p.needFile(r.ThumbMediaID, "thumb")
	}
	return nil
}

func (r *Reply) bubble() Bubble {
	b := Bubble{Via: ViaReply, Kind: BubbleKind(r.MsgType), Text: r.Content, MediaID: r.MediaID, Articles: r.Articles}
	switch r.MsgType {
	case "video", "music":
		b.Text, b.Detail, b.URL = r.Title, r.Description, r.MusicURL
	}
	return b
}

// fromPerson reports whether the push is a message and not an event.
func fromPerson(d *Delivery) bool { return node(d.Message, "MsgType") != "event" }

// answerable reports whether a reply or a failure to this push shows on the
// phone (unsure for events: documented only for some).
func answerable(d *Delivery) bool {
	if fromPerson(d) {
		return true
	}
	switch node(d.Message, "Event") {
	case "subscribe", "SCAN", "CLICK", "scancode_waitmsg":
		return true
	}
	return false
}
