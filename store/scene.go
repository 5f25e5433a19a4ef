package store

import (
	"context"
	"encoding/json"

	"echowall"
)

// SceneCode implements echowall.SceneStore.
func (s *Store) SceneCode(ctx context.Context, scene string) (echowall.SceneCode, error) {
	var c echowall.SceneCode
	text, err := s.rdb.HGet(ctx, s.keys.scenes(), scene).Result()
	if err != nil {
		return c, wrap(err)
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, echowall.Errorf(echowall.KindInternal, "store: decode %T: %w", c, err)
	}
	return c, nil
}

// PutSceneCode implements echowall.SceneStore.
func (s *Store) PutSceneCode(ctx context.Context, scene string, sc echowall.SceneCode) error {
	text, err := json.Marshal(sc)
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "store: encode %T: %w", sc, err)
	}
	return s.update(ctx, func(c *change) error {
		c.do("HSET", s.keys.scenes(), scene, string(text))
		return nil
	})
}
