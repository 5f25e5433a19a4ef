package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"echowall"
)

// erasedDoc is one erasure that was carried out. It holds both ids of a person and is stored sealed only, so that
// a backup from before can be made to forget the person again.
type erasedDoc struct {
	erasureDoc
	At time.Time `json:"at"`
}

// erasedName is what a sealed erasedDoc is bound to.
func erasedName(order string) echowall.Recipient { return echowall.Recipient("erased " + order) }

// rememberErasure stages that an order was carried out.
func (s *Store) rememberErasure(c *change, e echowall.Erasing) error {
	text, err := json.Marshal(erasedDoc{erasureDoc{e.Self.Person, e.Self.Author, e.Source}, s.now().UTC().Truncate(time.Second)})
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "store: encode an erasure: %w", err)
	}
	c.put("HSET", s.keys.erased(), e.Order, encode([]byte(s.vault.seal(erasedName(e.Order), echowall.OpenID(text)))))
	return nil
}

// openErased reads what rememberErasure wrote.
func (s *Store) openErased(order, value string) (d erasedDoc, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return d, echowall.Errorf(echowall.KindInvalid, "an erasure cannot be read")
	}
	text, err := s.vault.open(erasedName(order), string(sealed))
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, echowall.Errorf(echowall.KindInternal, "store: decode an erasure: %w", err)
	}
	return d, nil
}

// TrimErasures implements echowall.RetentionStore.
func (s *Store) TrimErasures(ctx context.Context, t time.Time) (int, error) {
	all, err := s.rdb.HGetAll(ctx, s.keys.erased()).Result()
	if err != nil {
		return 0, wrap(err)
	}
	n := 0
	for order, value := range all {
		d, err := s.openErased(order, value)
		if err != nil {
			return n, err
		}
		if !d.At.Before(t) {
			continue
		}
		if err := s.rdb.HDel(ctx, s.keys.erased(), order).Err(); err != nil {
			return n, wrap(err)
		}
		n++
	}
	return n, nil
}
