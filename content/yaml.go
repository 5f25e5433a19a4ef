package content

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The loader walks syntax trees instead of decoding into structs: only so can every complaint, also one
// about meaning, name its line.

// entry is one key of a mapping.
type entry struct {
	key   string
	line  int
	value ast.Node
}

// parseYAML reads one document; offset is added to the line numbers of complaints. ok is false when
// nothing useful was read (an empty document is fine and gives a nil node).
func parseYAML(ps *problems, file string, offset int, data []byte) (root ast.Node, ok bool) {
	if !utf8.Valid(data) {
		ps.fail(file, offset+invalidLine(data), "这一行有不是 UTF-8 的字，请把文件另存为 UTF-8", "this line is not UTF-8; save the file as UTF-8")
		return nil, false
	}
	defer func() {
		// The parser is a large third-party program fed with files made by hand; a defect in it must
		// become a complaint about the file, not the end of the service.
		if r := recover(); r != nil {
			ps.fail(file, offset+1, "这个文件读不懂", fmt.Sprintf("this file cannot be read: %v", r))
			root, ok = nil, false
		}
	}()
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		line, msg := 1, err.Error()
		if ye := yaml.Error(nil); errors.As(err, &ye) {
			msg = ye.GetMessage()
			if t := ye.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		ps.fail(file, offset+line, "格式不对，请检查冒号、缩进和引号", "not well-formed YAML: "+firstLine(msg))
		return nil, false
	}
	var docs []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			docs = append(docs, d.Body)
		}
	}
	if len(docs) > 1 {
		ps.fail(file, offset+lineOf(docs[1]), "一个文件里只能有一份内容，请去掉多余的“---”", "only one document in a file: remove the extra ---")
		return nil, false
	}
	if len(docs) == 0 {
		return nil, true
	}
	return docs[0], true
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// invalidLine finds the line of the first byte that is not UTF-8.
func invalidLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n <= 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}

func lineOf(n ast.Node) int {
	if n == nil {
		return 1
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return lineOf(m.Values[0].Key)
	}
	if s, ok := n.(*ast.SequenceNode); ok && len(s.Values) > 0 && s.Start == nil {
		return lineOf(s.Values[0])
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

// entries returns the keys of a mapping in their order, or false when n is something else.
func entries(n ast.Node) ([]entry, bool) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, false
	}
	out := make([]entry, 0, len(values))
	for _, v := range values {
		key := ""
		if t := v.Key.GetToken(); t != nil {
			key = t.Value
		}
		out = append(out, entry{key: strings.TrimSpace(key), line: lineOf(v.Key), value: v.Value})
	}
	return out, true
}

// scalar returns the text of a plain value as it was written; empty values give "".
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// list returns the plain values of a sequence; one plain value counts as a list of one.
func list(n ast.Node) ([]string, bool) {
	seq, isSeq := n.(*ast.SequenceNode)
	if !isSeq {
		s, ok := scalar(n)
		if !ok || s == "" {
			return nil, ok
		}
		return []string{s}, true
	}
	out := make([]string, 0, len(seq.Values))
	for _, v := range seq.Values {
		s, ok := scalar(v)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}
