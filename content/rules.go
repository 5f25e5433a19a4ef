package content

import (
	"fmt"
	"io/fs"
)

// rules are the office's own settings for its content, from rules.yaml.
type rules struct {
	// watch holds terms that make a reviewer look twice: offices and names change and must be checked.
	watch []string
	// withoutStarter leaves the starter lessons out once an office has its own.
	withoutStarter bool
}

func (r *rules) load(ps *problems, l layer) {
	const name = "rules.yaml"
	data, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		if !isMissing(err) {
			ps.unreadable(l.label(name), err)
		}
		return
	}
	file := l.label(name)
	root, ok := parseYAML(ps, file, 0, data)
	if !ok || root == nil {
		return
	}
	es, ok := entries(root)
	if !ok {
		ps.fail(file, lineOf(root), "每一行应是“键: 值”", "every line must be \"key: value\"")
		return
	}
	for _, e := range es {
		switch e.key {
		case "核对", "watch":
			terms, ok := list(e.value)
			if !ok {
				ps.fail(file, e.line, "“核对”应是 [词, …]", "watch must be [term, …]")
			}
			r.watch = append(r.watch, terms...)
		case "起步课", "starter_lessons":
			switch s, _ := scalar(e.value); s {
			case "用", "true":
				r.withoutStarter = false
			case "不用", "false":
				r.withoutStarter = true
			default:
				ps.fail(file, e.line, "“起步课”应是 用 或 不用", "starter_lessons must be true or false")
			}
		default:
			ps.unknownKey(file, e, "核对 起步课", "watch starter_lessons")
		}
	}
}

func (ps *problems) unknownKey(file string, e entry, chinese, english string) {
	ps.fail(file, e.line, fmt.Sprintf("不认识“%s”，可用的有：%s", e.key, chinese),
		fmt.Sprintf("unknown key %q; known are: %s", e.key, english))
}
