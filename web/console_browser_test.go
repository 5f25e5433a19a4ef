package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web/webtest"
)

// enter logs a browser in by its log-in page, as a person would see it.
func (c *console) enter(ctx context.Context, who *echowall.Who) {
	c.t.Helper()
	c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/"), chromedp.WaitVisible(chromedp.CSS("svg.qr"))))
	made := c.made()
	c.confirmID(who, strings.TrimPrefix(made[len(made)-1], echowall.LoginScene))
	// The page looks by itself every three seconds.
	c.must(chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(".console"))))
}

// Every page of the console fits phones and desks in both type sizes, and no browser complains about it.
func TestConsoleFitsPhones(t *testing.T) {
	c := newConsole(t)
	long := "没有标点的长句子" + strings.Repeat("没有标点的长句子", 8) + " https://example.com/" + strings.Repeat("x", 60)
	wish := func(text string) string { return c.submit(text, c.photo(64, 48)) }
	fresh, accepted, public := wish(long), wish("路灯坏了，晚上太黑"), wish("垃圾没有人收")
	c.accept(accepted)
	c.accept(public)
	c.answer(public, echowall.OutcomePlanned, "1. 已经列入计划。\n2. "+long)
	c.publish(public, long)
	c.rateBy(public, echowall.RatingUnsolved)

	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	fits := func(name string) {
		t.Helper()
		for _, width := range []int64{320, 390, 1280} {
			c.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
			wide, err := chromedp.Run(ctx, webtest.Overflow())
			c.must(err)
			if len(wide) > 0 {
				t.Errorf("%s at %d sticks out: %q", name, width, wide)
			}
		}
		for _, x := range complaints.Take() {
			t.Errorf("%s: %s", name, x)
		}
	}
	c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/login"), chromedp.WaitVisible(chromedp.CSS("svg.qr"))))
	fits("log-in")
	c.enter(ctx, officer)
	for _, size := range []string{"0", "1"} {
		c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/?large="+size)))
		for _, path := range []string{"/console/", "/console/queue", "/console/queue?state=REDO", "/console/sessions", "/console/wish/" + fresh, "/console/wish/" + accepted, "/console/wish/" + public} {
			c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+path), chromedp.WaitVisible(chromedp.CSS("h1"))))
			fits(path + ", large " + size)
		}
	}
	c.must(chromedp.Do(ctx,
		chromedp.Navigate(c.URL+"/console/wish/"+accepted),
		chromedp.Click(chromedp.CSS(`#answer input[value="B"]`)),
		chromedp.SetValue(chromedp.CSS("#promise"), "2026-12-01"),
		chromedp.SendKeys(chromedp.CSS("#text"), "新的路灯已经订好，月底装上。"),
		chromedp.Click(chromedp.CSS("#answer button")),
		chromedp.WaitVisible(chromedp.CSS("section.answer")),
	))
	fits("preview")
}

// The queue shows what comes in without being opened again, but not under the hands of whoever is using it.
func TestQueueUpdatesItself(t *testing.T) {
	c := newConsole(t)
	first := c.submit("楼道的灯不亮")
	ctx := webtest.Browser(t)
	c.enter(ctx, officer)
	c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/queue"), chromedp.WaitVisible(chromedp.CSS(`a[href="/console/wish/`+first+`"]`))))
	second := c.submit("水管漏了没有人管")
	c.must(chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(`a[href="/console/wish/`+second+`"]`))))
	said, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#live")))
	c.must(err)
	contains(t, said, "更新")

	c.must(chromedp.Do(ctx, chromedp.Focus(chromedp.CSS(`td a[href="/console/wish/`+first+`"]`))))
	third := c.submit("井盖松了")
	_, err = chromedp.Run(ctx, chromedp.Poll[bool](`document.getElementById("live").textContent.includes("重新打开")`))
	c.must(err)
	rows, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("tbody")))
	c.must(err)
	lacks(t, rows, third)
	focus, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.getAttribute("href")`))
	c.must(err)
	if focus != "/console/wish/"+first {
		t.Errorf("the focus went to %q", focus)
	}
}

// Everything can be done with the keyboard alone, in the order in which it stands, and one sees where one is.
func TestConsoleByKeyboard(t *testing.T) {
	c := newConsole(t)
	number := c.submit("楼道的灯不亮")
	ctx := webtest.Browser(t)
	c.enter(ctx, officer)
	c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/wish/"+number), chromedp.WaitVisible(chromedp.CSS("h1"))))
	var order []string
	accept := `form[action$="/accept"] button`
	for range 40 {
		c.must(chromedp.Do(ctx, chromedp.KeyEvent("\t")))
		where, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
			const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
			if (e === document.body) return "";
			const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && b.width > 1 && b.height > 1;
			return (seen ? "" : "unseen ") + e.textContent.trim().slice(0, 12) + (e.matches('`+accept+`') ? " HERE" : "");
		})()`))
		c.must(err)
		order = append(order, where)
		if strings.HasSuffix(where, "HERE") {
			break
		}
	}
	text := strings.Join(order, "|")
	if !strings.HasPrefix(text, "跳到正文|") || strings.Contains(text, "unseen") || !strings.Contains(text, "HERE") {
		t.Fatalf("tabbing goes %s", text)
	}
	c.must(chromedp.Do(ctx, chromedp.KeyEvent("\r"), chromedp.WaitVisible(chromedp.CSS(".note.good"))))
	if w, err := c.store.Wish(t.Context(), number); err != nil || w.State != echowall.WishAccepted {
		t.Errorf("after Enter: %v, %s", err, w.State)
	}
}

// A session that is ended elsewhere is over at the next click, and the page comes back after a new log-in.
func TestRevokeInBrowser(t *testing.T) {
	c := newConsole(t)
	number := c.submit("楼道的灯不亮")
	one, two := webtest.Browser(t), webtest.Browser(t)
	c.enter(one, officer)
	c.at(monday.Add(time.Minute))
	c.enter(two, officer)
	c.must(chromedp.Do(two,
		chromedp.Navigate(c.URL+"/console/sessions"),
		chromedp.Click(chromedp.CSS(`button[name="all"]`)),
		chromedp.WaitVisible(chromedp.CSS(".note.good")),
	))
	c.must(chromedp.Do(one, chromedp.Navigate(c.URL+"/console/wish/"+number), chromedp.WaitVisible(chromedp.CSS("svg.qr"))))
	made := c.made()
	c.confirmID(officer, strings.TrimPrefix(made[len(made)-1], echowall.LoginScene))
	c.must(chromedp.Do(one, chromedp.WaitVisible(chromedp.CSS(`form[action$="/accept"]`))))
	where, err := chromedp.Run(one, chromedp.Location())
	c.must(err)
	if !strings.HasSuffix(where, "/console/wish/"+number) {
		t.Errorf("after the second log-in the browser is at %s", where)
	}
}
