package wechat

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"echowall"
)

const ticketPath = "/cgi-bin/ticket/getticket"

// JSConfig is what a page passes to wx.config.
type JSConfig struct {
	AppID     string `json:"appId"`
	Timestamp int64  `json:"timestamp"`
	NonceStr  string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// JSConfig signs the address of a page, as the browser shows it; a fragment does not count. The page's
// domain must be entered with the platform.
func (c *Client) JSConfig(ctx context.Context, address string) (JSConfig, error) {
	if err := c.allowed(ticketPath, FeatureJSSDK); err != nil {
		return JSConfig{}, err
	}
	ticket, err := c.ticket.get(ctx)
	if err != nil {
		return JSConfig{}, err
	}
	cfg := JSConfig{AppID: c.appID, Timestamp: c.now().Unix(), NonceStr: rand.Text()}
	cfg.Signature = signPage(ticket, cfg.NonceStr, cfg.Timestamp, address)
	return cfg, nil
}

// signPage is the platform's page signature; the order of the parts is fixed.
func signPage(ticket, nonce string, timestamp int64, address string) string {
	address, _, _ = strings.Cut(address, "#")
	sum := sha1.Sum([]byte("jsapi_ticket=" + ticket + "&noncestr=" + nonce +
		"&timestamp=" + strconv.FormatInt(timestamp, 10) + "&url=" + address))
	return hex.EncodeToString(sum[:])
}

// fetchTicket asks for the ticket that page signatures are made with.
func (c *Client) fetchTicket(ctx context.Context) (string, time.Duration, error) {
	var out struct {
		Ticket    string `json:"ticket"`
		ExpiresIn int64  `json:"expires_in"`
	}
	r := request{path: ticketPath, query: "type=jsapi"}
	if err := c.call(ctx, &r, &out); err != nil {
		return "", 0, err
	}
	if out.Ticket == "" {
		return "", 0, &echowall.PlatformError{Call: ticketPath, Reaction: echowall.ReactRetry, Message: "the answer carries no ticket"}
	}
	return out.Ticket, time.Duration(out.ExpiresIn) * time.Second, nil
}
