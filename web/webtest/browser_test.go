package webtest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall/web/webtest"
)

const page = `<!doctype html><link rel="icon" href="data:,"><title>t</title><body>`

func TestBrowser(t *testing.T) {
	pages := map[string]string{
		"/good": page + `<p>short</p><div style="overflow-x:auto"><div style="width:900px">scrolls by itself</div></div>`,
		"/wide": page + `<div class="wall" style="width:900px">wide</div>`,
		"/loud": page + `<img src="/none.png"><script>console.error("spoken");throw new Error("thrown")</script>`,
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pages[r.URL.Path] == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(pages[r.URL.Path]))
	}))
	defer srv.Close()
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	visit := func(path string) []string {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(srv.URL+path)); err != nil {
			t.Fatal(err)
		}
		overflow, err := chromedp.Run(ctx, webtest.Overflow())
		if err != nil {
			t.Fatal(err)
		}
		return overflow
	}
	if wide, heard := visit("/good"), complaints.Take(); len(wide) > 0 || len(heard) > 0 {
		t.Errorf("a good page: %q, %q", wide, heard)
	}
	if wide := visit("/wide"); !slices.Equal(wide, []string{"div.wall wide"}) {
		t.Errorf("a wide page: %q", wide)
	}
	visit("/loud")
	heard := strings.Join(complaints.Take(), "\n")
	for _, want := range []string{"spoken", "thrown", "none.png"} {
		if !strings.Contains(heard, want) {
			t.Errorf("%s was not noticed in:\n%s", want, heard)
		}
	}
}

// Two browsers at once keep their profiles apart.
func TestTwoBrowsers(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("who")
		if err != nil {
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "one"})
			return
		}
		w.Write([]byte(c.Value))
	}))
	defer srv.Close()
	body := func(ctx context.Context) string {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL)); err != nil {
			t.Fatal(err)
		}
		text, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("body")))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	one, two := webtest.Browser(t), webtest.Browser(t)
	body(one)
	if again, other := body(one), body(two); again != "one" || other != "" {
		t.Errorf("cookie: %q in the browser that got it, %q in the other", again, other)
	}
}
