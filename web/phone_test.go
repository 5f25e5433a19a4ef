package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"echowall"
	"echowall/store"
	"echowall/web"
)

// phones is a site whose visitors the platform knows: a code is the name of whoever holds the browser.
type phones struct {
	*site
}

// visitors by code.
var visitors = map[string]web.Visitor{
	"li":       {Self: echowall.Self{Person: "p-the-author-00001", Author: author}},
	"wang":     {Self: echowall.Self{Person: "p-member-00000001", Author: "a-another-author1"}},
	"snapshot": {Snapshot: true},
	"stale":    {Again: true},
	"nobody":   {},
}

func newPhones(t *testing.T, change ...func(*web.Config)) *phones {
	t.Helper()
	p := &phones{}
	p.site = newSite(t, append([]func(*web.Config){func(conf *web.Config) {
		s := conf.Wishes.Store.(*store.Store)
		conf.Phone = &web.Phone{
			Sessions: s.SessionsOf(store.PhoneSession),
			Authorize: func(back, state string) string {
				return "https://platform.example/authorize?" + url.Values{"back": {back}, "state": {state}}.Encode()
			},
			Exchange: func(_ context.Context, code string) (web.Visitor, error) {
				return visitors[code], nil
			},
			Data:    &echowall.MyData{Store: s, Access: s, Now: conf.Now, FileURL: conf.Signer.MediaURL},
			Erasure: &echowall.Erasure{Store: s, People: conf.People, Now: conf.Now},
			Unsubscribe: func(ctx context.Context, p echowall.PersonID, template string) error {
				return s.AcceptSubscription(ctx, p, template, 0)
			},
		}
	}}, change...)...)
	p.must(p.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Branches: []echowall.Branch{{ID: "b1", Name: "竹园第一党支部"}},
			People:   []echowall.RosterPerson{{ID: "R1", Name: "王敏", Branch: "b1", Standing: echowall.StandingFull}},
		}, nil
	}))
	p.must(p.store.UpdatePerson(t.Context(), visitors["wang"].Self.Person, func(w *echowall.Who) error {
		w.Roster, w.Name = "R1", "王敏"
		return nil
	}))
	return p
}

// away sends a browser to the platform and returns the state it goes with.
func (p *phones) away(j jar, path string) (state string) {
	p.t.Helper()
	a := p.open(j, path)
	if strings.HasPrefix(a.Header.Get("Location"), "/m/login") {
		a = p.open(j, a.Header.Get("Location"))
	}
	to, err := url.Parse(a.Header.Get("Location"))
	p.must(err)
	if a.StatusCode != http.StatusSeeOther || to.Host != "platform.example" || to.Query().Get("back") != p.URL+"/m/oauth" {
		p.t.Fatalf("%s led to %d %s\n%s", path, a.StatusCode, to, a.body)
	}
	return to.Query().Get("state")
}

// back is a browser coming back from the platform.
func (p *phones) back(j jar, state, code string) answerOf {
	p.t.Helper()
	return p.open(j, "/m/oauth?"+url.Values{"state": {state}, "code": {code}}.Encode())
}

// login opens a browser of a visitor.
func (p *phones) login(code string) jar {
	p.t.Helper()
	j := jar{}
	if a := p.back(j, p.away(j, "/m/me"), code); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/m/me" {
		p.t.Fatalf("%s was not let in: %d\n%s", code, a.StatusCode, a.body)
	}
	return j
}

func (p *phones) inside(j jar) bool {
	p.t.Helper()
	return p.open(j, "/m/me").StatusCode == http.StatusOK
}

