package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"echowall"
	"echowall/content"
)

// chatWords tell people to type something, without saying that it is in the chat that they would.
var chatWords = regexp.MustCompile(`(^|[^里])(回复“|回复编号|回复一个|发“)|再发一次|请发|请直接回复`)

// refusalKeys finds the sentences of refusals that pages can show: those that the domain, the workbooks and the
// store name anywhere, and of the web those of its own refusals.
func refusalKeys(t *testing.T, words *content.Words) map[string]string {
	t.Helper()
	keys := make(map[string]string)
	add := func(lit ast.Expr, where string) {
		if b, ok := lit.(*ast.BasicLit); ok && b.Kind == token.STRING {
			if key, err := strconv.Unquote(b.Value); err == nil && words.Has(key) {
				keys[key] = where
			}
		}
	}
	fset := token.NewFileSet()
	for _, dir := range []string{"..", "../roster", "../store", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if dir != "." {
						add(n, name)
					}
				case *ast.CallExpr:
					if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Refusal" && len(n.Args) > 1 {
						add(n.Args[1], name)
					}
				}
				return true
			})
		}
	}
	for _, kind := range []echowall.Kind{
		echowall.KindInvalid, echowall.KindNotFound, echowall.KindForbidden, echowall.KindConflict, echowall.KindUnavailable, echowall.KindInternal,
	} {
		for _, prefix := range []string{"errors.", "web.error_", "console.error_"} {
			keys[prefix+string(kind)] = prefix
		}
	}
	for key, where := range keys {
		if text := key + "_text"; words.Has(text) {
			keys[text] = where
		}
	}
	return keys
}

// No page that says what went wrong tells people to reply with something: whoever looks at a page is not in the
// chat, or has to be told to go there.
func TestRefusalsSuitPages(t *testing.T) {
	pack, _, err := content.Open("")
	if err != nil {
		t.Fatal(err)
	}
	keys := refusalKeys(t, pack.Words)
	if len(keys) < 150 {
		t.Errorf("%d sentences only: has the way of refusing changed?", len(keys))
	}
	for key, where := range keys {
		args := make(map[string]any)
		for _, hole := range pack.Words.Holes(key) {
			args[hole] = "X"
		}
		if text := pack.Words.Say(key, args); chatWords.MatchString(text) {
			t.Errorf("%s (%s) is for the chat alone: %s", key, where, text)
		}
	}
}

// What the console refuses it says in its own words, where the chat would say what to reply.
func TestConsoleRefusesInItsOwnWords(t *testing.T) {
	c := newConsole(t)
	number := c.submit("路灯坏了三天了")
	j := c.login(officer)
	page := c.open(j, "/console/wish/XY9999")
	contains(t, page.text(), "没有编号 XY9999 的心愿")
	lacks(t, page.text(), "回复“待办”")
	c.send(j, "/console/wish/"+number+"/accept").is(t, 303)
	page = c.send(j, "/console/wish/"+number+"/accept")
	page.is(t, 409)
	contains(t, page.text(), "现在不在这一步")
	lacks(t, page.text(), "回复“")
	if text := c.config.Pack.Words.SayInChat("staff.not_found", map[string]any{"number": "XY9999"}); !strings.Contains(text, "回复“待办”") {
		t.Errorf("the chat says %q", text)
	}
}
