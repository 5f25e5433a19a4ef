package emulator

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestStrictness(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	p.Phone("oU1").Follow(t.Context())
	const kf = "/cgi-bin/message/custom/send"
	for _, tc := range []struct {
		name, method, path, body string
		want                     int
		violation                string
	}{
		{"unknown path", "POST", "/cgi-bin/message/custom/sned", "{}", 40066, "unknown API path POST /cgi-bin/message/custom/sned"},
		{"GET for POST", "GET", kf, "", 43002, "needs POST"},
		{"POST for GET", "POST", "/cgi-bin/menu/get", "{}", 43001, "needs GET"},
		{"empty body", "POST", kf, "", 44002, "empty body"},
		{"broken JSON", "POST", kf, `{"touser":`, 47001, "broken JSON"},
		{"array", "POST", kf, `[]`, 47001, "broken JSON"},
		{"wrong type", "POST", kf, `{"touser":1}`, 47001, "broken JSON"},
		{"two objects", "POST", kf, `{"touser":"oU1"}{}`, 47001, "broken JSON"},
		{"not UTF-8", "POST", kf, "{\"touser\":\"\xff\"}", 47001, "not UTF-8"},
		{"unknown field", "POST", kf, `{"touser":"oU1","msgtype":"text","text":{"content":"x"},"toUsers":"y"}`, 0, `unknown field "toUsers"`},
		{"escaped Chinese", "POST", kf, `{"touser":"oU1","msgtype":"text","text":{"content":"\u60a8"}}`, 0, "escapes characters"},
		{"escaped ASCII", "POST", kf, `{"touser":"oU1","msgtype":"text","text":{"content":"\u003ca"}}`, 0, ""},
		{"escaped backslash", "POST", kf, `{"touser":"oNo","msgtype":"text","text":{"content":"\\u60a8"}}`, 40003, ""},
		{"escapes in a menu", "POST", "/cgi-bin/menu/create", `{"button":[{"type":"click","name":"\u5fc3","key":"K"}]}`, 40033, "has \\u escapes"},
		{"no multipart form", "POST", "/cgi-bin/media/upload?type=image", "xx", 41005, "no multipart form"},
	} {
		res, data := c.do(tc.method, tc.path, "application/json", []byte(tc.body))
		out := c.parse(data)
		if out.code() != tc.want {
			t.Errorf("%s: %s, want %d", tc.name, data, tc.want)
		}
		if wantStatus := map[bool]int{true: 404, false: 200}[tc.want == 40066]; res.StatusCode != wantStatus {
			t.Errorf("%s: status %d", tc.name, res.StatusCode)
		}
		if tc.violation == "" {
			expect(t, p)
		} else {
			expect(t, p, tc.violation)
		}
	}
}

func TestAnswersLookLikeThePlatforms(t *testing.T) {
	p := &Platform{}
	start(t, p)
	c := newCaller(t, p)
	res, data := c.do("GET", "/cgi-bin/menu/get", "", nil)
	if got := res.Header.Get("Content-Type"); got != "application/json; encoding=utf-8" {
		t.Errorf("content type %q", got)
	}
	if !regexp.MustCompile(`"errmsg":"menu no exist rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"`).Match(data) {
		t.Errorf("answer %s", data)
	}
	rid := regexp.MustCompile(`rid: ([0-9a-f-]+)`).FindSubmatch(data)[1]
	out := c.post("/cgi-bin/openapi/rid/get", map[string]any{"rid": string(rid)})
	if out.sub("request")["request_url"] != "/cgi-bin/menu/get" {
		t.Errorf("rid/get: %v", out)
	}
	c.want(76001, "/cgi-bin/openapi/rid/get", map[string]any{"rid": "none"})
}

