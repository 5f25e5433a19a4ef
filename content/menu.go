package content

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// Menu is the account's menu: at most three buttons, each an act or up to five acts.
type Menu struct {
	Buttons []Button
}

// Button is one entry of the menu. Key is a command of the command table: a click means the same as typing
// it. URL may be relative to the public address ("/wall"); the caller makes it absolute.
type Button struct {
	Name string
	Type string // ButtonClick, ButtonView, or "" where Sub is set
	Key  string
	URL  string
	Sub  []Button
}

// The types of button in use.
const (
	ButtonClick = "click"
	ButtonView  = "view"
)

// Limits of the platform for menus. Names beyond the display limits are accepted but cut on the phone.
const (
	menuButtons   = 3
	menuSub       = 5
	menuNameBytes = 16
	menuSubBytes  = 60
	menuNameShown = 4 // Chinese characters
	menuSubShown  = 7
	menuKeyBytes  = 128
	menuURLBytes  = 1024
)

func (m *Menu) load(ps *problems, l layer, commands *Commands) {
	const name = "menu.yaml"
	file := l.label(name)
	data, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		if !isMissing(err) {
			ps.unreadable(file, err)
		}
		return
	}
	root, ok := parseYAML(ps, file, 0, data)
	if !ok || root == nil {
		return
	}
	r := menuReader{ps: ps, file: file, commands: commands}
	m.Buttons = r.buttons(root, menuButtons, true)
}

type menuReader struct {
	ps       *problems
	file     string
	commands *Commands
}

func (r menuReader) buttons(n ast.Node, limit int, top bool) []Button {
	seq, ok := n.(*ast.SequenceNode)
	if !ok || len(seq.Values) == 0 {
		r.ps.fail(r.file, lineOf(n), "这里应是按钮的列表", "a list of buttons is expected here")
		return nil
	}
	if len(seq.Values) > limit {
		r.ps.fail(r.file, lineOf(seq.Values[limit]), fmt.Sprintf("按钮最多 %d 个", limit), fmt.Sprintf("at most %d buttons", limit))
	}
	var out []Button
	for _, v := range seq.Values {
		out = append(out, r.button(v, top))
	}
	return out
}

func (r menuReader) button(n ast.Node, top bool) Button {
	var b Button
	es, ok := entries(n)
	if !ok {
		r.ps.fail(r.file, lineOf(n), "按钮应写成“名称: …”", "a button must be \"name: …\"")
		return b
	}
	line := lineOf(n)
	for _, e := range es {
		text, _ := scalar(e.value)
		switch e.key {
		case "名称", "name":
			b.Name = text
			r.checkName(e.line, text, top)
		case "命令", "key":
			b.Type, b.Key = ButtonClick, text
			switch {
			case !r.commands.Has(text):
				r.ps.fail(r.file, e.line, fmt.Sprintf("命令表里没有“%s”", text), fmt.Sprintf("%q is not a command", text))
			case len(text) > menuKeyBytes:
				r.ps.fail(r.file, e.line, fmt.Sprintf("命令不能超过 %d 字节", menuKeyBytes), fmt.Sprintf("a key has at most %d bytes", menuKeyBytes))
			}
		case "链接", "url":
			b.Type, b.URL = ButtonView, text
			if !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "https://") || len(text) > menuURLBytes {
				r.ps.fail(r.file, e.line, fmt.Sprintf("链接应以 / 或 https:// 开头，不超过 %d 字节", menuURLBytes),
					fmt.Sprintf("a url begins with / or https:// and has at most %d bytes", menuURLBytes))
			}
		case "下级", "sub":
			if !top {
				r.ps.fail(r.file, e.line, "菜单只有两级", "a menu has two levels only")
				continue
			}
			b.Sub = r.buttons(e.value, menuSub, false)
		default:
			r.ps.unknownKey(r.file, e, "名称 命令 链接 下级", "name key url sub")
		}
	}
	if b.Name == "" {
		r.ps.fail(r.file, line, "按钮没有名称", "the button has no name")
	}
	acts := 0
	for _, has := range []bool{b.Key != "", b.URL != "", len(b.Sub) > 0} {
		if has {
			acts++
		}
	}
	if acts != 1 {
		r.ps.fail(r.file, line, "按钮应有命令、链接、下级，三样取其中的一样", "a button has exactly one of key, url, sub")
	}
	return b
}

func (r menuReader) checkName(line int, name string, top bool) {
	limit, shown := menuSubBytes, menuSubShown
	if top {
		limit, shown = menuNameBytes, menuNameShown
	}
	switch {
	case len(name) > limit:
		r.ps.fail(r.file, line, fmt.Sprintf("名称不能超过 %d 字节（汉字占 3 字节）", limit), fmt.Sprintf("a name has at most %d bytes here", limit))
	case utf8.RuneCountInString(name) > shown:
		r.ps.warn(r.file, line, fmt.Sprintf("超过 %d 个汉字，手机上可能显示不全", shown), fmt.Sprintf("more than %d characters may be cut on the phone", shown))
	}
}
