package echowall_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const module = "echowall"

// An arrow says which directories of the project one directory may import, and why no others.
// A row covers everything below its directory that has no longer row of its own.
type arrow struct {
	dir string   // "." is the domain
	may []string // rows it may import besides itself; "*" is all of them
	why string   // printed when the arrow breaks; the same words stand in .golangci.yml
}

// arrows is the picture in doc.go as a table. Test files are free of it: a test opens the real
// store and drives the real emulator, because there are no mocks.
var arrows = []arrow{
	{".", nil, "the domain is the product's rules and imports the standard library only"},
	{"store", []string{"."}, "store implements interfaces of the domain and knows no other part"},
	{"delivery", []string{"."}, "delivery implements interfaces of the domain; cmd hands it the platform's client"},
	{"roster", []string{"."}, "a reader of files about people and places; whoever has the file brings it, it knows no storage"},
	{"content", []string{"."}, "content is words and lessons; everybody reads it, it reads nobody"},
	{"bot", []string{".", "bot/wechat"}, "the engine serves any handler and any store; it stands on the protocol alone"},
	{"bot/wechat", []string{"."}, "the protocol speaks in domain values and does not know who uses it"},
	{"bot/emulator", nil, "the emulator shares no code with what it checks, or both would be wrong together"},
	{"handlers", []string{".", "bot", "bot/wechat", "content"}, "a surface asks the domain, never the storage, the sender or another surface"},
	{"web", []string{".", "bot", "bot/wechat", "content", "roster"}, "a page asks the domain, never the storage, the sender or another surface"},
	{"schedule", []string{".", "content"}, "a job asks the domain, never the storage, the sender or another surface"},
	{"cmd", []string{"*"}, "cmd wires everything, so nothing else has to"},
}

// forbidden directory names say nothing about what is inside.
var forbidden = []string{"internal", "pkg", "utils", "util", "common", "models", "mock", "mocks"}

func TestArrows(t *testing.T) {
	broken, files, err := check(".")
	if err != nil {
		t.Fatal(err)
	}
	if files < 2 {
		t.Fatalf("only %d Go files found: is this the root of the project?", files)
	}
	for _, b := range broken {
		t.Error(b)
	}
}

// TestArrowsCanBreak puts one bad file into an empty tree: the checker must see it, and only it.
func TestArrowsCanBreak(t *testing.T) {
	tests := []struct {
		file, imports string
		want          string // part of the complaint; empty means allowed
	}{
		{"wish.go", "time", ""},
		{"wish.go", "net/http", ""},
		{"wish.go", "github.com/redis/go-redis/v9", "standard library only"},
		{"wish.go", "echowall/store", "standard library only"},
		{"wish_test.go", "echowall/store", ""},
		{"store/wish.go", "echowall", ""},
		{"store/wish.go", "github.com/redis/go-redis/v9", ""},
		{"store/keys/wish.go", "echowall/store", ""},
		{"store/wish.go", "echowall/delivery", "knows no other part"},
		{"delivery/pay.go", "echowall/store", "cmd hands it"},
		{"delivery/pay.go", "echowall/bot/wechat", "cmd hands it"},
		{"delivery/pay_test.go", "echowall/bot/emulator", ""},
		{"content/load.go", "echowall/bot", "reads nobody"},
		{"bot/engine.go", "echowall/bot/wechat", ""},
		{"bot/engine.go", "echowall/store", "protocol alone"},
		{"bot/engine.go", "echowall/bot/emulator", "protocol alone"},
		{"bot/wechat/token.go", "echowall/bot", "does not know who uses it"},
		{"bot/emulator/phone.go", "echowall", "wrong together"},
		{"bot/emulator/phone.go", "echowall/bot/wechat", "wrong together"},
		{"handlers/wish.go", "echowall/content", ""},
		{"handlers/wish.go", "echowall/store", "a surface asks the domain"},
		{"handlers/wish.go", "echowall/web", "a surface asks the domain"},
		{"handlers/wish.go", "echowall/bot/emulator", "a surface asks the domain"},
		{"handlers/wish_test.go", "echowall/bot/emulator", ""},
		{"web/wall.go", "echowall/handlers", "a page asks the domain"},
		{"schedule/table.go", "echowall/delivery", "a job asks the domain"},
		{"schedule/table.go", "echowall/bot", "a job asks the domain"},
		{"cmd/echowall/main.go", "echowall/bot/emulator", ""},
		{"cmd/echowall/main.go", "echowall/bench", "bench is never imported"},
		{"cmd/echowall/main_test.go", "echowall/bench/peers", "bench is never imported"},
		{"misc/misc.go", "fmt", "no row"},
		{"web/utils/text.go", "fmt", "says nothing"},
		{"internal/text.go", "fmt", "says nothing"},
		{"store/.old/wish.go", "echowall/web", ""},
		{"store/testdata/wish.go", "echowall/web", ""},
		{"bench/main.go", "echowall/store", ""},
	}
	for _, tt := range tests {
		t.Run(tt.file+" imports "+tt.imports, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, "go.mod"), "module echowall\n")
			write(t, filepath.Join(root, "bench/go.mod"), "module echowall/bench\n")
			write(t, filepath.Join(root, tt.file), fmt.Sprintf("package p\n\nimport _ %q\n", tt.imports))
			broken, _, err := check(root)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" {
				if len(broken) > 0 {
					t.Fatalf("allowed, but the checker says %q", broken)
				}
				return
			}
			all := strings.Join(broken, "\n")
			if !strings.Contains(all, tt.want) || !strings.Contains(all, path.Dir(tt.file)) {
				t.Fatalf("the checker says %q, want a complaint about %s with %q", broken, tt.file, tt.want)
			}
		})
	}
}

