package wechat

import (
	"echowall"
)

// Mode is how the platform wraps what it pushes (消息加解密方式). It is set on the platform and in our
// configuration; the two must agree, and a request never chooses it. The zero Mode is no mode: forgetting
// to set one must not mean "accept plaintext".
type Mode int

// The modes of the platform.
const (
	// ModePlain (明文模式): clear XML. The signature does not cover the body, so whoever has seen one
	// callback URL can forge messages for as long as its timestamp is fresh. For trials only.
	ModePlain Mode = iota + 1
	// ModeCompat (兼容模式): clear fields and ciphertext side by side; only the ciphertext is believed.
	ModeCompat
	// ModeSafe (安全模式): ciphertext only.
	ModeSafe
)

// ParseMode reads "plain", "compat" or "safe".
func ParseMode(s string) (Mode, error) {
	for m := ModePlain; m <= ModeSafe; m++ {
		if s == m.String() {
			return m, nil
		}
	}
	return 0, echowall.Errorf(echowall.KindInvalid, "callback mode %q: use plain, compat or safe", s)
}

// String is the word ParseMode reads.
func (m Mode) String() string {
	switch m {
	case ModePlain:
		return "plain"
	case ModeCompat:
		return "compat"
	case ModeSafe:
		return "safe"
	}
	return "unset"
}

// encrypted reports whether pushes and replies are enciphered in this mode.
func (m Mode) encrypted() bool { return m == ModeCompat || m == ModeSafe }
