package store

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store/redistest"
)

// A deadline and the end of a turn may meet: the copy of a message that is done by then would be run again
// once nobody remembers that it is.
func TestDeferAfterCommitStoresNothing(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	turn, err := s.Begin(ctx, echowall.Contact{Key: "m1", From: "u1", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := turn.Commit(ctx, []byte("done")); err != nil {
		t.Fatal(err)
	}
	if err := turn.Defer(ctx, []byte("copy")); err != nil {
		t.Fatal(err)
	}
	if n := s.rdb.HLen(ctx, s.keys.late()).Val() + s.rdb.ZCard(ctx, s.keys.lateDue()).Val(); n != 0 {
		t.Errorf("%d entries of a message that is done", n)
	}
}

// One message sealed with another key must not keep the others from running.
func TestUnreadableDeferredMessageKeepsNobodyBack(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	for _, key := range []string{"m1", "m2"} {
		turn, err := s.Begin(ctx, echowall.Contact{Key: key, From: "u1", At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if err := turn.Defer(ctx, []byte("copy of "+key)); err != nil {
			t.Fatal(err)
		}
	}
	s.rdb.HSet(ctx, s.keys.late(), "m1", "sealed with a key that nobody has any more")
	s.rdb.ZAdd(ctx, s.keys.lateDue(), redis.Z{Score: 1, Member: "m1"}, redis.Z{Score: 2, Member: "m2"})
	list, err := s.TakeDeferred(ctx, 8)
	if len(list) != 1 || list[0].Key != "m2" || string(list[0].Payload) != "copy of m2" {
		t.Errorf("taken: %v", list)
	}
	if err == nil {
		t.Error("nobody is told of the message that cannot be opened")
	}
}
