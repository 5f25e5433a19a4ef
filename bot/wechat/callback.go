package wechat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"echowall"
)

// Receiver is asked once for every verified push, duplicates included: the platform sends the same message
// up to three times, and only the receiver can know what it has already done.
type Receiver interface {
	// Receive returns the final HTTP body, as made by p.Seal; nil or empty means "success". The bytes are
	// written as they are, so a stored answer can be repeated. An error answers 500, which makes the
	// platform try again; one of KindForbidden answers 403.
	Receive(ctx context.Context, p *Push) ([]byte, error)
}

// Push is one verified request of the platform.
type Push struct {
	Inbound *Inbound
	// Key is the same for every delivery of one message or event, and holds no openid that could be read
	// (16 characters).
	Key string
	// Fingerprint is the same for every repetition of one signed request, whatever its body (16 characters): in
	// plain mode it is what a forger has to reuse. In the other modes the signature covers the message, so that
	// a request that comes again has the same Key; Fingerprint is "".
	Fingerprint string
	// Seal makes the final bytes of a passive reply in the mode of the callback. It stays usable after the
	// request has ended, and from several goroutines. The zero Message gives "success". A Message that
	// cannot be a passive reply is refused with KindInvalid, a too long text with ErrReplyTooLong.
	Seal func(m echowall.Message) ([]byte, error)
}

// Callback is the http.Handler of the callback URL. GET verifies the URL, POST receives.
//
// The fields are set before the first request and not changed after it.
type Callback struct {
	// AppID, Token, AESKey are what the platform's push configuration shows.
	AppID, Token, AESKey string
	// PreviousAESKey is tried when AESKey does not open a push, so that the key can be changed without
	// losing messages. Empty when there is none.
	PreviousAESKey string
	// OriginalID is the account's own name (gh_…). When set, pushes to another name are refused.
	OriginalID string
	// Mode is the one way of wrapping that is accepted; a request in another mode is refused with 403.
	Mode     Mode
	Receiver Receiver
	// Now defaults to time.Now, Logger to none. No content, openid or secret is logged.
	Now    func() time.Time
	Logger *slog.Logger

	once  sync.Once
	fault error
	keys  []*msgCipher // AESKey, then PreviousAESKey; empty in plain mode
}

// Validate says what is missing or wrong in the configuration, naming the variable it comes from.
func (c *Callback) Validate() error { return c.prepare() }

