package emulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// answerLimit is how much of a callback's answer is read.
const answerLimit = 1 << 20

// Request is one signed callback request.
type Request struct {
	URL  string
	Body []byte

	nonce string
}

// callback is what the account's push configuration says at one moment.
type callback struct {
	account Account
	url     string
	seal    *envelope
	now     time.Time
}

// callback reads the configuration under the lock.
func (p *Platform) callback() (callback, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := callback{p.Account, p.CallbackURL, p.seal, p.now()}
	if c.url == "" {
		return c, errors.New("emulator: no callback URL set")
	}
	if c.account.Mode != Plain && p.sealed != nil {
		return c, fmt.Errorf("emulator: %w", p.sealed)
	}
	return c, nil
}

// query signs and adds parameters to the configured URL.
func (c callback) query(stamp, nonce string, more url.Values) string {
	more.Set("signature", sign(c.account.Token, stamp, nonce))
	more.Set("timestamp", stamp)
	more.Set("nonce", nonce)
	separator := "?"
	if strings.Contains(c.url, "?") {
		separator = "&"
	}
	return c.url + separator + more.Encode()
}

// request encodes and signs a push in the account's mode.
func (c callback) request(openid, inner, stamp, nonce string, random []byte) Request {
	values := url.Values{}
	if openid != "" {
		values.Set("openid", openid)
	}
	body := inner
	if c.account.Mode != Plain {
		sealed := c.seal.seal(random, []byte(inner))
		values.Set("encrypt_type", "aes")
		values.Set("msg_signature", sign(c.account.Token, stamp, nonce, sealed))
		encrypt := "<Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
		if c.account.Mode == Safe {
			body = "<xml><ToUserName><![CDATA[" + c.account.OriginalID + "]]></ToUserName>" + encrypt
		} else {
			body = strings.TrimSuffix(inner, "</xml>") + encrypt
		}
	}
	return Request{URL: c.query(stamp, nonce, values), Body: []byte(body), nonce: nonce}
}

// Verify makes the GET request the platform makes when a callback URL is
// saved, and says why the server would not be accepted.
func (p *Platform) Verify(ctx context.Context) error {
	p.init()
	c, err := p.callback()
	if err != nil {
		return err
	}
	echo := strconv.FormatInt(time.Now().UnixNano(), 10)
	target := c.query(strconv.FormatInt(c.now.Unix(), 10), freshNonce(), url.Values{"echostr": {echo}})
	a := p.attempt(ctx, http.MethodGet, Request{URL: target})
	switch {
	case a.Err != nil:
		return fmt.Errorf("emulator: verification: %w", a.Err)
	case a.Status != http.StatusOK:
		return fmt.Errorf("emulator: verification answered status %d", a.Status)
	case string(a.Body) != echo:
		return errors.New("emulator: verification did not return the echostr")
	}
	return nil
}

// errDeadline marks an attempt the platform gave up waiting for.
var errDeadline = errors.New("no answer within the deadline")

// attempt makes one callback request and gives up at the deadline.
func (p *Platform) attempt(ctx context.Context, method string, r Request) Attempt {
	p.mu.Lock()
	deadline := p.Deadline
	a := Attempt{At: p.now(), Request: r}
	p.mu.Unlock()
	if deadline == 0 {
		deadline = 5 * time.Second
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := time.Now()
	timer := p.after(deadline)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Status, a.Body, a.Err = p.post(ctx, method, r)
	}()
	select {
	case <-done:
	case <-timer:
		cancel()
		<-done
		a.Status, a.Body, a.Err = 0, nil, errDeadline
	}
	a.Duration = time.Since(start)
	return a
}

func (p *Platform) post(ctx context.Context, method string, r Request) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.URL, strings.NewReader(string(r.Body)))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("User-Agent", "Mozilla/4.0") // unsure: remembered from logs
	req.Header.Set("Accept", "*/*")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "text/xml")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, answerLimit))
	return res.StatusCode, body, err
}

// freshNonce is a decimal number, as the platform's nonces are.
func freshNonce() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	return strconv.FormatUint(n, 10)
}
