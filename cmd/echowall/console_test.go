package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web/webtest"
)

// TestConsoleInABrowser is an officer's morning: scan the log-in page's code with the phone, reply the number that the page then shows,
// work a wish from the queue, and log out.
func TestConsoleInABrowser(t *testing.T) {
	d := startDemo(t)
	resident := d.tab(t, "潘冬梅")
	resident.ask("心愿 竹园东门的路灯坏了三天，晚上看不清台阶", "已收到，编号 XY", "竹园社区联络站")
	chat := resident.chat()
	number := receipt.FindString(chat[strings.LastIndex(chat, "已收到，编号"):])

	officer := d.tab(t, "陈立新")
	desk := &tab{t, webtest.Browser(t)}
	complaints := webtest.Watch(t, desk.ctx)
	desk.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(d.url+"/console/queue"), chromedp.WaitVisible(chromedp.CSS("svg.qr")))
	before := len(officer.chat())
	says, err := chromedp.Run(desk.ctx, chromedp.Text(chromedp.CSS("#says")))
	if err != nil {
		t.Fatal(err)
	}
	officer.do(
		chromedp.Click(chromedp.CSS("label.plus")),
		chromedp.Click(chromedp.CSS(`details:has(form[action$="/scan"]) summary`)),
		chromedp.SendKeys(chromedp.CSS("#code"), says),
		chromedp.Click(chromedp.CSS(`form[action$="/scan"] button`)),
	)
	officer.sees(before, "正在请求登录工作台", "两位数字")
	desk.do(chromedp.WaitVisible(chromedp.CSS("p.num")))
	digits, err := chromedp.Run(desk.ctx, chromedp.Text(chromedp.CSS("p.num")))
	if err != nil {
		t.Fatal(err)
	}
	officer.ask(strings.TrimSpace(digits), "已确认")

	row := `a[href="/console/wish/` + number + `"]`
	desk.do(
		chromedp.WaitVisible(chromedp.CSS("td "+row)),
		chromedp.Click(chromedp.CSS("td "+row)),
		chromedp.WaitVisible(chromedp.CSS(`form[action$="/accept"]`)),
	)
	before = len(resident.chat())
	desk.do(chromedp.Click(chromedp.CSS(`form[action$="/accept"] button`)), chromedp.WaitVisible(chromedp.CSS("#text")))
	resident.sees(before, number, "已受理")
	before = len(resident.chat())
	desk.do(
		chromedp.Click(chromedp.CSS(`#answer input[value="A"]`)),
		chromedp.SendKeys(chromedp.CSS("#text"), "路灯线路已修好，今晚起正常亮灯。"),
		chromedp.Click(chromedp.CSS("#answer button")),
		chromedp.WaitVisible(chromedp.CSS(`button[value="now"]`)),
		chromedp.Click(chromedp.CSS(`button[value="now"]`)),
		chromedp.WaitVisible(chromedp.CSS(".note.good")),
	)
	resident.sees(before, number, "已解决", "正常亮灯")
	w, err := d.service.store.Wish(t.Context(), number)
	if err != nil || w.State != echowall.WishToVerify || w.VerifyHistory() != -1 {
		t.Fatalf("afterwards: %+v, %v", w, err)
	}
	for _, e := range w.History[1:] {
		if e.Source != echowall.FromConsole {
			t.Errorf("%s came from %s", e.Move, e.Source)
		}
	}
	desk.do(chromedp.Click(chromedp.CSS(`form[action="/console/logout"] button`)), chromedp.WaitVisible(chromedp.CSS("svg.qr")))
	if said := complaints.Take(); len(said) > 0 {
		t.Errorf("the browser complains: %q", said)
	}
	log, err := d.service.store.AccessLog(t.Context(), 0, 5)
	if err != nil || len(log) < 2 || log[0].Why != "logout" || log[1].Why != "scan" || log[1].Kind != echowall.AccessLogin {
		t.Errorf("access log: %+v, %v", log, err)
	}
}
