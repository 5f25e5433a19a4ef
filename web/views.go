package web

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template/parse"
)

//go:embed views
var viewFiles embed.FS

// The files of views/: parts stand in every page, pages stand alone.
var (
	viewParts = []string{"frame", "console_frame", "icons", "parts"}
	viewPages = []string{
		"error", "lesson", "wall", "wall_wish", "wish",
		"phone_me", "phone_settings", "phone_data", "phone_erase",
		"console_case", "console_error", "console_login", "console_queue", "console_sessions", "console_today",
		"console_people", "console_person", "console_import", "console_places", "console_place", "console_content",
		"console_owed", "console_permissions", "console_access", "console_poster", "console_slips",
	}
)

// views are the parsed pages by name.
type views map[string]*template.Template

// parseViews reads every page together with the parts, and checks that files and declarations agree and
// that every sentence named in them exists.
func parseViews(files fs.FS, words phrases, a assets) (views, error) {
	var errs []error
	found, err := fs.Glob(files, "views/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range found {
		if n := strings.TrimSuffix(path.Base(name), ".html"); !slices.Contains(viewParts, n) && !slices.Contains(viewPages, n) {
			errs = append(errs, fmt.Errorf("web: views/%s.html is not declared", n))
		}
	}
	funcs := template.FuncMap{
		"say":     words.Say,
		"clauses": clauses,
		"asset": func(name string) (string, error) {
			if a, ok := a[name]; ok {
				return a.url, nil
			}
			return "", fmt.Errorf("no asset %q", name)
		},
	}
	file := func(name string) string { return "views/" + name + ".html" }
	out := make(views, len(viewPages))
	for _, page := range viewPages {
		names := []string{file(page)}
		for _, p := range viewParts {
			names = append(names, file(p))
		}
		t, err := template.New(page).Funcs(funcs).ParseFS(files, names...)
		if err != nil {
			errs = append(errs, fmt.Errorf("web: view %s: %w", page, err))
			continue
		}
		for _, part := range t.Templates() {
			if part.Tree != nil {
				errs = append(errs, words.checkNode(part.Tree.Root)...)
			}
		}
		out[page] = t
	}
	return out, errors.Join(errs...)
}

// checkNode looks for {{say "key" …}} below n whose sentence is missing or lacks a value.
func (p phrases) checkNode(n parse.Node) (errs []error) {
	branch := func(b *parse.BranchNode) {
		errs = append(errs, p.checkNode(b.Pipe)...)
		errs = append(errs, p.checkNode(b.List)...)
		if b.ElseList != nil {
			errs = append(errs, p.checkNode(b.ElseList)...)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			errs = append(errs, p.checkNode(c)...)
		}
	case *parse.ActionNode:
		errs = p.checkNode(n.Pipe)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			errs = p.checkNode(n.Pipe)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				errs = append(errs, p.checkNode(a)...)
			}
			errs = append(errs, p.checkCall(c)...)
		}
	}
	return errs
}

func (p phrases) checkCall(c *parse.CommandNode) []error {
	if f, ok := c.Args[0].(*parse.IdentifierNode); !ok || f.Ident != "say" || len(c.Args) < 2 {
		return nil
	}
	key, ok := c.Args[1].(*parse.StringNode)
	if !ok {
		return nil
	}
	var given []string
	for i := 2; i < len(c.Args); i += 2 {
		if name, ok := c.Args[i].(*parse.StringNode); ok {
			given = append(given, name.Text)
		}
	}
	return p.checkKey(key.Text, given...)
}
