package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"echowall"
)

func TestEmptyWall(t *testing.T) {
	s := newSite(t)
	res := s.get("/wall")
	contains(t, res.text(), "还没有心愿", "想到什么，在聊天里说一句就行")
	if len(res.all("form", "")) > 0 {
		t.Error("a search form with nothing to search")
	}
	s.submit("路灯坏了")
	contains(t, s.get("/wall").text(), "还没有公开的心愿", "1 件心愿")
}

func TestWallShowsRedactedTextOnly(t *testing.T) {
	s := newSite(t)
	photo := s.photo(40, 30)
	number := s.submit(secretWords+"北门没有路灯", photo)
	private := s.submit(secretWords + "另一件事")
	if body := s.get("/wall").body; strings.Contains(body, number) || strings.Contains(body, private) {
		t.Error("an unpublished wish is on the wall")
	}
	for _, path := range []string{number, private, "XY9999", "nonsense", "XY1001:x"} {
		if res := s.get("/wall/" + path); res.StatusCode != 404 {
			t.Errorf("/wall/%s: %d", path, res.StatusCode)
		}
	}
	s.accept(number)
	s.publish(number, "北门到公交站没有路灯")
	for _, path := range []string{"/wall", "/wall/" + number} {
		res := s.get(path)
		contains(t, res.text(), "北门到公交站没有路灯", "竹园社区联络站", "还剩 5 个工作日", number)
		lacks(t, res.body, "李桂芳", "502", "竹园东门", photo, string(author), string(officer.Person), private, "09:00")
		if len(res.all("img", "")) > 0 {
			t.Errorf("%s shows a photo", path)
		}
	}
	// The answer is public only after somebody published it.
	s.answer(number, echowall.OutcomePlanned, "固定路灯已列入明年第一批改造。")
	for _, path := range []string{"/wall", "/wall/" + number} {
		lacks(t, s.get(path).text(), "明年第一批", "列入计划")
	}
	contains(t, s.get("/wall/"+number).text(), "答复审核后在这里公开")
	s.publish(number, "北门到公交站没有路灯")
	for _, path := range []string{"/wall", "/wall/" + number} {
		contains(t, s.get(path).text(), "明年第一批", "列入计划", "2027年6月30日（周三）前兑现")
	}
	// A wish that was sent back has no result for now.
	s.rateBy(number, echowall.RatingUnsolved)
	res := s.get("/wall")
	contains(t, res.text(), "居民说没有解决", "重办")
	lacks(t, res.text(), "明年第一批", "列入计划")
}

func TestWallEscapes(t *testing.T) {
	s := newSite(t)
	number := s.submit("路灯")
	s.accept(number)
	s.answer(number, echowall.OutcomeRefused, `<img src=x onerror=alert(1)>这件事不能办，依据已附。`)
	s.publish(number, `<script>alert("1")</script>门口路灯坏了`)
	for _, path := range []string{"/wall", "/wall/" + number, "/wall?q=" + url.QueryEscape(`"><script>x</script>`)} {
		res := s.get(path)
		if len(res.all("script", "")) > 0 || len(res.all("img", "")) > 0 {
			t.Errorf("%s: markup of a visitor came through", path)
		}
	}
	contains(t, s.get("/wall/"+number).text(), `<script>alert("1")</script>门口路灯坏了`)
}

func TestWallFigures(t *testing.T) {
	s := newSite(t)
	for i := range 7 {
		n := s.submit(fmt.Sprintf("第 %d 件", i))
		if i == 0 {
			continue // 待受理
		}
		s.accept(n)
		if i < 3 {
			continue // 2 已受理
		}
		s.answer(n, echowall.OutcomeSolved, "已经修好，请您看看满意不满意。")
		s.publish(n, fmt.Sprintf("公开的第 %d 件", i))
		switch i {
		case 3: // 重办
			s.rateBy(n, echowall.RatingUnsolved)
		case 4:
			s.rateBy(n, echowall.RatingPoor) // 已办结, solved by the resident's word
		}
	}
	res := s.get("/wall")
	contains(t, res.text(), "7 件心愿", "4 + 2 + 1 = 7", "在办的 4 件里，1 件等受理，1 件退回重办", "墙上已答复的 3 件", "只有 3 件，仅供参考")
	bar := res.all("svg", "strip")
	if len(bar) != 1 {
		t.Fatal("no bar of figures")
	}
	contains(t, attr(bar[0], "aria-label"), "7 件中在办 4", "评价 2", "办结 1")
	rows := res.texts("li", "")
	for _, want := range []string{"已解决 1 ÷ 3", "单位称已解决 2 ÷ 3"} {
		if !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, want) }) {
			t.Errorf("no row %q in %q", want, rows)
		}
	}
	if green := res.all("rect", "c5"); len(green) != 1 {
		t.Errorf("%d green bars, want the confirmed one only", len(green))
	}
}

