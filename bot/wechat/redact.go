package wechat

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// hidden stands where a secret, a token or an openid was.
const hidden = "(hidden)"

// longWord finds what may be an openid (28 characters), a token, a ticket or a media id. The platform's
// request id, which support staff ask for, is of another shape and is kept.
var (
	longWord  = regexp.MustCompile(`[A-Za-z0-9_\-]{20,}`)
	requestID = regexp.MustCompile(`^[0-9a-f]{6,8}-[0-9a-f]{6,8}-[0-9a-f]{6,8}$`)
)

// maxMessage bounds what of an errmsg is kept, in bytes.
const maxMessage = 300

// redact removes everything secret from text of the platform or of the network.
func (c *Client) redact(s string, r *request, token string) string {
	known := append([]string{c.appSecret, token}, r.hide...)
	for _, secret := range known {
		if secret == "" {
			continue
		}
		s = strings.ReplaceAll(s, secret, hidden)
		s = strings.ReplaceAll(s, url.QueryEscape(secret), hidden)
	}
	s = longWord.ReplaceAllStringFunc(s, func(word string) string {
		if requestID.MatchString(word) {
			return word
		}
		return hidden
	})
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxMessage {
		cut := maxMessage
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return strings.TrimSpace(s)
}

// redactedError keeps the identity of an error for errors.Is and shows only its cleaned text.
type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string { return e.text }

// Is lets callers recognise context.DeadlineExceeded and the like without ever reaching the cause.
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }

// redactError drops the address (which carries the token) that net/http puts around every failure.
func (c *Client) redactError(err error, r *request, token string) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return &redactedError{text: c.redact(err.Error(), r, token), cause: err}
}
