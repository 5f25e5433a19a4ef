package store

import (
	"compress/flate"
	"io"
	"strconv"
	"strings"
	"sync"

	"echowall"
)

// A wish that a station has taken up is written a handful of times more and read now and then; one that was just
// handed in is written once, while somebody waits. The former's document is kept as {"v":7,"z":1} and the rest
// deflated, where z names the dictionary. The version stays in front for the scripts, which look at nothing else.
// Whoever reads documents by unmarshalDoc or plainText sees none of this.

// packedMost bounds what a packed document may grow to, in bytes, should it be damaged.
const packedMost = 4 << 20

// dictionary is a text full of what documents share, and the machines that work with it. What it holds under
// a number never changes, because documents were packed with it; a better one gets a number of its own.
type dictionary struct {
	id      string
	text    []byte
	packers sync.Pool // of *flate.Writer: making one costs more than its use
	readers sync.Pool // of io.ReadCloser that are flate.Resetter
}

// wishWords is a wish without what is its own. What is most frequent stands last, where deflate finds it
// cheapest.
const wishWords = `"at":{"lat":30.,"lng":1"place":""media":["display":"anonymous","surname":""excluded":["grid":"` +
	`","placed":"","due":"2026-","promise":"202"rating":"C""rating":"B"` +
	` withdraw WITHDRAWN author phone ","179 takedown CLOSED supervisor extend return dispatch sign ACCEPTED officer ` +
	` supplement SUBMITTED author chat ","179 triage refuse divert shelve link cosign chase secretary station system ` +
	`","author":"a","station":"s","state":"WITHDRAWN","created":"2026-1"state":"TO_VERIFY","created":"202"round":1,` +
	`"may_publish":true,"answer":{"class":"A","text":"。","at":"2026-11-22T0:00Z"},"rating":"A",` +
	`"public":{"state":"echo","text":"。","redactor":"p","at":"202"}:00Z"},"history":["17` +
	`"number":"XY1","text":"，。","state":"CLOSED","created":"2026-` +
	` redact TO_VERIFY liaison console publish TO_VERIFY liaison console  submit SUBMITTED author chat ` +
	`","179 accept ACCEPTED liaison console ","179 redo REDO author chat ","179 answer TO_VERIFY liaison console ` +
	` A","179 rate CLOSED author chat   A"]}`

// dictionaries are all that documents may have been packed with; the first one packs.
var dictionaries = []*dictionary{newDictionary("1", wishWords)}

func newDictionary(id, text string) *dictionary {
	d := &dictionary{id: id, text: []byte(text)}
	d.packers.New = func() any {
		w, err := flate.NewWriterDict(io.Discard, flate.BestCompression, d.text)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}
	d.readers.New = func() any { return flate.NewReaderDict(strings.NewReader(""), d.text) }
	return d
}

// isPacked reports whether the document of w is packed.
func isPacked(w *echowall.Wish) bool { return w.State != echowall.WishSubmitted }

// wishText is the text of a wish's document as it is stored, made from its plain text.
func wishText(w *echowall.Wish, text string) (string, error) {
	if !isPacked(w) {
		return text, nil
	}
	return dictionaries[0].pack(text)
}

// setWish is setDoc of a wish.
func (c *change) setWish(key string, version int, w *echowall.Wish) error {
	text, err := marshalDoc(version+1, w)
	if err != nil {
		return err
	}
	if text, err = wishText(w, text); err != nil {
		return err
	}
	c.guardVersion(key, version)
	c.put("SET", key, text)
	c.staged[key] = text
	return nil
}

// packedHead stands after the version of a packed document.
const packedHead = `,"z":`

// pack shortens the text of a document.
func (d *dictionary) pack(text string) (string, error) {
	version, rest, ok := strings.Cut(text, ",")
	if !ok {
		return text, nil
	}
	var b strings.Builder
	b.WriteString(version + packedHead + d.id + "}")
	w := d.packers.Get().(*flate.Writer)
	defer d.packers.Put(w)
	w.Reset(&b)
	_, err := io.WriteString(w, rest)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", echowall.Errorf(echowall.KindInternal, "store: pack a document: %w", err)
	}
	if b.Len() >= len(text) {
		return text, nil
	}
	return b.String(), nil
}

// plainText is the text of a document without packing. One that was not packed is returned as it is.
func plainText(text string) (string, error) {
	end := strings.IndexByte(text, ',')
	if end < 0 || !strings.HasPrefix(text[end:], packedHead) {
		return text, nil
	}
	version, rest := text[:end], text[end+len(packedHead):]
	id, packed, ok := strings.Cut(rest, "}")
	if !ok {
		return "", echowall.Errorf(echowall.KindInternal, "store: a packed document breaks off")
	}
	for _, d := range dictionaries {
		if d.id == id {
			return d.unpack(version, packed)
		}
	}
	return "", echowall.Errorf(echowall.KindInternal, "store: a document was packed with dictionary %s, which this version does not know", strconv.Quote(id))
}

func (d *dictionary) unpack(version, packed string) (string, error) {
	r := d.readers.Get().(io.ReadCloser)
	defer d.readers.Put(r)
	err := r.(flate.Resetter).Reset(strings.NewReader(packed), d.text)
	var b strings.Builder
	b.Grow(len(version) + 1 + 3*len(packed))
	b.WriteString(version + ",")
	if err == nil {
		_, err = io.Copy(&b, io.LimitReader(r, packedMost))
	}
	if err != nil {
		return "", echowall.Errorf(echowall.KindInternal, "store: a packed document is damaged: %w", err)
	}
	return b.String(), nil
}