// TestArrowsInLint keeps .golangci.yml, which editors show, equal to the table.
func TestArrowsInLint(t *testing.T) {
	text, err := os.ReadFile(".golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var lint struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct {
						Allow []string
						Deny  []struct{ Pkg, Desc string }
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &lint); err != nil {
		t.Fatal(err)
	}
	rules := lint.Linters.Settings.Depguard.Rules
	for _, a := range arrows {
		if slices.Contains(a.may, "*") {
			continue // nothing to deny
		}
		name := strings.ReplaceAll(a.dir, "/", "-")
		want := []string{module + "/" + a.dir}
		if a.dir == "." {
			name, want = "domain", []string{"$gostd"}
		}
		for _, m := range a.may {
			// The root package is not below "echowall/", hence never denied.
			if m != "." {
				want = append(want, module+"/"+m)
			}
		}
		rule, ok := rules[name]
		if !ok {
			t.Errorf(".golangci.yml has no depguard rule %q", name)
			continue
		}
		for _, w := range want {
			if !slices.Contains(rule.Allow, w) && !slices.Contains(rule.Allow, w+"$") {
				t.Errorf(".golangci.yml: rule %q does not allow %s", name, w)
			}
		}
		if len(rule.Allow) != len(want) {
			t.Errorf(".golangci.yml: rule %q allows %q, the table allows %q", name, rule.Allow, want)
		}
		if len(rule.Deny) == 0 || rule.Deny[0].Pkg != module+"/" {
			t.Errorf(".golangci.yml: rule %q does not deny %s/ first", name, module)
		}
		for _, d := range rule.Deny {
			if d.Desc != a.why {
				t.Errorf(".golangci.yml: rule %q says %q, the table says %q", name, d.Desc, a.why)
			}
		}
	}
}

// check walks the module at root and returns one sentence for each broken rule, and how many Go
// files it read. Other modules below root, testdata and hidden directories are not ours to judge.
func check(root string) (broken []string, files int, err error) {
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel == "." {
				return nil
			}
			if base := d.Name(); base == "testdata" || base[0] == '.' || base[0] == '_' {
				return fs.SkipDir
			}
			if slices.Contains(forbidden, d.Name()) {
				broken = append(broken, fmt.Sprintf("%s: this name says nothing about what is inside; name the noun", rel))
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(rel) != ".go" {
			return nil
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from, known := row(path.Dir(rel))
		test := strings.HasSuffix(rel, "_test.go")
		if !known && !test {
			broken = append(broken, fmt.Sprintf("%s: directory %s has no row in the table of arrows; give it one, with a reason", rel, path.Dir(rel)))
			return nil
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := verdict(from, test, imported); why != "" {
				broken = append(broken, fmt.Sprintf("%s imports %s: %s", rel, imported, why))
			}
		}
		return nil
	})
	return broken, files, err
}

// verdict returns why a file under the row from must not import the path, or nothing.
func verdict(from arrow, test bool, imported string) string {
	dir, ours := strings.CutPrefix(imported, module+"/")
	if imported == module {
		dir, ours = ".", true
	}
	if ours && (dir == "bench" || strings.HasPrefix(dir, "bench/")) {
		return "bench is never imported: it carries the peers we compare with"
	}
	if test {
		return ""
	}
	if !ours {
		first, _, _ := strings.Cut(imported, "/")
		if from.dir == "." && strings.Contains(first, ".") {
			return from.why
		}
		return ""
	}
	to, _ := row(dir)
	if to.dir == from.dir || slices.Contains(from.may, to.dir) || slices.Contains(from.may, "*") {
		return ""
	}
	return from.why
}

// row finds the longest row that covers the directory. The domain's row covers only the root.
func row(dir string) (arrow, bool) {
	for d := dir; ; d = path.Dir(d) {
		for _, a := range arrows {
			if a.dir == d && (d != "." || dir == ".") {
				return a, true
			}
		}
		if d == "." {
			return arrow{}, false
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
