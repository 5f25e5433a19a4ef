package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"sync"

	"echowall"
)

// vault seals openids so that a copy of the database without the service's key names nobody. Each value is
// bound to the id it stands under, so that swapping two entries is noticed.
type vault struct{ aead cipher.AEAD }

func newVault(secret []byte, account string) (vault, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "echowall vault "+account, 32)
	if err != nil {
		return vault{}, echowall.Errorf(echowall.KindInternal, "store: vault key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return vault{}, echowall.Errorf(echowall.KindInternal, "store: vault cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return vault{}, echowall.Errorf(echowall.KindInternal, "store: vault cipher: %w", err)
	}
	return vault{aead}, nil
}

func (v vault) seal(r echowall.Recipient, o echowall.OpenID) string {
	return v.sealAfter("", string(r), []byte(o))
}

// sealAfter is head and the sealed text, which is bound to name.
func (v vault) sealAfter(head, name string, text []byte) string {
	room := sealing.Get().(*[]byte)
	defer func() {
		if cap(*room) <= 16<<10 { // a large file must not stay
			sealing.Put(room)
		}
	}()
	b := append(append((*room)[:0], name...), head...)
	sealed := len(name)
	nonce := len(b)
	b = slices.Grow(b, v.aead.NonceSize()+len(text)+v.aead.Overhead())[:nonce+v.aead.NonceSize()]
	rand.Read(b[nonce:])
	b = v.aead.Seal(b, b[nonce:], text, b[:sealed])
	*room = b
	return string(b[sealed:])
}

// sealing are pieces of memory to seal in: every message that is handled leaves a sealed reply.
var sealing = sync.Pool{New: func() any { return new([]byte) }}

func (v vault) open(r echowall.Recipient, sealed string) (echowall.OpenID, error) {
	n := v.aead.NonceSize()
	if len(sealed) < n {
		return "", echowall.Errorf(echowall.KindInternal, "store: vault entry is too short")
	}
	o, err := v.aead.Open(nil, []byte(sealed[:n]), []byte(sealed[n:]), []byte(r))
	if err != nil {
		return "", echowall.Errorf(echowall.KindInternal, "store: vault entry does not open with this key: %w", err)
	}
	return echowall.OpenID(o), nil
}

// OpenIDs maps recipients back, for delivery and for logged, justified staff access only. Unknown ones are
// missing in the result.
func (s *Store) OpenIDs(ctx context.Context, rs ...echowall.Recipient) (map[echowall.Recipient]echowall.OpenID, error) {
	pipe := s.rdb.Pipeline()
	for _, r := range rs {
		pipe.Get(ctx, s.keys.vault(r))
	}
	cmds, err := pipe.Exec(ctx)
	if err != nil && echowall.KindOf(wrap(err)) != echowall.KindNotFound {
		return nil, wrap(err)
	}
	out := make(map[echowall.Recipient]echowall.OpenID, len(rs))
	for i, r := range rs {
		sealed, err := cmds[i].(interface{ Result() (string, error) }).Result()
		if echowall.KindOf(wrap(err)) == echowall.KindNotFound {
			continue
		}
		if err != nil {
			return nil, wrap(err)
		}
		o, err := s.vault.open(r, sealed)
		if err != nil {
			return nil, err
		}
		out[r] = o
	}
	return out, nil
}
