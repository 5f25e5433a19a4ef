package store

import (
	"encoding/json"
	"time"
)

// exportFormat is the number of the format of full exports. Restore refuses others.
const exportFormat = 1

// line is one line of an export. A wish is flat, {"kind":"wish", then its document}; every other kind has
// its stored document under doc.
type line struct {
	Kind string `json:"kind"`
	// Key names the thing within its kind: a number or id, the id of an entry of a stream.
	Key   string `json:"key,omitempty"`
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`
	// Expires is when the database forgets the thing (unix s).
	Expires int64             `json:"expires,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`
	// Places are the scores of a debt in the sorted sets of the ledger, by family. They are not in the
	// document, and it does not tell them all.
	Places map[string]int64 `json:"places,omitempty"`
	Doc    json.RawMessage  `json:"doc,omitempty"`
	Data   []byte           `json:"data,omitempty"`   // bytes of a photo or voice
	Sealed []byte           `json:"sealed,omitempty"` // see passphrase
}

// metaLine is the first line of a full export.
type metaLine struct {
	Kind    string    `json:"kind"`
	Format  int       `json:"format"`
	Account string    `json:"account"`
	Created time.Time `json:"created"`
	// KeyCheck tells whether ids are derived with the same secret key, without telling the key.
	KeyCheck string `json:"key_check"`
	// Identity is set when there are identity lines.
	Identity *passphraseMeta `json:"identity,omitempty"`
}

// endLine is the last line of a full export: what stands before it. The seal takes the service's secret key,
// so that whoever changes the file cannot make it good again.
type endLine struct {
	Kind  string `json:"kind"`
	Lines int    `json:"lines"`
	Seal  string `json:"seal"`
}

// flatHead begins the line of a wish.
const flatHead = `{"kind":"` + kindWish + `",`

// identity is what a sealed line holds: whom an id belongs to, or a message that was acknowledged and is
// not done.
type identity struct {
	Family string `json:"family"`
	ID     string `json:"id"`
	Plain  []byte `json:"plain"`
}
