package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web"
	"echowall/web/webtest"
)

// Phone pages fit phones in both type sizes, and somebody erases themselves as a person would.
func TestPhonePagesInBrowser(t *testing.T) {
	p := newPhones(t)
	long := strings.Repeat("没有标点的长句子", 8) + " https://example.com/" + strings.Repeat("x", 60)
	number := p.submit(long, p.photo(64, 48))
	p.accept(number)
	p.answer(number, echowall.OutcomePlanned, long)
	_, err := p.wishes.SetContact(t.Context(), author, "13900001234", true)
	p.must(err)
	p.must(p.store.AppendAccess(t.Context(), echowall.AccessEntry{At: monday, Kind: echowall.AccessContact, By: "p-officer-0000001",
		Role: echowall.RoleLiaison, Scope: "c1", Subject: echowall.Recipient(author), Case: number, Why: strings.Repeat("x", 80)}))
	// The way to the platform leads straight back here.
	*p.config.Phone = func() web.Phone {
		c := *p.config.Phone
		c.Authorize = func(back, state string) string { return back + "?code=li&state=" + state }
		return c
	}()
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	for _, size := range []string{"0", "1"} {
		p.must(chromedp.Do(ctx, chromedp.Navigate(p.URL+"/wall?large="+size)))
		for _, path := range []string{"/m/me", "/m/settings", "/m/data", "/m/erase", "/m/wish/" + number} {
			for _, width := range []int64{320, 390} {
				p.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844, chromedp.EmulateMobile), chromedp.Navigate(p.URL+path)))
				wide, err := chromedp.Run(ctx, webtest.Overflow())
				p.must(err)
				at, err := chromedp.Run(ctx, chromedp.Location())
				p.must(err)
				if len(wide) > 0 || at != p.URL+path {
					t.Errorf("%s at %d, large %s, is %s and sticks out: %q", path, width, size, at, wide)
				}
			}
		}
	}
	p.must(chromedp.Do(ctx,
		chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile),
		chromedp.Navigate(p.URL+"/m/me"),
		chromedp.Click(chromedp.CSS(`a[href="/m/data"]`)),
		chromedp.Click(chromedp.CSS(`a[href="/m/erase"]`)),
		chromedp.Click(chromedp.CSS(`form[action="/m/erase"] button`)), // without the tick nothing is sent
	))
	if w, err := p.store.Wish(t.Context(), number); err != nil || w.Erased() {
		t.Fatalf("erased without being sure: %v", err)
	}
	p.must(chromedp.Do(ctx,
		chromedp.Click(chromedp.CSS("#sure")),
		chromedp.Click(chromedp.CSS(`form[action="/m/erase"] button`)),
		chromedp.WaitVisible(chromedp.CSS(".empty h1")),
	))
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	p.must(err)
	contains(t, text, "已经删除")
	if w, err := p.store.Wish(t.Context(), number); err != nil || !w.Erased() {
		t.Errorf("not erased: %v", err)
	}
	if heard := complaints.Take(); len(heard) > 0 {
		t.Errorf("the browser complains: %q", heard)
	}
}
