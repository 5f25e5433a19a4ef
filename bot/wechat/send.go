package wechat

import (
	"context"
	"strconv"

	"echowall"
)

// Send says m to one person through the channel that m asks for: a template message or subscription notice
// when m.Template is set, else a customer-service message. Errors are *echowall.PlatformError. After an
// error with Unknown set only a template with a ClientID may be sent again.
func (c *Client) Send(ctx context.Context, to echowall.OpenID, m echowall.Message) error {
	if m.Template == nil {
		return c.SendKF(ctx, to, m)
	}
	if err := Validate(m); err != nil {
		return err
	}
	if m.Template.Subscription {
		return c.SendSubscription(ctx, to, *m.Template)
	}
	_, err := c.SendTemplate(ctx, to, *m.Template)
	return err
}

// Validate checks that m says exactly one thing and that nothing required is missing. Lengths are left to
// the platform, whose limits depend on the channel. The error is a *echowall.PlatformError of class
// bad_request that no call was made for.
func Validate(m echowall.Message) error {
	kinds := 0
	for _, set := range []bool{m.Text != "", m.Card != nil, m.Menu != nil, m.Image != "", m.Voice != "", m.Template != nil} {
		if set {
			kinds++
		}
	}
	complaint := ""
	switch {
	case kinds == 0:
		complaint = "it says nothing"
	case kinds > 1:
		complaint = "it says " + strconv.Itoa(kinds) + " things at once"
	case m.Card != nil && (m.Card.Title == "" || m.Card.URL == ""):
		complaint = "a card needs a title and an address"
	case m.Menu != nil:
		complaint = menuComplaint(m.Menu)
	case m.Template != nil:
		complaint = templateComplaint(m.Template)
	}
	if complaint == "" {
		return nil
	}
	return badRequest("message", complaint)
}

func menuComplaint(menu *echowall.ChoiceMenu) string {
	if len(menu.Items) == 0 {
		return "a menu needs at least one item"
	}
	for _, item := range menu.Items {
		if item.ID == "" || item.Text == "" {
			return "every menu item needs an id and a text"
		}
	}
	return ""
}

func templateComplaint(t *echowall.TemplateMessage) string {
	if t.ID == "" || len(t.Fields) == 0 {
		return "a template needs an id and fields"
	}
	seen := make(map[string]bool, len(t.Fields))
	for _, f := range t.Fields {
		if f.Name == "" || seen[f.Name] {
			return "every template field needs a name of its own"
		}
		seen[f.Name] = true
	}
	return ""
}
