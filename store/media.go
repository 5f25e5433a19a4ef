package store

import (
	"context"
	"crypto/rand"
	"time"

	"echowall"
)

// PutMedia implements echowall.MediaStore.
func (s *Store) PutMedia(ctx context.Context, contentType string, data []byte) (echowall.Media, error) {
	id := make([]byte, 15)
	rand.Read(id)
	m := echowall.Media{ID: encode(id), ContentType: contentType, Size: len(data), Created: s.now().UTC().Truncate(time.Second)}
	return m, s.update(ctx, func(c *change) error {
		c.do("SET", s.keys.media(m.ID), string(data))
		return c.setDoc(s.keys.mediaInfo(m.ID), 0, &m)
	})
}

// Media implements echowall.MediaStore.
func (s *Store) Media(ctx context.Context, id string) (echowall.Media, []byte, error) {
	var m echowall.Media
	if _, err := s.get(ctx, s.keys.mediaInfo(id), &m); err != nil {
		return m, nil, err
	}
	data, err := s.rdb.Get(ctx, s.keys.media(id)).Bytes()
	return m, data, wrap(err)
}
