package wechat

import (
	"context"
	"time"
)

const (
	callbackIPPath = "/cgi-bin/getcallbackip"
	clearQuotaPath = "/cgi-bin/clear_quota"
)

// CheckToken asks the platform for the account's token past every cache, which proves AppID, AppSecret and
// the address list, and returns how long the token still lives. The token in use stays valid.
func (c *Client) CheckToken(ctx context.Context) (life time.Duration, err error) {
	_, life, err = c.fetchToken(ctx)
	return life, err
}

// CallbackIPs lists the addresses that pushes come from; they change.
func (c *Client) CallbackIPs(ctx context.Context) ([]string, error) {
	var out struct {
		IPs []string `json:"ip_list"`
	}
	err := c.call(ctx, &request{path: callbackIPPath}, &out)
	return out.IPs, err
}

// ClearQuota resets the daily counters of all calls; 10 times a month, by an operator's decision only.
func (c *Client) ClearQuota(ctx context.Context) error {
	if err := c.allowed(clearQuotaPath, FeatureClearQuota); err != nil {
		return err
	}
	return c.post(ctx, &request{path: clearQuotaPath}, map[string]string{"appid": c.appID}, nil)
}
