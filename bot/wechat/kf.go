package wechat

import (
	"context"

	"echowall"
)

const kfPath = "/cgi-bin/message/custom/send"

// SendKF sends a customer-service message (客服消息): text, card, menu, image or voice. The person must have
// written within 48 hours (5 messages) or have tapped the menu, scanned or followed within a minute (3);
// else the error's code is 45015 or 45047. There is no idempotency key: never repeat after Unknown.
func (c *Client) SendKF(ctx context.Context, to echowall.OpenID, m echowall.Message) error {
	if err := Validate(m); err != nil {
		return err
	}
	if m.Template != nil {
		return badRequest(kfPath, "a template is not a customer-service message")
	}
	body := appendKF(make([]byte, 0, 192+len(m.Text)), to, m)
	return c.postKF(ctx, kfPath, to, body)
}

// postKF sends an encoded customer-service request.
func (c *Client) postKF(ctx context.Context, path string, to echowall.OpenID, body []byte) error {
	if err := c.allowed(path, FeatureKF); err != nil {
		return err
	}
	if to == "" {
		return badRequest(path, "no recipient")
	}
	r := request{path: path, body: body, hide: []string{string(to)}}
	return c.call(ctx, &r, nil)
}

// appendKF writes the request by hand: a broadcast writes thousands a second.
func appendKF(b []byte, to echowall.OpenID, m echowall.Message) []byte {
	b = append(b, `{"touser":`...)
	b = appendString(b, string(to))
	b = append(b, `,"msgtype":`...)
	switch {
	case m.Card != nil:
		b = append(b, `"news","news":{"articles":[{"title":`...)
		b = appendString(b, m.Card.Title)
		b = append(b, `,"description":`...)
		b = appendString(b, m.Card.Description)
		b = append(b, `,"url":`...)
		b = appendString(b, m.Card.URL)
		b = append(b, `,"picurl":`...)
		b = appendString(b, m.Card.PictureURL)
		b = append(b, `}]}}`...)
	case m.Menu != nil:
		b = append(b, `"msgmenu","msgmenu":`...)
		b = append(appendMenu(b, m.Menu), '}')
	case m.Image != "":
		b = append(b, `"image","image":{"media_id":`...)
		b = append(appendString(b, m.Image), `}}`...)
	case m.Voice != "":
		b = append(b, `"voice","voice":{"media_id":`...)
		b = append(appendString(b, m.Voice), `}}`...)
	default:
		b = append(b, `"text","text":{"content":`...)
		b = append(appendString(b, m.Text), `}}`...)
	}
	return b
}

func appendMenu(b []byte, menu *echowall.ChoiceMenu) []byte {
	b = append(b, `{"head_content":`...)
	b = appendString(b, menu.Head)
	b = append(b, `,"list":[`...)
	for i, item := range menu.Items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = appendString(b, item.ID)
		b = append(b, `,"content":`...)
		b = append(appendString(b, item.Text), '}')
	}
	b = append(b, `],"tail_content":`...)
	return append(appendString(b, menu.Tail), '}')
}
