package echowall

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
)

// OpenID is the platform's name for one person on one account. It appears in the callback, in the vault
// and in the API client, nowhere else: not in documents, queues, logs, pages or errors.
type OpenID string

// String hides the value so that a stray log line cannot leak it.
func (OpenID) String() string { return "openid(hidden)" }

// PersonID is the keyed hash by which conversations, roles, study records and notices know a person.
type PersonID string

// AuthorID is the keyed hash by which wishes know their author. It is derived with another purpose than
// PersonID, so that without the service's key nobody can join what a person studied with what the same
// person complained about (Personal Information Protection Law, arts. 6 and 28; design section 7).
type AuthorID string

// Recipient addresses a debt: the text of either a PersonID or an AuthorID. The vault maps both back.
type Recipient string

// Identifier derives ids from openids with the service's secret key. Losing the key orphans every id.
type Identifier struct {
	key   []byte
	keyed Keyed // with key
}

// NewIdentifier returns an Identifier for key (32 bytes or more of secret) and one account name; the same
// openid yields unrelated ids on different accounts.
func NewIdentifier(key []byte, account string) Identifier {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("echowall identity\x00" + account))
	own := mac.Sum(nil)
	return Identifier{key: own, keyed: NewKeyed(own)}
}

// Person returns the id for conversations, roles and study.
func (i Identifier) Person(o OpenID) PersonID { return PersonID("p" + i.derive("person", o)) }

// Author returns the id for wishes.
func (i Identifier) Author(o OpenID) AuthorID { return AuthorID("a" + i.derive("author", o)) }

// Code returns the name under which a binding code is stored. Eight characters are tried out in minutes on a
// copy of the database, unless every try needs the key.
func (i Identifier) Code(code string) string { return i.derive("code", OpenID(code)) }

// Seal returns the hash that proves a file to come from this account: HMAC-SHA256 with a key of its own.
func (i Identifier) Seal() hash.Hash { return i.mac("file") }

func (i Identifier) mac(purpose string) hash.Hash {
	mac := hmac.New(sha256.New, i.key)
	mac.Write([]byte(purpose + "\x00"))
	return mac
}

// derive keeps 96 bits: 16 characters in keys and documents, and a collision among 10 million people has
// odds below 1 in 10^15.
func (i Identifier) derive(purpose string, o OpenID) string {
	var sum [sha256.Size]byte
	i.keyed.Append(sum[:0], func(b []byte) []byte {
		return append(append(append(b, purpose...), 0), o...)
	})
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
