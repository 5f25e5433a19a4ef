package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"

	"echowall"
)

const (
	// PassphraseLength is the fewest bytes that protect identities in an export.
	PassphraseLength = 12

	passphraseRoundsMax = 10_000_000 // a file that asks for more only wants to keep us busy
	passphrasePurpose   = "echowall export identity"
)

// passphraseRounds is what OWASP recommends for PBKDF2-HMAC-SHA256 (2023). Some tests lower it.
var passphraseRounds = 600_000

// passphraseMeta is what one needs besides the passphrase.
type passphraseMeta struct {
	KDF    string `json:"kdf"`
	Rounds int    `json:"rounds"`
	Salt   []byte `json:"salt"`
	Check  []byte `json:"check"` // sealed emptiness: a wrong passphrase shows at once
}

// passphrase seals identity lines with AES-256-GCM under a key derived from an operator's passphrase.
type passphrase struct{ aead cipher.AEAD }

// newPassphrase derives a key with a fresh salt.
func newPassphrase(words []byte) (*passphrase, *passphraseMeta, error) {
	if len(words) < PassphraseLength {
		return nil, nil, echowall.Errorf(echowall.KindInvalid, "store: the passphrase has %d bytes, at least %d are needed", len(words), PassphraseLength)
	}
	meta := &passphraseMeta{KDF: "pbkdf2-sha256", Rounds: passphraseRounds, Salt: make([]byte, 16)}
	rand.Read(meta.Salt)
	p, err := derive(words, meta)
	if err != nil {
		return nil, nil, err
	}
	meta.Check = p.seal(nil)
	return p, meta, nil
}

// openPassphrase derives the key again and checks it.
func openPassphrase(words []byte, meta *passphraseMeta) (*passphrase, error) {
	if meta.KDF != "pbkdf2-sha256" || meta.Rounds < 1 || meta.Rounds > passphraseRoundsMax {
		return nil, echowall.Errorf(echowall.KindInvalid, "identities are locked in an unknown way (%s, %d rounds)", meta.KDF, meta.Rounds)
	}
	p, err := derive(words, meta)
	if err != nil {
		return nil, err
	}
	if _, err := p.open(meta.Check); err != nil {
		return nil, echowall.Errorf(echowall.KindInvalid, "the passphrase is not the one of this export")
	}
	return p, nil
}

func derive(words []byte, meta *passphraseMeta) (*passphrase, error) {
	key, err := pbkdf2.Key(sha256.New, string(words), meta.Salt, meta.Rounds, 32)
	if err != nil {
		return nil, echowall.Errorf(echowall.KindInvalid, "store: derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, echowall.Errorf(echowall.KindInternal, "store: cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, echowall.Errorf(echowall.KindInternal, "store: cipher: %w", err)
	}
	return &passphrase{aead}, nil
}

func (p *passphrase) seal(plain []byte) []byte {
	return p.aead.Seal(nil, nil, plain, []byte(passphrasePurpose))
}

func (p *passphrase) open(sealed []byte) ([]byte, error) {
	return p.aead.Open(nil, nil, sealed, []byte(passphrasePurpose))
}

func (p *passphrase) sealIdentity(i identity) ([]byte, error) {
	plain, err := json.Marshal(i)
	if err != nil {
		return nil, echowall.Errorf(echowall.KindInternal, "store: encode identity: %w", err)
	}
	return p.seal(plain), nil
}

func (p *passphrase) openIdentity(sealed []byte) (identity, error) {
	var i identity
	plain, err := p.open(sealed)
	if err != nil {
		return i, echowall.Errorf(echowall.KindInvalid, "an identity is damaged")
	}
	if err := json.Unmarshal(plain, &i); err != nil {
		return i, echowall.Errorf(echowall.KindInvalid, "an identity is not readable: %w", err)
	}
	return i, nil
}
