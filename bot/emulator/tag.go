package emulator

import "slices"

// tag is one tag of the account.
type tag struct {
	id   int
	name string
}

// tagBook holds the tags. Ids 0, 1 and 2 are the platform's own.
type tagBook struct {
	list []*tag
	next int
}

// Limits of tags.
const (
	tagsKept      = 100
	tagsPerPerson = 20
	tagName       = 30 // characters (unsure: bytes elsewhere)
	tagBatch      = 50
	tagFans       = 100_000
	firstTag      = 100
)

func (b *tagBook) find(id int) *tag {
	for _, t := range b.list {
		if t.id == id {
			return t
		}
	}
	return nil
}

// check judges a name for a tag other than except.
func (b *tagBook) check(name string, except int) error {
	switch {
	case name == "", runes(name) > tagName:
		return fail(45158)
	case slices.ContainsFunc(b.list, func(t *tag) bool { return t.name == name && t.id != except }):
		return fail(45157)
	}
	return nil
}

// editable finds a tag that may be changed.
func (b *tagBook) editable(id int) (*tag, error) {
	if id >= 0 && id <= 2 {
		return nil, fail(45058)
	}
	if t := b.find(id); t != nil {
		return t, nil
	}
	return nil, fail(45159)
}

// members lists who has the tag. Held lock: mu.
func (p *Platform) members(id int) []string {
	var list []string
	for _, openid := range p.order {
		if slices.Contains(p.people[openid].tags, id) {
			list = append(list, openid)
		}
	}
	return list
}

// tagBody is {"tag": {"id": …, "name": …}}.
type tagBody struct {
	Tag struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"tag"`
}

// tagCreate is POST /cgi-bin/tags/create.
func (r *apiRequest) tagCreate() (any, error) {
	var in tagBody
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tags.list) >= tagsKept {
		return nil, fail(45056)
	}
	if err := p.tags.check(in.Tag.Name, -1); err != nil {
		return nil, err
	}
	t := &tag{firstTag + p.tags.next, in.Tag.Name}
	p.tags.next++
	p.tags.list = append(p.tags.list, t)
	return map[string]any{"tag": map[string]any{"id": t.id, "name": t.name}}, nil
}

// tagList is GET /cgi-bin/tags/get.
func (r *apiRequest) tagList() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]any{{"id": 2, "name": "星标组", "count": 0}}
	for _, t := range p.tags.list {
		list = append(list, map[string]any{"id": t.id, "name": t.name, "count": len(p.members(t.id))})
	}
	return map[string]any{"tags": list}, nil
}

// tagUpdate is POST /cgi-bin/tags/update.
func (r *apiRequest) tagUpdate() (any, error) {
	var in tagBody
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	t, err := p.tags.editable(in.Tag.ID)
	if err != nil {
		return nil, err
	}
	if err := p.tags.check(in.Tag.Name, t.id); err != nil {
		return nil, err
	}
	t.name = in.Tag.Name
	return nil, nil
}

// tagDelete is POST /cgi-bin/tags/delete.
func (r *apiRequest) tagDelete() (any, error) {
	var in tagBody
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	t, err := p.tags.editable(in.Tag.ID)
	if err != nil {
		return nil, err
	}
	if len(p.members(t.id)) > tagFans {
		return nil, fail(45057)
	}
	p.tags.list = slices.DeleteFunc(p.tags.list, func(other *tag) bool { return other == t })
	for _, u := range p.people {
		u.untag(t.id)
	}
	return nil, nil
}

func (u *person) untag(id int) {
	u.tags = slices.DeleteFunc(u.tags, func(other int) bool { return other == id })
}

func (r *apiRequest) tagging() (any, error)   { return r.retag(true) }
func (r *apiRequest) untagging() (any, error) { return r.retag(false) }

// retag is POST /cgi-bin/tags/members/batchtagging and batchuntagging; all
// openids are checked before any is changed.
func (r *apiRequest) retag(add bool) (any, error) {
	var in struct {
		OpenIDs []string `json:"openid_list"`
		TagID   int      `json:"tagid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if len(in.OpenIDs) == 0 || len(in.OpenIDs) > tagBatch {
		return nil, fail(40032)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tags.find(in.TagID) == nil && in.TagID != 2 {
		return nil, fail(45159)
	}
	for _, openid := range in.OpenIDs {
		u := p.people[openid]
		switch {
		case u == nil:
			return nil, fail(40003)
		case !u.following:
			return nil, fail(49003)
		case add && !slices.Contains(u.tags, in.TagID) && len(u.tags) >= tagsPerPerson:
			return nil, fail(45059)
		}
	}
	for _, openid := range in.OpenIDs {
		u := p.people[openid]
		u.untag(in.TagID)
		if add {
			u.tags = append(u.tags, in.TagID)
		}
	}
	return nil, nil
}

// tagsOf is POST /cgi-bin/tags/getidlist.
func (r *apiRequest) tagsOf() (any, error) {
	var in struct {
		OpenID string `json:"openid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.person(in.OpenID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"tagid_list": append([]int{}, u.tags...)}, nil
}

// tagMembers is POST /cgi-bin/user/tag/get.
func (r *apiRequest) tagMembers() (any, error) {
	var in struct {
		TagID int    `json:"tagid"`
		Next  string `json:"next_openid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tags.find(in.TagID) == nil && in.TagID != 2 {
		return nil, fail(45159)
	}
	page, err := p.openidPage(p.members(in.TagID), in.Next, 10_000)
	delete(page, "total")
	return page, err
}
