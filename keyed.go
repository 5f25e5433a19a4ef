package echowall

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// Keyed computes HMAC-SHA256 with one key. Setting up the key costs as much as a short message, so that what is
// set up is kept for the next one. It is safe for use by many goroutines.
type Keyed struct{ ready *sync.Pool }

// NewKeyed returns the hash with this key, 32 bytes or more of secret.
func NewKeyed(key []byte) Keyed {
	return Keyed{&sync.Pool{New: func() any { return &keyed{mac: hmac.New(sha256.New, key)} }}}
}

type keyed struct {
	mac  hash.Hash
	text []byte
}

// Append appends the 32 bytes of the hash of what write appends.
func (k Keyed) Append(dst []byte, write func([]byte) []byte) []byte {
	h := k.ready.Get().(*keyed)
	defer k.ready.Put(h)
	h.mac.Reset()
	h.text = write(h.text[:0])
	h.mac.Write(h.text)
	return h.mac.Sum(dst)
}
