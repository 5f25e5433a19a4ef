package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"echowall"
)

func tokenOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("k") == "" {
		t.Fatalf("no token in %q", address)
	}
	return u.Query().Get("k")
}

func TestWishPage(t *testing.T) {
	s := newSite(t)
	voice, err := s.store.PutMedia(t.Context(), "audio/amr", []byte("#!AMR\n"))
	s.must(err)
	number := s.submit("北门到公交站没有路灯。老人晚上看不清路沿。", s.photo(40, 30), voice.ID)
	address := s.signer.WishURL(number, author)

	res := s.get(address)
	contains(t, res.text(), "待受理", "还剩 1 个工作日", "11月24日（周二）前告知是否受理", "北门到公交站没有路灯", "老人晚上看不清路沿", "竹园东门",
		"等竹园社区联络站受理", "您提交了心愿", "您同意脱敏后公开")
	lacks(t, res.body, string(author))
	if h1 := res.texts("h1", ""); len(h1) != 1 || h1[0] != "北门到公交站没有路灯" {
		t.Errorf("h1 %q", h1)
	}
	imgs, audios := res.all("img", ""), res.all("audio", "")
	if len(imgs) != 1 || len(audios) != 1 {
		t.Fatalf("%d photos, %d voices", len(imgs), len(audios))
	}
	if attr(imgs[0], "loading") != "lazy" || attr(imgs[0], "width") != "40" || attr(imgs[0], "height") != "30" || attr(imgs[0], "alt") == "" {
		t.Errorf("photo: %v", imgs[0].Attr)
	}
	if len(res.all("form", "")) > 0 {
		t.Error("there is nothing to rate yet")
	}

	s.accept(number)
	s.at(monday.AddDate(0, 0, 9)) // Wednesday; the fifth working day was Monday
	contains(t, s.get(address).text(), "超期 2 个工作日", "原定11月30日（周一）前答复", "已受理", "联络员签收")

	s.answer(number, echowall.OutcomePlanned, "1. 已先装 4 盏太阳能灯。\n2. 固定路灯明年六月底前装好。")
	res = s.get(address)
	contains(t, res.text(), "列入计划", "2027年6月30日（周三）前兑现", "已先装 4 盏太阳能灯", "超期 2 个工作日答复", "联络员答复：列入计划", "请您评价")
	lacks(t, res.body, string(officer.Person))
	order(t, res.text(), "列入计划", "北门到公交站没有路灯", "联络站的答复", "请您评价", "办理期限", "办理经过", "谁看得到")
	radios := res.all("input", "")
	chosen := 0
	for _, r := range radios {
		for _, a := range r.Attr {
			if a.Key == "checked" {
				chosen++
			}
		}
	}
	if len(radios) != 5 || chosen != 0 {
		t.Errorf("%d fields, %d chosen: want the token and four letters, none chosen", len(radios), chosen)
	}
	if steps := res.texts("li", "done"); len(steps) != 3 || !strings.HasPrefix(steps[2], "您提交了心愿") {
		t.Errorf("history %q", steps)
	}
}

// order checks that the parts follow one another.
func order(t *testing.T, text string, parts ...string) {
	t.Helper()
	at := 0
	for _, p := range parts {
		i := strings.Index(text[at:], p)
		if i < 0 {
			t.Errorf("%q does not follow in:\n%s", p, text)
			return
		}
		at += i
	}
}

func TestWishPageEscapes(t *testing.T) {
	s := newSite(t)
	number := s.submit(`<script>alert(1)</script><b>路灯</b>坏了`)
	res := s.get(s.signer.WishURL(number, author))
	if len(res.all("script", "")) > 0 {
		t.Error("a script of the wish came through")
	}
	contains(t, res.text(), `<script>alert(1)</script>`)
}

