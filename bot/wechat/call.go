package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"echowall"
)

const (
	jsonLimit  = 1 << 20  // bytes of an ordinary answer
	mediaLimit = 12 << 20 // bytes of a downloaded file; the platform's largest is 10 MB
)

// request is one call.
type request struct {
	path        string // without query, as errors name it
	query       string // encoded, without the token
	body        []byte // nil: GET
	contentType string // of body; "" means JSON
	limit       int64  // bytes of the answer; 0 means jsonLimit
	timeout     time.Duration
	base        *url.URL // nil: the API host
	noToken     bool     // carries the secret or nothing instead of a token
	// repeatable says that doing it twice harms nobody: a lost answer is then a plain retry.
	repeatable bool
	hide       []string // openids and the like that must not appear in errors
}

// answer is what came back, read completely.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// verdict is the part that every JSON answer may carry, success-shaped ones included.
type verdict struct {
	Code    int    `json:"errcode"`
	Message string `json:"errmsg"`
}

// call makes the request and decodes the answer into out (nil: nothing wanted). A refused token is renewed
// and the request repeated once; so is a request refused with a code that nobody knows. Both were answered,
// hence not carried out. out is filled as far as possible when the platform refuses.
func (c *Client) call(ctx context.Context, r *request, out any) error {
	_, err := c.attempt(ctx, r, func(a *answer, token string) *echowall.PlatformError {
		return c.decode(r, a, token, out)
	})
	return err
}

// attempt runs the request until judge is content or the repetitions are used up.
func (c *Client) attempt(ctx context.Context, r *request, judge func(*answer, string) *echowall.PlatformError) (*answer, error) {
	renewed, repeated := false, false
	for {
		var token string
		if !r.noToken {
			var err error
			if token, err = c.token.get(ctx); err != nil {
				return nil, err
			}
		}
		a, pe := c.exchange(ctx, r, token)
		if pe == nil {
			pe = judge(a, token)
		}
		if pe == nil {
			return a, nil
		}
		_, known := React(pe.Code)
		switch {
		case pe.Reaction == echowall.ReactToken && !renewed:
			renewed = true
			c.token.drop(ctx, token)
		case pe.Code != 0 && !known && !repeated:
			repeated = true
		case pe.Code != 0 && !known:
			pe.Reaction = echowall.ReactBadRequest
			return a, pe
		default:
			return a, pe
		}
	}
}

// exchange sends the request once and reads the answer.
func (c *Client) exchange(ctx context.Context, r *request, token string) (*answer, *echowall.PlatformError) {
	timeout := c.timeout
	if r.timeout > timeout {
		timeout = r.timeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var connected atomic.Bool
	connected.Store(!c.traced) // without hooks, assume the worst
	if r.body != nil && c.traced {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }, // before anything is written
		})
	}
	res, err := c.http.Do(c.prepare(r, token).WithContext(ctx))
	if err != nil {
		return nil, c.lost(r, token, err, connected.Load() && !neverConnected(err))
	}
	defer func() { _ = res.Body.Close() }()
	limit := r.limit
	if limit == 0 {
		limit = jsonLimit
	}
	data, err := readBody(res, limit)
	switch {
	case errors.Is(err, errTooLarge):
		pe := c.lost(r, token, err, true)
		pe.Reaction = echowall.ReactBadRequest
		return nil, pe
	case err != nil:
		return nil, c.lost(r, token, err, true)
	}
	return &answer{status: res.StatusCode, header: res.Header, body: data}, nil
}

// lost is a call without a usable answer. sent says that the request may have reached the platform.
func (c *Client) lost(r *request, token string, err error, sent bool) *echowall.PlatformError {
	return &echowall.PlatformError{
		Call: r.path, Reaction: echowall.ReactRetry, Unknown: sent && r.body != nil && !r.repeatable,
		Err: c.redactError(err, r, token),
	}
}

// neverConnected reports whether err is a failure to connect. It may follow a connection that turned out to
// be dead before anything was written to it, which the transport replaces by itself.
func neverConnected(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

var jsonHeader = []string{"application/json; charset=utf-8"}

// prepare builds the request by hand: parsing the same address again for each message costs more than the
// rest of it.
func (c *Client) prepare(r *request, token string) *http.Request {
	base := r.base
	if base == nil {
		base = c.api
	}
	u := &url.URL{Scheme: base.Scheme, Host: base.Host, Path: base.Path + r.path, RawQuery: r.query}
	if token != "" {
		u.RawQuery = "access_token=" + url.QueryEscape(token)
		if r.query != "" {
			u.RawQuery += "&" + r.query
		}
	}
	req := &http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: make(http.Header, 2),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if r.body == nil {
		return req
	}
	req.Method = http.MethodPost
	req.Header["Content-Type"] = jsonHeader
	if r.contentType != "" {
		req.Header["Content-Type"] = []string{r.contentType}
	}
	// A reader known to be in memory goes out in one write with the headers.
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.body)), nil }
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(r.body)), int64(len(r.body))
	return req
}

var errTooLarge = errors.New("answer exceeds the limit")

// readBody reads an answer of at most limit bytes to its end, so that the connection is used again.
func readBody(res *http.Response, limit int64) ([]byte, error) {
	if res.ContentLength > limit {
		return nil, errTooLarge
	}
	if n := res.ContentLength; n >= 0 {
		data := make([]byte, n)
		_, err := io.ReadFull(res.Body, data)
		return data, err
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, err
}

// decode reads the verdict and, if wanted, the rest of a JSON answer.
func (c *Client) decode(r *request, a *answer, token string, out any) *echowall.PlatformError {
	var v verdict
	if err := json.Unmarshal(a.body, &v); err != nil || (v.Code == 0 && a.status != http.StatusOK) {
		return c.strange(r, a, token)
	}
	if v.Code != 0 {
		if out != nil {
			_ = json.Unmarshal(a.body, out) // some refusals name what was accepted before
		}
		return c.refused(r, v.Code, v.Message, token)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return c.strange(r, a, token)
	}
	return nil
}

// strange is an answer that is not the API's: a gateway's page, or JSON of another shape. The request may
// have been carried out behind it, unless a 4xx says that nobody took it.
func (c *Client) strange(r *request, a *answer, token string) *echowall.PlatformError {
	refusedOutright := a.status >= 400 && a.status < 500
	pe := c.lost(r, token, fmt.Errorf("not an answer of the API (HTTP %d)", a.status), !refusedOutright)
	if refusedOutright && a.status != http.StatusTooManyRequests && a.status != http.StatusRequestTimeout {
		pe.Reaction = echowall.ReactBadRequest
	}
	if seconds, err := strconv.Atoi(a.header.Get("Retry-After")); err == nil && seconds > 0 && seconds <= 3600 {
		pe.RetryAfter = time.Duration(seconds) * time.Second
	}
	return pe
}

// post encodes in as JSON and calls.
func (c *Client) post(ctx context.Context, r *request, in, out any) error {
	body, err := encodeJSON(in)
	if err != nil {
		return badRequest(r.path, "cannot be written as JSON")
	}
	r.body = body
	return c.call(ctx, r, out)
}
