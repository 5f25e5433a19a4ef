package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"echowall"
)

// How long signed links open. A photo's link is renewed by every view of its page.
const (
	linkKept  = 30 * 24 * time.Hour
	mediaKept = 24 * time.Hour
)

// What a token may be good for; a token of one purpose is worth nothing for another.
const (
	forWish   = "wish"
	forLesson = "lesson"
	forMedia  = "media"
)

// Signer makes links that open one page for whoever holds them, for a while, without a login. A token is
// an expiry and an HMAC-SHA256 over purpose, subject and expiry, cut to 120 bits; nothing can be read in it.
type Signer struct {
	keyed     echowall.Keyed
	publicURL string
	now       func() time.Time
}

// NewSigner derives its key from the service secret (32 bytes or more). publicURL is the address under
// which people reach the service, without a path.
func NewSigner(key []byte, publicURL string, now func() time.Time) *Signer {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("echowall signed links"))
	return &Signer{keyed: echowall.NewKeyed(mac.Sum(nil)), publicURL: strings.TrimRight(publicURL, "/"), now: now}
}

// PageURL makes a path of ours absolute.
func (s *Signer) PageURL(path string) string { return s.publicURL + path }

// WishURL is the page of one wish for its author, valid for 30 days. The author is not readable in it; the
// token only fits the wish's own author.
func (s *Signer) WishURL(number string, a echowall.AuthorID) string {
	return s.PageURL(wishPath(number, s.token(s.now().Add(linkKept), forWish, number, string(a))))
}

// CaseURL is the console page of a wish; it asks for a log-in.
func (s *Signer) CaseURL(number string) string { return s.PageURL(casePath(number)) }

func casePath(number string) string { return "/console/wish/" + url.PathEscape(number) }

// LessonURL is the page of a lesson: open to everybody for lessons of the pack, valid for 30 days for a
// branch's own.
func (s *Signer) LessonURL(id string) string { return s.PageURL(s.lessonPath(id)) }

func (s *Signer) lessonPath(id string) string {
	path := "/m/lesson/" + url.PathEscape(id)
	if isBranchLesson(id) {
		path += "?k=" + s.token(s.now().Add(linkKept), forLesson, id)
	}
	return path
}

// MediaURL opens one stored photo or voice for whoever holds it, for one to two days; no page is needed.
func (s *Signer) MediaURL(id string) string { return s.PageURL(s.mediaPath(id)) }

// mediaPath is the address of a stored photo or voice. It stays the same for a day, so that browsers can
// keep what they fetched.
func (s *Signer) mediaPath(id string) string {
	expires := s.now().Truncate(mediaKept).Add(2 * mediaKept)
	return "/m/media/" + url.PathEscape(id) + "?k=" + s.token(expires, forMedia, id)
}

func wishPath(number, token string) string {
	path := "/m/wish/" + url.PathEscape(number)
	if token != "" { // else the session says whose it is
		path += "?k=" + url.QueryEscape(token)
	}
	return path
}

const macLength = 15 // bytes

func (s *Signer) token(expires time.Time, purpose string, subject ...string) string {
	var room [4 + sha256.Size]byte
	b := binary.BigEndian.AppendUint32(room[:0], uint32(expires.Unix())) // until the year 2106
	return base64.RawURLEncoding.EncodeToString(s.appendMAC(b, b, purpose, subject))
}

// appendMAC appends the hash of %q of purpose, %q of subject and %x of expires, which no two tokens share.
func (s *Signer) appendMAC(dst, expires []byte, purpose string, subject []string) []byte {
	n := len(dst)
	return s.keyed.Append(dst, func(b []byte) []byte {
		b = append(strconv.AppendQuote(b, purpose), " ["...)
		for i, part := range subject {
			if i > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendQuote(b, part)
		}
		return hex.AppendEncode(append(b, "] "...), expires)
	})[:n+macLength]
}

// linkRefused is all that a person reads about a link that does not open, whatever the reason, so that
// nobody learns what exists.
func linkRefused() error { return echowall.Refusal(echowall.KindForbidden, "web.link") }

// check refuses a token that is forged, of another purpose or subject, or expired.
func (s *Signer) check(token, purpose string, subject ...string) error {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != 4+macLength {
		return linkRefused()
	}
	if !hmac.Equal(b[4:], s.appendMAC(nil, b[:4], purpose, subject)) || s.now().Unix() > int64(binary.BigEndian.Uint32(b)) {
		return linkRefused()
	}
	return nil
}
