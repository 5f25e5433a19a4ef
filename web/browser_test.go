package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web/webtest"
)

// everyState fills the site with wishes in every state and returns the address of every kind of page.
func (s *site) everyState() map[string]string {
	s.t.Helper()
	long := strings.Repeat("没有标点的长句子", 8) + " https://example.com/" + strings.Repeat("x", 60)
	pages := map[string]string{"wall": s.URL + "/wall", "lesson": s.signer.LessonURL("ew-001"), "missing": s.URL + "/nothing"}
	add := func(name, text string, class echowall.Outcome, r echowall.Rating) {
		n := s.submit(text, s.photo(64, 48))
		if name != "submitted" {
			s.accept(n)
		}
		if class != "" {
			s.answer(n, class, "1. 已经安排好了。\n2. "+long)
		}
		if name != "submitted" {
			s.publish(n, text)
		}
		if r != "" {
			s.rateBy(n, r)
		}
		pages["wish "+name] = s.signer.WishURL(n, author)
		if name != "submitted" {
			pages["wall "+name] = s.URL + "/wall/" + n
		}
	}
	add("submitted", long, "", "")
	add("accepted", long, "", "")
	add("answered", "路灯坏了", echowall.OutcomePlanned, "")
	add("closed", "路灯修好了吗，晚上太黑", echowall.OutcomeSolved, echowall.RatingGood)
	add("redo", "垃圾没有人收", echowall.OutcomeRefused, echowall.RatingUnsolved)
	voice, err := s.store.PutMedia(s.t.Context(), "audio/amr", []byte("#!AMR\n"))
	s.must(err)
	secretary := &echowall.Who{Person: "p-secretary-00001", Grants: []echowall.Grant{{Role: echowall.RoleSecretary, Scope: "b1"}}}
	_, err = s.study.Teach(s.t.Context(), secretary, echowall.Lesson{Title: "今早三句话", Body: long, Voice: voice.ID})
	s.must(err)
	pages["own lesson"] = s.signer.LessonURL("b-b1-2026-11-23")
	return pages
}

// Every page fits 320 and 390 pixels, also in large type, and no browser complains about it.
func TestPagesFitPhones(t *testing.T) {
	s := newSite(t)
	pages := s.everyState()
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	for _, size := range []string{"0", "1"} {
		s.must(chromedp.Do(ctx, chromedp.Navigate(s.URL+"/wall?large="+size)))
		for name, address := range pages {
			for _, width := range []int64{320, 390} {
				s.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844, chromedp.EmulateMobile), chromedp.Navigate(address)))
				wide, err := chromedp.Run(ctx, webtest.Overflow())
				s.must(err)
				if len(wide) > 0 {
					t.Errorf("%s at %d, large %s, sticks out: %q", name, width, size, wide)
				}
			}
			for _, c := range complaints.Take() {
				if name != "missing" || !strings.Contains(c, "404") {
					t.Errorf("%s: %s", name, c)
				}
			}
		}
	}
}

// A resident rates the answer as a person would: reads, taps, sends; without a choice nothing is sent.
func TestRateInBrowser(t *testing.T) {
	s := newSite(t)
	number := s.submit("路灯坏了")
	s.accept(number)
	s.answer(number, echowall.OutcomeSolved, "路灯已经修好，今晚亮灯。")
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	s.must(chromedp.Do(ctx,
		chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile),
		chromedp.Navigate(s.signer.WishURL(number, author)),
		chromedp.Click(chromedp.CSS("#rate button")),
	))
	if w, err := s.store.Wish(t.Context(), number); err != nil || w.State != echowall.WishToVerify {
		t.Fatalf("sent without a choice: %v, %s", err, w.State)
	}
	s.must(chromedp.Do(ctx,
		chromedp.Click(chromedp.CSS(`#rate input[value="B"]`)),
		chromedp.Click(chromedp.CSS("#rate button")),
		chromedp.WaitVisible(chromedp.CSS(`.note.good`)),
	))
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	s.must(err)
	contains(t, text, "记下了", "已解决，基本满意", "已办结")
	if w, err := s.store.Wish(t.Context(), number); err != nil || w.Rating != echowall.RatingFair {
		t.Errorf("stored: %v, %q", err, w.Rating)
	}
	if heard := complaints.Take(); len(heard) > 0 {
		t.Errorf("the browser complains: %q", heard)
	}
}

// Large type grows everything by a quarter and the link toggles it.
func TestLargeTypeInBrowser(t *testing.T) {
	s := newSite(t)
	ctx := webtest.Browser(t)
	size := func() float64 {
		t.Helper()
		px, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`parseFloat(getComputedStyle(document.body).fontSize)`))
		s.must(err)
		return px
	}
	s.must(chromedp.Do(ctx, chromedp.Navigate(s.signer.LessonURL("ew-001"))))
	standard := size()
	s.must(chromedp.Do(ctx, chromedp.Click(chromedp.CSS("header .tap")), chromedp.WaitReady(chromedp.CSS("html[data-type=large]"))))
	if large := size(); large != standard*1.25 {
		t.Errorf("%v px grew to %v", standard, large)
	}
	s.must(chromedp.Do(ctx, chromedp.Click(chromedp.CSS("header .tap")), chromedp.WaitReady(chromedp.CSS("html:not([data-type])"))))
	if again := size(); again != standard {
		t.Errorf("back to %v px, want %v", again, standard)
	}
}
