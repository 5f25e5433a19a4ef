package emulator

import (
	"net/http"
	"strings"
	"testing"
)

// replyWith wraps type and content into the envelope of a reply.
func replyWith(p *Platform, msgType, content string) string {
	return strings.Replace(plainReply(p, "oU1", "x"),
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[x]]></Content>",
		"<MsgType><![CDATA["+msgType+"]]></MsgType>"+content, 1)
}

func items(n int) string {
	return strings.Repeat("<item><Title>标题</Title><Description>d</Description><PicUrl>http://a/b</PicUrl><Url>http://a</Url></item>", n)
}

func news(count string, n int) string {
	return "<ArticleCount>" + count + "</ArticleCount><Articles>" + items(n) + "</Articles>"
}

func TestReplyClassifier(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	p.init()
	p.mu.Lock()
	picture := p.store("image", "a.jpg", []byte(jpeg), false).id
	voice := p.store("voice", "a.amr", []byte("#!AMR\n"), false).id
	p.mu.Unlock()
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	text := func(s string) string { return plainReply(p, "oU1", s) }
	media := func(kind, id string) string {
		node := map[string]string{"image": "Image", "voice": "Voice", "video": "Video"}[kind]
		return replyWith(p, kind, "<"+node+"><MediaId>"+id+"</MediaId></"+node+">")
	}
	for _, c := range []struct {
		name, body string
		want       Outcome
		problem    string
	}{
		{"success", "success", Acked, ""},
		{"empty", "", Acked, ""},
		{"text", text("您好"), Replied, ""},
		{"longest text", text(strings.Repeat("a", 2048)), Replied, ""},
		{"image", media("image", picture), Replied, ""},
		{"voice", media("voice", voice), Replied, ""},
		{"music", replyWith(p, "music", "<Music><ThumbMediaId>"+picture+"</ThumbMediaId></Music>"), Replied, ""},
		{"one article", replyWith(p, "news", news("1", 1)), Replied, ""},
		{"transfer", replyWith(p, typeTransfer, ""), Replied, ""},

		{"success with newline", "success\n", Failed, "begin"},
		{"leading space", " " + text("x"), Failed, "begin"},
		{"JSON", `{"errcode":0}`, Failed, "begin"},
		{"HTML", "<html>500</html>", Failed, "begin"},
		{"broken XML", "<xml><ToUserName>", Failed, "broken XML"},
		{"control character", text("a\vb"), Failed, "broken XML"},
		{"not UTF-8", text("\xff"), Failed, "UTF-8"},
		{"trailing", text("x") + "<xml></xml>", Failed, "follows"},
		{"empty text", text(""), Failed, "empty text"},
		{"long text", text(strings.Repeat("a", 2049)), Failed, "2049"},
		{"wrong sender", strings.Replace(text("x"), p.Account.OriginalID, "gh_other", 1), Failed, "FromUserName"},
		{"wrong person", plainReply(p, "oU2", "x"), Failed, "ToUserName"},
		{"no type", "<xml><ToUserName>oU1</ToUserName></xml>", Failed, "lacks"},
		{"unknown type", replyWith(p, "hologram", ""), Failed, "unknown reply type"},
		{"image without id", replyWith(p, "image", ""), Failed, "lacks its content"},
		{"foreign image", media("image", "nonsense"), Failed, "40007"},
		{"voice as image", media("image", voice), Failed, "40007"},
		{"two articles to a message", replyWith(p, "news", news("2", 2)), Failed, "at most 1"},
		{"wrong count", replyWith(p, "news", news("2", 1)), Failed, "ArticleCount"},
		{"no articles", replyWith(p, "news", news("0", 0)), Failed, "without"},
		{"encrypted in plain mode", sealedReply(p, text("x"), "1"), Failed, "plaintext mode"},
	} {
		ph.ClearChat()
		b.answer = func(*http.Request, []byte) (int, string) { return 200, c.body }
		d := ph.Say(t.Context(), "问")
		if d.Outcome != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, d.Outcome, d.Err, c.want)
			continue
		}
		if c.want != Failed {
			expect(t, p)
			continue
		}
		expect(t, p, c.problem)
		if chat := ph.Chat(); len(chat) != 2 || !chat[1].Failed() {
			t.Errorf("%s: chat %q", c.name, texts(ph))
		}
	}
}

