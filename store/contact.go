package store

import (
	"context"
	"encoding/json"

	"echowall"
)

// sealedUnder is the name that a sealed value of a family is bound to. A phone number is bound to another one
// than the openid of the same author, so that the two cannot be swapped.
func sealedUnder(family, id string) echowall.Recipient {
	if family == "contact" {
		return echowall.Recipient("contact:" + id)
	}
	return echowall.Recipient(id)
}

// Contact implements echowall.ContactStore.
func (s *Store) Contact(ctx context.Context, a echowall.AuthorID) (*echowall.ContactCard, error) {
	key := s.keys.contact(a)
	sealed, staged := "", false
	if c := changeOf(ctx); c != nil {
		sealed, staged = c.staged[key]
	}
	if !staged {
		var err error
		if sealed, err = s.rdb.Get(ctx, key).Result(); err != nil {
			return nil, wrap(err)
		}
	}
	plain, err := s.vault.open(sealedUnder("contact", string(a)), sealed)
	if err != nil {
		return nil, err
	}
	card := new(echowall.ContactCard)
	if err := json.Unmarshal([]byte(plain), card); err != nil {
		return nil, echowall.Errorf(echowall.KindInternal, "store: a contact card cannot be read") // the cause may quote it
	}
	return card, nil
}

// PutContact implements echowall.ContactStore. The later of two writers has it: there is one author.
func (s *Store) PutContact(ctx context.Context, a echowall.AuthorID, card echowall.ContactCard) error {
	plain, err := json.Marshal(card)
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "store: encode a contact card: %w", err)
	}
	return s.update(ctx, func(c *change) error {
		sealed := s.vault.seal(sealedUnder("contact", string(a)), echowall.OpenID(plain))
		c.do("SET", s.keys.contact(a), sealed)
		c.staged[s.keys.contact(a)] = sealed
		return nil
	})
}

// DropContact implements echowall.ContactStore.
func (s *Store) DropContact(ctx context.Context, a echowall.AuthorID) error {
	return s.update(ctx, func(c *change) error {
		c.do("DEL", s.keys.contact(a))
		delete(c.staged, s.keys.contact(a))
		return nil
	})
}
