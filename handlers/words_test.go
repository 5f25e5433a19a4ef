package handlers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"echowall"
	"echowall/content"
)

// sentenceKey is what a key of the catalogue looks like in the source.
var sentenceKey = regexp.MustCompile(`^(common|wish|staff|errors|help|privacy|letters|study|notice|people|contact|console|places)\.[a-z][a-z0-9_]*$`)

// Every sentence that the chat says exists, and gets the values it needs where the call shows them.
func TestSentencesExist(t *testing.T) {
	pack, _, err := content.Load(content.Starter())
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if key := unquote(n); sentenceKey.MatchString(key) {
				seen++
				if !isDebt(key) && !pack.Words.Has(key) {
					t.Errorf("%s: no sentence %q", fset.Position(n.Pos()), key)
				}
			}
		case *ast.CallExpr:
			checkValues(t, fset, pack.Words, n)
		}
		return true
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, visit)
	}
	if seen < 100 {
		t.Errorf("found %d sentences only: has the way of calling changed?", seen)
	}
}

// isDebt reports whether a string that looks like a key is the name of a debt.
func isDebt(key string) bool {
	return slices.Contains([]string{"wish.new", "wish.due", "wish.redo"}, key)
}

func unquote(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

// checkValues looks at calls like Say("key", "name", value, …).
func checkValues(t *testing.T, fset *token.FileSet, words *content.Words, call *ast.CallExpr) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || call.Ellipsis.IsValid() {
		return
	}
	at := slices.Index([]string{"Say", "Reply", "say", "-", "Refusal"}, f.Sel.Name)
	first := 0
	switch {
	case at < 0:
		return
	case f.Sel.Name == "Refusal":
		first = 1
	}
	if len(call.Args) <= first {
		return
	}
	key := unquote(call.Args[first])
	var names []string
	for i := first + 1; i < len(call.Args); i += 2 {
		names = append(names, unquote(call.Args[i]))
	}
	if key == "" || !words.Has(key) {
		return // TestSentencesExist says so
	}
	for _, hole := range words.Holes(key) {
		if !slices.Contains(names, hole) {
			t.Errorf("%s: %q needs a value for {%s}", fset.Position(call.Pos()), key, hole)
		}
	}
}

// Every state, move, rating and class has words, and every dialog holds together.
func TestTablesAreComplete(t *testing.T) {
	for _, s := range echowall.AllStates {
		if standings[s] == "" || stateNames[s] == "" || nextSteps[s] == "" {
			t.Errorf("state %s has no words", s)
		}
	}
	for _, r := range []echowall.Rating{"", "A", "B", "C", "D"} {
		if ratingNames[r] == "" {
			t.Errorf("rating %q has no words", r)
		}
	}
	for o := echowall.OutcomeSolved; o.Valid(); o = echowall.Outcome(o[0] + 1) {
		if outcomeNames[o] == "" {
			t.Errorf("outcome %q has no words", o)
		}
	}
	a := &App{}
	for _, f := range []interface{ Validate() error }{
		a.wishFlow(), draftFlow(a), a.attachFlow(), a.pickFlow(), a.lettersFlow(), a.mineFlow(), a.bindFlow(), a.loginFlow(), a.unbindFlow(), a.replyFlow(),
	} {
		if err := f.Validate(); err != nil {
			t.Error(err)
		}
	}
}
