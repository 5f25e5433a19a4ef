package web

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

// copied returns the embedded views as files that a test may change.
func copied(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(viewFiles, "views/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("views: %v, %v", names, err)
	}
	for _, n := range names {
		data, err := fs.ReadFile(viewFiles, n)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = &fstest.MapFile{Data: data}
	}
	return out
}

func TestViewsFailAtStart(t *testing.T) {
	words, _ := starter(t)
	a, err := readAssets(assetFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		change func(fstest.MapFS)
		says   string
	}{
		{"as they are", func(fstest.MapFS) {}, ""},
		{"missing page", func(f fstest.MapFS) { delete(f, "views/wish.html") }, "view wish"},
		{"missing part", func(f fstest.MapFS) { delete(f, "views/icons.html") }, "icons.html"},
		{"undeclared page", func(f fstest.MapFS) { f["views/draft.html"] = &fstest.MapFile{} }, "views/draft.html is not declared"},
		{"broken page", func(f fstest.MapFS) { f["views/wall.html"].Data = []byte(`{{define "main"}}{{if}}`) }, "view wall"},
		{"unknown sentence", func(f fstest.MapFS) {
			f["views/wall.html"].Data = []byte(`{{define "main"}}{{if .}}{{else}}{{say "wall.no_such"}}{{end}}{{end}}`)
		}, `no sentence "wall.no_such"`},
		{"value left out", func(f fstest.MapFS) {
			f["views/wall.html"].Data = []byte(`{{define "main"}}{{range .}}{{say "wall.page" "page" 1}}{{end}}{{end}}`)
		}, "{pages}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := copied(t)
			tc.change(files)
			_, err := parseViews(files, words, a)
			if tc.says == "" && err != nil || tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says)) {
				t.Errorf("error %v, want %q", err, tc.says)
			}
		})
	}
}

// Every icon that a chip names is in the sprite.
func TestIconsExist(t *testing.T) {
	icons, err := fs.ReadFile(viewFiles, "views/icons.html")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"clock", "warn", "tick"}
	for _, l := range stateLooks {
		names = append(names, l.icon)
	}
	for _, l := range outcomeLooks {
		names = append(names, l.icon)
	}
	for _, n := range names {
		if !strings.Contains(string(icons), `<symbol id="`+n+`"`) {
			t.Errorf("no icon %q", n)
		}
	}
}

// The design language forbids script and inline style; the policy would block them anyway.
func TestViewsHaveNoScriptOrStyle(t *testing.T) {
	for name, f := range copied(t) {
		text := string(f.Data)
		if path.Base(name) == "console_frame.html" { // the console's own file, which its policy allows
			text = strings.Replace(text, `<script src="{{asset "live.js"}}" defer></script>`, "", 1)
		}
		for _, bad := range []string{"<script", " style=", "<style", " onclick", "javascript:", "http://", "https://"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", path.Base(name), bad)
			}
		}
	}
}
