package handlers_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"echowall"
	"echowall/bot/wechat"
)

func (g *talk) branchLesson() *echowall.Lesson {
	g.t.Helper()
	l, err := g.store.BranchLesson(g.t.Context(), "b1", g.app.Study.Calendar.Today(g.Now()))
	if echowall.KindOf(err) == echowall.KindNotFound {
		return nil
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return l
}

// keptMedia counts the stored files through what is put.
type keptMedia struct {
	echowall.MediaStore
	n int
}

func (k *keptMedia) PutMedia(ctx context.Context, contentType string, data []byte) (echowall.Media, error) {
	k.n++
	return k.MediaStore.PutMedia(ctx, contentType, data)
}

// A spoken lesson keeps the very bytes that the platform gave, under the lesson's voice.
func TestSpokenLessonIsKept(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	g.say(secretary, "发党课")
	g.want(g.voice(secretary), "语音收到", "（2/3）")
	g.want(g.say(secretary, "谈谈网格"), "（3/3）", "!语音收到")
	g.say(secretary, "支部工作条例第九条")
	g.want(g.say(secretary, g.digits(secretary)), "今天的领学")
	l := g.branchLesson()
	if l == nil || l.Title != "谈谈网格" || l.Reviewer != "支部书记" || l.Body != "" || len(l.Sources) != 1 {
		t.Fatalf("stored: %+v", l)
	}
	m, data, err := g.store.Media(t.Context(), l.Voice)
	if err != nil || m.ContentType != "audio/amr" || !bytes.Equal(data, []byte("#!AMR\nabcdef")) {
		t.Errorf("the voice: %+v %q %v", m, data, err)
	}
	g.want(g.phone(member), "【微党课】谈谈网格", "回复“听”", "点这里")
	g.want(g.say(member, "听"), "uploaded audio/amr 12")
	g.uploadFails = true
	g.want(g.say(member, "放录音"), "暂时放不出来", "/m/lesson/b-b1-")
}

// A lesson without a voice says so, and where the text is.
func TestNothingToListenTo(t *testing.T) {
	g := newTalk(t)
	g.want(g.say(member, "听课"), "没有录音", "回复“学习”")
}

// A voice that cannot be had is said kindly, nothing is kept, and the dialog waits for another.
func TestSpokenLessonNotToBeHad(t *testing.T) {
	g := newTalk(t)
	kept := &keptMedia{MediaStore: g.store}
	g.app.Media = kept
	g.say(secretary, "发党课")
	for file, want := range map[string]string{"gone.jpg": "没有取到", "broken.jpg": "打不开"} {
		g.want(g.send(secretary, wechat.Inbound{Type: wechat.TypeVoice, MediaID: file}), want, "（1/3）")
	}
	if kept.n != 0 {
		t.Errorf("%d files were stored", kept.n)
	}
	// A platform that is busy is asked again by the next delivery of the same message.
	fetch := g.app.Fetch
	g.app.Fetch = func(context.Context, string) (string, []byte, error) {
		return "", nil, echowall.Errorf(echowall.KindUnavailable, "busy")
	}
	p := g.push(secretary, wechat.Inbound{Type: wechat.TypeVoice, MediaID: "voice"})
	if body, err := g.bot.Receive(t.Context(), p); err == nil {
		t.Errorf("acknowledged with %q", body)
	}
	g.app.Fetch = fetch
	body, err := g.bot.Receive(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	g.want(string(body), "（2/3）")
	if kept.n != 1 {
		t.Errorf("%d files were stored", kept.n)
	}
}

// A confirmation delivered three times, and typed again, makes one lesson and one message.
func TestLessonIsTaughtOnce(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	g.say(secretary, "发党课 今天讲讲消防通道为什么不能堆东西。")
	g.say(secretary, "消防通道")
	g.say(secretary, "跳过")
	digits := g.digits(secretary)
	p := g.push(secretary, wechat.Inbound{Type: wechat.TypeText, Text: digits})
	for range 3 {
		if _, err := g.bot.Receive(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	g.say(secretary, digits)
	g.pay()
	g.clockwork("morning", "b1")
	if n := strings.Count(g.phone(member), "【微党课】"); n != 1 {
		t.Errorf("the member got %d lessons:\n%s", n, g.phone(member))
	}
}

// Too long, empty, or somebody without the role any more: nothing becomes the lesson.
func TestLessonIsRefused(t *testing.T) {
	g := newTalk(t)
	long := strings.Repeat("长", echowall.LessonBodyLimit+1)
	g.want(g.say(secretary, "发党课 "+long), "1 到 600 字，刚才是 601 字")
	g.say(secretary, "发党课")
	g.want(g.say(secretary, long), "刚才是 601 字", "（1/3）")
	g.say(secretary, strings.Repeat("长", echowall.LessonBodyLimit))
	g.want(g.say(secretary, strings.Repeat("题", echowall.LessonTitleLimit+1)), "1 到 20 字", "（2/3）")
	g.say(secretary, "题目")
	g.want(g.say(secretary, strings.Repeat("源", 61)), "1 到 60 字", "（3/3）")
	g.say(secretary, "跳过")
	digits := g.digits(secretary)
	g.leaveBranch(secretary)
	g.want(g.say(secretary, digits), "由支部书记来做")
	if l := g.branchLesson(); l != nil {
		t.Errorf("stored: %+v", l)
	}
}

// The longest written lesson is still one message, with its link.
func TestLongestLessonIsOneMessage(t *testing.T) {
	g := newTalk(t)
	g.say(member, "帮助")
	g.say(secretary, "发党课 "+strings.Repeat("长", echowall.LessonBodyLimit))
	g.say(secretary, strings.Repeat("题", echowall.LessonTitleLimit))
	g.say(secretary, strings.Repeat("源", 60))
	g.phones[member] = nil
	g.say(secretary, g.digits(secretary))
	text := g.phone(member)
	g.want(text, "…", "看全文请点", "/m/lesson/b-b1-2026-11-23")
	if len(text) > wechat.MaxReplyText {
		t.Errorf("%d bytes", len(text))
	}
}
