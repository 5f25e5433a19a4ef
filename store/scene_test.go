package store_test

import (
	"testing"
	"time"

	"echowall"
)

func TestSceneCode(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	if _, err := s.SceneCode(ctx, "p-1"); echowall.KindOf(err) != echowall.KindNotFound {
		t.Fatalf("nothing stored: %v", err)
	}
	for _, want := range []echowall.SceneCode{
		{URL: "http://weixin.qq.com/q/1", Created: noon.UTC()},
		{URL: "http://weixin.qq.com/q/2", Created: noon.UTC().Add(time.Hour)}, // made anew
	} {
		if err := s.PutSceneCode(ctx, "p-1", want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.SceneCode(ctx, "p-1"); err != nil || got != want {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
	if _, err := s.SceneCode(ctx, "p-2"); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("another scene: %v", err)
	}
}
