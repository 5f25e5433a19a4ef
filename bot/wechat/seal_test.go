package wechat

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"echowall"
)

func TestReplies(t *testing.T) {
	full := strings.Repeat("汉", 682) + "ab" // 2048 bytes
	for _, tc := range []struct {
		name string
		m    echowall.Message
		want reply
	}{
		{"text", echowall.Message{Text: "您好\n<a href=\"https://x/?a=1&b=2\">看</a>"}, reply{MsgType: "text", Content: "您好\n<a href=\"https://x/?a=1&b=2\">看</a>"}},
		{"spaces around", echowall.Message{Text: "\n \u3000您好 \n"}, reply{MsgType: "text", Content: "您好"}},
		{"end of CDATA", echowall.Message{Text: "a]]>b]]]]>>"}, reply{MsgType: "text", Content: "a]]>b]]]]>>"}},
		{"control characters", echowall.Message{Text: "a\v\x00b\xff"}, reply{MsgType: "text", Content: "ab\uFFFD"}},
		{"longest", echowall.Message{Text: full}, reply{MsgType: "text", Content: full}},
		{"card", echowall.Message{Card: &echowall.Card{Title: "第 1 课", Description: "d]]>", URL: "https://x/m/?a=1&b=2", PictureURL: "https://x/p.png"}},
			reply{MsgType: "news", ArticleCount: 1, Articles: []struct{ Title, Description, PicUrl, Url string }{{"第 1 课", "d]]>", "https://x/p.png", "https://x/m/?a=1&b=2"}}}},
		{"image", echowall.Message{Image: "m1"}, reply{MsgType: "image", ImageID: "m1"}},
		{"voice", echowall.Message{Voice: "m2"}, reply{MsgType: "voice", VoiceID: "m2"}},
		{"menu", echowall.Message{Menu: &echowall.ChoiceMenu{Head: "您满意吗?", Tail: "谢谢", Items: []echowall.Choice{
			{ID: "A", Text: "满意"}, {ID: "B", Text: "B. 一般"}, {ID: "rate-c", Text: "不满意"}}}},
			reply{MsgType: "text", Content: "您满意吗?\nA. 满意\nB. 一般\n不满意\n谢谢"}},
	} {
		for _, mode := range modes {
			w := serve(newCallback(mode, saying(tc.m)), newSender(mode).push(t, helloXML))
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/xml; charset=utf-8" {
				t.Fatalf("%s, %v: %d %q", tc.name, mode, w.Code, w.Header())
			}
			got := openReply(t, mode, exampleKey, w.Body.Bytes())
			want := tc.want
			want.ToUserName, want.FromUserName, want.CreateTime = "oU1", "gh_a1", noon.Unix()
			gotXML, _ := xml.Marshal(got)
			if wantXML, _ := xml.Marshal(want); string(gotXML) != string(wantXML) {
				t.Errorf("%s, %v:\n got %s\nwant %s", tc.name, mode, gotXML, wantXML)
			}
		}
	}
}

func TestNoReply(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    echowall.Message
		long bool
	}{
		{"too long", echowall.Message{Text: strings.Repeat("汉", 683)}, true},
		{"menu too long", echowall.Message{Menu: &echowall.ChoiceMenu{Items: []echowall.Choice{{ID: "A", Text: strings.Repeat("a", 2046)}}}}, true},
		{"only spaces", echowall.Message{Text: " \n\v"}, false},
		{"template", echowall.Message{Template: &echowall.TemplateMessage{ID: "T", Fields: []echowall.NamedText{{Name: "a", Value: "b"}}}}, false},
		{"two things", echowall.Message{Text: "a", Image: "b"}, false},
		{"card without URL", echowall.Message{Card: &echowall.Card{Title: "t"}}, false},
		{"empty menu", echowall.Message{Menu: &echowall.ChoiceMenu{}}, false},
	} {
		for _, mode := range modes {
			var body []byte
			var err error
			serve(newCallback(mode, receiverFunc(func(_ context.Context, p *Push) ([]byte, error) {
				body, err = p.Seal(tc.m)
				return nil, nil
			})), newSender(mode).push(t, helloXML))
			if body != nil || echowall.KindOf(err) != echowall.KindInvalid || errors.Is(err, ErrReplyTooLong) != tc.long {
				t.Errorf("%s, %v: %q, %v", tc.name, mode, body, err)
			}
		}
	}
}

// A receiver may seal after the request has ended, and from several goroutines, while other requests use
// the same buffers.
func TestSealOutlivesRequest(t *testing.T) {
	for _, mode := range modes {
		k := &notebook{}
		c := newCallback(mode, k)
		serve(c, newSender(mode).push(t, helloXML))
		push := k.last(t)
		c2 := newCallback(mode, saying(echowall.Message{Text: "other"}))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 50 {
					body, err := push.Seal(echowall.Message{Text: "late"})
					if err != nil {
						t.Error(err)
						return
					}
					if r := openReply(t, mode, exampleKey, body); r.Content != "late" || r.ToUserName != "oU1" {
						t.Errorf("%v: %+v", mode, r)
						return
					}
					serve(c2, newSender(mode).push(t, strings.Replace(helloXML, "oU1", "oU2", 1)))
				}
			})
		}
		wg.Wait()
		if push.Inbound.Text != "hello" || push.Inbound.From != "oU1" {
			t.Errorf("%v: the push changed under the receiver: %s", mode, show(*push.Inbound))
		}
	}
}

// The random prefix must differ, or equal answers would show as equal ciphertext.
func TestSealIsRandom(t *testing.T) {
	c := newCallback(ModeSafe, saying(echowall.Message{Text: "ok"}))
	a, b := serve(c, newSender(ModeSafe).push(t, helloXML)), serve(c, newSender(ModeSafe).push(t, helloXML))
	if a.Body.String() == b.Body.String() {
		t.Error("two replies are equal byte for byte")
	}
}

// FuzzCallbackBody sends any body, correctly signed and not, in every mode. Nothing but a delivered push
// may be answered 200, and the answer must be readable.
func FuzzCallbackBody(f *testing.F) {
	for _, tc := range inboundCases[:12] {
		f.Add(tc.xml, "nonce")
	}
	f.Add("<xml><Encrypt></Encrypt></xml>", "]]>")
	f.Add("\v<xml>\xff", "")
	f.Fuzz(func(t *testing.T, body, nonce string) {
		for _, mode := range modes {
			received := 0
			c := newCallback(mode, receiverFunc(func(_ context.Context, p *Push) ([]byte, error) {
				received++
				return p.Seal(echowall.Message{Text: "got " + p.Inbound.Text})
			}))
			c.OriginalID = ""
			for _, raw := range []bool{false, true} {
				s := newSender(mode)
				s.nonce = nonce
				if raw {
					s.tamper = func(_ url.Values, b *string) { *b = body }
				}
				before := received
				w := serve(c, s.push(t, body))
				if (w.Code == 200) != (received == before+1) && !errorAfterReceive(w.Code, received-before) {
					t.Fatalf("%v: %d after %d received", mode, w.Code, received-before)
				}
				if raw && mode != ModePlain && w.Code == 200 {
					t.Fatalf("%v: an unsigned body was accepted", mode)
				}
				if w.Code == 200 && w.Body.Len() == 0 {
					t.Fatalf("%v: empty 200", mode)
				}
			}
		}
	})
}

// errorAfterReceive is a push that was received, but whose text is too long to be echoed.
func errorAfterReceive(code, received int) bool { return code == 500 && received == 1 }
