package echowall

import (
	"encoding/base64"
	"encoding/json"
	"hash"
	"strings"
	"time"
)

// AccessSeal returns the keyed hash that chains the access log. Without the service's key nobody can write a
// line that fits, not even with the whole database in hand.
func (i Identifier) AccessSeal() hash.Hash { return i.mac("access log") }

// Follow returns e as the line after prev (the zero AccessEntry before the first), with its number and hash.
func (e AccessEntry) Follow(prev AccessEntry, seal hash.Hash) AccessEntry {
	e.Seq = prev.Seq + 1
	e.At = e.At.UTC().Truncate(time.Second)
	e.Why = Shorten(strings.TrimSpace(e.Why), AccessWhyLimit)
	e.Hash = e.digest(prev.Hash, seal)
	return e
}

// Follows reports whether e is the line after prev, as it was written.
func (e AccessEntry) Follows(prev AccessEntry, seal hash.Hash) bool {
	return e.Seq == prev.Seq+1 && e.Hash == e.digest(prev.Hash, seal)
}

// digest covers the line as JSON without its hash, so that a field added later, empty in old lines, leaves
// their digests as they are.
func (e AccessEntry) digest(prev string, seal hash.Hash) string {
	e.Hash = ""
	line, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings, a number and a time in our era
	}
	seal.Reset()
	seal.Write([]byte(prev + "\n"))
	seal.Write(line)
	return base64.RawURLEncoding.EncodeToString(seal.Sum(nil)[:12])
}
