package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"echowall/web/webtest"
)

// startDemo runs a demo for a test, on a Monday morning.
func startDemo(t *testing.T) *demo {
	t.Helper()
	start, err := demoStart("2026-11-23T07:35")
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDemo(t.Context(), demoConfig{Addr: "127.0.0.1:0", Start: start, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
		defer cancel()
		if v := d.platform.Violations(); len(v) > 0 {
			t.Errorf("the platform was called wrongly: %q", v)
		}
		if err := d.close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// tab is one person's phone in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// tab opens the phone in a browser of its own: a tab in the background gets no clicks.
func (d *demo) tab(t *testing.T, name string) *tab {
	t.Helper()
	for _, p := range d.district.People {
		if p.Name == name {
			tb := &tab{t, webtest.Browser(t)}
			tb.do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(d.url+"/phone/"+p.OpenID), chromedp.WaitVisible(chromedp.CSS("#say")))
			return tb
		}
	}
	t.Fatalf("nobody is called %s", name)
	return nil
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// chat is everything the phone shows.
func (b *tab) chat() string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.getElementById("chat").innerText`))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// say types into the field and presses the button, as a person does.
func (b *tab) say(text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#say"), text), chromedp.Click(chromedp.CSS(".say button")))
}

// sees waits until the phone shows all of the words after the last count characters, without a reload.
func (b *tab) sees(since int, words ...string) {
	b.t.Helper()
	await(b.t, fmt.Sprintf("the phone shows %q", words), func() bool {
		chat := b.chat()
		if len(chat) < since {
			return false
		}
		for _, w := range words {
			if !strings.Contains(chat[since:], w) {
				return false
			}
		}
		return true
	}, b.chat)
}

// ask says something and waits for the answer.
func (b *tab) ask(text string, words ...string) {
	b.t.Helper()
	before := len(b.chat())
	b.say(text)
	b.sees(before, words...)
}

func photo(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lamp.jpg")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var fourDigits = regexp.MustCompile(`请回复[^\d]{0,6}(\d{4})`)

// TestTheWholeLoopInABrowser is the product in one story: a wish with a photo, an answer, a rating, and a
// lesson with its question.
func TestTheWholeLoopInABrowser(t *testing.T) {
	d := startDemo(t)

	resident := d.tab(t, "潘冬梅")
	resident.ask("心愿", "请用一两句话写下心愿")
	before := len(resident.chat())
	resident.do(
		chromedp.Click(chromedp.CSS("label.plus")),
		chromedp.Click(chromedp.CSS(`details:has(#photo-file) summary`)),
		chromedp.SetUploadFiles(chromedp.CSS("#photo-file"), []string{photo(t)}), // choosing sends
	)
	resident.sees(before, "照片收到")
	resident.ask("竹园东门的路灯坏了三天，晚上看不清台阶", "在哪个小区")
	resident.ask("竹园东门", "匿名")
	resident.ask("1", "公开")
	resident.ask("1", "已收到，编号 XY", "竹园社区联络站")
	chat := resident.chat()
	number := receipt.FindString(chat[strings.LastIndex(chat, "已收到，编号"):])

	officer := d.tab(t, "陈立新")
	officer.ask("待办", number)
	before = len(resident.chat())
	officer.ask("签收 "+number, "已签收")
	resident.sees(before, number, "已受理")
	officer.ask("答复 "+number, "A 已解决")
	officer.ask("A", "（2/")
	officer.ask("路灯线路已修好，今晚起正常亮灯，台阶边加装了反光条。", "请核对")
	code := fourDigits.FindAllStringSubmatch(officer.chat(), -1)
	if len(code) == 0 {
		t.Fatalf("no code in the preview:\n%s", officer.chat())
	}
	before = len(resident.chat())
	officer.ask(code[len(code)-1][1], number)
	resident.sees(before, "已解决", "反光条", "A 已解决，满意")
	resident.ask("A", "谢谢")

	w, err := d.service.store.Wish(t.Context(), number)
	if err != nil || w.State != "CLOSED" || w.Rating != "A" || len(w.Media) != 1 || w.VerifyHistory() != -1 {
		t.Errorf("afterwards: %+v, %v", w, err)
	}

	// The phone page that the chat links to.
	resident.do(chromedp.Navigate(d.service.signer.WishURL(w.Number, w.Author)))
	page, err := chromedp.Run(resident.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"已解决", "反光条", number} {
		if !strings.Contains(page, want) {
			t.Errorf("the wish's page does not say %q:\n%s", want, page)
		}
	}

	member := d.tab(t, "李建国")
	member.ask("学习", "微党课", "直接回复字母")
	member.ask("A", "是 ")
	record, err := d.service.store.StudyRecord(t.Context(), d.service.store.Identifier().Person("demo-02"))
	if err != nil || record.Days["2026-11-23"].Letters != "A" {
		t.Errorf("the answer was not recorded: %+v, %v", record, err)
	}
}

// TestClockMovesThroughADay moves through a day on the demo's page.
func TestClockMovesThroughADay(t *testing.T) {
	d := startDemo(t)
	ctx := t.Context()
	lesson := func(openid string) int {
		n := 0
		for _, b := range d.platform.Phone(openid).Chat() {
			if strings.Contains(b.Text, "微党课】") {
				n++
			}
		}
		return n
	}
	said, err := d.move(ctx, "10m", time.Time{})
	if err != nil || !strings.Contains(said, "送出") {
		t.Fatalf("%q, %v", said, err)
	}
	if lesson("demo-02") != 1 {
		t.Error("07:45 and the member who wrote yesterday has no lesson")
	}
	if lesson("demo-01") != 0 {
		t.Error("a resident got a lesson")
	}
	if _, err := d.move(ctx, "day", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got := d.clock.Now().In(d.service.config.Location).Format("2006-01-02 15:04"); got != "2026-11-24 07:30" {
		t.Errorf("the next workday begins at %s", got)
	}
	if lesson("demo-02") != 1 {
		t.Error("the evening brought a second lesson")
	}
	if said, err := d.move(ctx, "at", d.clock.Now().Add(-time.Hour)); err != nil || !strings.Contains(said, "往前") {
		t.Errorf("backwards: %q, %v", said, err)
	}
}