func TestRepliesToEvents(t *testing.T) {
	p := &Platform{}
	b := start(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	ph.ClearChat()

	b.answer = func(*http.Request, []byte) (int, string) { return 200, replyWith(p, "news", news("8", 8)) }
	if d := ph.Click(t.Context(), "K"); d.Outcome != Replied || len(d.Reply.Articles) != 8 {
		t.Errorf("eight articles to a click: %s %v", d.Outcome, d.Err)
	}
	b.answer = func(*http.Request, []byte) (int, string) { return 200, replyWith(p, "news", news("9", 9)) }
	if d := ph.Click(t.Context(), "K"); d.Outcome != Failed {
		t.Errorf("nine articles to a click: %s", d.Outcome)
	}
	b.answer = func(*http.Request, []byte) (int, string) { return 200, replyWith(p, typeTransfer, "") }
	if d := ph.Click(t.Context(), "K"); d.Outcome != Failed {
		t.Errorf("transfer of a click: %s", d.Outcome)
	}
	expect(t, p, "at most 8", "transferred")

	// Nothing of a silent event shows, neither reply nor failure.
	ph.ClearChat()
	b.answer = func(*http.Request, []byte) (int, string) { return 200, plainReply(p, "oU1", "您好") }
	ph.View(t.Context(), "http://example.com/")
	b.answer = func(*http.Request, []byte) (int, string) { return 200, "oops" }
	ph.View(t.Context(), "http://example.com/")
	expect(t, p, "nobody can see", "begin")
	if len(ph.Chat()) != 0 {
		t.Errorf("chat %q", texts(ph))
	}
}

func TestEncryptedReplies(t *testing.T) {
	p := &Platform{Account: Account{Mode: Safe}}
	b := start(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	good := func(nonce string) string { return sealedReply(p, plainReply(p, "oU1", "您好"), nonce) }
	for _, c := range []struct {
		name    string
		body    func(nonce string) string
		want    Outcome
		problem string
	}{
		{"good", good, Replied, ""},
		{"clear success", func(string) string { return "success" }, Acked, ""},
		{"clear reply", func(string) string { return plainReply(p, "oU1", "您好") }, Failed, "not encrypted"},
		{"own nonce", func(string) string { return good("77") }, Replied, "does not repeat the nonce"},
		{"wrong signature", func(nonce string) string {
			return strings.Replace(good(nonce), "<TimeStamp>1790000000", "<TimeStamp>1790000001", 1)
		}, Failed, "MsgSignature"},
		{"no nonce", func(nonce string) string {
			return strings.Replace(good(nonce), "<Nonce><![CDATA["+nonce+"]]></Nonce>", "", 1)
		}, Failed, "lacks"},
		{"encrypted nothing", func(nonce string) string { return sealedReply(p, "", nonce) }, Failed, "empty message"},
		{"encrypted success", func(nonce string) string { return sealedReply(p, "success", nonce) }, Failed, "broken XML"},
	} {
		b.answer = func(r *http.Request, _ []byte) (int, string) { return 200, c.body(r.URL.Query().Get("nonce")) }
		d := ph.Say(t.Context(), "问")
		if d.Outcome != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, d.Outcome, d.Err, c.want)
		}
		if c.problem == "" {
			expect(t, p)
		} else {
			expect(t, p, c.problem)
		}
	}
	p.Change(func(p *Platform) { p.Account.Mode = Compat })
	b.answer = func(*http.Request, []byte) (int, string) { return 200, plainReply(p, "oU1", "您好") }
	if d := ph.Say(t.Context(), "问"); d.Outcome != Replied {
		t.Errorf("compat mode refuses a clear reply: %v", d.Err)
	}
}
