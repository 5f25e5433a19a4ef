package wechat

import (
	"context"
	"unicode/utf8"
)

const (
	draftAddPath    = "/cgi-bin/draft/add"
	draftGetPath    = "/cgi-bin/draft/get"
	draftDeletePath = "/cgi-bin/draft/delete"
	publishPath     = "/cgi-bin/freepublish/submit"
)

// DraftArticle is one article of a draft. Scripts in Content are removed by the platform, and pictures in it
// must come from UploadImage.
type DraftArticle struct {
	Title   string `json:"title"`            // at most 32 characters
	Author  string `json:"author,omitempty"` // at most 16 characters
	Digest  string `json:"digest,omitempty"` // at most 120 characters
	Content string `json:"content"`          // HTML, below 20,000 characters and 1 MB
	Source  string `json:"content_source_url,omitempty"`
	ThumbID string `json:"thumb_media_id"` // permanent media id of the cover
	// OpenComment lets people comment: 1 yes, 0 no.
	OpenComment int `json:"need_open_comment"`
}

// DraftAdd stores articles as one draft and returns its media id, for DraftGet, Publish or a mass message.
//
// The SDK's draft calls are not used: they have no context, time-out or body limit, and share one global
// client between all accounts.
func (c *Client) DraftAdd(ctx context.Context, articles []DraftArticle) (mediaID string, err error) {
	if err := c.allowed(draftAddPath, FeatureDraft); err != nil {
		return "", err
	}
	if len(articles) == 0 || len(articles) > 8 {
		return "", badRequest(draftAddPath, "a draft has 1 to 8 articles")
	}
	for _, a := range articles {
		if complaint := a.complaint(); complaint != "" {
			return "", badRequest(draftAddPath, complaint)
		}
	}
	var out struct {
		MediaID string `json:"media_id"`
	}
	err = c.post(ctx, &request{path: draftAddPath}, map[string]any{"articles": articles}, &out)
	return out.MediaID, err
}

func (a DraftArticle) complaint() string {
	switch {
	case a.Title == "" || utf8.RuneCountInString(a.Title) > 32:
		return "a title has 1 to 32 characters"
	case utf8.RuneCountInString(a.Author) > 16:
		return "an author has at most 16 characters"
	case utf8.RuneCountInString(a.Digest) > 120:
		return "a digest has at most 120 characters"
	case a.Content == "" || utf8.RuneCountInString(a.Content) >= 20000 || len(a.Content) >= 1<<20:
		return "the content must be below 20000 characters and 1 MB, and not empty"
	case a.ThumbID == "":
		return "an article needs a cover"
	}
	return ""
}

// DraftGet returns the articles of a draft.
func (c *Client) DraftGet(ctx context.Context, mediaID string) ([]DraftArticle, error) {
	if err := c.allowed(draftGetPath, FeatureDraft); err != nil {
		return nil, err
	}
	var out struct {
		Articles []DraftArticle `json:"news_item"`
	}
	r := request{path: draftGetPath, repeatable: true, limit: mediaLimit}
	err := c.post(ctx, &r, map[string]string{"media_id": mediaID}, &out)
	return out.Articles, err
}

// DraftDelete removes a draft.
func (c *Client) DraftDelete(ctx context.Context, mediaID string) error {
	if err := c.allowed(draftDeletePath, FeatureDraft); err != nil {
		return err
	}
	return c.post(ctx, &request{path: draftDeletePath, repeatable: true}, map[string]string{"media_id": mediaID}, nil)
}

// Publish makes a draft public and returns the job's id; nobody is notified. PUBLISHJOBFINISH tells what
// became of it. The draft is used up by success.
func (c *Client) Publish(ctx context.Context, mediaID string) (publishID int64, err error) {
	if err := c.allowed(publishPath, FeaturePublish); err != nil {
		return 0, err
	}
	var out struct {
		ID number `json:"publish_id"`
	}
	err = c.post(ctx, &request{path: publishPath}, map[string]string{"media_id": mediaID}, &out)
	return int64(out.ID), err
}
