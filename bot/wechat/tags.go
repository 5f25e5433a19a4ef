package wechat

import (
	"context"
	"slices"

	"echowall"
)

const (
	tagCreatePath = "/cgi-bin/tags/create"
	tagListPath   = "/cgi-bin/tags/get"
	tagPath       = "/cgi-bin/tags/members/batchtagging"
	untagPath     = "/cgi-bin/tags/members/batchuntagging"
	tagMemberPath = "/cgi-bin/user/tag/get"
)

// tagBatch is how many people one tagging call takes.
const tagBatch = 50

// Tag is a label on followers; an account has at most 100, a follower 20.
type Tag struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// CreateTag makes a tag; 45157 says that the name is taken.
//
// The SDK's tag calls are not used: they have no context, and its lists take a refusal for an empty list.
func (c *Client) CreateTag(ctx context.Context, name string) (Tag, error) {
	if err := c.allowed(tagCreatePath, FeatureUsers); err != nil {
		return Tag{}, err
	}
	var out struct {
		Tag Tag `json:"tag"`
	}
	body := map[string]any{"tag": map[string]string{"name": name}}
	err := c.post(ctx, &request{path: tagCreatePath}, body, &out)
	return out.Tag, err
}

// Tags lists the account's tags.
func (c *Client) Tags(ctx context.Context) ([]Tag, error) {
	if err := c.allowed(tagListPath, FeatureUsers); err != nil {
		return nil, err
	}
	var out struct {
		Tags []Tag `json:"tags"`
	}
	err := c.call(ctx, &request{path: tagListPath}, &out)
	return out.Tags, err
}

// TagUsers puts a tag on people, 50 a call. After an error some of them may carry it already; doing it
// again harms nothing.
func (c *Client) TagUsers(ctx context.Context, tagID int, people []echowall.OpenID) error {
	return c.tagBatches(ctx, tagPath, tagID, people)
}

// UntagUsers takes a tag off people, 50 a call; otherwise as TagUsers.
func (c *Client) UntagUsers(ctx context.Context, tagID int, people []echowall.OpenID) error {
	return c.tagBatches(ctx, untagPath, tagID, people)
}

func (c *Client) tagBatches(ctx context.Context, path string, tagID int, people []echowall.OpenID) error {
	if err := c.allowed(path, FeatureUsers); err != nil {
		return err
	}
	for batch := range slices.Chunk(people, tagBatch) {
		r := request{path: path, repeatable: true, hide: plain(batch)}
		if err := c.post(ctx, &r, map[string]any{"openid_list": r.hide, "tagid": tagID}, nil); err != nil {
			return err
		}
	}
	return nil
}

// TagMembers calls visit with each page of the people who carry a tag, until visit or the platform fails.
func (c *Client) TagMembers(ctx context.Context, tagID int, visit func([]echowall.OpenID) error) error {
	if err := c.allowed(tagMemberPath, FeatureUsers); err != nil {
		return err
	}
	return c.pages(visit, func(next string) (page userPage, err error) {
		r := request{path: tagMemberPath, repeatable: true, hide: []string{next}}
		err = c.post(ctx, &r, map[string]any{"tagid": tagID, "next_openid": next}, &page)
		return page, err
	})
}
