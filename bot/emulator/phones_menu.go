package emulator

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// menu taps a button of the menu bar, told by its place and its name.
func (s *phones) menu(w http.ResponseWriter, r *http.Request, ph *Phone) {
	if !s.follows(w, r, ph) {
		return
	}
	b := buttonAt(ph.Menu(), r.FormValue("at"))
	switch {
	case b == nil || b.Name != r.FormValue("name"):
		s.complain(w, r, ph, http.StatusNotFound, "菜单刚刚换过，请再点一次。")
	case b.Type == "click":
		s.perform(w, r, ph, false, func(ctx context.Context) { ph.Click(ctx, b.Key) })
	case b.Type == "miniprogram":
		s.note(ph, "小程序不能在这里打开")
		s.perform(w, r, ph, false, func(ctx context.Context) { ph.ViewMiniProgram(ctx, b.PagePath) })
	default:
		s.complain(w, r, ph, http.StatusNotImplemented, "这种菜单按钮不能在这里打开。")
	}
}

// buttonAt finds the button at "1" or "1.2", counted from 0; nil if there is
// none or it only opens a list.
func buttonAt(m Menu, at string) *Button {
	var found *Button
	list := m.Buttons
	for _, part := range strings.SplitN(at, ".", 2) {
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 || i >= len(list) {
			return nil
		}
		found, list = &list[i], list[i].Sub
	}
	if len(list) > 0 {
		return nil
	}
	return found
}

// open follows a link that is on the person's screen: the browser becomes this
// person's for OAuth, a view button of the menu tells the server, and the page
// opens. Other addresses are refused, or this would lead anywhere.
func (s *phones) open(w http.ResponseWriter, r *http.Request, ph *Phone) {
	target, menu := r.FormValue("u"), r.FormValue("menu") != ""
	var shown []string
	if menu {
		shown = menuLinks(ph.Menu().Buttons)
	} else {
		for _, b := range ph.Chat() {
			shown = append(shown, bubbleLinks(b)...)
		}
	}
	if !webAddress(target) || !slices.Contains(shown, target) {
		s.complain(w, r, ph, http.StatusNotFound, "这个链接已经不在屏幕上了。")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: CookieName, Value: ph.openid, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if menu {
		s.p.background(func(ctx context.Context) { ph.View(ctx, target) })
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// menuLinks lists where view buttons lead.
func menuLinks(buttons []Button) []string {
	var list []string
	for _, b := range buttons {
		if b.Type == "view" {
			list = append(list, b.URL)
		}
		list = append(list, menuLinks(b.Sub)...)
	}
	return list
}

// webAddress reports whether a client would open the address in its browser.
func webAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
