package store

import (
	"bufio"
	"encoding/json"
	"io"

	"echowall"
)

// readErased reads the erasures that an export remembers, and checks that they are of this account.
func (s *Store) readErased(r io.Reader) ([]erasedDoc, error) {
	if r == nil {
		return nil, nil
	}
	var out []erasedDoc
	in := bufio.NewScanner(r)
	in.Buffer(nil, lineLimit)
	number := 0
	for in.Scan() {
		number++
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return nil, echowall.Errorf(echowall.KindInvalid, "store: erasures, line %d: not JSON: %w", number, err)
		}
		if l.Kind != kindErasure {
			continue
		}
		d, err := s.openErased(l.Field, l.Value)
		if err != nil {
			return nil, echowall.Errorf(echowall.KindConflict, "store: erasures, line %d: of another account or secret key, or damaged: %w", number, err)
		}
		out = append(out, d)
	}
	if err := in.Err(); err != nil {
		return nil, echowall.Errorf(echowall.KindInvalid, "store: erasures, after line %d: %w", number, err)
	}
	return out, nil
}

// orderErased stages orders to erase again whoever was erased since the export was made. They become orders with
// the last step of the restore, so that the account is never served without them.
func (x *restorer) orderErased(gone []erasedDoc) error {
	for _, d := range gone {
		if d.At.Before(x.out.Created) {
			continue
		}
		text, err := json.Marshal(d.erasureDoc)
		if err != nil {
			return echowall.Errorf(echowall.KindInternal, "store: encode an erasure: %w", err)
		}
		order := newOrder()
		x.change.do("HSET", x.s.keys.erasures(), order, x.s.vault.seal(echowall.Recipient(order), echowall.OpenID(text)))
		x.out.Erasures++
	}
	return nil
}