// ServeHTTP answers one request of the platform. Nothing but a finished Receive is ever answered 200.
func (c *Callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := c.prepare(); err != nil {
		c.refuse(w, r, err)
		return
	}
	switch r.Method {
	case http.MethodGet:
		c.serveVerification(w, r)
	case http.MethodPost:
		c.servePush(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	}
}

// serveVerification answers the check the platform makes when the URL is saved. The same check may come
// again, later, so there is no time window here; nothing is done for it either.
func (c *Callback) serveVerification(w http.ResponseWriter, r *http.Request) {
	q := parseQuery(r.URL.RawQuery)
	if !signed(q.signature, c.Token, q.timestamp, q.nonce) {
		c.refuse(w, r, errForged)
		return
	}
	if q.echo == "" {
		http.Error(w, "echostr is missing", http.StatusBadRequest)
		return
	}
	writeBody(w, []byte(q.echo))
}

func (c *Callback) servePush(w http.ResponseWriter, r *http.Request) {
	push, err := c.open(r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	body, err := c.receive(r.Context(), push)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	if len(body) == 0 {
		body = success
	}
	writeBody(w, body)
}

// open turns a request into a Push, or says why it is not one.
func (c *Callback) open(r *http.Request) (*Push, error) {
	q := parseQuery(r.URL.RawQuery)
	if err := c.checkMode(q); err != nil {
		return nil, err
	}
	if !fresh(q.timestamp, c.Now()) {
		return nil, errStale
	}
	s := takeScratch()
	defer s.release()
	if err := s.readBody(r); err != nil {
		return nil, err
	}
	content, key, err := c.unwrap(q, s)
	if err != nil {
		return nil, err
	}
	in, err := parseInbound(content)
	if err != nil {
		return nil, err
	}
	if c.OriginalID != "" && in.To != c.OriginalID {
		return nil, errOtherAccount
	}
	p := &Push{
		Inbound: in,
		Key:     in.key(),
		Seal:    func(m echowall.Message) ([]byte, error) { return c.seal(m, in, key, q.nonce) },
	}
	if !c.Mode.encrypted() {
		p.Fingerprint = shortHash([]byte(q.signature))
	}
	return p, nil
}

// unwrap checks the signature and returns the clear content, with the cipher that opened it (nil in plain
// mode). A failure of the cipher after a good signature is a wrong key of ours, not a forgery.
func (c *Callback) unwrap(q query, s *scratch) (string, *msgCipher, error) {
	if !c.Mode.encrypted() {
		if !signed(q.signature, c.Token, q.timestamp, q.nonce) {
			return "", nil, errForged
		}
		return string(s.body), nil, nil
	}
	var env envelope
	if err := parseXML(string(s.body), &env); err != nil {
		// Without an <Encrypt> nothing is signed, so this is nobody's push rather than a broken one.
		return "", nil, errForged
	}
	if !signed(q.msgSignature, c.Token, q.timestamp, q.nonce, env.encrypt) {
		return "", nil, errForged
	}
	if env.clear != (c.Mode == ModeCompat) {
		return "", nil, errOtherMode
	}
	var failure error
	for _, key := range c.keys {
		content, err := key.open(env.encrypt, s)
		if err == nil {
			return content, key, nil
		}
		failure = errors.Join(failure, err)
	}
	if errors.Is(failure, errOtherApp) {
		return "", nil, errOtherApp
	}
	return "", nil, fmt.Errorf("ECHOWALL_WECHAT_AES_KEY does not open the push: %w", failure)
}

// receive asks the Receiver and turns its panic into an error, so that the platform tries again. Of the
// panic's value only a runtime error is shown; any other might quote a message.
func (c *Callback) receive(ctx context.Context, p *Push) (body []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			cause, _ := v.(runtime.Error)
			err = fmt.Errorf("receiver panicked with %T: %v\n%s", v, cause, debug.Stack())
		}
	}()
	return c.Receiver.Receive(ctx, p)
}

// refuse answers everything that is not a finished Receive.
func (c *Callback) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	level := slog.LevelError
	switch {
	case errors.Is(err, errBodyTooLarge):
		status, level = http.StatusRequestEntityTooLarge, slog.LevelWarn
	case echowall.KindOf(err) == echowall.KindForbidden:
		status, level = http.StatusForbidden, slog.LevelWarn
	}
	if c.Logger != nil {
		c.Logger.Log(r.Context(), level, "callback refused", "method", r.Method, "status", status, "error", err)
	}
	http.Error(w, http.StatusText(status), status)
}

// success acknowledges a push without saying anything; it is accepted unencrypted in every mode.
var success = []byte("success")

// writeBody names the type by the first byte: replies are XML, everything else ("success", echostr) is
// plain text that no browser may take for a page.
func writeBody(w http.ResponseWriter, body []byte) {
	h := w.Header()
	if body[0] == '<' {
		h["Content-Type"] = typeXML
	} else {
		h["Content-Type"] = typeText
		h["X-Content-Type-Options"] = noSniff
	}
	// A failed write means the platform hung up; it will deliver again.
	_, _ = w.Write(body)
}

// Header values are shared between requests, which saves allocating a slice for each line.
var (
	typeXML  = []string{"text/xml; charset=utf-8"}
	typeText = []string{"text/plain; charset=utf-8"}
	noSniff  = []string{"nosniff"}
)
