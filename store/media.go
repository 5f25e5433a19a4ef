package store

import (
	"context"
	"crypto/rand"
	"time"

	"echowall"
)

// mediaKept is how long a photo or voice waits for the wish or lesson that it is meant for. What was put into a
// draft that nobody sent is gone a day after the draft.
const mediaKept = echowall.DraftKept + 24*time.Hour

// PutMedia implements echowall.MediaStore.
func (s *Store) PutMedia(ctx context.Context, contentType string, data []byte) (echowall.Media, error) {
	id := make([]byte, 15) // mediaIDLength once encoded
	rand.Read(id)
	m := echowall.Media{ID: encode(id), ContentType: contentType, Size: len(data), Created: s.now().UTC().Truncate(time.Second)}
	return m, s.update(ctx, func(c *change) error {
		c.do("SET", s.keys.media(m.ID), string(data), "EX", int(mediaKept.Seconds()))
		return c.setDocFor(s.keys.mediaInfo(m.ID), 0, &m, mediaKept)
	})
}

// keepMedia stages that media stay: something that stays refers to them now.
func (s *Store) keepMedia(c *change, ids ...string) {
	for _, id := range ids {
		c.do("PERSIST", s.keys.media(id))
		c.do("PERSIST", s.keys.mediaInfo(id))
	}
}

// mediaIDLength is how many characters an id has.
const mediaIDLength = 20

// dropMedia stages that a file goes.
func (s *Store) dropMedia(c *change, id string) {
	c.do("DEL", s.keys.media(id))
	c.do("DEL", s.keys.mediaInfo(id))
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
