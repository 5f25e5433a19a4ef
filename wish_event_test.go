package echowall

import (
	"encoding/json"
	"testing"
	"time"
)

func TestWishEventIsOneLine(t *testing.T) {
	at := time.Unix(1_790_000_000, 0).UTC()
	for _, e := range []WishEvent{
		{At: at, Move: MoveSubmit, To: WishSubmitted, Role: RoleAuthor, Source: FromChat, Hash: "h"},
		{At: at, Move: MoveAccept, To: WishAccepted, Role: RoleLiaison, Source: FromConsole, Hash: "h", By: "p1"},
		{At: at, Move: MoveAnswer, To: WishToVerify, Role: RoleHead, Source: FromConsole, Hash: "h", By: "p1", Note: "A"},
		{At: at, Move: MoveRate, To: WishClosed, Role: RoleAuthor, Source: FromChat, Hash: "h", Note: " two  \"words\"\n和 "},
		{At: at},
	} {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back WishEvent
		if err := json.Unmarshal(text, &back); err != nil || back != e {
			t.Errorf("%s: read back %+v (%v), want %+v", text, back, err, e)
		}
	}
	for _, bad := range []string{`["1790000000"]`, `"1790000000 submit SUBMITTED author chat"`, `"soon submit SUBMITTED author chat h"`} {
		if err := json.Unmarshal([]byte(bad), new(WishEvent)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
