package store

import (
	"context"
	"crypto/rand"
	"time"

	"echowall"
)

// PutUpload keeps a file sealed for a while, for one person; the token finds it again.
func (s *Store) PutUpload(ctx context.Context, p echowall.PersonID, data []byte, kept time.Duration) (string, error) {
	bits := make([]byte, 12)
	rand.Read(bits)
	token := encode(bits)
	key := s.keys.upload(p, token)
	return token, wrap(s.rdb.Set(ctx, key, s.vault.seal(echowall.Recipient(key), echowall.OpenID(data)), kept).Err())
}

// Upload returns a file that PutUpload kept; KindNotFound when it is gone.
func (s *Store) Upload(ctx context.Context, p echowall.PersonID, token string) ([]byte, error) {
	key := s.keys.upload(p, token)
	sealed, err := s.rdb.Get(ctx, key).Result()
	if err != nil {
		return nil, wrap(err)
	}
	data, err := s.vault.open(echowall.Recipient(key), sealed)
	return []byte(data), err
}

// DropUpload forgets a file.
func (s *Store) DropUpload(ctx context.Context, p echowall.PersonID, token string) error {
	return wrap(s.rdb.Del(ctx, s.keys.upload(p, token)).Err())
}
