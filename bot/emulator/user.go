package emulator

import "slices"

// Sizes of lists.
const (
	followersPage  = 10_000
	blacklistPage  = 1000
	blacklistBatch = 20
	infoBatch      = 100
	remarkLimit    = 30
)

// openidPage cuts one page behind next. Held lock: mu.
func (p *Platform) openidPage(all []string, next string, size int) (map[string]any, error) {
	start := 0
	if next != "" {
		start = slices.Index(all, next) + 1
		if start == 0 {
			return nil, fail(40003)
		}
	}
	page := all[start:min(len(all), start+size)]
	answer := map[string]any{"total": len(all), "count": len(page), "next_openid": ""}
	if len(page) > 0 {
		answer["data"] = map[string]any{"openid": page}
		answer["next_openid"] = page[len(page)-1]
	}
	return answer, nil
}

// listed lists openids that satisfy a condition. Held lock: mu.
func (p *Platform) listed(condition func(*person) bool) []string {
	var list []string
	for _, openid := range p.order {
		if condition(p.people[openid]) {
			list = append(list, openid)
		}
	}
	return list
}

// followers is GET /cgi-bin/user/get.
func (r *apiRequest) followers() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	size := p.FollowersPage
	if size <= 0 {
		size = followersPage
	}
	return p.openidPage(p.listed(func(u *person) bool { return u.following }), r.query.Get("next_openid"), size)
}

// info is what the platform still tells about a person; nothing but the openid
// about one who does not follow.
func (u *person) info() map[string]any {
	if !u.following {
		return map[string]any{"subscribe": 0, "openid": u.openid}
	}
	answer := map[string]any{
		"subscribe": 1, "openid": u.openid, "language": "", "subscribe_time": u.since.Unix(),
		"remark": u.remark, "groupid": 0, "tagid_list": append([]int{}, u.tags...),
		"subscribe_scene": u.how, "qr_scene": u.qrScene, "qr_scene_str": u.qrString,
	}
	if u.unionID != "" {
		answer["unionid"] = u.unionID
	}
	return answer
}

// userInfo is GET /cgi-bin/user/info.
func (r *apiRequest) userInfo() (any, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.person(r.query.Get("openid"))
	if err != nil {
		return nil, err
	}
	return u.info(), nil
}

// userInfos is POST /cgi-bin/user/info/batchget.
func (r *apiRequest) userInfos() (any, error) {
	var in struct {
		List []struct {
			OpenID string `json:"openid"`
			Lang   string `json:"lang"`
		} `json:"user_list"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if len(in.List) == 0 || len(in.List) > infoBatch {
		return nil, fail(40032)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]any{}
	for _, entry := range in.List {
		u, err := p.person(entry.OpenID)
		if err != nil {
			return nil, err
		}
		list = append(list, u.info())
	}
	return map[string]any{"user_info_list": list}, nil
}

// remark is POST /cgi-bin/user/info/updateremark.
func (r *apiRequest) remark() (any, error) {
	var in struct {
		OpenID string `json:"openid"`
		Remark string `json:"remark"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if runes(in.Remark) >= remarkLimit {
		return nil, failf(40035, "remark")
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.follower(in.OpenID)
	if err != nil {
		return nil, err
	}
	u.remark = in.Remark
	return nil, nil
}

// blacklist is POST /cgi-bin/tags/members/getblacklist.
func (r *apiRequest) blacklist() (any, error) {
	var in struct {
		Begin string `json:"begin_openid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.openidPage(p.listed(func(u *person) bool { return u.blacklist }), in.Begin, blacklistPage)
}

func (r *apiRequest) blacklistAdd() (any, error)    { return r.setBlacklist(true) }
func (r *apiRequest) blacklistRemove() (any, error) { return r.setBlacklist(false) }

// setBlacklist is POST /cgi-bin/tags/members/batchblacklist and
// batchunblacklist.
func (r *apiRequest) setBlacklist(listed bool) (any, error) {
	var in struct {
		OpenIDs []string `json:"openid_list"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if len(in.OpenIDs) == 0 || len(in.OpenIDs) > blacklistBatch {
		return nil, fail(40032)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, openid := range in.OpenIDs {
		if _, err := p.person(openid); err != nil {
			return nil, err
		}
	}
	for _, openid := range in.OpenIDs {
		p.people[openid].blacklist = listed
	}
	return nil, nil
}
