package wechat

import (
	"context"
	"net/url"
	"slices"
	"time"

	"echowall"
)

const (
	userInfoPath  = "/cgi-bin/user/info"
	userBatchPath = "/cgi-bin/user/info/batchget"
	followersPath = "/cgi-bin/user/get"
)

// userBatch is how many people one batch question may name.
const userBatch = 100

// User is what the platform still tells about a person; names and pictures are not among it since 2021.
type User struct {
	Subscribed   bool
	OpenID       echowall.OpenID
	UnionID      string
	SubscribedAt time.Time // zero when not subscribed
	Source       string    // subscribe_scene, such as ADD_SCENE_QR_CODE
	Remark       string
	TagIDs       []int
	SceneID      int64  // qr_scene
	SceneText    string // qr_scene_str
}

// userAnswer is User on the wire.
type userAnswer struct {
	Subscribe int    `json:"subscribe"`
	OpenID    string `json:"openid"`
	UnionID   string `json:"unionid"`
	Time      int64  `json:"subscribe_time"`
	Source    string `json:"subscribe_scene"`
	Remark    string `json:"remark"`
	TagIDs    []int  `json:"tagid_list"`
	SceneID   number `json:"qr_scene"`
	SceneText string `json:"qr_scene_str"`
}

func (a userAnswer) user() User {
	u := User{
		Subscribed: a.Subscribe != 0, OpenID: echowall.OpenID(a.OpenID), UnionID: a.UnionID, Source: a.Source,
		Remark: a.Remark, TagIDs: a.TagIDs, SceneID: int64(a.SceneID), SceneText: a.SceneText,
	}
	if a.Time > 0 {
		u.SubscribedAt = time.Unix(a.Time, 0)
	}
	return u
}

// UserInfo asks about one person.
func (c *Client) UserInfo(ctx context.Context, who echowall.OpenID) (User, error) {
	if err := c.allowed(userInfoPath, FeatureUsers); err != nil {
		return User{}, err
	}
	r := request{path: userInfoPath, query: "openid=" + url.QueryEscape(string(who)) + "&lang=zh_CN", hide: []string{string(who)}}
	var out userAnswer
	if err := c.call(ctx, &r, &out); err != nil {
		return User{}, err
	}
	return out.user(), nil
}

// UserInfoBatch asks about many people, 100 a call. After an error the answers so far are returned with it.
func (c *Client) UserInfoBatch(ctx context.Context, people []echowall.OpenID) ([]User, error) {
	if err := c.allowed(userBatchPath, FeatureUsers); err != nil {
		return nil, err
	}
	users := make([]User, 0, len(people))
	for batch := range slices.Chunk(people, userBatch) {
		r := request{path: userBatchPath, repeatable: true, hide: plain(batch)}
		list := make([]map[string]string, len(batch))
		for i, id := range r.hide {
			list[i] = map[string]string{"openid": id, "lang": "zh_CN"}
		}
		var out struct {
			Users []userAnswer `json:"user_info_list"`
		}
		if err := c.post(ctx, &r, map[string]any{"user_list": list}, &out); err != nil {
			return users, err
		}
		for _, u := range out.Users {
			users = append(users, u.user())
		}
	}
	return users, nil
}

// Followers calls visit with each page (up to 10,000) of the account's followers. The platform allows 500
// such calls a day.
func (c *Client) Followers(ctx context.Context, visit func([]echowall.OpenID) error) error {
	if err := c.allowed(followersPath, FeatureUsers); err != nil {
		return err
	}
	return c.pages(visit, func(next string) (page userPage, err error) {
		r := request{path: followersPath, hide: []string{next}}
		if next != "" {
			r.query = "next_openid=" + url.QueryEscape(next)
		}
		err = c.call(ctx, &r, &page)
		return page, err
	})
}

// userPage is one page of a list of people.
type userPage struct {
	Total int `json:"total"`
	Count int `json:"count"`
	Data  struct {
		OpenIDs []echowall.OpenID `json:"openid"`
	} `json:"data"`
	Next string `json:"next_openid"`
}

// pages walks a list to its end. An empty page, an empty cursor or one seen before is the end, whatever the
// total claims: asked with an empty cursor the platform starts again from the first page.
func (c *Client) pages(visit func([]echowall.OpenID) error, ask func(next string) (userPage, error)) error {
	seen, met := map[string]bool{"": true}, 0
	for next := ""; ; {
		page, err := ask(next)
		if err != nil {
			return err
		}
		if len(page.Data.OpenIDs) == 0 {
			return nil
		}
		if err := visit(page.Data.OpenIDs); err != nil {
			return err
		}
		met += len(page.Data.OpenIDs)
		if next = page.Next; seen[next] || (page.Total > 0 && met >= page.Total) {
			return nil
		}
		seen[next] = true
	}
}
