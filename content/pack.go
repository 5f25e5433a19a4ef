// Package content holds what the product says: lessons, the calendar of rest days, the menu and every
// sentence shown to people, all of it in files that an office can read and change. It embeds a starter
// pack and can lay a directory over it.
//
// Read Load first: it is the whole package in one screen. Each kind of file has a Go file of its own
// (lesson.go, question.go, holiday.go, menu.go, words.go, commands.go). Every complaint names file and line,
// in Chinese and English, because the people who write lessons are not programmers.
package content

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"echowall"
)

//go:embed lessons holidays words menu.yaml rules.yaml
var starter embed.FS

// Starter returns the embedded starter pack.
func Starter() fs.FS { return starter }

// Pack is content that passed all checks. It is immutable and safe for concurrent use.
type Pack struct {
	Lessons  []echowall.Lesson // in the order of their ids
	Holidays map[int]echowall.HolidayYear
	Menu     Menu
	Words    *Words
	Commands *Commands

	html renderer
}

// layer is one directory of content. prefix makes its file names findable for the reader of a complaint;
// rank is its place in the pile, 0 at the bottom.
type layer struct {
	fsys   fs.FS
	prefix string
	rank   int
}

func (l layer) label(name string) string { return filepath.Join(l.prefix, filepath.FromSlash(name)) }

// glob lists the files that match, sorted. The patterns are constants, so they cannot be malformed.
func (l layer) glob(pattern string) []string {
	names, _ := fs.Glob(l.fsys, pattern)
	return names
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func (ps *problems) unreadable(file string, err error) {
	ps.fail(file, 1, "这个文件打不开", "this file cannot be opened: "+err.Error())
}

// Load reads one or more directories, later ones laid over earlier ones: a lesson replaces the one with
// the same id, a year's holidays the same year's, a sentence the one with the same key, the menu the menu.
// All problems are returned, sorted by file and line. With at least one of SeverityError, err is set and
// the pack is nil.
func Load(layers ...fs.FS) (*Pack, []Problem, error) {
	ls := make([]layer, len(layers))
	for i, f := range layers {
		ls[i] = layer{fsys: f, rank: i}
	}
	return load(ls)
}

// Open loads the starter pack with the directory dir over it; dir "" is the starter pack alone.
func Open(dir string) (*Pack, []Problem, error) {
	layers := []layer{{fsys: starter}}
	if dir != "" {
		if info, err := os.Stat(dir); err != nil {
			return nil, nil, fmt.Errorf("content: %w", err)
		} else if !info.IsDir() {
			return nil, nil, fmt.Errorf("content: %s is not a directory", dir)
		}
		layers = append(layers, layer{os.DirFS(dir), dir, 1})
	}
	return load(layers)
}

// Check returns everything that is wrong or doubtful with the directory dir, laid over the starter pack.
func Check(dir string) []Problem {
	_, found, err := Open(dir)
	if err != nil && len(found) == 0 {
		return []Problem{{dir, 1, SeverityError, "这个文件夹打不开", err.Error()}}
	}
	return found
}

func load(layers []layer) (*Pack, []Problem, error) {
	var ps problems
	p := &Pack{
		Holidays: make(map[int]echowall.HolidayYear),
		Words:    &Words{sentences: make(map[string]sentence), chat: make(map[string]string)},
		Commands: &Commands{},
		html:     newRenderer(),
	}
	for _, l := range layers {
		if names, err := fs.ReadDir(l.fsys, "."); err != nil {
			ps.unreadable(l.label("."), err)
			continue
		} else if len(names) == 0 {
			ps.warn(l.label("."), 1, "这个文件夹是空的", "this directory is empty")
		}
		p.Words.loadWords(&ps, l)
		p.Commands.load(&ps, l)
	}
	var local []localDay
	rules, shelf := rules{}, make(shelf)
	for _, l := range layers {
		loadHolidays(&ps, l, p.Holidays)
		local = append(local, loadLocalDays(&ps, l)...)
		rules.load(&ps, l)
		p.Menu.load(&ps, l, p.Commands)
	}
	applyLocalDays(p.Holidays, local)
	calendar := echowall.NewCalendar(p.Holidays, nil)
	for _, l := range layers {
		if l.rank > 0 || !rules.withoutStarter {
			shelf.load(&ps, l, rules, calendar)
		}
	}
	p.Lessons = shelf.lessons(&ps)
	if err := ps.errors(); err != nil {
		return nil, ps.sorted(), err
	}
	return p, ps.sorted(), nil
}
