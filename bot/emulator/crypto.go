package emulator

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// padBlock is the PKCS#7 block of the platform's envelope: 32, although the
// AES block is 16.
const padBlock = 32

// sign is the platform's signature: sha1 over the sorted, concatenated parts.
func sign(parts ...string) string {
	sorted := slices.Sorted(slices.Values(parts))
	sum := sha1.Sum([]byte(strings.Join(sorted, "")))
	return hex.EncodeToString(sum[:])
}

// envelope encrypts and decrypts for one key and appid.
type envelope struct {
	block cipher.Block
	iv    []byte
	appID string
}

// newEnvelope takes the 43 characters of an EncodingAESKey. The last of them
// carries two unused bits, which need not be zero.
func newEnvelope(encodingKey, appID string) (*envelope, error) {
	if len(encodingKey) != 43 {
		return nil, fmt.Errorf("EncodingAESKey has %d characters, want 43", len(encodingKey))
	}
	key, err := base64.StdEncoding.DecodeString(encodingKey + "=")
	if err != nil {
		return nil, errors.New("EncodingAESKey is not base64")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &envelope{block: block, iv: key[:aes.BlockSize], appID: appID}, nil
}

// seal encrypts a message behind 16 random bytes.
func (e *envelope) seal(random, message []byte) string {
	plain := slices.Concat(random, binary.BigEndian.AppendUint32(nil, uint32(len(message))), message, []byte(e.appID))
	pad := padBlock - len(plain)%padBlock
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(e.block, e.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// open decrypts and checks every part of the envelope; it also returns the
// random prefix.
func (e *envelope) open(sealed string) (random, message []byte, err error) {
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, nil, errors.New("ciphertext is not base64")
	}
	if len(data) == 0 || len(data)%padBlock != 0 {
		return nil, nil, fmt.Errorf("ciphertext of %d bytes is not a multiple of %d", len(data), padBlock)
	}
	cipher.NewCBCDecrypter(e.block, e.iv).CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	if pad < 1 || pad > padBlock {
		return nil, nil, fmt.Errorf("padding of %d bytes", pad)
	}
	for _, b := range data[len(data)-pad:] {
		if int(b) != pad {
			return nil, nil, errors.New("padding bytes differ")
		}
	}
	data = data[:len(data)-pad]
	if len(data) < 20 {
		return nil, nil, errors.New("plaintext too short")
	}
	size := uint64(binary.BigEndian.Uint32(data[16:20]))
	if uint64(len(data)-20) < size {
		return nil, nil, errors.New("length field beyond the plaintext")
	}
	if got := string(data[20+size:]); got != e.appID {
		return nil, nil, errors.New("appid inside the ciphertext is another account's")
	}
	return data[:16], data[20 : 20+size], nil
}
