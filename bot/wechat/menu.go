package wechat

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"echowall"
)

const (
	menuCreatePath = "/cgi-bin/menu/create"
	menuGetPath    = "/cgi-bin/menu/get"
	menuDeletePath = "/cgi-bin/menu/delete"
)

// Button is one entry of the menu below the chat.
type Button struct {
	Name string `json:"name"`
	// Type is click, view, miniprogram, scancode_push, scancode_waitmsg, pic_sysphoto, pic_photo_or_album,
	// pic_weixin, location_select, media_id, article_id or article_view_limited; empty when there is a Sub.
	Type      string   `json:"type,omitempty"`
	Key       string   `json:"key,omitempty"`
	URL       string   `json:"url,omitempty"`
	AppID     string   `json:"appid,omitempty"`
	Page      string   `json:"pagepath,omitempty"`
	MediaID   string   `json:"media_id,omitempty"`
	ArticleID string   `json:"article_id,omitempty"`
	Sub       []Button `json:"sub_button,omitempty"`
}

// Limits of the menu, in bytes where not entries.
const (
	maxTopButtons = 3
	maxSubButtons = 5
	maxTopName    = 16
	maxSubName    = 60
	maxKey        = 128
	maxMenuURL    = 1024
)

// CheckMenu reports what the platform would refuse about a menu, naming the entry.
func CheckMenu(buttons []Button) error {
	if len(buttons) == 0 || len(buttons) > maxTopButtons {
		return badRequest(menuCreatePath, fmt.Sprintf("a menu has 1 to %d entries", maxTopButtons))
	}
	for _, b := range buttons {
		complaint := b.complaint(maxTopName)
		if complaint == "" && len(b.Sub) > maxSubButtons {
			complaint = fmt.Sprintf("has more than %d entries below it", maxSubButtons)
		}
		if complaint != "" {
			return badRequest(menuCreatePath, "entry "+b.Name+" "+complaint)
		}
		for _, s := range b.Sub {
			complaint := s.complaint(maxSubName)
			if complaint == "" && len(s.Sub) > 0 {
				complaint = "is on the lowest level and cannot have entries below it"
			}
			if complaint != "" {
				return badRequest(menuCreatePath, "entry "+b.Name+" / "+s.Name+" "+complaint)
			}
		}
	}
	return nil
}

// complaint says what is wrong with one entry, apart from its sub-entries.
func (b Button) complaint(maxName int) string {
	if b.Name == "" || len(b.Name) > maxName {
		return fmt.Sprintf("needs a name of at most %d bytes", maxName)
	}
	if len(b.Sub) > 0 {
		if b.Type != "" {
			return "has entries below it and so no type"
		}
		return ""
	}
	switch b.Type {
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		if b.Key == "" || len(b.Key) > maxKey {
			return fmt.Sprintf("needs a key of at most %d bytes", maxKey)
		}
	case "view":
		return urlComplaint(b.URL)
	case "miniprogram":
		if b.AppID == "" || b.Page == "" {
			return "needs the mini program's appid and page"
		}
		return urlComplaint(b.URL)
	case "media_id":
		if b.MediaID == "" {
			return "needs a media id"
		}
	case "article_id", "article_view_limited":
		if b.ArticleID == "" {
			return "needs an article id"
		}
	default:
		return fmt.Sprintf("has the unknown type %q", b.Type)
	}
	return ""
}

func urlComplaint(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.ContainsAny(address, " \t\r\n") {
		return "needs an address that starts with http:// or https://"
	}
	if len(address) > maxMenuURL {
		return fmt.Sprintf("has an address of more than %d bytes", maxMenuURL)
	}
	return ""
}

// MenuPush replaces the account's menu. Phones show it within five minutes of opening the chat.
func (c *Client) MenuPush(ctx context.Context, buttons []Button) error {
	if err := c.allowed(menuCreatePath, FeatureMenu); err != nil {
		return err
	}
	if err := CheckMenu(buttons); err != nil {
		return err
	}
	r := request{path: menuCreatePath, repeatable: true}
	return c.post(ctx, &r, map[string]any{"button": buttons}, nil)
}

// MenuGet returns the menu that was pushed, nil when there is none.
func (c *Client) MenuGet(ctx context.Context) ([]Button, error) {
	if err := c.allowed(menuGetPath, FeatureMenu); err != nil {
		return nil, err
	}
	var out struct {
		Menu struct {
			Buttons []Button `json:"button"`
		} `json:"menu"`
	}
	err := c.call(ctx, &request{path: menuGetPath}, &out)
	if pe, ok := echowall.AsPlatformError(err); ok && pe.Reaction == echowall.ReactDone {
		return nil, nil
	}
	return out.Menu.Buttons, err
}

// MenuDelete removes the menu, conditional ones included.
func (c *Client) MenuDelete(ctx context.Context) error {
	if err := c.allowed(menuDeletePath, FeatureMenu); err != nil {
		return err
	}
	return c.call(ctx, &request{path: menuDeletePath}, nil)
}
