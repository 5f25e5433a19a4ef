package emulator

import (
	"net/http"
	"time"
)

// quotaBook counts calls by path.
type quotaBook struct {
	day     string
	used    map[string]int
	minute  int64
	recent  map[string]int
	month   string
	cleared int // clear_quota this month
}

// clearsAMonth is how often quotas may be cleared.
const clearsAMonth = 10

// spend counts one call; it answers 45011 and 45009. Held lock: mu.
func (p *Platform) spend(path string, ep endpoint) error {
	q, now := &p.quota, p.now().In(beijing)
	q.turn(now)
	if limit := override(p.MinuteQuota, path, ep.minute); limit > 0 && q.recent[path] >= limit {
		return fail(45011)
	}
	if limit := p.dayLimit(path, ep); limit > 0 && q.used[path] >= limit {
		return fail(45009)
	}
	q.recent[path]++
	q.used[path]++
	return nil
}

// turn starts new counters when the day or minute is another.
func (q *quotaBook) turn(now time.Time) {
	if day := now.Format("20060102"); q.day != day {
		q.day, q.used = day, map[string]int{}
	}
	if minute := now.Unix() / 60; q.recent == nil || q.minute != minute {
		q.minute, q.recent = minute, map[string]int{}
	}
	if month := now.Format("200601"); q.month != month {
		q.month, q.cleared = month, 0
	}
}

func (p *Platform) dayLimit(path string, ep endpoint) int {
	limit := ep.day
	if p.Account.kind() == T && ep.testDay != 0 {
		limit = ep.testDay
	}
	return override(p.Quota, path, limit)
}

func override(limits map[string]int, path string, standing int) int {
	if limit, ok := limits[path]; ok {
		return limit
	}
	return standing
}

func (r *apiRequest) clearQuota() (any, error) {
	var in struct {
		AppID string `json:"appid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	return r.p.clear(in.AppID)
}

func (r *apiRequest) clearQuotaV2() (any, error) {
	var in struct {
		AppID  string `json:"appid"`
		Secret string `json:"appsecret"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if in.Secret != r.p.account().Secret {
		return nil, fail(40125)
	}
	return r.p.clear(in.AppID)
}

func (p *Platform) clear(appID string) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quota.turn(p.now().In(beijing))
	if appID != p.Account.AppID {
		return nil, fail(40013)
	}
	if p.quota.cleared >= clearsAMonth {
		return nil, fail(48006)
	}
	p.quota.cleared++
	clear(p.quota.used)
	return nil, nil
}

func (r *apiRequest) quotaGet() (any, error) {
	var in struct {
		Path string `json:"cgi_path"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	ep, known := p.routes[in.Path]
	if !known {
		return nil, fail(76021)
	}
	limit, used := p.dayLimit(in.Path, ep), p.quota.used[in.Path]
	return ok(map[string]any{
		"quota":      map[string]any{"daily_limit": limit, "used": used, "remain": max(0, limit-used)},
		"rate_limit": map[string]any{"call_count": override(p.MinuteQuota, in.Path, ep.minute), "refresh_second": 60},
	}), nil
}

func (r *apiRequest) ridGet() (any, error) {
	var in struct {
		RID string `json:"rid"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	for _, c := range r.p.Calls() {
		if c.RID == in.RID && in.RID != "" {
			return ok(map[string]any{"request": map[string]any{
				"invoke_time": c.At.Unix(), "cost_in_ms": 1, "request_url": c.Path,
				"request_body": string(c.Body), "response_body": string(c.Answer), "client_ip": "127.0.0.1",
			}}), nil
		}
	}
	return nil, fail(76001)
}

// account copies the account's configuration.
func (p *Platform) account() Account {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Account
}

// addresses answers both lists of addresses.
func (r *apiRequest) addresses() (any, error) {
	return map[string]any{"ip_list": []string{"127.0.0.1"}}, nil
}

// get and post shorten the route table.
const (
	get  = http.MethodGet
	post = http.MethodPost
)
