package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// grant is one OAuth consent: a code, later a pair of tokens.
type grant struct {
	openid   string
	scope    string
	snapshot bool
	made     time.Time
	used     bool
}

// oauthBook holds codes and tokens of web pages.
type oauthBook struct {
	codes, access, refresh map[string]*grant
}

// Lives of codes and tokens.
const (
	oauthCodeLife    = 5 * time.Minute
	oauthRefreshLife = 30 * 24 * time.Hour
)

// authorizeOrder is the order of parameters the platform insists on.
var authorizeOrder = []string{"appid", "redirect_uri", "response_type", "scope", "state"}

// authorize is GET /connect/oauth2/authorize. The browser's owner is told by
// the cookie CookieName or, for tests and links, by the parameter openid.
func (p *Platform) authorize(w http.ResponseWriter, r *http.Request) {
	p.init()
	q := r.URL.Query()
	if !inOrder(r.URL.RawQuery) {
		p.violation("authorize: parameters must come in the order %s", strings.Join(authorizeOrder, ", "))
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" {
		p.violation("authorize: redirect_uri is no absolute URL")
		oauthPage(w, 10003)
		return
	}
	scope, state := q.Get("scope"), q.Get("state")
	if len(state) > 128 || strings.ContainsFunc(state, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}) {
		p.violation("authorize: state must be at most 128 letters and digits")
	}
	openid := q.Get("openid")
	if cookie, err := r.Cookie(CookieName); openid == "" && err == nil {
		openid = cookie.Value
	}

	p.mu.Lock()
	a, u := p.Account, p.people[openid]
	var code string
	var page int
	switch {
	case q.Get("appid") != a.AppID:
		page = 40013
	case q.Get("response_type") != "code", scope != "snsapi_base" && scope != "snsapi_userinfo", !a.Can(AbilityOAuth):
		page = 10005
	case a.OAuthDomain != "" && back.Host != a.OAuthDomain && back.Hostname() != a.OAuthDomain:
		page = 10003
	case u == nil:
		page = 40003
	case !u.denies || scope == "snsapi_base":
		g := &grant{openid: openid, scope: scope, snapshot: p.SnapshotUsers, made: p.now()}
		if g.snapshot {
			g.openid = secret("oSnapshot", 28)
		}
		code = p.oauth.add(&p.oauth.codes, "0", 32, g)
	}
	p.mu.Unlock()
	if page != 0 {
		oauthPage(w, page)
		return
	}
	values := back.Query()
	if code != "" {
		values.Set("code", code)
	}
	values.Set("state", state)
	back.RawQuery = values.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// oauthPage is the client's error page.
func oauthPage(w http.ResponseWriter, code int) {
	http.Error(w, fail(code).Error(), http.StatusForbidden)
}

// inOrder reports whether the known parameters come in the platform's order.
func inOrder(rawQuery string) bool {
	at := -1
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if i := slices.Index(authorizeOrder, name); i >= 0 {
			if i < at {
				return false
			}
			at = i
		}
	}
	return true
}

func (b *oauthBook) add(to *map[string]*grant, prefix string, n int, g *grant) string {
	if *to == nil {
		*to = map[string]*grant{}
	}
	name := secret(prefix, n)
	(*to)[name] = g
	return name
}

// oauthApp checks appid and, if it is part of the call, the secret.
func (r *apiRequest) oauthApp(withSecret bool) error {
	a := r.p.account()
	switch {
	case r.query.Get("appid") != a.AppID:
		return fail(40013)
	case withSecret && r.query.Get("secret") == "":
		return fail(41004)
	case withSecret && r.query.Get("secret") != a.Secret:
		return fail(40125)
	}
	return nil
}

// oauthToken is GET /sns/oauth2/access_token.
func (r *apiRequest) oauthToken() (any, error) {
	if err := r.oauthApp(true); err != nil {
		return nil, err
	}
	code := r.query.Get("code")
	if r.query.Get("grant_type") != "authorization_code" {
		return nil, fail(40002)
	}
	if code == "" {
		return nil, fail(41008)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.oauth.codes[code]
	switch {
	case g == nil:
		return nil, fail(40029)
	case g.used:
		return nil, fail(40163)
	case p.now().Sub(g.made) >= oauthCodeLife:
		return nil, fail(42003)
	}
	g.used = true
	return p.oauthAnswer(g, ""), nil
}

// oauthAnswer issues tokens for a consent. Held lock: mu.
func (p *Platform) oauthAnswer(g *grant, refresh string) map[string]any {
	now := p.now()
	access := p.oauth.add(&p.oauth.access, "98_", 100, &grant{openid: g.openid, scope: g.scope, snapshot: g.snapshot, made: now})
	if refresh == "" {
		refresh = p.oauth.add(&p.oauth.refresh, "98_r", 100, &grant{openid: g.openid, scope: g.scope, snapshot: g.snapshot, made: now})
	}
	answer := map[string]any{
		"access_token": access, "expires_in": int(tokenLife.Seconds()), "refresh_token": refresh,
		"openid": g.openid, "scope": g.scope,
	}
	if g.snapshot {
		answer["is_snapshotuser"] = 1
	} else if u := p.people[g.openid]; u != nil && u.unionID != "" {
		answer["unionid"] = u.unionID
	}
	return answer
}

// oauthRefresh is GET /sns/oauth2/refresh_token.
func (r *apiRequest) oauthRefresh() (any, error) {
	if err := r.oauthApp(false); err != nil {
		return nil, err
	}
	if r.query.Get("grant_type") != "refresh_token" {
		return nil, fail(40002)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	token := r.query.Get("refresh_token")
	g := p.oauth.refresh[token]
	switch {
	case g == nil:
		return nil, fail(40030)
	case p.now().Sub(g.made) >= oauthRefreshLife:
		return nil, fail(42002)
	}
	return p.oauthAnswer(g, token), nil
}

// oauthGrant finds the consent behind access_token and openid.
func (r *apiRequest) oauthGrant() (*grant, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.oauth.access[r.query.Get("access_token")]
	switch {
	case r.query.Get("access_token") == "":
		return nil, fail(41001)
	case g == nil:
		return nil, fail(40001)
	case p.now().Sub(g.made) >= tokenLife:
		return nil, fail(42001)
	case r.query.Get("openid") == "":
		return nil, fail(41009)
	case r.query.Get("openid") != g.openid:
		return nil, fail(40003)
	}
	return g, nil
}

// oauthCheck is GET /sns/auth.
func (r *apiRequest) oauthCheck() (any, error) {
	_, err := r.oauthGrant()
	return nil, err
}

// oauthUser is GET /sns/userinfo.
func (r *apiRequest) oauthUser() (any, error) {
	g, err := r.oauthGrant()
	if err != nil {
		return nil, err
	}
	if g.scope != "snsapi_userinfo" {
		return nil, fail(48001)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := map[string]any{
		"openid": g.openid, "nickname": "微信用户", "headimgurl": "", "sex": 0,
		"language": "", "city": "", "province": "", "country": "", "privilege": []string{},
	}
	if u := p.people[g.openid]; u != nil {
		answer["nickname"], answer["headimgurl"] = u.name, u.avatar
		if u.unionID != "" {
			answer["unionid"] = u.unionID
		}
	}
	return answer, nil
}
