package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
)

// upload reads the multipart form: the part "media" and further fields.
func (r *apiRequest) upload() (name string, data []byte, fields map[string]string, err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		r.p.violation("%s: body is no multipart form", r.URL.Path)
		return "", nil, nil, fail(41005)
	}
	fields = map[string]string{}
	found := false
	reader := multipart.NewReader(bytes.NewReader(r.body), params["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			r.p.violation("%s: broken multipart form", r.URL.Path)
			return "", nil, nil, fail(41005)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return "", nil, nil, fail(41005)
		}
		if part.FormName() != "media" {
			fields[part.FormName()] = string(content)
			continue
		}
		found, name, data = true, part.FileName(), content
	}
	switch {
	case !found:
		return "", nil, nil, fail(41005)
	case name == "":
		r.p.violation("%s: part media has no filename", r.URL.Path)
		return "", nil, nil, fail(41005)
	}
	return name, data, fields, nil
}

// mediaUpload is POST /cgi-bin/media/upload?type=…
func (r *apiRequest) mediaUpload() (any, error) {
	kind := r.query.Get("type")
	name, data, _, err := r.upload()
	if err != nil {
		return nil, err
	}
	if err := checkFile(kind, data, false); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.store(kind, name, data, false)
	id := "media_id"
	if kind == "thumb" {
		id = "thumb_media_id"
	}
	return map[string]any{"type": kind, id: f.id, "created_at": f.created.Unix()}, nil
}

// mediaGet is GET /cgi-bin/media/get: the bytes, for videos JSON with a URL.
func (r *apiRequest) mediaGet() (any, error) {
	id := r.query.Get("media_id")
	if id == "" {
		return nil, fail(41006)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.files[id]
	if f == nil || f.permanent || f.expired(p.now()) {
		return nil, fail(40007)
	}
	if f.kind == "video" {
		return map[string]any{"video_url": p.fileURL(f)}, nil
	}
	return download{f.mime, f.fileName(), f.data}, nil
}

// uploadImage is POST /cgi-bin/media/uploadimg: a picture for articles.
func (r *apiRequest) uploadImage() (any, error) {
	name, data, _, err := r.upload()
	if err != nil {
		return nil, err
	}
	switch ext, _ := sniff(data); {
	case ext != "jpg" && ext != "png":
		return nil, fail(40005)
	case len(data) >= 1<<20:
		return nil, fail(40009)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]any{"url": p.fileURL(p.store("picture", name, data, true))}, nil
}

// Totals of permanent material.
const (
	imagesKept = 100_000
	othersKept = 1000
)

// materialAdd is POST /cgi-bin/material/add_material?type=…
func (r *apiRequest) materialAdd() (any, error) {
	kind := r.query.Get("type")
	name, data, fields, err := r.upload()
	if err != nil {
		return nil, err
	}
	if err := checkFile(kind, data, true); err != nil {
		return nil, err
	}
	var video struct {
		Title string `json:"title"`
		Intro string `json:"introduction"`
	}
	if kind == "video" && (json.Unmarshal([]byte(fields["description"]), &video) != nil || video.Title == "") {
		r.p.violation("%s: video without description", r.URL.Path)
		return nil, failf(47001, "description")
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	limit := othersKept
	if kind == "image" {
		limit = imagesKept
	}
	if len(p.materials(kind)) >= limit {
		return nil, fail(45001)
	}
	f := p.store(kind, name, data, true)
	f.title, f.intro = video.Title, video.Intro
	answer := map[string]any{"media_id": f.id}
	if kind == "image" {
		answer["url"] = p.fileURL(f)
	}
	return answer, nil
}

// materials lists the permanent media of a kind. Held lock: mu.
func (p *Platform) materials(kind string) []*file {
	var list []*file
	for _, f := range p.files {
		if f.permanent && f.kind == kind {
			list = append(list, f)
		}
	}
	return list
}

// materialGet is POST /cgi-bin/material/get_material.
func (r *apiRequest) materialGet() (any, error) {
	var in mediaRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.files[in.MediaID]
	if f == nil || !f.permanent {
		return nil, fail(40007)
	}
	if f.kind == "video" {
		return map[string]any{"title": f.title, "description": f.intro, "down_url": p.fileURL(f)}, nil
	}
	return download{f.mime, f.fileName(), f.data}, nil
}

// materialDelete is POST /cgi-bin/material/del_material.
func (r *apiRequest) materialDelete() (any, error) {
	var in mediaRef
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.files[in.MediaID]
	if f == nil || !f.permanent {
		return nil, fail(40007)
	}
	delete(p.files, in.MediaID)
	return nil, nil
}

// materialCount is GET /cgi-bin/material/get_materialcount.
func (r *apiRequest) materialCount() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]any{
		"voice_count": len(p.materials("voice")), "video_count": len(p.materials("video")),
		"image_count": len(p.materials("image")), "news_count": 0,
	}, nil
}

// materialList is POST /cgi-bin/material/batchget_material.
func (r *apiRequest) materialList() (any, error) {
	var in struct {
		Type   string `json:"type"`
		Offset int    `json:"offset"`
		Count  int    `json:"count"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if _, known := mediaRules[in.Type]; !known {
		return nil, fail(40004)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.materials(in.Type)
	byAge(all)
	items := []map[string]any{}
	page, err := pageOf(all, in.Offset, in.Count)
	for _, f := range page {
		items = append(items, map[string]any{
			"media_id": f.id, "name": f.name, "update_time": f.created.Unix(), "url": p.fileURL(f),
		})
	}
	return map[string]any{"total_count": len(all), "item_count": len(items), "item": items}, err
}
