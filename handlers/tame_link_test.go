package handlers

import (
	"regexp"
	"strings"
	"testing"
)

// written is a link to a page of ours, as link writes it.
var written = regexp.MustCompile(`<a href="https://wall\.example/[^"<>]*">[^<>]*</a>`)

// Whatever is typed, what is left alive is a link to us, and nothing but < becomes anything else.
func FuzzTame(f *testing.F) {
	a := &App{PageURL: func(path string) string { return "https://wall.example" + path }}
	for _, s := range []string{
		"", "a < b", link("https://wall.example/m/wish/XY1", "详情"), link("https://evil.example/", "看"), link("weixin://bizmsgmenu?x", "看"),
		"<" + link("https://wall.example/m", "a") + link("https://wall.example/n", "b") + "<a", `<a href="https://wall.example/">`,
		`<a href="https://wall.example/<a href="https://wall.example/x">y</a>`, `<a href="https://wall.example/x">y<b>z</a>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tamed := a.tame(s)
		if strings.ReplaceAll(tamed, "<", "＜") != strings.ReplaceAll(s, "<", "＜") {
			t.Errorf("%q became %q", s, tamed)
		}
		if rest := written.ReplaceAllString(tamed, ""); strings.Contains(rest, "<") {
			t.Errorf("%q became %q, in which %q lives", s, tamed, rest)
		}
		if kept, wanted := len(written.FindAllString(tamed, -1)), len(written.FindAllString(s, -1)); kept != wanted {
			t.Errorf("%q became %q: %d links of ours, there were %d", s, tamed, kept, wanted)
		}
	})
}
