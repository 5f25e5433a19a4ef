package script

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"echowall"
)

// Script is one conversation.
type Script struct {
	Name string // of the file, without its ending
	// Subscription says that the account may not write by itself.
	Subscription bool

	file  string
	lines []string
}

// Read reads the conversations in a directory.
func Read(tb testing.TB, dir string) []*Script {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		tb.Fatal("no conversations in ", dir, err)
	}
	var list []*Script
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		s := &Script{Name: strings.TrimSuffix(filepath.Base(file), ".txt"), file: file, lines: strings.Split(string(text), "\n")}
		if s.lines[0] == "account subscription" {
			s.Subscription, s.lines[0] = true, ""
		}
		list = append(list, s)
	}
	return list
}

// play is a script on a stage.
type play struct {
	tb     testing.TB
	stage  Stage
	actor  string // whose phone is looked at
	code   string
	told   string            // digits for another person
	digits map[string]string // by name: the newest that were shown
}

// Play plays the conversation line by line. What does not show as written fails the test; a line that is not
// understood ends it.
func (s *Script) Play(tb testing.TB, stage Stage) {
	tb.Helper()
	p := &play{tb: tb, stage: stage, digits: map[string]string{}}
	for i, line := range s.lines {
		if err := p.line(line); err != nil {
			tb.Fatalf("%s:%d: %v", s.file, i+1, err)
		}
		if what := p.look(line); what != "" {
			tb.Errorf("%s:%d: %s", s.file, i+1, what)
		}
	}
}

// isLook reports whether a line only says what a phone shows.
func isLook(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "! ")
}

// look compares; it returns what is wrong.
func (p *play) look(line string) string {
	if !isLook(line) {
		return ""
	}
	line = strings.ReplaceAll(strings.TrimSpace(line), "$CODE", p.code)
	shows := p.stage.Shows(p.actor)
	if strings.Contains(shows, line[2:]) == (line[0] == '>') {
		return ""
	}
	return fmt.Sprintf("%s; the phone of %s shows:\n%s", line, p.actor, shows)
}

// line does what a line says.
func (p *play) line(line string) error {
	line = strings.ReplaceAll(line, "$CODE", p.code)
	if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "#") || isLook(line) {
		return nil
	}
	if name, text, ok := strings.Cut(line, ": "); ok {
		p.actor = name
		text = strings.ReplaceAll(text, "$DIGITS", p.shown(name))
		p.stage.Say(name, strings.ReplaceAll(text, "$TOLD", p.told))
		p.hear(p.stage.Shows(name))
		return nil
	}
	words := strings.Fields(line)
	switch {
	case words[0] == "clock" && len(words) == 2:
		t, err := time.ParseInLocation("2006-01-02T15:04", words[1], Zone)
		if err == nil {
			p.stage.Clock(t)
		}
		return err
	case words[0] == "code" && len(words) == 3 && len(Grants(words[1])) > 0:
		p.code = p.stage.Code(echowall.Grant{Role: Grants(words[1])[0].Role, Scope: words[2]})
		return nil
	case words[0] == "slip" && len(words) == 2:
		p.code = p.stage.Slip(echowall.RosterID(words[1]))
		return nil
	case len(words) < 2:
		return fmt.Errorf("not understood: %s", line)
	}
	p.actor = words[0]
	return p.act(words[1], words[2:])
}

// act is something other than typing.
func (p *play) act(verb string, args []string) error {
	want := map[string]int{"photo": 1, "click": 1, "scan": 1, "location": 3}[verb]
	if len(args) != want {
		return fmt.Errorf("%s needs %d words behind it", verb, want)
	}
	switch verb {
	case "shows":
	case "follow":
		p.stage.Follow(p.actor)
	case "unfollow":
		p.stage.Unfollow(p.actor)
	case "click":
		p.stage.Click(p.actor, args[0])
	case "scan":
		p.stage.Scan(p.actor, args[0])
	case "photo":
		p.stage.Photo(p.actor, args[0])
	case "voice":
		p.stage.Voice(p.actor)
	case "again":
		p.stage.Again(p.actor)
	case "location":
		lat, err := strconv.ParseFloat(args[0], 64)
		if err != nil {
			return err
		}
		lng, err := strconv.ParseFloat(args[1], 64)
		if err != nil {
			return err
		}
		p.stage.Location(p.actor, lat, lng, args[2])
	default:
		return fmt.Errorf("not understood: %s", verb)
	}
	return nil
}

// What one person reads and another is told.
var (
	toldDigits = regexp.MustCompile(`4 位数字 ([0-9]{4}) 告诉`)
	toldCode   = regexp.MustCompile(`新的绑定码 ([A-Z2-9]{8})`)
)

// hear keeps what a phone shows for somebody else.
func (p *play) hear(shows string) {
	if m := toldDigits.FindStringSubmatch(shows); m != nil {
		p.told = m[1]
	}
	if m := toldCode.FindStringSubmatch(shows); m != nil {
		p.code = m[1]
	}
}

// previewDigits are the four digits of a preview.
var previewDigits = regexp.MustCompile(`回复 ([0-9]{4})(?:[^0-9]|$)`)

// Digits finds the four digits that a preview on a phone asks for; "" when there is none.
func Digits(shows string) string {
	if m := previewDigits.FindStringSubmatch(shows); m != nil {
		return m[1]
	}
	return ""
}

// shown finds the digits shown to whoever types; they stay known when the phone shows others.
func (p *play) shown(name string) string {
	if digits := Digits(p.stage.Shows(name)); digits != "" {
		p.digits[name] = digits
	}
	return p.digits[name]
}
