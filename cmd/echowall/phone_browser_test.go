package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall"
)

// open follows the newest link with these words on the phone's screen, in the same tab.
func (b *tab) open(words string) {
	b.t.Helper()
	b.do(
		chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#chat a")].filter(a => a.innerText.includes("`+words+`")).at(-1).removeAttribute("target")`),
		chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#chat a")].filter(a => a.innerText.includes("`+words+`")).at(-1).click()`),
		chromedp.WaitVisible(chromedp.CSS("main h1")),
	)
}

func (b *tab) main() string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// TestErasingOneselfInABrowser goes the whole way as a person does: from the chat by the platform's login to
// the own data, sees that it is erased, and is a stranger afterwards.
func TestErasingOneselfInABrowser(t *testing.T) {
	d := startDemo(t)
	resident := d.tab(t, "潘冬梅")
	resident.ask("心愿", "请用一两句话写下心愿")
	resident.ask("竹园东门的路灯坏了三天", "在哪个小区")
	resident.ask("竹园东门", "匿名")
	resident.ask("1", "公开")
	resident.ask("2", "已收到，编号 XY")
	chat := resident.chat()
	number := receipt.FindString(chat[strings.LastIndex(chat, "已收到，编号"):])
	phone := d.url + "/phone/"
	for _, p := range d.district.People {
		if p.Name == "潘冬梅" {
			phone += p.OpenID
		}
	}

	resident.ask("我的数据", "看全部")
	resident.open("看全部")
	if page := resident.main(); !strings.Contains(page, "心愿") || !strings.Contains(page, number) {
		t.Fatalf("the own data:\n%s", page)
	}
	resident.do(
		chromedp.Click(chromedp.CSS(`a[href="/m/erase"]`)),
		chromedp.Click(chromedp.CSS("#sure")),
		chromedp.Click(chromedp.CSS(`form[action="/m/erase"] button`)),
		chromedp.WaitVisible(chromedp.CSS(".empty h1")),
	)
	if page := resident.main(); !strings.Contains(page, "已经删除") {
		t.Fatalf("after erasing:\n%s", page)
	}
	w, err := d.service.store.Wish(t.Context(), number)
	if err != nil || !w.Erased() || w.State != echowall.WishWithdrawn || w.Text != "" {
		t.Errorf("the wish is %+v, %v", w, err)
	}
	// Who comes back is somebody new.
	resident.do(chromedp.Navigate(phone), chromedp.WaitVisible(chromedp.CSS("#say")))
	resident.ask("我的心愿", "还没有提过心愿")

	officer := d.tab(t, "陈立新")
	officer.ask("看 "+number, "已撤回", "居民已经依法要求删除内容")
	if strings.Contains(officer.chat(), "路灯坏了三天") {
		t.Error("the officer still reads the wish")
	}
}

// TestEveryPhoneOfTheDemoHasItsOwnPages: two people of the demo open their pages in one browser.
func TestEveryPhoneOfTheDemoHasItsOwnPages(t *testing.T) {
	d := startDemo(t)
	seen := map[string]string{}
	b := d.tab(t, "潘冬梅")
	for _, openid := range []string{"demo-33", "demo-02", "demo-33"} {
		b.do(chromedp.Navigate(d.url+"/phone/"+openid), chromedp.WaitVisible(chromedp.CSS("#say")))
		b.ask("我的数据", "看全部")
		b.open("看全部")
		b.do(chromedp.Navigate(d.url + "/m/me"))
		page := b.main()
		if before, again := seen[openid]; again && before != page {
			t.Errorf("%s sees %q now and %q before", openid, page, before)
		}
		seen[openid] = page
	}
	if seen["demo-33"] == seen["demo-02"] {
		t.Errorf("a resident and a member see the same page: %s", seen["demo-02"])
	}
}
