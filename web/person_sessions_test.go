package web_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web/webtest"
)

// bound binds a new account to a line of the roster.
func (c *console) bound(line echowall.RosterID) *echowall.Who {
	c.t.Helper()
	slips, err := c.config.People.Issue(c.t.Context(), c.person(registrar), line)
	c.must(err)
	holder := echowall.PersonID("p-holder-" + string(line))
	_, err = c.config.People.Bind(c.t.Context(), holder, slips[0].Code)
	c.must(err)
	return c.person(&echowall.Who{Person: holder})
}

// A registrar ends somebody's sessions from the person's page: a reason, a question, and then the browsers are out
// while the person stays bound.
func TestEndSomebodysSessionsInTheBrowser(t *testing.T) {
	c := newOffice(t)
	holder := c.bound("r002")
	desk, laptop := c.login(holder), c.login(holder)
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	c.enter(ctx, registrar)
	const form = `form[action="/console/people/r002/sessions"]`
	say := func(why string) string {
		t.Helper()
		c.must(chromedp.Do(ctx,
			chromedp.Navigate(c.URL+"/console/people/r002"),
			chromedp.SendKeys(chromedp.CSS("#why"), why),
			chromedp.Click(chromedp.CSS(form+" button")),
			chromedp.WaitVisible(chromedp.CSS(".note")),
		))
		text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
		c.must(err)
		return text
	}
	contains(t, say("忘了"), "请写明理由，至少 4 个字")
	if n := len(complaints.Take()); n != 1 { // the browser notes the 400
		t.Errorf("%d complaints about the refusal, want 1", n)
	}
	contains(t, say("办公室电脑忘了退出"), "确认让魏长河在工作台的登录全部退出", "理由：办公室电脑忘了退出", "看得到")
	for _, width := range []int64{320, 1280} {
		c.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
		wide, err := chromedp.Run(ctx, webtest.Overflow())
		c.must(err)
		if len(wide) > 0 {
			t.Errorf("the question at %d sticks out: %q", width, wide)
		}
	}
	if !c.inside(desk) || !c.inside(laptop) {
		t.Fatal("out before anybody confirmed")
	}
	c.must(chromedp.Do(ctx, chromedp.Click(chromedp.CSS(form+" button")), chromedp.WaitVisible(chromedp.CSS(".note.good"))))
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	c.must(err)
	contains(t, text, "登录已全部退出", "已绑定微信")
	for _, x := range complaints.Take() {
		t.Error(x)
	}
	if c.inside(desk) || c.inside(laptop) {
		t.Error("still inside")
	}
	if !c.inside(c.login(holder)) {
		t.Error("cannot log in any more")
	}
	contains(t, c.open(c.login(auditor), "/console/access").text(), "结束别人的登录", "办公室电脑忘了退出")
}

// Who may not unbind ends nobody's sessions, and oneself is not offered: that is what the own page is for.
func TestWhoEndsSessions(t *testing.T) {
	c := newOffice(t)
	holder := c.bound("r002")
	his := c.login(holder)
	for name, browser := range map[string]jar{"secretary": his, "auditor": c.login(auditor), "head": c.login(head)} {
		if a := c.send(browser, "/console/people/r002/sessions", "why", "办公室电脑忘了退出", "sure", "1"); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	if !c.inside(his) {
		t.Error("ended all the same")
	}
	const form = `action="/console/people/r002/sessions"`
	lacks(t, c.open(his, "/console/people/r002").body, form)
	contains(t, c.open(c.login(registrar), "/console/people/r002").body, form)
	lacks(t, c.open(c.login(registrar), "/console/people/r001").body, `/r001/sessions"`) // not bound
	c.must(c.store.UpdatePerson(t.Context(), holder.Person, func(w *echowall.Who) error {
		w.Grants = registrar.Grants
		return nil
	}))
	lacks(t, c.open(his, "/console/people/r002").body, form)
}

// The person concerned reads on the phone page as what somebody ended the sessions, and why.
func TestEndedSessionsAreTold(t *testing.T) {
	p := newPhones(t)
	p.must(p.config.People.EndConsole(t.Context(), registrar, "R1", "办公室电脑忘了退出"))
	contains(t, p.open(p.login("wang"), "/m/data").text(), "让您在工作台的登录全部退出", "理由：办公室电脑忘了退出")
}