func TestWallFilter(t *testing.T) {
	s := newSite(t)
	add := func(place, text string, class echowall.Outcome) {
		n := s.submit(text)
		s.must(s.store.UpdateWish(t.Context(), n, func(w *echowall.Wish) error { w.Station = echowall.StationID(place); return nil }))
		s.accept(n)
		if class != "" {
			s.answer(n, class, "答复里说到了隔油池和路灯的安排。")
		}
		s.publish(n, text)
	}
	add("c1", "竹园路灯坏了", "")
	add("c1", "竹园垃圾没人收", echowall.OutcomePlanned)
	add("c2", "梧桐里路灯坏了", echowall.OutcomeRefused)
	titles := func(query string) (out []string) {
		for _, li := range s.get("/wall?"+query).all("li", "wish") {
			out = append(out, answerOf{doc: li}.texts("h2", "")...)
		}
		return out
	}
	for query, want := range map[string][]string{
		"":                           {"梧桐里路灯坏了", "竹园垃圾没人收", "竹园路灯坏了"}, // echoes first, the newest first
		"station=c1":                 {"竹园垃圾没人收", "竹园路灯坏了"},
		"station=s1":                 {"梧桐里路灯坏了", "竹园垃圾没人收", "竹园路灯坏了"}, // the street above both
		"station=zz":                 {"梧桐里路灯坏了", "竹园垃圾没人收", "竹园路灯坏了"},
		"result=C":                   {"竹园垃圾没人收"},
		"result=open":                {"竹园路灯坏了"},
		"q=" + url.QueryEscape("隔油"): {"梧桐里路灯坏了", "竹园垃圾没人收"},
		"station=c2&result=C":        nil,
	} {
		got := slices.DeleteFunc(titles(query), func(s string) bool {
			return !strings.Contains(s, "了") && !strings.Contains(s, "没人收") || strings.Contains(s, "件")
		})
		if !slices.Equal(got, want) {
			t.Errorf("?%s: %q, want %q", query, got, want)
		}
	}
	res := s.get("/wall?station=c2&result=C")
	contains(t, res.text(), "没有找到", "看全部")
	kept := 0
	for _, o := range res.all("option", "") {
		for _, a := range o.Attr {
			if a.Key == "selected" {
				kept++
			}
		}
	}
	if kept != 2 {
		t.Errorf("%d choices are kept in the form, want 2", kept)
	}
}

func TestWallPages(t *testing.T) {
	s := newSite(t)
	for i := range 13 {
		n := s.submit("路灯")
		s.accept(n)
		s.publish(n, fmt.Sprintf("路灯坏了，这是第 %02d 盏", i))
	}
	first := s.get("/wall?q=" + url.QueryEscape("路灯"))
	contains(t, first.text(), "第 1 页，共 2 页")
	next := ""
	for _, a := range first.all("a", "btn") {
		if attr(a, "rel") == "next" {
			next = attr(a, "href")
		}
	}
	second := s.get(next)
	if n, m := len(first.all("li", "wish")), len(second.all("li", "wish")); n != 12 || m != 1 {
		t.Errorf("%d and %d wishes on %q", n, m, next)
	}
	contains(t, second.text(), "第 2 页，共 2 页", "找到 13 件")
	if res := s.get("/wall?page=99999999999999999999"); res.StatusCode != 200 || len(res.all("li", "wish")) == 0 {
		t.Errorf("a page that does not exist: %d", res.StatusCode)
	}
}

func TestWallIsSmall(t *testing.T) {
	s := newSite(t)
	for range 12 {
		n := s.submit(strings.Repeat("路灯坏了", 30))
		s.accept(n)
		s.answer(n, echowall.OutcomePlanned, strings.Repeat("已经列入计划", 30))
		s.publish(n, strings.Repeat("路灯坏了", 30))
	}
	if n := len(s.get("/wall").body); n > 30<<10 {
		t.Errorf("a full page weighs %d bytes, the budget is 30 KiB", n)
	}
}
