package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/bot/wechat"
)

// floor is what every wish has to pay whatever its rules: our callback, and one document of a wish's size stored
// in one command without any guarantee. It knows no duplicates, conversation, places, debts or people.
type floor struct{ redis redis.Cmdable }

// serveFloor serves what bounds the service from below; -redis says where it stores.
func serveFloor(ctx context.Context, url string) error {
	debug.SetGCPercent(400) // as the service does
	o, err := redis.ParseURL(url)
	if err != nil {
		return err
	}
	client := redis.NewClient(o)
	defer client.Close()
	pipe, err := client.AutoPipeline()
	if err != nil {
		return err
	}
	h := &wechat.Callback{AppID: appID, Token: token, AESKey: aesKey, OriginalID: originalID, Mode: wechat.ModeSafe, Receiver: floor{pipe}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "{\"msg\":\"serving\",\"addr\":%q}\n", l.Addr().String())
	s := &http.Server{Handler: h}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// floorWish is as large as a wish that was just handed in.
type floorWish struct {
	Number, Text, State, Author, Station string
	History                              []string
}

// Receive implements wechat.Receiver.
func (f floor) Receive(ctx context.Context, p *wechat.Push) ([]byte, error) {
	number := "XY" + p.Key
	text, err := json.Marshal(floorWish{
		Number: number, Text: p.Inbound.Text, State: "SUBMITTED", Author: "a1234567890123456", Station: "s01",
		History: []string{"1795309200 submit SUBMITTED author chat 0123456789abcdef"},
	})
	if err != nil {
		return nil, err
	}
	if err := f.redis.Set(ctx, "floor:"+number, text, 0).Err(); err != nil {
		return nil, err
	}
	return p.Seal(echowall.Message{Text: "已收到，编号 XY2044。明天下班前告诉您是否受理。"})
}
