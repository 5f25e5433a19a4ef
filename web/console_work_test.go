package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"echowall"
)

// A wish is worked on from the queue to the wall without the chat, and everything is on record as from the
// console.
func TestWorkOnAWish(t *testing.T) {
	c := newConsole(t)
	number := c.submit("3 号楼西侧的井盖松了，一压就响", c.photo(40, 30))
	path := "/console/wish/" + number
	j := c.login(officer)

	queue := c.open(j, "/console/queue")
	contains(t, queue.text(), number, "井盖松了", "待受理 1", "还剩 1 个工作日")
	lacks(t, queue.text(), "退回重办 1")
	labelled(t, "queue", queue)
	today := c.open(j, "/console/")
	contains(t, today.text(), number, "待受理")
	labelled(t, "today", today)

	page := c.open(j, path)
	contains(t, page.text(), "一压就响", "居民同意脱敏后公开", "1 条记录首尾相扣", "竹园社区联络站")
	lacks(t, page.body, string(author), "写答复")
	labelled(t, "wish", page)
	if a := c.send(j, path+"/accept"); a.Header.Get("Location") != path+"?done=accept" {
		t.Fatalf("accept: %d %q\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	contains(t, c.open(j, path+"?done=accept").text(), "已签收，居民会收到通知", "写答复", "联络员（您）")

	// What is wrong is said next to what was typed.
	a := c.send(j, path+"/answer", "class", "B", "text", "新井盖已经在路上，到了就换。")
	if a.StatusCode != 400 {
		t.Fatalf("a promise without a date: %d", a.StatusCode)
	}
	contains(t, a.text(), "没有办成", "新井盖已经在路上，到了就换。")
	if !strings.Contains(a.body, `value="B" checked`) {
		t.Error("the class was lost")
	}
	labelled(t, "refused answer", a)
	for _, promise := range []string{"2026-11-22", "soon"} { // yesterday; no date
		if a := c.send(j, path+"/answer", "class", "B", "text", "新井盖已经在路上，到了就换。", "promise", promise); a.StatusCode != 400 {
			t.Errorf("a promise for %s: %d", promise, a.StatusCode)
		}
	}

	// Nothing goes out before it was seen.
	form := []string{"class", "B", "text", "新井盖已经在路上，到了就换。", "promise", "2026-12-01"}
	a = c.send(j, path+"/answer", form...)
	contains(t, a.text(), "居民会收到这样的答复", "2026年12月1日", "发给居民")
	labelled(t, "preview", a)
	if w, err := c.store.Wish(t.Context(), number); err != nil || w.State != echowall.WishAccepted {
		t.Fatalf("the preview changed the wish: %v, %s", err, w.State)
	}
	a = c.send(j, path+"/answer", append(form, "send", "now")...)
	if a.Header.Get("Location") != path+"?done=answer" {
		t.Fatalf("answer: %d\n%s", a.StatusCode, a.body)
	}
	if a := c.send(j, path+"/answer", append(form, "send", "now")...); a.StatusCode != http.StatusConflict {
		t.Errorf("answered twice: %d", a.StatusCode)
	}

	// One writes the text for the wall, another puts it there.
	c.send(j, path+"/redact", "text", "小区里的井盖松动")
	a = c.send(j, path+"/publish", "seen", publicStamp(c, number))
	if a.StatusCode != http.StatusForbidden {
		t.Errorf("published the own text: %d", a.StatusCode)
	}
	second := c.login(head)
	page = c.open(second, path)
	contains(t, page.text(), "小区里的井盖松动", "审核通过，上墙")
	c.send(j, path+"/redact", "text", "小区里的井盖松动，夜里很响")
	if a := c.send(second, path+"/publish", page.form("seen")...); a.StatusCode != http.StatusConflict && publicStamp(c, number) != page.form("seen")[1] {
		t.Errorf("published a text that was not shown: %d", a.StatusCode)
	}
	if a := c.send(second, path+"/publish", "seen", publicStamp(c, number)); a.Header.Get("Location") != path+"?done=publish" {
		t.Fatalf("publish: %d\n%s", a.StatusCode, a.body)
	}
	w, err := c.store.Wish(t.Context(), number)
	c.must(err)
	if !w.OnWall() || w.Answer.Promise != (echowall.Date{Year: 2026, Month: 12, Day: 1}) || w.VerifyHistory() != -1 {
		t.Errorf("afterwards: %+v", w)
	}
	for _, e := range w.History[1:] {
		if e.Source != echowall.FromConsole || e.By == "" {
			t.Errorf("%s came from %s by %q", e.Move, e.Source, e.By)
		}
	}
}

func publicStamp(c *console, number string) string {
	w, err := c.store.Wish(c.t.Context(), number)
	c.must(err)
	return w.Public.At.UTC().Format("20060102150405")
}

// form is a hidden field of the page, as a pair for send.
func (a answerOf) form(name string) []string { return []string{name, strings.Join(a.ids(name), "")} }

// Wishes of other stations do not exist for an officer, whatever is tried with their numbers; the attempt is on
// record.
func TestConsoleShowsOwnStationsOnly(t *testing.T) {
	c := newConsole(t)
	number := c.submit("路灯坏了三天了")
	j := c.login(elsewhere)
	page := c.open(j, "/console/queue").text()
	contains(t, page, "没有待办的心愿", "全部 0")
	lacks(t, page, number, "路灯")
	for _, act := range []string{"accept", "answer", "redact", "publish", "route", "contact"} {
		a := c.send(j, "/console/wish/"+number+"/"+act, "class", "A", "text", "已经修好了，请您看看。", "station", "s1", "why", "核实地点在哪里", "send", "now")
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", act, a.StatusCode)
		}
		none := c.send(j, "/console/wish/XY99999/"+act, "class", "A", "text", "已经修好了，请您看看。", "station", "s1", "why", "核实地点在哪里", "send", "now")
		if none.StatusCode != a.StatusCode || strings.ReplaceAll(none.text(), "XY99999", number) != a.text() {
			t.Errorf("%s tells wishes of others from wishes that are none", act)
		}
	}
	log, err := c.store.AccessLog(t.Context(), 0, 20)
	c.must(err)
	denied := 0
	for _, e := range log {
		if e.Kind == echowall.AccessDenied && e.By == elsewhere.Person {
			denied++
		}
	}
	if denied == 0 {
		t.Error("the attempts are not on record")
	}
}

// Counts, pages and filters agree with each other, whoever looks.
func TestQueuePages(t *testing.T) {
	c := newConsole(t)
	var numbers []string
	for i := range 60 {
		c.at(monday.Add(time.Duration(i) * time.Minute))
		numbers = append(numbers, c.submit(fmt.Sprintf("第 %d 件事：楼道的灯不亮", i)))
	}
	c.at(monday.Add(2 * time.Hour))
	for _, n := range numbers[:10] {
		c.accept(n)
	}
	for _, who := range []*echowall.Who{officer, auditor} {
		j := c.login(who)
		seen := map[string]bool{}
		for page := 1; page <= 3; page++ {
			a := c.open(j, fmt.Sprintf("/console/queue?page=%d", page))
			contains(t, a.text(), "全部 60", "待受理 50", "已受理 10", "共 60 件")
			for _, row := range a.all("tbody", "")[0:1] {
				for n := range row.Descendants() {
					if path := attr(n, "href"); strings.HasPrefix(path, "/console/wish/") {
						seen[path] = true
					}
				}
			}
		}
		if len(seen) != 60 {
			t.Errorf("three pages show %d wishes, want 60", len(seen))
		}
		a := c.open(j, "/console/queue?state=ACCEPTED")
		if rows := len(a.all("tr", "")); rows != 11 {
			t.Errorf("%d rows of accepted wishes, want 10 and the head", rows)
		}
		contains(t, a.text(), "共 10 件", "全部 60")
		contains(t, c.open(j, "/console/queue?station=c2").text(), "没有这样的心愿", "全部 0")
		if a := c.open(j, "/console/queue?station=nowhere"); a.StatusCode != 200 {
			t.Errorf("a station that is none: %d", a.StatusCode)
		}
	}
	// Late ones are counted and stand first.
	c.at(monday.AddDate(0, 0, 2))
	j := c.login(officer)
	contains(t, c.open(j, "/console/queue").text(), "50 件已超期")
	contains(t, c.open(j, "/console/").text(), "已超期50在办共 60 件")
	if a := c.open(j, "/console/queue?n="+strings.ToLower(numbers[3])); a.Header.Get("Location") != "/console/wish/"+numbers[3] {
		t.Errorf("a number leads to %q", a.Header.Get("Location"))
	}
}

// Whoever is named in a wish learns of it neither in the list nor from the counts.
func TestQueueHidesWhoIsNamed(t *testing.T) {
	c := newConsole(t)
	c.submit("楼道的灯不亮")
	number := c.submit("水管漏了没有人管")
	c.must(c.store.UpdateWish(t.Context(), number, func(w *echowall.Wish) error {
		w.Excluded = []echowall.Party{echowall.PartyStation("c1")}
		return nil
	}))
	for who, want := range map[*echowall.Who]string{officer: "全部 1", auditor: "全部 2"} {
		j := c.login(who)
		page := c.open(j, "/console/queue").text()
		contains(t, page, want)
		if who == officer {
			lacks(t, page, "水管漏了", number)
			if a := c.open(j, "/console/wish/"+number); a.StatusCode != http.StatusNotFound {
				t.Errorf("the wish itself: %d", a.StatusCode)
			}
		} else {
			contains(t, page, "水管漏了")
		}
	}
}

// An open page hears of a change at its own stations, not of others', and nothing any more once its session
// has ended.
func TestLiveStream(t *testing.T) {
	c := newConsole(t)
	j, far := c.login(officer), c.login(elsewhere)
	c.submit("水管漏了")
	since := c.version(j)
	c.submit("楼道的灯不亮") // before anybody listens, and after the page was drawn
	words, stop := c.listen(j, since)
	defer stop()
	silence, stopFar := c.listen(far, c.version(far))
	defer stopFar()
	for range 2 {
		id := next(t, words)
		if got := next(t, words); got != "event: change" || !strings.HasPrefix(id, "id: ") {
			t.Errorf("heard %q, %q", id, got)
		}
		next(t, words) // data
		if now := c.version(j); "id: "+now != id {
			t.Errorf("heard of %q, the page is at %s", id, now)
		}
		c.submit("井盖松了")
	}
	select {
	case got := <-silence:
		t.Errorf("another street heard %q", got)
	default:
	}
	if a := c.get("/console/live"); a.StatusCode != http.StatusNoContent {
		t.Errorf("without a session: %d", a.StatusCode)
	}
	// The stream ends with the service.
	c.live.Close()
	ended(t, words)
}

// A stream ends soon after its session, whoever ended it.
func TestLiveStreamEndsWithSession(t *testing.T) {
	c := newConsole(t)
	c.live.Beat = 20 * time.Millisecond
	j := c.login(officer)
	words, stop := c.listen(j, c.version(j))
	defer stop()
	if got := next(t, words); got != ": still here" {
		t.Fatalf("heard %q", got)
	}
	c.must(c.store.EndSessions(t.Context(), officer.Person, ""))
	ended(t, words)
	c.submit("楼道的灯不亮") // heard by nobody, and no harm
}

// Listening is not being there: the session of a page that only listens ends as any other.
func TestListeningDoesNotProlong(t *testing.T) {
	c := newConsole(t)
	j := c.login(officer)
	c.at(monday.Add(14 * time.Minute))
	_, stop := c.listen(j, "0")
	stop()
	c.at(monday.Add(16 * time.Minute))
	if c.inside(j) {
		t.Error("listening kept the session alive")
	}
}

// version is what the page that the browser draws now knows of.
func (c *console) version(j jar) string {
	c.t.Helper()
	for _, n := range c.open(j, "/console/queue").all("div", "") {
		if v := attr(n, "data-live"); v != "" {
			return v
		}
	}
	c.t.Fatal("the queue has no version")
	return ""
}

// listen opens the stream of a browser; the lines that say something come by the channel.
func (c *console) listen(j jar, since string) (<-chan string, func()) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/console/live?since="+since, nil)
	c.must(err)
	req.Header.Set("Cookie", j.header())
	res, err := noRedirects.Do(req)
	c.must(err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		c.t.Fatalf("stream: %d %q", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "retry:") {
		c.t.Fatalf("the stream begins with %q", lines.Text())
	}
	words := make(chan string, 16)
	go func() {
		defer close(words)
		for lines.Scan() {
			if lines.Text() != "" {
				words <- lines.Text()
			}
		}
	}()
	return words, func() { cancel(); res.Body.Close() }
}

func next(t *testing.T, words <-chan string) string {
	t.Helper()
	select {
	case w := <-words:
		return w
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was heard")
		return ""
	}
}

// ended waits until the server has ended the stream.
func ended(t *testing.T, words <-chan string) {
	t.Helper()
	late := time.After(10 * time.Second) // before the client gives up
	for {
		select {
		case _, open := <-words:
			if !open {
				return
			}
		case <-late:
			t.Fatal("the stream goes on")
		}
	}
}

// The author's number is shown for a reason, once, on record, and only if the author agreed.
func TestContactInConsole(t *testing.T) {
	c := newConsole(t)
	number := c.submit("楼道的灯不亮")
	path := "/console/wish/" + number
	j := c.login(officer)
	const phone, why = "13800001234", "上门前核实门禁"
	looks := func() (n int) {
		log, err := c.store.AccessLog(t.Context(), 0, 50)
		c.must(err)
		for _, e := range log {
			if e.Kind == echowall.AccessContact && e.Case == number && e.Why == why && e.By == officer.Person {
				n++
			}
		}
		return n
	}
	for _, may := range []bool{false, true} {
		_, err := c.wishes.SetContact(t.Context(), author, phone, may)
		c.must(err)
		if a := c.send(j, path+"/contact", "why", "看"); a.StatusCode != 400 || strings.Contains(a.body, phone) {
			t.Errorf("no reason: %d", a.StatusCode)
		}
		a := c.send(j, path+"/contact", "why", why)
		if shown := strings.Contains(a.body, phone); shown != may || (looks() == 1) != may {
			t.Errorf("consent %v: shown %v, %d lines in the log", may, shown, looks())
		}
		if !may {
			contains(t, a.body, why) // what was typed is kept
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Error("a browser may keep the number")
		}
	}
	lacks(t, c.open(j, path).body, phone)
	auditing := c.login(auditor)
	if a := c.send(auditing, path+"/contact", "why", why); a.StatusCode != http.StatusForbidden || strings.Contains(a.body, phone) {
		t.Errorf("the auditor: %d", a.StatusCode)
	}
}

// A wish without a place is given to its station from the desk that sorts, which does not see it afterwards.
func TestRouteInConsole(t *testing.T) {
	c := newConsole(t)
	w, err := c.wishes.Submit(t.Context(), echowall.Wish{Text: "门口的垃圾没有人收", Author: author}, echowall.FromChat)
	c.must(err)
	sorter := &echowall.Who{Person: "p-sorter-00000001", Grants: []echowall.Grant{{Role: echowall.RoleLiaison, Scope: string(echowall.TriageStation)}}}
	c.must(c.store.UpdatePerson(t.Context(), sorter.Person, func(x *echowall.Who) error { x.Person, x.Grants = sorter.Person, sorter.Grants; return nil }))
	j := c.login(sorter)
	contains(t, c.open(j, "/console/queue").text(), w.Number, "分办")
	path := "/console/wish/" + w.Number
	if a := c.send(j, path+"/route", "station", "没有的站"); a.StatusCode < 400 || !strings.Contains(a.body, `value="没有的站"`) {
		t.Errorf("a station that is none: %d", a.StatusCode)
	}
	if a := c.send(j, path+"/route", "station", "竹园社区联络站"); a.Header.Get("Location") != "/console/queue" {
		t.Errorf("route: %d to %q\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	if a := c.open(j, path); a.StatusCode != http.StatusNotFound {
		t.Errorf("the desk still sees it: %d", a.StatusCode)
	}
	contains(t, c.open(c.login(officer), path).text(), "转到：竹园社区联络站", "受理")
}
