package emulator

import (
	"cmp"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// draftArticle is one article of a draft.
type draftArticle struct {
	Kind       string `json:"article_type,omitempty"` // news or newspic; "" means news
	Title      string `json:"title"`
	Author     string `json:"author"`
	Digest     string `json:"digest"`
	Content    string `json:"content"`
	Source     string `json:"content_source_url"`
	Thumb      string `json:"thumb_media_id"`
	ShowCover  int    `json:"show_cover_pic"`
	Comment    int    `json:"need_open_comment"`
	FansOnly   int    `json:"only_fans_can_comment"`
	Crop235    string `json:"pic_crop_235_1,omitempty"`
	CropSquare string `json:"pic_crop_1_1,omitempty"`
	Images     *struct {
		List []struct {
			ID string `json:"image_media_id"`
		} `json:"image_list"`
	} `json:"image_info,omitempty"`

	URL      string `json:"url,omitempty"`       // set by the platform
	ThumbURL string `json:"thumb_url,omitempty"` // set by the platform
	Deleted  bool   `json:"is_deleted,omitempty"`

	path string
}

// draft is one entry of the draft box.
type draft struct {
	id       string
	articles []*draftArticle
	made     time.Time
	updated  time.Time
}

// draftBook holds drafts and what became of them.
type draftBook struct {
	drafts    map[string]*draft
	jobs      map[string]*publishJob
	published map[string]*draft        // by article_id
	pages     map[string]*draftArticle // by the last part of their URL
}

// Limits of drafts.
const (
	titleLimit    = 32
	authorLimit   = 16
	digestLimit   = 120
	contentLimit  = 20_000 // characters, and 1 MiB
	picturesLimit = 20
	articlesLimit = 8
)

// articlePath is where articles are read.
const articlePath = "/s/"

var (
	scriptElement = regexp.MustCompile(`(?is)<script\b.*?(</script>|$)`)
	imageElement  = regexp.MustCompile(`(?is)<img\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)[^>]*>`)
)

// checkArticle applies the limits and strips what the platform strips. Held
// lock: mu. foreign counts pictures that did not come from uploadimg.
func (p *Platform) checkArticle(a *draftArticle) (foreign int, err error) {
	switch {
	case a.Title == "", runes(a.Title) > titleLimit:
		return 0, fail(45003)
	case runes(a.Author) > authorLimit:
		return 0, fail(45110)
	case runes(a.Digest) > digestLimit:
		return 0, fail(45004)
	case a.Content == "":
		return 0, fail(44004)
	case runes(a.Content) >= contentLimit, len(a.Content) >= 1<<20:
		return 0, fail(45002)
	}
	if a.Kind == "newspic" {
		if a.Images == nil || len(a.Images.List) == 0 || len(a.Images.List) > picturesLimit {
			return 0, failf(40035, "image_info")
		}
		for _, image := range a.Images.List {
			if err := p.needLasting(image.ID); err != nil {
				return 0, err
			}
		}
	} else if err := p.needLasting(a.Thumb); err != nil {
		return 0, err
	}
	a.Content = scriptElement.ReplaceAllString(a.Content, "")
	own := p.URL() + filePath
	a.Content = imageElement.ReplaceAllStringFunc(a.Content, func(element string) string {
		if src := imageElement.FindStringSubmatch(element)[1]; strings.HasPrefix(src, own) {
			return element
		}
		foreign++
		return ""
	})
	if f := p.files[a.Thumb]; f != nil {
		a.ThumbURL = p.fileURL(f)
	}
	if a.path == "" {
		a.path = secret("", 22)
	}
	a.URL = p.URL() + articlePath + a.path
	return foreign, nil
}

// needLasting answers 40007 unless the media are permanent pictures. Held
// lock: mu.
func (p *Platform) needLasting(id string) error {
	if f := p.files[id]; f == nil || !f.permanent || f.kind != "image" && f.kind != "thumb" {
		return failf(40007, "must be a permanent picture")
	}
	return nil
}

// draftArticles puts a draft's articles into a bubble. Held lock: mu.
func (p *Platform) draftArticles(b *Bubble, mediaID string) error {
	d := p.drafts.drafts[mediaID]
	if d == nil {
		return fail(40007)
	}
	p.drafts.fill(b, d)
	return nil
}

// publishedArticles does the same for a published article_id. Held lock: mu.
func (p *Platform) publishedArticles(b *Bubble, articleID string) error {
	d := p.drafts.published[articleID]
	if d == nil {
		return fail(53600)
	}
	p.drafts.fill(b, d)
	return nil
}

func (b *draftBook) fill(bubble *Bubble, d *draft) {
	if b.pages == nil {
		b.pages = map[string]*draftArticle{}
	}
	bubble.Articles = nil
	for _, a := range d.articles {
		b.pages[a.path] = a
		bubble.Articles = append(bubble.Articles, Article{a.Title, a.Digest, a.ThumbURL, a.URL})
	}
}

// serveArticle shows an article that was sent or published.
func (p *Platform) serveArticle(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	a := p.drafts.pages[r.PathValue("id")]
	var page draftArticle
	if a != nil {
		page = *a
	}
	p.mu.Unlock()
	if a == nil || page.Deleted {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	title := html.EscapeString(page.Title)
	_, _ = w.Write([]byte("<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>" + title + "</title>" +
		"<article><h1>" + title + "</h1><p>" + html.EscapeString(page.Author) + "</p>" + page.Content + "</article></html>"))
}

// draftAdd is POST /cgi-bin/draft/add.
func (r *apiRequest) draftAdd() (any, error) {
	var in struct {
		Articles []*draftArticle `json:"articles"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Articles) == 0 {
		return nil, fail(44003)
	}
	if len(in.Articles) > articlesLimit {
		return nil, fail(45008)
	}
	p := r.p
	p.mu.Lock()
	foreign := 0
	for _, a := range in.Articles {
		n, err := p.checkArticle(a)
		if err != nil {
			p.mu.Unlock()
			return nil, err
		}
		foreign += n
	}
	d := &draft{id: secret("", 64), articles: in.Articles, made: p.now(), updated: p.now()}
	if p.drafts.drafts == nil {
		p.drafts.drafts = map[string]*draft{}
	}
	p.drafts.drafts[d.id] = d
	p.mu.Unlock()
	r.foreignPictures(foreign)
	return map[string]any{"media_id": d.id}, nil
}

func (r *apiRequest) foreignPictures(n int) {
	if n > 0 {
		r.p.violation("%s: %d pictures that did not come from uploadimg were dropped", r.URL.Path, n)
	}
}

// draft finds a draft by media_id. Held lock: mu.
func (b *draftBook) draft(id string) (*draft, error) {
	if d := b.drafts[id]; d != nil {
		return d, nil
	}
	return nil, fail(40007)
}

// draftGet is POST /cgi-bin/draft/get; it answers as text/plain.
func (r *apiRequest) draftGet() (any, error) {
	var in mediaRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	d, err := r.p.drafts.draft(in.MediaID)
	if err != nil {
		return nil, err
	}
	return plainJSON{d.content(true)}, nil
}

// content is the draft as answers carry it, with or without the articles'
// bodies. It copies, because answers are encoded without the lock.
func (d *draft) content(bodies bool) map[string]any {
	items := make([]draftArticle, 0, len(d.articles))
	for _, a := range d.articles {
		item := *a
		if !bodies {
			item.Content = ""
		}
		items = append(items, item)
	}
	return map[string]any{"news_item": items, "create_time": d.made.Unix(), "update_time": d.updated.Unix()}
}

// draftDelete is POST /cgi-bin/draft/delete.
func (r *apiRequest) draftDelete() (any, error) {
	var in mediaRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	if _, err := r.p.drafts.draft(in.MediaID); err != nil {
		return nil, err
	}
	delete(r.p.drafts.drafts, in.MediaID)
	return nil, nil
}

// draftUpdate is POST /cgi-bin/draft/update: one article, by index from 0.
func (r *apiRequest) draftUpdate() (any, error) {
	var in struct {
		mediaRef
		Index   int           `json:"index"`
		Article *draftArticle `json:"articles"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	d, err := p.drafts.draft(in.MediaID)
	if err == nil && (in.Article == nil || in.Index < 0 || in.Index >= len(d.articles)) {
		err = failf(40035, "index or articles")
	}
	foreign := 0
	if err == nil {
		foreign, err = p.checkArticle(in.Article)
	}
	if err == nil {
		d.articles[in.Index], d.updated = in.Article, p.now()
	}
	p.mu.Unlock()
	r.foreignPictures(foreign)
	return nil, err
}

// draftCount is GET /cgi-bin/draft/count.
func (r *apiRequest) draftCount() (any, error) {
	r.p.mu.Lock()
	defer r.p.mu.Unlock()
	return map[string]any{"total_count": len(r.p.drafts.drafts)}, nil
}

// draftList is POST /cgi-bin/draft/batchget.
func (r *apiRequest) draftList() (any, error) {
	var in struct {
		Offset    int `json:"offset"`
		Count     int `json:"count"`
		NoContent int `json:"no_content"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*draft
	for _, d := range p.drafts.drafts {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *draft) int {
		return cmp.Or(b.updated.Compare(a.updated), cmp.Compare(a.id, b.id))
	})
	page, err := pageOf(all, in.Offset, in.Count)
	items := []map[string]any{}
	for _, d := range page {
		items = append(items, map[string]any{
			"media_id": d.id, "content": d.content(in.NoContent == 0), "update_time": d.updated.Unix(),
		})
	}
	return map[string]any{"total_count": len(all), "item_count": len(items), "item": items}, err
}
