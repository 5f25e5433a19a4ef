package wechat

import (
	"context"

	"echowall"
)

const templatePath = "/cgi-bin/message/template/send"

// SendTemplate sends a template message (模板消息) and returns the platform's message id, which the
// TEMPLATESENDJOBFINISH event will carry. With a ClientID the platform sends it once within about ten
// minutes however often it is asked, so an Unknown outcome may be repeated with the same ClientID.
//
// The SDK's template call is not used: it has no context and always adds an empty mini program.
func (c *Client) SendTemplate(ctx context.Context, to echowall.OpenID, t echowall.TemplateMessage) (msgID int64, err error) {
	b, err := c.templateBody(templatePath, FeatureTemplate, to, &t)
	if err != nil {
		return 0, err
	}
	if t.URL != "" {
		b = appendString(append(b, `,"url":`...), t.URL)
	}
	if t.ClientID != "" {
		b = appendString(append(b, `,"client_msg_id":`...), t.ClientID)
	}
	var out struct {
		MsgID number `json:"msgid"`
	}
	r := request{path: templatePath, body: append(b, '}'), hide: []string{string(to)}}
	err = c.call(ctx, &r, &out)
	return int64(out.MsgID), err
}

// templateBody begins the request that template messages and subscription notices share; it is left open
// for what differs.
func (c *Client) templateBody(path string, f Feature, to echowall.OpenID, t *echowall.TemplateMessage) ([]byte, error) {
	if err := c.allowed(path, f); err != nil {
		return nil, err
	}
	if to == "" {
		return nil, badRequest(path, "no recipient")
	}
	if complaint := templateComplaint(t); complaint != "" {
		return nil, badRequest(path, complaint)
	}
	b := appendString(append(make([]byte, 0, 512), `{"touser":`...), string(to))
	b = appendString(append(b, `,"template_id":`...), t.ID)
	b = append(b, `,"data":{`...)
	for i, f := range t.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, f.Name), `:{"value":`...)
		b = append(appendString(b, f.Value), '}')
	}
	return append(b, '}'), nil
}
