package content

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"echowall"
)

func starterPack(t *testing.T) *Pack {
	t.Helper()
	p, _, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wordsOf(t *testing.T, yaml string) *Words {
	t.Helper()
	p, _, err := Load(starter, fstest.MapFS{"words/t.yaml": {Data: []byte(yaml)}})
	if err != nil {
		t.Fatal(err)
	}
	return p.Words
}

func TestSay(t *testing.T) {
	w := wordsOf(t, "plain: 您好\nhole: 编号 {number}，{due} 前\nlines: |\n  第一行\n  第二行 {n}\n")
	var misuse []error
	w.OnMisuse = func(err error) { misuse = append(misuse, err) }
	zone := time.FixedZone("CST", 8*3600)
	for _, tc := range []struct {
		key  string
		args map[string]any
		want string
		bad  string // what must be reported
	}{
		{"t.plain", nil, "您好", ""},
		{"t.hole", map[string]any{"number": "XY2044", "due": echowall.Date{Year: 2026, Month: 11, Day: 26}}, "编号 XY2044，11月26日（周四） 前", ""},
		{"t.hole", map[string]any{"number": 7, "due": time.Date(2026, 11, 23, 17, 30, 0, 0, zone)}, "编号 7，11月23日（周一）17:30 前", ""},
		{"t.lines", map[string]any{"n": "{number}"}, "第一行\n第二行 {number}", ""}, // values are not filled again
		{"t.hole", map[string]any{"number": 1}, "编号 1，…… 前", "{due}"},
		{"t.none", nil, w.Say(sorryKey, nil), "t.none"},
	} {
		misuse = nil
		if got := w.Say(tc.key, tc.args); got != tc.want {
			t.Errorf("Say(%s) = %q, want %q", tc.key, got, tc.want)
		}
		if reported := fmt.Sprint(misuse); (len(misuse) > 0) != (tc.bad != "") || !strings.Contains(reported, tc.bad) {
			t.Errorf("Say(%s) reported %v, want %q", tc.key, misuse, tc.bad)
		}
	}
}

// A day of another year says so: 6月30日 read in November would be taken for one that is over.
func TestOtherYears(t *testing.T) {
	w := wordsOf(t, "day: "+`"{date}前兑现"`+"\n")
	say := func(v any) string { return w.Say("t.day", map[string]any{"date": v}) }
	next := echowall.Date{Year: 2027, Month: 6, Day: 30}
	if got := say(next); got != "6月30日（周三）前兑现" {
		t.Errorf("without a clock: %q", got)
	}
	w.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	if got := say(next); got != "2027年6月30日（周三）前兑现" {
		t.Errorf("a day of next year: %q", got)
	}
	if got := say(echowall.Date{Year: 2026, Month: 12, Day: 31}); got != "12月31日（周四）前兑现" {
		t.Errorf("a day of this year: %q", got)
	}
	if got := say(time.Date(2025, 12, 31, 17, 30, 0, 0, time.UTC)); got != "2025年12月31日（周三）17:30前兑现" {
		t.Errorf("a moment of last year: %q", got)
	}
}

func TestWordsError(t *testing.T) {
	w := starterPack(t).Words
	w.OnMisuse = func(err error) { t.Error(err) }
	for _, kind := range []echowall.Kind{echowall.KindInvalid, echowall.KindNotFound, echowall.KindForbidden, echowall.KindConflict, echowall.KindUnavailable, echowall.KindInternal} {
		if got, want := w.Error(echowall.Errorf(kind, "cause")), w.Say("errors."+string(kind), nil); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	if got := w.Error(errors.New("secret detail")); got != w.Say("errors.internal", nil) || strings.Contains(got, "secret") {
		t.Errorf("foreign error: %q", got)
	}
	err := fmt.Errorf("wrapped: %w", echowall.Refusal(echowall.KindNotFound, "wish.not_found", "number", "XY9"))
	if got := w.Error(err); !strings.Contains(got, "XY9") {
		t.Errorf("refusal: %q", got)
	}
}

func TestLayersReplaceSentenceBySentence(t *testing.T) {
	over := fstest.MapFS{"words/errors.yaml": {Data: []byte("internal: 抱歉，稍后再试\n")}}
	p, _, err := Load(starter, over)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Words.Say("errors.internal", nil); got != "抱歉，稍后再试" {
		t.Errorf("replaced sentence: %q", got)
	}
	if !p.Words.Has("errors.conflict") {
		t.Error("the other sentences of the file are gone")
	}
}

// Every sentence keeps the wording rules of the catalogue.
func TestWordsManners(t *testing.T) {
	w := starterPack(t).Words
	rules := []struct {
		re  *regexp.Regexp
		why string
	}{
		{regexp.MustCompile(`[!！]`), "no exclamation marks"},
		{regexp.MustCompile(`你`), "people are 您"},
		{regexp.MustCompile(`[「」"]`), "quotation marks are “ ”"},
		{regexp.MustCompile(`[\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}\x{FE0F}]`), "no emoji"},
		{regexp.MustCompile(`请耐心等待|高度重视|系统异常|指令错误|回答错误|尊敬的`), "no office phrases"},
		{regexp.MustCompile(`排名|打卡|连续\s*\S*\s*天未`), "nobody is ranked or nagged"},
		{regexp.MustCompile(`\p{Han}[,;:?]`), "full-width punctuation after Chinese"},
		{regexp.MustCompile(`[\t ]\n`), "no space at the end of a line"},
	}
	for _, key := range w.Keys() {
		s := w.sentences[key]
		for _, r := range rules {
			if hit := r.re.FindString(s.text); hit != "" {
				t.Errorf("%s:%d: %s: %q: %s", s.file, s.line, key, hit, r.why)
			}
		}
	}
}

// Every key that the program names literally exists, and gets exactly the values it needs where the call
// shows them.
func TestWordsInUseExist(t *testing.T) {
	w := starterPack(t).Words
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			return nil
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			key, names, known := sentenceCall(call)
			if key == "" {
				return true
			}
			calls++
			rel, _ := filepath.Rel(root, path)
			at := fmt.Sprintf("%s:%d", rel, fset.Position(call.Pos()).Line)
			if !w.Has(key) {
				t.Errorf("%s: no sentence %q in content/words", at, key)
				return true
			}
			for _, hole := range w.Holes(key) {
				if known && !slices.Contains(names, hole) {
					t.Errorf("%s: %q needs a value for {%s}", at, key, hole)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls == 0 {
		t.Error("found no sentence in use: has the way of calling changed?")
	}
}

// keyForm is how catalogue keys look; other calls of the same names are none of ours.
var keyForm = regexp.MustCompile(`^[a-z_]+\.[a-z0-9_.]+$`)

// sentenceCall recognises Say("key", map…), Say("key", pairs…), Reply("key", pairs…) and
// Refusal(kind, "key", pairs…). known is false when the names of the values cannot be seen in the call.
func sentenceCall(call *ast.CallExpr) (key string, names []string, known bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	args := call.Args
	switch {
	case (name == "Say" || name == "Reply") && len(args) > 0:
	case name == "Refusal" && len(args) > 1:
		args = args[1:]
	default:
		return "", nil, false
	}
	key = literal(args[0])
	if !keyForm.MatchString(key) {
		return "", nil, false
	}
	args = args[1:]
	if len(args) == 1 { // a map, or pairs...
		switch a := args[0].(type) {
		case *ast.Ident:
			return key, nil, a.Name == "nil"
		case *ast.CompositeLit:
			for _, e := range a.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					names = append(names, literal(kv.Key))
				}
			}
			return key, names, true
		}
		return key, nil, false
	}
	for i := 0; i < len(args); i += 2 {
		names = append(names, literal(args[i]))
	}
	return key, names, !call.Ellipsis.IsValid()
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

// What the chat says after a sentence belongs to one, needs no more than that, and is said in the chat alone.
func TestChatSentencesFollowOthers(t *testing.T) {
	w := starterPack(t).Words
	found := 0
	for _, key := range w.Keys() {
		said, ok := strings.CutSuffix(key, chatSuffix)
		if !ok {
			continue
		}
		found++
		if !w.Has(said) {
			t.Errorf("%s follows nothing", key)
			continue
		}
		for _, hole := range w.Holes(key) {
			if !slices.Contains(w.Holes(said), hole) {
				t.Errorf("%s needs {%s}, which %s is not given", key, hole, said)
			}
		}
		args := make(map[string]any)
		for _, hole := range w.Holes(said) {
			args[hole] = "X"
		}
		if got, want := w.SayInChat(said, args), w.Say(said, args)+w.Say(key, args); got != want {
			t.Errorf("the chat says %q, want %q", got, want)
		}
		if got := w.Say(said, args); strings.Contains(got, w.Say(key, args)) {
			t.Errorf("%s says %q everywhere", said, got)
		}
	}
	if found == 0 {
		t.Error("the chat adds nothing anywhere")
	}
	if got, want := w.SayInChat("errors.conflict", nil), w.Say("errors.conflict", nil); got != want {
		t.Errorf("the chat says %q, want %q", got, want)
	}
}
