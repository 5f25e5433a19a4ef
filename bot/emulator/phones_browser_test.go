package emulator

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"echowall/web/webtest"
)

// finger uses a phone's page as a person would.
type finger struct {
	t   *testing.T
	ctx context.Context
}

func (f finger) do(steps ...chromedp.Action[chromedp.Void]) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		f.t.Fatal(err)
	}
}

func (f finger) tap(selector string) {
	f.t.Helper()
	f.do(chromedp.Click(chromedp.CSS(selector)))
}

// sees waits until an expression about the page is true.
func (f finger) sees(expression string) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression)); err != nil {
		screen, _ := chromedp.Run(f.ctx, chromedp.TextContent(chromedp.CSS("main")))
		f.t.Fatalf("never: %s (%v); the screen:\n%s", expression, err, screen)
	}
}

// reads waits until the newest bubble has the text.
func (f finger) reads(text string) {
	f.t.Helper()
	f.sees(`document.querySelector("#chat").lastElementChild.textContent.includes("` + text + `")`)
}

func TestPhoneInABrowser(t *testing.T) {
	p, s := phoneSite(t)
	newCaller(t, p).want(0, "/cgi-bin/message/custom/send", map[string]any{"touser": "oU1", "msgtype": "msgmenu", "msgmenu": map[string]any{
		"head_content": "满意吗", "list": []any{map[string]any{"id": "7", "content": "满意"}}}})
	picture := filepath.Join(t.TempDir(), "lamp.png")
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 300, 400))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, drawn.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	f := finger{t, webtest.Browser(t)}
	complaints := webtest.Watch(t, f.ctx)
	f.do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.url+"/phone/oU1"))
	f.sees(`(window.never = true, document.getElementById("say") !== null)`) // gone if the page loads again

	f.do(chromedp.SendKeys(chromedp.CSS("#say"), "路灯不亮\n"))
	f.reads("听到：路灯不亮")
	f.sees(`document.getElementById("say").value === "" && document.querySelector(".scroll").scrollTop === 0`)

	f.tap(".choices button")
	f.reads("听到：满意")

	f.tap(".menu summary")
	f.tap(".menu li button")
	f.reads("键 LESSON")
	f.sees(`!document.querySelector(".menu details[open]")`)

	f.tap("label.plus")
	f.tap(".tools details:first-child summary")
	f.do(chromedp.SetUploadFiles(chromedp.CSS("#photo-file"), []string{picture}))
	f.reads("收到 image")
	f.sees(`document.querySelector(".shot img").naturalWidth === 300`)

	p.Advance(time.Hour)
	f.do(chromedp.SendKeys(chromedp.CSS("#say"), "还没修"))
	f.tap(".say .btn")
	f.reads("听到：还没修")
	f.sees(`document.querySelectorAll("#chat > time").length === 2`)

	f.tap("label.plus")
	f.tap(".tools .tile")
	f.reads("您已取消关注")
	f.tap(".stranger .btn.main")
	f.reads("欢迎")
	f.sees(`window.never`)

	// What happens while nobody looks is there when somebody does.
	f.do(chromedp.EmulateViewport(320, 640))
	wide, err := chromedp.Run(f.ctx, webtest.Overflow())
	if err != nil || len(wide) > 0 {
		t.Errorf("too wide: %q, %v", wide, err)
	}
	for _, c := range complaints.Take() {
		if !strings.Contains(c, "favicon.ico") { // another server's, in front of the pages
			t.Error(c)
		}
	}
}

// An old page, or one that scripts cannot help, says what went wrong.
func TestPhoneInABrowserComplains(t *testing.T) {
	p, s := phoneSite(t)
	f := finger{t, webtest.Browser(t)}
	f.do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.url+"/phone/oU1"))
	f.sees(`document.getElementById("say") !== null`)
	p.Change(func(p *Platform) { p.menu.current.Buttons[2].Name = "新名" }) // silently: the page keeps the old one
	f.tap(".menu > div:last-child button")
	f.sees(`!document.getElementById("alert").hidden && document.getElementById("alert").textContent.includes("菜单刚刚换过")`)
}
