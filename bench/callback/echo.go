package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	sdk "github.com/silenceper/wechat/v2/officialaccount/message"
)

// serveEcho is the peer: the SDK as its documentation shows it, answering every text with itself. It keeps
// nothing, knows no duplicates and asks no Redis.
func serveEcho(ctx context.Context) error {
	account := officialaccount.NewOfficialAccount(&config.Config{
		AppID: appID, AppSecret: appSecret, Token: token, EncodingAESKey: aesKey, Cache: cache.NewMemory(),
	})
	handler := func(w http.ResponseWriter, r *http.Request) {
		server := account.GetServer(r, w)
		server.SetMessageHandler(func(m *sdk.MixMessage) *sdk.Reply {
			return &sdk.Reply{MsgType: sdk.MsgTypeText, MsgData: sdk.NewText(m.Content)}
		})
		if err := server.Serve(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = server.Send() // the client hung up
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("{\"msg\":\"serving\",\"addr\":%q}\n", l.Addr().String())
	s := &http.Server{Handler: http.HandlerFunc(handler)}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}
