package wechat

import (
	"context"

	"echowall"
)

const noticePath = "/cgi-bin/message/subscribe/bizsend"

// SendSubscription sends a subscription notice (订阅通知). Each acceptance by the person pays for one; 43101
// says that none is left. The answer means only that it was taken: what became of it arrives as
// subscribe_msg_sent_event. There is no idempotency key: never repeat after Unknown. t.ClientID is not used.
func (c *Client) SendSubscription(ctx context.Context, to echowall.OpenID, t echowall.TemplateMessage) error {
	b, err := c.templateBody(noticePath, FeatureNotice, to, &t)
	if err != nil {
		return err
	}
	if t.URL != "" {
		b = appendString(append(b, `,"page":`...), t.URL)
	}
	r := request{path: noticePath, body: append(b, '}'), hide: []string{string(to)}}
	return c.call(ctx, &r, nil)
}
