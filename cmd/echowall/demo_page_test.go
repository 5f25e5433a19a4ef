package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"echowall"
)

// newDemoPage is a page whose clock stands at 07:40 on a Monday and that records how it was moved.
func newDemoPage(t *testing.T, moved *[]string) (*demoPage, *httptest.Server) {
	t.Helper()
	location := time.FixedZone("CST", 8*60*60)
	seat := demoSeat{"居民", "提心愿", "oR", "王"}
	other := demoSeat{Note: "三支部党员", OpenID: "oM", Name: `李<script>`}
	d := &demoPage{
		Now:      func() time.Time { return time.Date(2026, 11, 23, 7, 40, 0, 0, location) },
		Calendar: echowall.NewCalendar(nil, location),
		Move: func(_ context.Context, to string, at time.Time) (string, error) {
			if to == "due" {
				return "", errors.New("没有期限")
			}
			stamp := ""
			if !at.IsZero() {
				stamp = at.Format(time.RFC3339)
			}
			*moved = append(*moved, to+stamp)
			return "送出今日党课 26 份", nil
		},
		Seats: []demoSeat{seat, {"党员", "一天一课", "oM", "李"}}, Everyone: []demoSeat{seat, other}, Wall: "/wall",
	}
	server := httptest.NewServer(d.Handler())
	t.Cleanup(server.Close)
	return d, server
}

func fetchPage(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return string(text)
}

func TestDemoPage(t *testing.T) {
	var moved []string
	d, server := newDemoPage(t, &moved)
	page := fetchPage(t, server.URL)
	for _, want := range []string{
		`datetime="2026-11-23T07:40">07:40</time>`, "11月23日（周一）工作日", "程序一退出，这里的一切都会消失",
		`src="/phone/oR?embed=1" title="王的手机"`, `src="/phone/oM?embed=1"`, `<a href="#phone2">党员</a>`, `src="/wall"`,
		"李&lt;script&gt;（三支部党员）",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	for _, unwanted := range []string{"<script", " style="} {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page has %q", unwanted)
		}
	}
	d.Durable = true
	if page := fetchPage(t, server.URL); strings.Contains(page, "都会消失") {
		t.Error("a demo that is kept says that all is gone")
	}
	if page := fetchPage(t, server.URL+"/?p1=oM&p2=oNobody"); strings.Contains(page, "/phone/oR?") || strings.Count(page, "/phone/oM?embed=1") != 2 {
		t.Errorf("the phone was not swapped:\n%s", page)
	}
	if css := fetchPage(t, server.URL+"/demo/assets/demo.css"); !strings.Contains(css, "iframe.phone") {
		t.Error("no style sheet")
	}
}

func TestDemoPageClock(t *testing.T) {
	var moved []string
	_, server := newDemoPage(t, &moved)
	press := func(fields url.Values, header ...string) *http.Response {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, server.URL+"/clock", strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if len(header) > 0 {
			req.Header.Set(header[0], header[1])
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	for _, c := range []struct {
		fields url.Values
		status int
		moved  string // what was asked of the clock
		said   string // on the page afterwards
	}{
		{url.Values{"to": {"10m"}, "p1": {"oM"}}, http.StatusSeeOther, "10m", "送出今日党课 26 份"},
		{url.Values{"to": {"at"}, "at": {"2026-11-24T19:30"}}, http.StatusSeeOther, "at2026-11-24T19:30:00+08:00", "送出今日党课 26 份"},
		{url.Values{"to": {"at"}, "at": {"soon"}}, http.StatusSeeOther, "", "时间要写全"},
		{url.Values{"to": {"due"}}, http.StatusSeeOther, "", "没有期限"},
		{url.Values{"to": {"back"}}, http.StatusBadRequest, "", ""},
	} {
		moved = nil
		res := press(c.fields)
		if res.StatusCode != c.status || strings.Join(moved, "") != c.moved {
			t.Errorf("%v: %s, moved %q, want %q", c.fields, res.Status, moved, c.moved)
		}
		if want := "p1=oM"; c.fields.Get("p1") != "" && res.Header.Get("Location") != "/?"+want {
			t.Errorf("%v leads to %q: the row of phones is lost", c.fields, res.Header.Get("Location"))
		}
		if page := fetchPage(t, server.URL); !strings.Contains(page, c.said) {
			t.Errorf("%v: the page does not say %q", c.fields, c.said)
		}
	}
	moved = nil
	if res := press(url.Values{"to": {"day"}}, "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden || moved != nil {
		t.Errorf("a form of another site: %s, moved %q", res.Status, moved)
	}
}

func TestDemoDay(t *testing.T) {
	location := time.FixedZone("CST", 8*60*60)
	date := func(m time.Month, d int) echowall.Date { return echowall.Date{Year: 2026, Month: m, Day: d} }
	calendar := echowall.NewCalendar(map[int]echowall.HolidayYear{2026: {Year: 2026, Published: true, Days: []echowall.HolidayDay{
		{Date: date(10, 1), Name: "国庆节", Off: true}, {Date: date(10, 10), Name: "国庆节"},
	}}}, location)
	for day, want := range map[echowall.Date]string{
		date(10, 1): "10月1日（周四）国庆节假期", date(10, 10): "10月10日（周六）调休上班",
		date(11, 21): "11月21日（周六）休息日", date(11, 23): "11月23日（周一）工作日",
	} {
		if got := demoDay(day.At(8, 0, location), calendar); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}
