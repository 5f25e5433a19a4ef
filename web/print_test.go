package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web/webtest"
)

// newPrinter is a console with a point, a grid and a branch of ten.
func newPrinter(t *testing.T) *console {
	t.Helper()
	c := newConsole(t)
	c.must(c.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		r := &echowall.Roster{
			Branches: []echowall.Branch{{ID: "b1", Name: "竹园社区第一党支部"}},
			Grids:    []echowall.Grid{{ID: "g1", Name: "竹园第一网格", Station: "c1"}},
			Points:   []echowall.CollectionPoint{{ID: "p1", Name: "竹园东门民意墙", Station: "c1", Grid: "g1"}},
		}
		for i := range 10 {
			r.People = append(r.People, echowall.RosterPerson{ID: echowall.RosterID(fmt.Sprintf("R%02d", i)), Name: fmt.Sprintf("齐远%c", '一'+rune(i)), Branch: "b1", Standing: echowall.StandingFull})
		}
		r.People[9].Left = true
		return r, nil
	}))
	secretary.Name = "石佳音"
	c.must(c.store.UpdatePerson(t.Context(), secretary.Person, func(w *echowall.Who) error {
		w.Person, w.Name, w.Grants = secretary.Person, secretary.Name, secretary.Grants
		return nil
	}))
	return c
}

// printed lists the scenes that codes were made for, but those of logging in.
func (c *console) printed() []string {
	return slices.DeleteFunc(slices.Clone(c.made()), func(scene string) bool { return strings.HasPrefix(scene, echowall.LoginScene) })
}

var secretary = &echowall.Who{Person: "p-secretary-00001", Grants: []echowall.Grant{{Role: echowall.RoleSecretary, Scope: "b1"}}}

func TestPosters(t *testing.T) {
	c := newPrinter(t)
	j := c.login(officer)
	for path, scene := range map[string]string{"point/p1": "p-p1", "station/c1": "s-c1", "grid/g1": "g-g1"} {
		before := len(c.printed())
		for range 2 { // the second look makes no second code
			a := c.open(j, "/console/print/"+path)
			if a.StatusCode != http.StatusOK || !strings.Contains(a.body, `class="qr"`) || !strings.Contains(a.body, "扫一扫就能说") {
				t.Errorf("%s: %d\n%.600s", path, a.StatusCode, a.body)
			}
		}
		if made := c.printed()[before:]; len(made) != 1 || made[0] != scene {
			t.Errorf("%s: codes made: %q, want %s once", path, made, scene)
		}
		if a := c.send(j, "/console/print/"+path); a.StatusCode != http.StatusSeeOther || len(c.printed()) != before+2 {
			t.Errorf("%s anew: %d, %d codes", path, a.StatusCode, len(c.printed())-before)
		}
	}
	if a := c.open(j, "/console/print/point/none"); a.StatusCode != http.StatusNotFound {
		t.Errorf("no such point: %d", a.StatusCode)
	}
	if a := c.open(c.login(elsewhere), "/console/print/point/p1"); a.StatusCode != http.StatusNotFound || strings.Contains(a.body, "竹园东门") {
		t.Errorf("by another station: %d", a.StatusCode)
	}
	if a := c.open(c.login(auditor), "/console/print/point/p1"); a.StatusCode != http.StatusForbidden {
		t.Errorf("by an auditor: %d", a.StatusCode)
	}
}

func TestSlips(t *testing.T) {
	c := newPrinter(t)
	j := c.login(secretary)
	if a := c.open(j, "/console/print/slips?branch=b1"); a.StatusCode != http.StatusOK || strings.Contains(a.body, "齐远") || !strings.Contains(a.body, "生成并显示") {
		t.Errorf("asked before anything is made: %d\n%s", a.StatusCode, a.body)
	}
	if len(c.printed()) > 0 {
		t.Errorf("looking made codes: %q", c.printed())
	}
	a := c.send(j, "/console/print/slips", "branch", "b1")
	if n := strings.Count(a.body, `class="slip"`); n != 9 || strings.Count(a.body, `class="slips"`) != 2 || len(c.printed()) != 9 || !strings.HasPrefix(c.printed()[0], "b-") {
		t.Errorf("%d: %d slips on %d pages, codes %q", a.StatusCode, n, strings.Count(a.body, `class="slips"`), c.printed())
	}
	if strings.Contains(a.body, "齐远"+string('一'+rune(9))) {
		t.Error("a slip for somebody who left")
	}
	for _, branch := range []string{"b2", "", "none"} {
		if a := c.send(j, "/console/print/slips", "branch", branch); a.StatusCode != http.StatusNotFound {
			t.Errorf("branch %q: %d", branch, a.StatusCode)
		}
	}
}

// TestSheetsInBrowser prints: a poster is one page of A4, nine slips are two, and nothing sticks out.
func TestSheetsInBrowser(t *testing.T) {
	c := newPrinter(t)
	pages := regexp.MustCompile(`/Type\s*/Page[^s]`)
	a4 := regexp.MustCompile(`/MediaBox \[0 0 59[45][0-9.]* 84[12][0-9.]*\]`) // points
	count := func(name string, ctx context.Context, want int) {
		t.Helper()
		for _, width := range []int64{320, 390, 1280} {
			c.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
			wide, err := chromedp.Run(ctx, webtest.Overflow())
			c.must(err)
			if len(wide) > 0 {
				t.Errorf("%s at %d sticks out: %q", name, width, wide)
			}
		}
		css := true
		out, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &css})
		c.must(err)
		if n := len(pages.FindAll(out.Data, -1)); n != want {
			t.Errorf("%s prints on %d pages, want %d", name, n, want)
		}
		if !a4.Match(out.Data) {
			t.Errorf("%s is not on A4", name)
		}
	}
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	c.enter(ctx, officer)
	c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/print/point/p1"), chromedp.WaitVisible(chromedp.CSS(".poster .qr"))))
	count("poster", ctx, 1)

	other := webtest.Browser(t)
	c.enter(other, secretary)
	c.must(chromedp.Do(other, chromedp.Navigate(c.URL+"/console/people?branch=b1"), chromedp.Click(chromedp.CSS(`a[href^="/console/print/slips"]`)),
		chromedp.Click(chromedp.CSS(`main form .btn.main`)), chromedp.WaitVisible(chromedp.CSS(".slip .qr"))))
	count("slips", other, 2)
	if heard := complaints.Take(); len(heard) > 0 {
		t.Errorf("the browser complains: %q", heard)
	}
}
