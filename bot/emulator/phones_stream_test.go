package emulator

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// sse is one server-sent event.
type sse struct{ name, id, data string }

// listen opens a stream; the channel closes when the stream ends. A comment
// counts as an event without a name.
func (s *site) listen(query, last string) <-chan sse {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/phone/oU1/events?"+query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		s.t.Fatalf("content type %q", got)
	}
	s.t.Cleanup(func() { res.Body.Close() })
	events := make(chan sse, 100)
	go func() {
		defer close(events)
		var e sse
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ":")
			value = strings.TrimPrefix(value, " ")
			switch name {
			case "event":
				e.name = value
			case "id":
				e.id = value
			case "data":
				e.data += value + "\n"
			case "":
				if lines.Text() == ":" || e != (sse{}) {
					events <- e
				}
				e = sse{}
			}
		}
	}()
	return events
}

// next waits for an event of a name.
func next(t *testing.T, events <-chan sse, name string) sse {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case e, open := <-events:
			if !open {
				t.Fatalf("the stream ended before %q", name)
			}
			if e.name == name {
				return e
			}
		case <-timeout:
			t.Fatalf("no %q", name)
		}
	}
}

// attribute reads a data attribute of a page.
func attribute(page, name string) string {
	_, rest, _ := strings.Cut(page, " "+name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestStreamDeliversBubbles(t *testing.T) {
	p, s := phoneSite(t)
	page := s.page("/phone/oU1")
	query := "after=" + attribute(page, "data-after") + "&dock=" + attribute(page, "data-mark")
	events := s.listen(query, "")
	if e := next(t, events, "typing"); e.data != "0\n" {
		t.Errorf("typing %q", e.data)
	}
	p.Phone("oU2").Follow(t.Context()) // somebody else's bubbles stay away
	go p.Phone("oU1").Say(t.Context(), "第一行\r第二行 <script>")
	own, reply := next(t, events, "bubble"), next(t, events, "bubble")
	contains(t, own.data, `class="msg me"`, "第一行\n第二行 &lt;script&gt;")
	contains(t, reply.data, "听到：")
	if !strings.HasSuffix(own.id, "-2") || !strings.HasSuffix(reply.id, "-3") {
		t.Errorf("ids %q, %q", own.id, reply.id)
	}

	// After a break the browser names the last event it saw.
	again := s.listen(query, own.id)
	if e := next(t, again, "bubble"); e.id != reply.id {
		t.Errorf("after a break: %q, want %q", e.id, reply.id)
	}
	if e := next(t, s.listen("after=otherrun-1", ""), "reload"); e.id != "" {
		t.Error("a page of another run is not sent to reload")
	}

	// What the bar at the bottom shows is live, too.
	newCaller(t, p).want(0, "/cgi-bin/message/custom/typing", map[string]any{"touser": "oU1", "command": "Typing"})
	if e := next(t, events, "typing"); e.data != "1\n" {
		t.Errorf("typing %q", e.data)
	}
	p.Phone("oU1").Unfollow(t.Context())
	contains(t, next(t, events, "dock").data, "关注公众号")
}

func TestStreamEndsWithThePlatform(t *testing.T) {
	p := &Platform{}
	start(t, p)
	phones := p.newPhones(PhonesOptions{People: []PhonePerson{{OpenID: "oU1"}}})
	phones.beat = time.Millisecond
	s := browse(t, p, phones.handler())
	events := s.listen("after="+attribute(s.page("/phone/oU1"), "data-after"), "")
	next(t, events, "") // a sign of life
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for range events { // ends only if the stream does
	}
}
