package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/store"
	"echowall/store/redistest"
	"echowall/web"
	"echowall/web/webtest"
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

func TestPhoneLogin(t *testing.T) {
	p := newPhones(t)
	number := p.submit("竹园东门的路灯坏了")
	j := jar{}
	state := p.away(j, "/m/wish/"+number)
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(state) {
		t.Errorf("state %q", state)
	}
	a := p.back(j, state, "li")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/m/wish/"+number {
		t.Fatalf("%d %s\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	for _, c := range a.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
		for _, id := range []string{string(author), "p-the-author"} {
			if strings.Contains(c.Value, id) {
				t.Errorf("the cookie %s tells who it is", c.Name)
			}
		}
	}
	page := p.open(j, "/m/wish/"+number)
	contains(t, page.text(), "竹园东门的路灯坏了", "公开和称呼", "这一页只有您登录后能看")
	lacks(t, page.text(), "链接 30 天有效")
	for path, want := range map[string]string{
		"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
	} {
		if got := page.Header.Get(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'") {
		t.Errorf("policy %q", csp)
	}
	list := p.open(j, "/m/me")
	contains(t, list.text(), "我的心愿", "竹园东门的路灯坏了", number, "待受理")
	lacks(t, list.text(), "今天的微党课") // a resident has none
	if p.open(j, "/m/login").Header.Get("Location") != "/m/me" {
		t.Error("somebody who is logged in is sent away again")
	}
	// In Redis nothing of the session can be read.
	dump := redistest.Dump(t, p.store.Redis(), p.store.KeyPrefix()+"session:")
	if len(dump) == 0 || len(redistest.Holding(dump, string(author))) > 0 {
		t.Errorf("sessions are stored as %q", dump)
	}
}

func TestPhoneStateIsBoundToTheBrowser(t *testing.T) {
	p := newPhones(t)
	refused := func(name string, a answerOf, words string) {
		t.Helper()
		if a.StatusCode != http.StatusForbidden || !strings.Contains(a.text(), words) {
			t.Errorf("%s: %d\n%s", name, a.StatusCode, a.text())
		}
	}
	mine, theirs := jar{}, jar{}
	state, other := p.away(mine, "/m/me"), p.away(theirs, "/m/me")
	refused("no cookie", p.back(jar{}, state, "li"), "没有登录成功")
	refused("another browser's state", p.back(jar{"m-state": mine["m-state"]}, other, "li"), "没有登录成功")
	refused("no state", p.back(jar{"m-state": mine["m-state"]}, "", "li"), "没有登录成功")
	refused("no code", p.back(jar{"m-state": mine["m-state"]}, state, ""), "没有得到您的同意")

	kept := jar{"m-state": mine["m-state"]}
	if a := p.back(mine, state, "li"); a.Header.Get("Location") != "/m/me" {
		t.Fatalf("%d", a.StatusCode)
	}
	delete(mine, "phone")
	refused("used before", p.back(mine, state, "li"), "没有登录成功")

	p.at(monday.Add(5*time.Minute + time.Second))
	refused("too late", p.back(kept, state, "li"), "没有登录成功")

	// Who tampers with the way back is refused too.
	p.at(monday)
	j := jar{}
	state = p.away(j, "/m/me")
	parts := strings.Split(j["m-state"], ".")
	for i, with := range map[int]string{1: "3", 2: "L20vZXJhc2U"} { // /m/erase
		bad := append([]string{}, parts...)
		bad[i] = with
		refused("tampered", p.back(jar{"m-state": strings.Join(bad, ".")}, state, "li"), "没有登录成功")
	}
}

// A code that is of no use starts the log-in over, once.
func TestPhoneLoginStartsOverOnce(t *testing.T) {
	p := newPhones(t)
	j := jar{}
	state := p.away(j, "/m/settings")
	again := p.back(j, state, "stale")
	to, err := url.Parse(again.Header.Get("Location"))
	p.must(err)
	second := to.Query().Get("state")
	if to.Host != "platform.example" || second == state || second == "" {
		t.Fatalf("%d %s", again.StatusCode, to)
	}
	twice := jar{"m-state": j["m-state"]}
	if a := p.back(twice, second, "stale"); a.StatusCode != http.StatusForbidden || a.Header.Get("Location") != "" {
		t.Errorf("started over twice: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := p.back(j, second, "li"); a.Header.Get("Location") != "/m/settings" {
		t.Errorf("%d %s", a.StatusCode, a.Header.Get("Location"))
	}
}

func TestPhoneSnapshotSeesNothing(t *testing.T) {
	p := newPhones(t)
	j := jar{}
	a := p.back(j, p.away(j, "/m/me"), "snapshot")
	if a.StatusCode != http.StatusForbidden || j["phone"] != "" {
		t.Errorf("%d, cookies %v", a.StatusCode, j)
	}
	contains(t, a.text(), "请点右下角“使用完整服务”")
	if a := p.back(j, p.away(j, "/m/me"), "nobody"); a.StatusCode != http.StatusInternalServerError || p.inside(j) {
		t.Errorf("nobody was let in: %d", a.StatusCode)
	}
}

func TestPhoneOutsideThePlatform(t *testing.T) {
	p := newPhones(t, func(c *web.Config) {
		c.Phone.InApp = func(userAgent string) bool { return strings.Contains(userAgent, "MicroMessenger") }
	})
	a := p.get("/m/login", "User-Agent", "Mozilla/5.0 Firefox/140")
	if a.StatusCode != http.StatusForbidden || len(a.Cookies()) > 0 {
		t.Errorf("%d %v", a.StatusCode, a.Cookies())
	}
	contains(t, a.text(), "请用微信打开")
	if a := p.get("/m/login", "User-Agent", "Mozilla/5.0 MicroMessenger/8.0"); !strings.HasPrefix(a.Header.Get("Location"), "https://platform.example/") {
		t.Errorf("%d", a.StatusCode)
	}
}

func TestPhoneLoginLeadsToOwnPagesOnly(t *testing.T) {
	p := newPhones(t)
	for next, want := range map[string]string{
		"/m/data": "/m/data", "/m/wish/XY1001?shown=1": "/m/wish/XY1001?shown=1",
		"https://evil.example/m/me": "/m/me", "//evil.example/m/me": "/m/me", `/\evil.example/m/`: "/m/me", "/m/../wall": "/m/me",
		"/m//evil.example": "/m/me", "/wall": "/m/me", "/console/": "/m/me", "": "/m/me", "/m/login?next=/m/me": "/m/me", "/m/oauth": "/m/me",
		"javascript:alert(1)": "/m/me", "/m/me\r\nSet-Cookie: a=b": "/m/me", "/m/%2e%2e/wall": "/m/me",
	} {
		j := jar{}
		state := p.away(j, "/m/login?"+url.Values{"next": {next}}.Encode())
		if got := p.back(j, state, "li").Header.Get("Location"); got != want {
			t.Errorf("next=%q leads to %q, want %q", next, got, want)
		}
		if got := p.open(j, "/m/login?"+url.Values{"next": {next}}.Encode()).Header.Get("Location"); got != want {
			t.Errorf("next=%q leads somebody who is logged in to %q, want %q", next, got, want)
		}
	}
}

func TestPhoneSessionFixation(t *testing.T) {
	p := newPhones(t)
	planted := jar{"phone": strings.Repeat("x", 43)}
	before := planted["phone"]
	p.back(planted, p.away(planted, "/m/me"), "li")
	if planted["phone"] == before || !p.inside(planted) || p.inside(jar{"phone": before}) {
		t.Error("the planted token is inside, or the new one is not")
	}
	old := planted["phone"]
	p.send(planted, "/m/logout")
	if p.inside(jar{"phone": old}) {
		t.Error("the token outlived the log-out")
	}
}

func TestPhoneSessionEnds(t *testing.T) {
	p := newPhones(t)
	j := p.login("li")
	p.at(monday.Add(29 * time.Minute))
	if !p.inside(j) {
		t.Fatal("out after 29 minutes")
	}
	p.at(monday.Add(29*time.Minute + 30*time.Minute + time.Second))
	if p.inside(j) {
		t.Error("inside after 30 minutes without a request")
	}
	if a := p.send(j, "/m/settings/publish"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a form that came too late was taken: %d", a.StatusCode)
	}
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

func TestPhoneDataAndCopies(t *testing.T) {
	p := newPhones(t)
	photo := p.photo(64, 48)
	number := p.submit(secretWords+"路灯坏了", photo)
	p.accept(number)
	p.answer(number, echowall.OutcomeSolved, "路灯已经修好，今晚亮灯。")
	p.must(p.store.AppendAccess(t.Context(), echowall.AccessEntry{At: monday, Kind: echowall.AccessContact, By: "p-officer-0000001",
		Role: echowall.RoleLiaison, Scope: "c1", Subject: echowall.Recipient(author), Case: number, Why: "约时间看现场"}))
	_, err := p.wishes.SetContact(t.Context(), author, "13900001234", true)
	p.must(err)
	p.must(p.store.UpdateStudy(t.Context(), visitors["wang"].Self.Person, func(r *echowall.StudyRecord) error {
		r.Days = map[string]echowall.StudyDay{"2026-11-23": {Lesson: "ew-001", Letters: "B"}}
		return nil
	}))
	j := p.login("li")
	page := p.open(j, "/m/data").text()
	contains(t, page, "心愿 1 条", number, "照片和语音 1 条", "例如：…1234", "竹园社区联络站联络员：看了联系电话", "理由：约时间看现场", "编号 "+number)
	lacks(t, page, "13900001234", "p-officer", "学习记录")

	wishes := p.open(j, "/m/data/wishes.json")
	if wishes.Header.Get("Content-Disposition") == "" || wishes.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", wishes.Header)
	}
	var own echowall.OwnWishes
	p.must(json.Unmarshal([]byte(wishes.body), &own))
	if len(own.Wishes) != 1 || own.Wishes[0].Text != secretWords+"路灯坏了" || own.Wishes[0].Answer == nil || own.Contact == nil ||
		own.Contact.Phone != "13900001234" || len(own.Looks) != 2 || len(own.Wishes[0].History) != 3 || len(own.Wishes[0].Files) != 1 {
		t.Errorf("%s", wishes.body)
	}
	lacks(t, wishes.body, "p-officer", "p-the-author", string(author))
	if a := p.get(own.Wishes[0].Files[0]); a.StatusCode != http.StatusOK {
		t.Errorf("the file of the copy opens with %d", a.StatusCode)
	}
	// The two copies never meet.
	person := p.open(j, "/m/data/person.json")
	var rest echowall.OwnPerson
	p.must(json.Unmarshal([]byte(person.body), &rest))
	if len(rest.Sessions) != 1 {
		t.Errorf("%s", person.body)
	}
	lacks(t, person.body, number, secretWords, string(author), "13900001234")

	m := p.login("wang")
	contains(t, p.open(m, "/m/data").text(), "学习记录 1 条", "身份")
	p.must(json.Unmarshal([]byte(p.open(m, "/m/data/person.json").body), &rest))
	if rest.Study.Days["2026-11-23"].Letters != "B" || rest.Line == nil || rest.Line.Name != "王敏" || len(rest.Roles) != 1 {
		t.Errorf("%+v", rest)
	}
	// Taking a copy is on record.
	contains(t, p.open(j, "/m/data").text(), "您本人：取走了一份数据", "自己的副本")
	log, err := p.store.AccessLog(t.Context(), 0, 10)
	p.must(err)
	for _, e := range log {
		if e.By != "" && strings.HasPrefix(string(e.Subject), "a") && e.Kind == echowall.AccessExport {
			t.Errorf("the log joins the two ids of a person: %+v", e)
		}
	}
}

func TestPhoneErase(t *testing.T) {
	p := newPhones(t)
	open, closed := p.submit(secretWords+"路灯坏了", p.photo(64, 48)), p.submit(secretWords+"垃圾没有人收")
	p.accept(closed)
	p.answer(closed, echowall.OutcomeSolved, secretWords+"，垃圾已经清走了。")
	p.publish(closed, "垃圾没有人收")
	p.rateBy(closed, echowall.RatingGood)
	j := p.login("li")
	page := p.open(j, "/m/erase")
	contains(t, page.text(), "2 件心愿的原话", "1 件还在办", "依法要留下", "不会再给您发消息", "第五十一、五十四条")
	lacks(t, page.text(), "绑定")
	unsure := p.send(j, "/m/erase")
	if unsure.StatusCode != http.StatusBadRequest || !strings.Contains(unsure.text(), "还没有删除") {
		t.Errorf("%d\n%s", unsure.StatusCode, unsure.text())
	}
	if w, err := p.store.Wish(t.Context(), open); err != nil || w.Erased() {
		t.Fatal("erased without being sure")
	}
	session := j["phone"]
	done := p.send(j, "/m/erase", "sure", "1")
	if done.StatusCode != http.StatusOK || j["phone"] != "" || p.inside(jar{"phone": session}) {
		t.Errorf("%d, still inside: %v", done.StatusCode, p.inside(jar{"phone": session}))
	}
	contains(t, done.text(), "已经删除")
	for n, state := range map[string]echowall.WishState{open: echowall.WishWithdrawn, closed: echowall.WishClosed} {
		w, err := p.store.Wish(t.Context(), n)
		p.must(err)
		if w.State != state || !w.Erased() || w.Text != "" {
			t.Errorf("%+v", w)
		}
		if a := p.get(p.signer.WishURL(n, author)); a.StatusCode != http.StatusForbidden {
			t.Errorf("the old link opens %s with %d", n, a.StatusCode)
		}
	}
	if a := p.get("/wall/" + closed); a.StatusCode != http.StatusNotFound {
		t.Errorf("it is still on the wall: %d", a.StatusCode)
	}
	var all bytes.Buffer
	p.must(p.store.Export(t.Context(), &all, store.ExportOptions{}))
	lacks(t, all.String(), secretWords, string(author)+`"`+`,"station`)

	// A member is told that the work goes too.
	m := p.login("wang")
	contains(t, p.open(m, "/m/erase").text(), "您的绑定和工作身份", "花名册上的名字")
	p.send(m, "/m/erase", "sure", "1")
	if who, err := p.store.Person(t.Context(), visitors["wang"].Self.Person); err != nil || who.Roster != "" || len(who.Grants) > 0 {
		t.Errorf("%+v, %v", who, err)
	}
}

// An account without the platform's login has the signed links and nothing more.
func TestNoPhonePagesWithoutLogin(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/m/me", "/m/data", "/m/erase", "/m/login"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a := s.get("/m/wish/XY1001"); a.StatusCode != http.StatusForbidden {
		t.Errorf("%d", a.StatusCode)
	}
}

// Over https the cookies belong to this host alone and travel by https alone.
func TestPhoneCookiesOverHTTPS(t *testing.T) {
	p := newPhones(t, func(c *web.Config) {
		secret := bytes.Repeat([]byte("k"), 32)
		c.Signer = web.NewSigner(secret, "https://wall.example", c.Now)
	})
	a := p.get("/m/login")
	for _, c := range a.Cookies() {
		if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("cookie %s", c)
		}
	}
	if len(a.Cookies()) != 1 {
		t.Errorf("%v", a.Cookies())
	}
}

// A lesson weighs at most 60 kB with everything that its page loads, unpacked.
func TestLessonPageWeighs(t *testing.T) {
	s := newSite(t)
	page := s.get(s.signer.LessonURL("ew-001"))
	sum := len(page.body)
	for _, n := range page.all("link", "") {
		a := s.get(attr(n, "href"))
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", attr(n, "href"), a.StatusCode)
		}
		sum += len(a.body)
	}
	if got := len(page.all("script", "")) + len(page.all("img", "")); got > 0 {
		t.Errorf("%d more things are loaded", got)
	}
	t.Logf("%d bytes in all", sum)
	if sum > 60<<10 || sum < 10<<10 {
		t.Errorf("%d bytes in all", sum)
	}
}

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
