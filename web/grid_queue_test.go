package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"echowall"
	"echowall/web/webtest"
)

// A grid officer has the wishes of the own grid before them, from today's page to the wish, learns of new ones
// without opening the page again, and of none beyond.
func TestGridOfficerInTheBrowser(t *testing.T) {
	c := newConsole(t)
	c.must(c.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{Grids: []echowall.Grid{{ID: "g1", Name: "第一网格", Station: "c1"}, {ID: "g2", Name: "第二网格", Station: "c1"}}}, nil
	}))
	in := func(grid echowall.GridID, text string) string {
		w := &echowall.Wish{Author: author, Text: text, Station: "c1", Grid: grid}
		c.must(c.store.AddWish(t.Context(), w, func(w *echowall.Wish) error {
			return w.Submit(c.clock(), c.wishes.Calendar, echowall.FromChat)
		}))
		return w.Number
	}
	own, other := in("g1", "三号楼的路灯不亮"), in("g2", "五号楼的水管冻裂了")
	in("", "不知道是哪个网格的事")
	who := &echowall.Who{Person: "p-grid-0000000001", Grants: []echowall.Grant{{Role: echowall.RoleGrid, Scope: "g1"}}}
	c.must(c.store.UpdatePerson(t.Context(), who.Person, func(w *echowall.Who) error {
		w.Person, w.Name, w.Grants = who.Person, "秦芳", who.Grants
		return nil
	}))
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	c.enter(ctx, who)
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	c.must(err)
	contains(t, text, "三号楼的路灯不亮", "看全部 1 件")
	lacks(t, text, "水管", "不知道是哪个网格")
	c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/queue"), chromedp.WaitVisible(chromedp.CSS(`a[href="/console/wish/`+own+`"]`))))
	text, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	c.must(err)
	contains(t, text, "全部 1", "待受理 1", "共 1 件")
	lacks(t, text, other, "水管")
	next := in("g1", "单元门的锁坏了")
	c.must(chromedp.Do(ctx,
		chromedp.WaitVisible(chromedp.CSS(`tbody a[href="/console/wish/`+next+`"]`)),
		chromedp.Click(chromedp.CSS(`tbody a[href="/console/wish/`+own+`"]`)),
		chromedp.WaitVisible(chromedp.CSS("#f")),
	))
	text, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	c.must(err)
	contains(t, text, "三号楼的路灯不亮", "第一网格")
	for _, x := range complaints.Take() {
		t.Error(x)
	}
	j := c.login(who)
	if a := c.open(j, "/console/wish/"+other); a.StatusCode != 404 {
		t.Errorf("a wish of the grid next door: %d", a.StatusCode)
	}
	for i := range 26 {
		in("g1", fmt.Sprintf("第%d盏路灯不亮", i))
	}
	contains(t, c.open(j, "/console/queue").text(), "共 28 件", "下一页")
	contains(t, c.open(j, "/console/queue?page=2").text(), "上一页")
	lacks(t, c.open(j, "/console/queue?page=2").text(), "下一页", "水管")
}
