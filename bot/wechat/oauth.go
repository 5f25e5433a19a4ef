package wechat

import (
	"context"
	"net/url"

	"echowall"
)

// Scopes of a web login.
const (
	ScopeBase     = "snsapi_base"     // the openid alone, without asking the person
	ScopeUserInfo = "snsapi_userinfo" // asks the person; nothing here needs it
)

const oauthPath = "/sns/oauth2/access_token"

// OAuthURL is the address that sends a person's browser through the platform and back to redirect, with a
// code (one use, 5 minutes) and state. state is at most 128 letters and digits. The order of the parameters
// matters to the platform.
func (c *Client) OAuthURL(redirect, scope, state string) string {
	u := *c.open
	u.Path += "/connect/oauth2/authorize"
	u.RawQuery = "appid=" + url.QueryEscape(c.appID) + "&redirect_uri=" + url.QueryEscape(redirect) +
		"&response_type=code&scope=" + url.QueryEscape(scope) + "&state=" + url.QueryEscape(state)
	return u.String() + "#wechat_redirect"
}

// OAuthExchange turns the code of a web login into the person's openid. snapshot says that the platform
// showed a snapshot page to a made-up person: never bind anything to that openid. RestartOAuth tells when
// the login has to start over.
func (c *Client) OAuthExchange(ctx context.Context, code string) (who echowall.OpenID, snapshot bool, err error) {
	if err := c.allowed(oauthPath, FeatureOAuth); err != nil {
		return "", false, err
	}
	if code == "" {
		return "", false, badRequest(oauthPath, "no code")
	}
	r := request{
		path: oauthPath, noToken: true, hide: []string{code},
		query: "appid=" + url.QueryEscape(c.appID) + "&secret=" + url.QueryEscape(c.appSecret) +
			"&code=" + url.QueryEscape(code) + "&grant_type=authorization_code",
	}
	var out struct {
		OpenID   echowall.OpenID `json:"openid"`
		Snapshot int             `json:"is_snapshotuser"`
	}
	if err := c.call(ctx, &r, &out); err != nil {
		return "", false, err
	}
	if out.OpenID == "" {
		return "", false, &echowall.PlatformError{Call: oauthPath, Reaction: echowall.ReactBadRequest, Message: "the answer names nobody"}
	}
	return out.OpenID, out.Snapshot != 0, nil
}
