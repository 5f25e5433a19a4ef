package roster_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"echowall/content"
	"echowall/roster"
)

// The page and the workbook know the same sheets and columns, in the same order.
func TestDocsNameEveryColumn(t *testing.T) {
	text, err := os.ReadFile("../docs/roster.md")
	if err != nil {
		t.Fatal(err)
	}
	written, sheet := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		if title, ok := strings.CutPrefix(line, "### "); ok {
			sheet, _, _ = strings.Cut(title, " ")
		}
		cells := strings.Split(line, "|")
		if sheet != "" && len(cells) == 6 && !strings.HasPrefix(line, "|---") && strings.TrimSpace(cells[1]) != "column" {
			written[sheet] = append(written[sheet], strings.TrimSpace(cells[1])+strings.TrimSpace(cells[2]))
		}
	}
	p := plan(t, nobody(), small().bytes(t))
	for _, s := range p.Sheets {
		var want []string
		for _, h := range roster.Headings(s.Name) {
			mark := ""
			switch {
			case h.Required:
				mark = "*"
			case h.Listed:
				mark = "+"
			}
			want = append(want, h.Title+mark)
		}
		if !slices.Equal(written[s.Name], want) {
			t.Errorf("%s: docs/roster.md has %q, the workbook %q", s.Name, written[s.Name], want)
		}
	}
	if len(p.Sheets) != 6 {
		t.Errorf("%d sheets", len(p.Sheets))
	}
}

// Every rule has its sentence, every column its explanation, and no sentence is left over.
func TestSentencesExist(t *testing.T) {
	pack, _, err := content.Load(content.Starter())
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"*.go", "../roster*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(roster\.[a-z_0-9]+)"`).FindAllSubmatch(text, -1) {
			key := string(m[1])
			used[key] = true
			if !pack.Words.Has(key) {
				t.Errorf("%s: no sentence %s", name, key)
			}
		}
	}
	for _, key := range pack.Words.Keys() {
		if strings.HasPrefix(key, "roster.") && !used[key] {
			t.Errorf("nobody says %s", key)
		}
	}
	if len(used) < 80 {
		t.Errorf("found %d sentences only: has the way of refusing changed?", len(used))
	}
}
