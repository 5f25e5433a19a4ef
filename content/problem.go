package content

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a problem keeps the content from being used.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // blocks: the pack is not loaded
	SeverityWarning Severity = "warning" // shown, does not block
)

// Problem is one thing wrong with one line of a content file, said in both languages.
type Problem struct {
	File     string
	Line     int // from 1
	Severity Severity
	Chinese  string
	English  string
}

// String returns "file:line: 中文 / English"; warnings say so in front of the text.
func (p Problem) String() string {
	mark := ""
	if p.Severity == SeverityWarning {
		mark = "提示 warning: "
	}
	return fmt.Sprintf("%s:%d: %s%s / %s", p.File, p.Line, mark, p.Chinese, p.English)
}

// problems gathers what is wrong while files are read.
type problems []Problem

func (ps *problems) fail(file string, line int, chinese, english string) {
	*ps = append(*ps, Problem{file, max(line, 1), SeverityError, chinese, english})
}

func (ps *problems) warn(file string, line int, chinese, english string) {
	*ps = append(*ps, Problem{file, max(line, 1), SeverityWarning, chinese, english})
}

// sorted orders by file and line, keeping the order of one line's problems.
func (ps problems) sorted() []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return ps
}

// errors returns the blocking ones as one error, or nil.
func (ps problems) errors() error {
	n, first := 0, Problem{}
	for _, p := range ps {
		if p.Severity == SeverityError {
			if n == 0 {
				first = p
			}
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("content: %s", first)
	}
	return fmt.Errorf("content: %s (and %d more)", first, n-1)
}
