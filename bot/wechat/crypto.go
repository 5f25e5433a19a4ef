package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"echowall"
)

const (
	aesKeyLength = 43 // characters of an EncodingAESKey
	padBlock     = 32 // PKCS#7 pads to 32 bytes here, not to the 16 of AES
	headLength   = 20 // 16 random bytes and the length of the message
)

var (
	errCiphertext = errors.New("ciphertext is not base64 of whole blocks")
	errPlaintext  = errors.New("padding or length inside the ciphertext is wrong (another key?)")
	errOtherApp   = echowall.Errorf(echowall.KindForbidden, "push is for another app id than ECHOWALL_WECHAT_APP_ID")
)

// msgCipher encrypts and decrypts messages with one EncodingAESKey: AES-256-CBC whose first IV is the first
// half of the key, over random(16) | length(4) | message | app id. It is safe for concurrent use.
//
// crypto/aes is used directly because the SDK's util.DecryptMsg and EncryptMsg decode the key and expand
// its schedule anew for every message, look at one byte of the padding only, and do not let the caller tell
// another app id from another key.
type msgCipher struct {
	block cipher.Block
	iv    []byte
	appID string
}

func newMsgCipher(encodingKey, appID string) (*msgCipher, error) {
	if len(encodingKey) != aesKeyLength || !alphanumeric(encodingKey) {
		return nil, fmt.Errorf("must be %d letters and digits", aesKeyLength)
	}
	// Not the strict decoder: the 43rd character may carry two unused bits.
	key, err := base64.RawStdEncoding.DecodeString(encodingKey)
	if err != nil {
		return nil, errors.New("is not base64")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &msgCipher{block: block, iv: key[:aes.BlockSize], appID: appID}, nil
}

// open decrypts the text of an <Encrypt> node, in the memory of s, and returns the message.
func (m *msgCipher) open(encrypt string, s *scratch) (string, error) {
	work, err := base64.StdEncoding.AppendDecode(s.work[:0], []byte(encrypt))
	s.work = work
	if err != nil || len(work) == 0 || len(work)%padBlock != 0 {
		return "", errCiphertext
	}
	cipher.NewCBCDecrypter(m.block, m.iv).CryptBlocks(work, work)
	return m.message(work)
}

// message takes the padded plaintext apart.
func (m *msgCipher) message(plain []byte) (string, error) {
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > padBlock {
		return "", errPlaintext
	}
	for _, b := range plain[len(plain)-pad:] {
		if int(b) != pad {
			return "", errPlaintext
		}
	}
	plain = plain[:len(plain)-pad]
	if len(plain) < headLength {
		return "", errPlaintext
	}
	length := uint64(binary.BigEndian.Uint32(plain[16:headLength]))
	rest := plain[headLength:]
	if length > uint64(len(rest)) {
		return "", errPlaintext
	}
	if string(rest[length:]) != m.appID {
		return "", errOtherApp
	}
	return string(rest[:length]), nil
}

// encrypt makes what the text of an <Encrypt> node is the base64 of. plain begins with headLength bytes of room,
// the first 16 of them random, and continues with the message; it is overwritten.
func (m *msgCipher) encrypt(plain []byte) []byte {
	binary.BigEndian.PutUint32(plain[16:headLength], uint32(len(plain)-headLength))
	plain = append(plain, m.appID...)
	pad := padBlock - len(plain)%padBlock
	for range pad {
		plain = append(plain, byte(pad))
	}
	cipher.NewCBCEncrypter(m.block, m.iv).CryptBlocks(plain, plain)
	return plain
}