// Nobody opens a wish with another's link, an old one, or none; and what exists cannot be told from what not.
func TestWishLinks(t *testing.T) {
	s := newSite(t)
	mine := s.submit("我的心愿路灯")
	other, err := s.wishes.Submit(t.Context(), echowall.Wish{Text: "别人的心愿垃圾", Author: "a-somebody-else-1"}, echowall.FromChat)
	s.must(err)
	k := tokenOf(t, s.signer.WishURL(mine, author))
	photo := s.photo(10, 10)

	refused := s.get("/m/wish/" + mine)
	if refused.StatusCode != 403 {
		t.Errorf("without a token: %d", refused.StatusCode)
	}
	contains(t, refused.text(), "这个链接已失效", "回复“进度”")
	for name, path := range map[string]string{
		"another wish":          "/m/wish/" + other.Number + "?k=" + k,
		"another author":        "/m/wish/" + mine + "?k=" + tokenOf(t, s.signer.WishURL(mine, "a-somebody-else-1")),
		"a number without wish": "/m/wish/XY999999?k=" + tokenOf(t, s.signer.WishURL("XY999999", author)),
		"no number":             "/m/wish/XY1001:x?k=" + k,
		"a token for a lesson":  "/m/wish/" + mine + "?k=" + tokenOf(t, s.signer.LessonURL("b-b1-2026-11-23")),
		"a photo":               "/m/media/" + photo + "?k=" + k,
		"a photo, no token":     "/m/media/" + photo,
	} {
		res := s.get(path)
		if res.StatusCode != 403 || res.text() != refused.text() && len(res.all("a", "tap")) == 1 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		lacks(t, res.body, "路灯", "垃圾")
	}
	for _, number := range []string{mine, other.Number} {
		res := s.do("POST", "/m/wish/"+number+"/rate", url.Values{"k": {"x"}, "rating": {"A"}}.Encode())
		if res.StatusCode != 403 {
			t.Errorf("rating %s without a token: %d", number, res.StatusCode)
		}
	}
	s.at(monday.Add(30 * 24 * time.Hour))
	if res := s.get(s.signer.PageURL("/m/wish/" + mine + "?k=" + k)); res.StatusCode != 200 {
		t.Errorf("on the 30th day: %d", res.StatusCode)
	}
	s.at(monday.Add(30*24*time.Hour + time.Minute))
	if res := s.get(s.signer.PageURL("/m/wish/" + mine + "?k=" + k)); res.StatusCode != 403 {
		t.Errorf("after 30 days: %d", res.StatusCode)
	}
}

func TestRatePage(t *testing.T) {
	s := newSite(t)
	number := s.submit("路灯坏了")
	s.accept(number)
	s.answer(number, echowall.OutcomeSolved, "路灯已经修好，今晚亮灯。")
	address := s.signer.WishURL(number, author)
	rate := func(letter string, header ...string) answerOf {
		t.Helper()
		return s.do("POST", "/m/wish/"+number+"/rate", url.Values{"k": {tokenOf(t, address)}, "rating": {letter}}.Encode(), header...)
	}
	state := func() *echowall.Wish {
		t.Helper()
		w, err := s.store.Wish(t.Context(), number)
		s.must(err)
		return w
	}

	res := rate("")
	if res.StatusCode != 400 || state().State != echowall.WishToVerify {
		t.Errorf("nothing chosen: %d, %s", res.StatusCode, state().State)
	}
	if alerts := alertsOf(res); len(alerts) != 1 || !strings.Contains(alerts[0], "请先选一项") {
		t.Errorf("alerts %q", alerts)
	}
	if res := rate("A", "Origin", "https://evil.example"); res.StatusCode != 403 || state().State != echowall.WishToVerify {
		t.Errorf("from another site: %d, %s", res.StatusCode, state().State)
	}
	if res := rate("A", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 {
		t.Errorf("from another site: %d", res.StatusCode)
	}

	res = rate("B", "Origin", s.URL, "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("rated: %d\n%s", res.StatusCode, res.body)
	}
	w := state()
	if last := w.History[len(w.History)-1]; w.State != echowall.WishClosed || w.Rating != echowall.RatingFair || last.Source != echowall.FromPage {
		t.Errorf("%s %q by %s", w.State, w.Rating, last.Source)
	}
	after := s.get(res.Header.Get("Location"))
	contains(t, after.text(), "记下了。已解决，基本满意", "已办结", "改评价")
	if chips := after.texts("span", "good"); len(chips) == 0 || chips[0] != "已解决" {
		t.Errorf("the resident confirmed it, chips %q", chips)
	}

	s.at(monday.AddDate(0, 0, 40))
	address = s.signer.WishURL(number, author)
	res = rate("D")
	if res.StatusCode != 409 || state().State != echowall.WishClosed {
		t.Errorf("40 days later: %d %s", res.StatusCode, state().State)
	}
	contains(t, strings.Join(alertsOf(res), ""), "评价时间已经过了")
	checked := ""
	for _, i := range res.all("input", "") {
		for _, a := range i.Attr {
			if a.Key == "checked" {
				checked = attr(i, "value")
			}
		}
	}
	if checked != "D" {
		t.Errorf("the choice %q is kept, want D", checked)
	}

	s.at(monday)
	address = s.signer.WishURL(number, author)
	if res := rate("D"); res.StatusCode != http.StatusSeeOther || state().State != echowall.WishRedo {
		t.Errorf("not solved: %d %s", res.StatusCode, state().State)
	}
	contains(t, s.get(address).text(), "重办", "正在重办", "上一次的答复")
	// The wish has left the state meanwhile; the page says so and shows no form.
	if res := rate("A"); res.StatusCode != 409 || len(res.all("form", "")) != 0 {
		t.Errorf("rated while redone: %d, %d forms", res.StatusCode, len(res.all("form", "")))
	}
	if res := s.do("POST", "/m/wish/"+number+"/rate", "k="+strings.Repeat("x", 8<<10)); res.StatusCode != 400 {
		t.Errorf("a huge form: %d", res.StatusCode)
	}
}

func alertsOf(a answerOf) []string {
	var out []string
	for n := range a.doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "role") == "alert" {
			out = append(out, textOf(n))
		}
	}
	return out
}
