package emulator

import (
	"net"
	"slices"
	"time"
)

// tokenLife is the expires_in of a fresh token; overlap how long a replaced
// one still works.
const (
	tokenLife = 7200 * time.Second
	overlap   = 5 * time.Minute
)

// tokenBook holds the two isolated families of access tokens.
type tokenBook struct {
	issued map[string]time.Time // token to the end of its life
	plain  string               // latest of /cgi-bin/token
	stable string               // current of /cgi-bin/stable_token
	forced time.Time            // last force_refresh
	day    string
	forces int // force_refresh this day
}

// Limits of force_refresh.
const (
	forcesADay   = 20
	forceSpacing = 30 * time.Second
)

// check judges an access_token.
func (b *tokenBook) check(token string, now time.Time) error {
	end, known := b.issued[token]
	switch {
	case token == "":
		return fail(41001)
	case len(token) < 64:
		return fail(40014)
	case !known:
		return fail(40001)
	case !now.Before(end):
		return fail(42001)
	}
	return nil
}

func (b *tokenBook) issue(now time.Time) string {
	if b.issued == nil {
		b.issued = map[string]time.Time{}
	}
	for token, end := range b.issued {
		if now.Sub(end) > 24*time.Hour {
			delete(b.issued, token)
		}
	}
	token := secret("97_", 136)
	b.issued[token] = now.Add(tokenLife)
	return token
}

// shorten ends a token's life at a time, unless it ends earlier.
func (b *tokenBook) shorten(token string, end time.Time) {
	if old, ok := b.issued[token]; ok && end.Before(old) {
		b.issued[token] = end
	}
}

// nextPlain replaces the token of the plain family.
func (b *tokenBook) nextPlain(now time.Time) string {
	b.shorten(b.plain, now.Add(overlap))
	b.plain = b.issue(now)
	return b.plain
}

// nextStable returns the current token of the stable family, a new one in its
// last five minutes or when forced within the limits.
func (b *tokenBook) nextStable(now time.Time, force bool) (token string, left time.Duration) {
	if day := now.In(beijing).Format("20060102"); b.day != day {
		b.day, b.forces = day, 0
	}
	end := b.issued[b.stable]
	switch {
	case force && b.forces < forcesADay && now.Sub(b.forced) >= forceSpacing:
		b.forces++
		b.forced = now
		delete(b.issued, b.stable)
		b.stable = b.issue(now)
	case end.Sub(now) < overlap:
		b.stable = b.issue(now)
	}
	return b.stable, b.issued[b.stable].Sub(now)
}

// RevokeTokens makes every token invalid at once: business calls answer 40001
// until a new one is fetched.
func (p *Platform) RevokeTokens() {
	p.Change(func(p *Platform) { p.tokens = tokenBook{} })
}

// ExpireTokens ends the life of every token: business calls answer 42001.
func (p *Platform) ExpireTokens() {
	p.Change(func(p *Platform) {
		for token := range p.tokens.issued {
			p.tokens.issued[token] = p.now()
		}
	})
}

func (r *apiRequest) token() (any, error) {
	q := r.query
	if err := r.credentials(q.Get("grant_type"), q.Get("appid"), q.Get("secret")); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]any{"access_token": p.tokens.nextPlain(p.now()), "expires_in": int(tokenLife.Seconds())}, nil
}

func (r *apiRequest) stableToken() (any, error) {
	var in struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh"`
	}
	if err := r.decode(&in); err != nil {
		return nil, err
	}
	if err := r.credentials(in.GrantType, in.AppID, in.Secret); err != nil {
		return nil, err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	token, left := p.tokens.nextStable(p.now(), in.Force)
	return map[string]any{"access_token": token, "expires_in": int(left.Seconds())}, nil
}

// credentials checks grant, appid, secret and the caller's address.
func (r *apiRequest) credentials(grant, appID, appSecret string) error {
	a := r.p.account()
	switch {
	case grant != "client_credential":
		return fail(40002)
	case appID == "":
		return fail(41002)
	case appSecret == "":
		return fail(41004)
	case appID != a.AppID:
		return fail(40013)
	case len(appSecret) != len(a.Secret):
		return fail(40125)
	case appSecret != a.Secret:
		return fail(40001)
	}
	if a.IPWhitelist == nil {
		return nil
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !slices.Contains(a.IPWhitelist, host) {
		return failf(40164, "%s ipv6 ::ffff:%s, not in whitelist", host, host)
	}
	return nil
}

// ticketBook holds the jsapi_ticket.
type ticketBook struct {
	ticket string
	end    time.Time
}

// jsTicket answers the current ticket; a new one is made when it has ended.
func (r *apiRequest) jsTicket() (any, error) {
	if kind := r.query.Get("type"); kind != "jsapi" {
		return nil, failf(40035, "type %q", kind)
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if !now.Before(p.tickets.end) {
		p.tickets = ticketBook{secret("kgt8ON7yVITDhtdwci0qe", 86), now.Add(tokenLife)}
	}
	return ok(map[string]any{"ticket": p.tickets.ticket, "expires_in": int(p.tickets.end.Sub(now).Seconds())}), nil
}
