package wechat

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"echowall"
)

// MaxReplyText is the longest text of a passive reply, in bytes of UTF-8. It is practice, not
// documentation: longer ones show the person the platform's failure text.
const MaxReplyText = 2048

// ErrReplyTooLong says that a text does not fit a passive reply; the error around it is of KindInvalid.
var ErrReplyTooLong = errors.New("text is too long for a passive reply")

// seal makes the HTTP body that answers in with m: encrypted with key and signed unless key is nil.
func (c *Callback) seal(m echowall.Message, in *Inbound, key *msgCipher, nonce string) ([]byte, error) {
	if m.IsZero() {
		return success, nil
	}
	now := c.Now()
	if key == nil {
		return appendReply(nil, m, in, now)
	}
	s := takeScratch()
	defer s.release()
	plain := append(s.work[:0], make([]byte, headLength)...)
	// Never fails on the systems we run on (it would end the process).
	_, _ = rand.Read(plain[:16])
	plain, err := appendReply(plain, m, in, now)
	if err != nil {
		return nil, err
	}
	s.work = key.encrypt(plain)
	return c.envelop(s.work, nonce, now), nil
}

// envelop wraps a ciphertext and signs it with our timestamp and the nonce of the request.
func (c *Callback) envelop(encrypted []byte, nonce string, now time.Time) []byte {
	const head = "<xml><Encrypt><![CDATA["
	timestamp := strconv.FormatInt(now.Unix(), 10)
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(encrypted))+len(nonce)+256)
	out = base64.StdEncoding.AppendEncode(append(out, head...), encrypted)
	signature := sign(c.Token, timestamp, nonce, string(out[len(head):]))
	out = append(out, "]]></Encrypt><MsgSignature><![CDATA["...)
	out = append(out, signature[:]...)
	out = append(out, "]]></MsgSignature><TimeStamp>"...)
	out = append(out, timestamp...)
	out = append(out, "</TimeStamp>"...)
	out = appendNode(out, "Nonce", nonce)
	return append(out, "</xml>"...)
}

// appendReply writes the clear XML of a passive reply.
func appendReply(out []byte, m echowall.Message, in *Inbound, now time.Time) ([]byte, error) {
	if err := checkReply(m); err != nil {
		return nil, err
	}
	out = append(out, "<xml>"...)
	out = appendNode(out, "ToUserName", string(in.From))
	out = appendNode(out, "FromUserName", in.To)
	out = append(out, "<CreateTime>"...)
	out = strconv.AppendInt(out, now.Unix(), 10)
	out = append(out, "</CreateTime>"...)
	switch {
	case m.Card != nil:
		out = appendNode(out, "MsgType", "news")
		out = append(out, "<ArticleCount>1</ArticleCount><Articles><item>"...)
		out = appendNode(out, "Title", m.Card.Title)
		out = appendNode(out, "Description", m.Card.Description)
		out = appendNode(out, "PicUrl", m.Card.PictureURL)
		out = appendNode(out, "Url", m.Card.URL)
		out = append(out, "</item></Articles>"...)
	case m.Image != "":
		out = appendNode(out, "MsgType", "image")
		out = append(out, "<Image>"...)
		out = appendNode(out, "MediaId", m.Image)
		out = append(out, "</Image>"...)
	case m.Voice != "":
		out = appendNode(out, "MsgType", "voice")
		out = append(out, "<Voice>"...)
		out = appendNode(out, "MediaId", m.Voice)
		out = append(out, "</Voice>"...)
	default:
		text := m.Text
		if m.Menu != nil {
			text = menuText(m.Menu)
		}
		text = strings.TrimSpace(cleanXML(text))
		if text == "" {
			return nil, echowall.Errorf(echowall.KindInvalid, "passive reply: text is empty")
		}
		if len(text) > MaxReplyText {
			return nil, echowall.Errorf(echowall.KindInvalid, "%w: %d of %d bytes", ErrReplyTooLong, len(text), MaxReplyText)
		}
		out = appendNode(out, "MsgType", "text")
		out = appendCleanNode(out, "Content", text)
	}
	return append(out, "</xml>"...), nil
}

// checkReply refuses what is no passive reply.
func checkReply(m echowall.Message) error {
	if err := Validate(m); err != nil {
		return echowall.Errorf(echowall.KindInvalid, "passive reply: %w", err)
	}
	if m.Template != nil {
		return echowall.Errorf(echowall.KindInvalid, "passive reply: a template cannot be one")
	}
	return nil
}

// menuText writes a question with one choice a line. An id of one or two characters is meant to be typed
// and stands before its choice; longer ids are for machines and are not shown.
func menuText(m *echowall.ChoiceMenu) string {
	var lines []string
	if m.Head != "" {
		lines = append(lines, m.Head)
	}
	for _, choice := range m.Items {
		line := choice.Text
		if len(choice.ID) <= 2 && alphanumeric(choice.ID) && !strings.HasPrefix(line, choice.ID) {
			line = fmt.Sprintf("%s. %s", choice.ID, line)
		}
		lines = append(lines, line)
	}
	if m.Tail != "" {
		lines = append(lines, m.Tail)
	}
	return strings.Join(lines, "\n")
}

// appendNode writes <name><![CDATA[text]]></name>, with what XML forbids taken out of text and an end of
// CDATA inside it divided between two sections.
func appendNode(out []byte, name, text string) []byte {
	return appendCleanNode(out, name, cleanXML(text))
}

// appendCleanNode is appendNode of what cleanXML has returned.
func appendCleanNode(out []byte, name, text string) []byte {
	out = append(out, '<')
	out = append(out, name...)
	out = append(out, '>')
	out = append(out, cdataOpen...)
	for {
		i := strings.Index(text, cdataClose)
		if i < 0 {
			break
		}
		out = append(out, text[:i+2]...)
		out = append(out, cdataClose+cdataOpen...)
		text = text[i+2:]
	}
	out = append(out, text...)
	out = append(out, cdataClose+"</"...)
	out = append(out, name...)
	return append(out, '>')
}