// Somebody else's wish is as good as none, whatever is done with its number.
func TestPhoneSeesOwnWishesOnly(t *testing.T) {
	p := newPhones(t)
	number := p.submit(secretWords + "路灯坏了")
	p.accept(number)
	p.answer(number, echowall.OutcomeSolved, "路灯已经修好，今晚亮灯。")
	j := p.login("wang")
	for path, form := range map[string][]string{
		"/m/wish/" + number:                     nil,
		"/m/wish/" + number + "?k=":             nil,
		"/m/wish/" + number + "/show":           {"publish", "0"},
		"/m/wish/" + number + "/rate":           {"rating", "A"},
		"/m/wish/" + strings.ToLower(number):    nil,
		"/m/wish/XY9999":                        nil,
		"/m/wish/XY9999/show":                   {"publish", "1"},
		"/m/wish/" + number + "?k=AAAAAAAAAAAA": nil,
	} {
		var a answerOf
		if form == nil {
			a = p.open(j, path)
		} else {
			a = p.send(j, path, form...)
		}
		if a.StatusCode != http.StatusForbidden || !strings.Contains(a.text(), "这个链接已失效") {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
		lacks(t, a.body, secretWords, "路灯")
	}
	for _, path := range []string{"/m/me", "/m/data", "/m/data/wishes.json", "/m/data/person.json", "/m/erase"} {
		lacks(t, p.open(j, path).body, secretWords, number)
	}
	if w, err := p.store.Wish(t.Context(), number); err != nil || !w.MayPublish || w.Rating != "" {
		t.Errorf("the wish was changed: %+v, %v", w, err)
	}
	// With a link the author needs no session, and the link opens nothing else.
	if a := p.get(p.signer.WishURL(number, author)); a.StatusCode != http.StatusOK {
		t.Errorf("the signed link opens with %d", a.StatusCode)
	}
}

// Forms of other sites do nothing.
func TestPhoneFormsOfOtherSites(t *testing.T) {
	p := newPhones(t)
	number := p.submit("路灯坏了")
	j := p.login("li")
	for _, path := range []string{"/m/erase", "/m/settings/publish", "/m/settings/contact", "/m/logout", "/m/wish/" + number + "/show"} {
		a := p.do(http.MethodPost, path, "sure=1&remove=1", "Cookie", j.header(), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if w, err := p.store.Wish(t.Context(), number); err != nil || !w.MayPublish || w.Erased() || !p.inside(j) {
		t.Errorf("something was done: %+v, %v", w, err)
	}
}

func TestPhoneConsents(t *testing.T) {
	p := newPhones(t)
	one, two := p.submit(secretWords+"路灯坏了"), p.submit("垃圾没有人收")
	for _, n := range []string{one, two} {
		p.accept(n)
		p.publish(n, "公开的字")
	}
	p.must(p.store.AcceptSubscription(t.Context(), visitors["li"].Self.Person, "tpl", 3))
	j := p.login("li")
	contains(t, p.open(j, "/m/settings").text(), "您同意公开 2 件，其中 2 件在墙上", "订阅通知还有 3 条没有用")
	lacks(t, p.open(j, "/m/settings").text(), "学习提醒")

	// One wish: off the wall at once, and named otherwise.
	if a := p.send(j, "/m/wish/"+one+"/show", "publish", "0", "surname", "李女士"); a.Header.Get("Location") != "/m/wish/"+one+"?shown=1" {
		t.Fatalf("%d\n%s", a.StatusCode, a.text())
	}
	contains(t, p.open(j, "/m/wish/"+one+"?shown=1").text(), "记下了", "这件事不公开")
	if a := p.get("/wall/" + one); a.StatusCode != http.StatusNotFound {
		t.Errorf("it is still on the wall: %d", a.StatusCode)
	}
	if w, _ := p.store.Wish(t.Context(), one); w.Public != nil || w.Surname != "李女士" || w.VerifyHistory() != -1 {
		t.Errorf("%+v", w)
	}
	bad := p.send(j, "/m/wish/"+one+"/show", "publish", "0", "surname", "李桂芳本人")
	if bad.StatusCode != http.StatusBadRequest || !strings.Contains(bad.text(), "没有改成") || !strings.Contains(bad.body, `value="李桂芳本人"`) {
		t.Errorf("%d\n%s", bad.StatusCode, bad.text())
	}

	// All of them, and the notices.
	p.send(j, "/m/settings/publish")
	if a := p.get("/wall/" + two); a.StatusCode != http.StatusNotFound {
		t.Errorf("it is still on the wall: %d", a.StatusCode)
	}
	p.send(j, "/m/settings/notices")
	contains(t, p.open(j, "/m/settings").text(), "您没有同意公开任何一件", "没有。办理有进展时")

	// The phone number: refused, stored, lent, taken back, removed.
	if a := p.send(j, "/m/settings/contact", "phone", "12"); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, `value="12"`) {
		t.Errorf("%d", a.StatusCode)
	}
	p.send(j, "/m/settings/contact", "phone", "139 0000 1234", "give", "1")
	card := func() echowall.ContactCard {
		t.Helper()
		c, err := p.wishes.OwnContact(t.Context(), author)
		p.must(err)
		return c
	}
	if c := card(); c.Phone != "13900001234" || !c.MayGive {
		t.Errorf("%+v", c)
	}
	p.send(j, "/m/settings/give", "give", "0")
	if c := card(); c.Phone == "" || c.MayGive {
		t.Errorf("%+v", c)
	}
	p.send(j, "/m/settings/contact", "remove", "1")
	if c := card(); c.Phone != "" {
		t.Errorf("%+v", c)
	}
	// All of it is on record, for the person to read.
	contains(t, p.open(j, "/m/data").text(), "撤回了公开", "撤回了订阅通知", "改了电话", "撤回了使用电话的同意", "删除了电话")

	// A member can have reminders.
	m := p.login("wang")
	contains(t, p.open(m, "/m/settings").text(), "现在：没学的日子，傍晚提醒一次")
	p.send(m, "/m/settings/reminders", "wanted", "0")
	contains(t, p.open(m, "/m/settings?done=reminders").text(), "现在：不提醒", "学习提醒改好了")
	if a := p.open(m, "/m/today"); !strings.HasPrefix(a.Header.Get("Location"), "/m/lesson/") {
		t.Errorf("today's lesson: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	contains(t, p.open(m, "/m/me").text(), "今天的微党课")
}
