package wechat

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"echowall"
)

// window is how far the timestamp of a push may be from our clock. The protocol has no limit of its own,
// so without one a URL seen in an access log could be used for ever.
const window = 300 * time.Second

var (
	errForged       = echowall.Errorf(echowall.KindForbidden, "signature does not match ECHOWALL_WECHAT_TOKEN")
	errStale        = echowall.Errorf(echowall.KindForbidden, "timestamp is missing or more than %s from our clock", window)
	errOtherMode    = echowall.Errorf(echowall.KindForbidden, "request is in another mode than ECHOWALL_WECHAT_MODE; the push configuration of the platform must say the same")
	errOtherAccount = echowall.Errorf(echowall.KindForbidden, "push is for another account than ECHOWALL_WECHAT_ORIGINAL_ID")
)

// query is the part of the callback URL we look at. The openid parameter is left out on purpose: no
// signature covers it.
type query struct {
	signature, timestamp, nonce, msgSignature, encryptType, echo string
}

// parseQuery takes the first value of each known name, as url.Values.Get does, without building the map.
func parseQuery(raw string) query {
	var q query
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		var field *string
		switch name {
		case "signature":
			field = &q.signature
		case "timestamp":
			field = &q.timestamp
		case "nonce":
			field = &q.nonce
		case "msg_signature":
			field = &q.msgSignature
		case "encrypt_type":
			field = &q.encryptType
		case "echostr":
			field = &q.echo
		}
		if field == nil || *field != "" {
			continue
		}
		if strings.ContainsAny(value, "%+") {
			value, _ = url.QueryUnescape(value)
		}
		*field = value
	}
	return q
}

// checkMode compares what the request claims to be with what is configured.
func (c *Callback) checkMode(q query) error {
	switch q.encryptType {
	case "", "raw":
		if c.Mode.encrypted() {
			return errOtherMode
		}
	case "aes":
		if !c.Mode.encrypted() {
			return errOtherMode
		}
	default:
		return errOtherMode
	}
	return nil
}

// fresh reports whether timestamp (seconds, plain digits) is within the window around now.
func fresh(timestamp string, now time.Time) bool {
	if timestamp == "" || timestamp[0] < '1' || timestamp[0] > '9' {
		return false
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	// Compared in seconds: a Duration would overflow for absurd timestamps.
	d, limit := seconds-now.Unix(), int64(window/time.Second)
	return -limit <= d && d <= limit
}

// signed compares a signature of the platform with ours, in constant time.
func signed(signature string, parts ...string) bool {
	want := sign(parts...)
	return subtle.ConstantTimeCompare([]byte(signature), want[:]) == 1
}

// sign is the platform's signature: hex(sha1(parts sorted and joined)), for at most four parts.
// (The SDK's util.Signature gives the same through sort.Strings, a hash object and Sprintf: three times
// the time and eight allocations.)
func sign(parts ...string) (sum [2 * sha1.Size]byte) {
	var sorted [4]string
	n := copy(sorted[:], parts)
	for i := 1; i < n; i++ {
		for j := i; j > 0 && sorted[j] < sorted[j-1]; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	var small [1024]byte
	joined := small[:0]
	for _, p := range sorted[:n] {
		joined = append(joined, p...)
	}
	raw := sha1.Sum(joined)
	hex.Encode(sum[:], raw[:])
	return sum
}

// shortHash names data by 96 bits in 16 characters. The fingerprint of a request is the short hash of its
// signature alone: the signature already covers timestamp and nonce, and covers them joined, so including
// the two again would let a forger move a digit from one to the other and pass as new.
func shortHash(data []byte) string {
	sum := sha256.Sum256(data)
	var text [16]byte
	base64.RawURLEncoding.Encode(text[:], sum[:12])
	return string(text[:])
}

// VerificationQuery is the query the platform sends when a callback URL is saved, signed with token, for an
// operator who checks the way to the own callback. A correct callback answers with echo.
func VerificationQuery(token string, now time.Time, echo string) string {
	timestamp, nonce := strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(now.UnixNano()%1e9, 10)
	signature := sign(token, timestamp, nonce)
	return url.Values{"signature": {string(signature[:])}, "timestamp": {timestamp}, "nonce": {nonce}, "echostr": {echo}}.Encode()
}