func TestCallsAreRecorded(t *testing.T) {
	p := &Platform{KeepCalls: 3}
	start(t, p)
	c := newCaller(t, p)
	for range 5 {
		c.kf("oNobody", "x")
	}
	calls := p.CallsTo("/cgi-bin/message/custom/send")
	if len(calls) != 3 || p.CallCount("/cgi-bin/message/custom/send") != 5 {
		t.Fatalf("%d calls kept, %d counted", len(calls), p.CallCount("/cgi-bin/message/custom/send"))
	}
	call := calls[2]
	if call.JSON()["touser"] != "oNobody" || call.ErrCode != 40003 || call.Method != "POST" || !strings.Contains(string(call.Answer), "40003") {
		t.Errorf("call %+v", call)
	}
	if err := p.AwaitCalls(within(t), "/cgi-bin/message/custom/send", 5); err != nil {
		t.Error(err)
	}
}

func TestOnViolationHears(t *testing.T) {
	heard := ""
	p := &Platform{OnViolation: func(s string) { heard = s }}
	start(t, p)
	c := newCaller(t, p)
	c.get("/nowhere")
	if !strings.Contains(heard, "/nowhere") {
		t.Errorf("heard %q", heard)
	}
	expect(t, p, "/nowhere")
}

func TestFaults(t *testing.T) {
	const kf = "/cgi-bin/message/custom/send"
	waiting := make(chan struct{}, 1)
	p := &Platform{After: func(d time.Duration) <-chan time.Time {
		if d == time.Hour {
			waiting <- struct{}{}
		}
		return time.After(d)
	}}
	start(t, p)
	c := newCaller(t, p)
	ph := p.Phone("oU1")
	ph.Follow(t.Context())
	ph.Pay()
	// send calls and gives up when the work is done or the platform waits.
	send := func(ctx context.Context) (int, error) {
		req, err := http.NewRequestWithContext(ctx, "POST", c.url(kf), strings.NewReader(`{"touser":"oU1","msgtype":"text","text":{"content":"x"}}`))
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		return res.StatusCode, nil
	}
	for _, tc := range []struct {
		name   string
		fault  Fault
		lost   bool // no answer arrives
		status int
		done   bool // the work was done
	}{
		{"errcode", Fault{ErrCode: -1}, false, 200, false},
		{"status", Fault{Status: 502}, false, 502, false},
		{"refuse", Fault{Refuse: true}, true, 0, false},
		{"cut", Fault{Cut: true}, true, 0, true},
		{"hang", Fault{Hang: true}, true, 0, true},
		{"slow", Fault{Delay: time.Hour}, true, 0, false},
		{"other path", Fault{Path: "/cgi-bin/token", ErrCode: -1}, false, 200, true},
		{"no match", Fault{Match: func(c Call) bool { return c.JSON()["touser"] == "oU2" }, ErrCode: -1}, false, 200, true},
	} {
		ph.ClearChat()
		tc.fault.Times = 1
		p.Inject(tc.fault)
		before := p.CallCount(kf)
		ctx, cancel := context.WithCancel(within(t))
		if tc.fault.Hang {
			go func() {
				_ = p.AwaitCalls(ctx, kf, before+1)
				cancel()
			}()
		}
		if tc.fault.Delay > 0 {
			go func() {
				<-waiting
				cancel()
			}()
		}
		status, err := send(ctx)
		cancel()
		if (err != nil) != tc.lost || status != tc.status {
			t.Errorf("%s: status %d, %v", tc.name, status, err)
		}
		if err := p.AwaitCalls(within(t), kf, before+1); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if done := len(ph.Chat()) == 1; done != tc.done {
			t.Errorf("%s: work done %v", tc.name, done)
		}
		p.ClearFaults()
	}
	p.Inject(Fault{Path: kf, ErrCode: 45011, Times: 2})
	for i, want := range []int{45011, 45011, 0} {
		if got := c.kf("oU1", "x"); got != want {
			t.Errorf("call %d: %d, want %d", i, got, want)
		}
	}
}

func TestDelayIsAddedToEveryAnswer(t *testing.T) {
	var waited []time.Duration
	p := &Platform{Delay: 50 * time.Millisecond, After: func(d time.Duration) <-chan time.Time {
		waited = append(waited, d)
		return fired()
	}}
	start(t, p)
	newCaller(t, p).get("/cgi-bin/getcallbackip")
	if len(waited) != 2 || waited[0] != 50*time.Millisecond {
		t.Errorf("waited %v", waited)
	}
}
