package wechat

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	sdk "github.com/silenceper/wechat/v2/officialaccount/message"
)

// wishXML is a push of ordinary size: 120 characters.
var wishXML = strings.Replace(helloXML, "hello", strings.Repeat("小区东门路灯不亮", 15), 1)

// quiet is a ResponseWriter that costs next to nothing and remembers the last answer.
type quiet struct {
	header http.Header
	body   []byte
}

func (q *quiet) Header() http.Header         { return q.header }
func (q *quiet) WriteHeader(int)             {}
func (q *quiet) Write(p []byte) (int, error) { q.body = append(q.body[:0], p...); return len(p), nil }

// benchmarkPost times one safe-mode POST: verify, decrypt, parse, encrypt the echo, sign.
func benchmarkPost(b *testing.B, h http.Handler) {
	r := newSender(ModeSafe).push(b, wishXML)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.NewReader("")
	r.Body = io.NopCloser(text)
	w := &quiet{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		text.Reset(string(body))
		h.ServeHTTP(w, r)
	}
	if got := openReply(b, ModeSafe, exampleKey, w.body); got.Content != strings.Repeat("小区东门路灯不亮", 15) {
		b.Fatalf("echo %+v", got)
	}
}

// BenchmarkSafePost is the cost of the callback alone; BenchmarkSDKSafePost is the same work by the SDK.
func BenchmarkSafePost(b *testing.B) { benchmarkPost(b, newCallback(ModeSafe, receiverFunc(echo))) }

func BenchmarkSDKSafePost(b *testing.B) {
	account := officialaccount.NewOfficialAccount(&config.Config{
		AppID: exampleApp, AppSecret: "secret", Token: exampleToken, EncodingAESKey: exampleKey, Cache: cache.NewMemory(),
	})
	benchmarkPost(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server := account.GetServer(r, w)
		server.SetMessageHandler(func(m *sdk.MixMessage) *sdk.Reply {
			return &sdk.Reply{MsgType: sdk.MsgTypeText, MsgData: sdk.NewText(m.Content)}
		})
		if err := server.Serve(); err != nil {
			b.Fatal(err)
		}
		if err := server.Send(); err != nil {
			b.Fatal(err)
		}
	}))
}
