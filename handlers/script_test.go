package handlers_test

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/wechat"
)

// The conversations in testdata are run line by line:
//
//	# comment
//	clock 2026-11-23T07:30           the clock stands there from now on
//	code 联络员 zhuyuan               a one-time code for that role; later lines write it as $CODE
//	morning b1 · evening b1          the branch's lesson or reminder becomes owed, and is paid
//	居民王: 心愿                       somebody types; $DIGITS is the four digits of the newest preview shown to them
//	居民王 photo lamp.jpg             or: voice · location 30.1 120.2 竹园东门 · click 心愿 · scan CODE · follow · unfollow
//	  > 请用一两句话                   must be in what that phone shows since then
//	  ! 系统                          must not be there
//	居民王 shows                       look at a phone again without doing anything
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runScript(t, file) })
	}
}

func runScript(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g := newTalk(t)
	actor := ""
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.ReplaceAll(lines.Text(), "$CODE", g.vars["CODE"])
		line = strings.ReplaceAll(line, "$DIGITS", g.digits(line))
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case strings.HasPrefix(trimmed, "> "), strings.HasPrefix(trimmed, "! "):
			if has := strings.Contains(g.phone(actor), trimmed[2:]); has != (trimmed[0] == '>') {
				t.Errorf("%s:%d: %s; the phone shows:\n%s", file, n, trimmed, g.phone(actor))
			}
		case strings.HasPrefix(line, "clock "):
			now, err := time.ParseInLocation("2006-01-02T15:04", strings.TrimPrefix(line, "clock "), zone)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			g.at(now)
			g.pay()
		case strings.HasPrefix(line, "morning "), strings.HasPrefix(line, "evening "):
			when, branch, _ := strings.Cut(line, " ")
			g.clockwork(when, echowall.BranchID(branch))
		case strings.HasPrefix(line, "code "):
			g.invite(t, strings.Fields(line)[1:])
		default:
			actor = g.act(t, file, n, line)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// previewDigits are the four digits of a preview.
var previewDigits = regexp.MustCompile(`回复 ([0-9]{4})(?:[^0-9]|$)`)

// digits finds the digits shown to whoever types the line; they stay known when the phone shows others.
func (g *talk) digits(line string) string {
	name, _, _ := strings.Cut(line, ": ")
	if m := previewDigits.FindStringSubmatch(g.phone(name)); m != nil {
		g.vars[name] = m[1]
	}
	return g.vars[name]
}

// clockwork does what the clock table does in the morning and the evening.
func (g *talk) clockwork(when string, branch echowall.BranchID) int {
	g.t.Helper()
	owe := g.app.Study.Distribute
	if when == "evening" {
		owe = g.app.Study.Remind
	}
	n, err := owe(g.t.Context(), branch)
	if err != nil {
		g.t.Fatal(err)
	}
	g.pay()
	return n
}

// invite makes a one-time code: role (as in personas) and scope.
func (g *talk) invite(t *testing.T, args []string) {
	t.Helper()
	grant := personas[args[0]][0]
	grant.Scope = args[1]
	code, err := g.app.People.Invite(t.Context(), "王敏", grant)
	if err != nil {
		t.Fatal(err)
	}
	g.vars["CODE"] = code
}

// act does what one line says and returns whose phone it was.
func (g *talk) act(t *testing.T, file string, n int, line string) string {
	t.Helper()
	if name, text, ok := strings.Cut(line, ": "); ok {
		g.say(name, text)
		return name
	}
	words := strings.Fields(line)
	if len(words) < 2 {
		t.Fatalf("%s:%d: not understood: %s", file, n, line)
	}
	name, args := words[0], append(words[2:], "", "", "")
	switch words[1] {
	case "shows":
	case "follow":
		g.event(name, wechat.EventSubscribe, "")
	case "unfollow":
		g.event(name, wechat.EventUnsubscribe, "")
	case "click":
		g.event(name, wechat.EventClick, args[0])
	case "scan":
		g.event(name, wechat.EventScan, args[0])
	case "photo":
		g.photo(name, args[0])
	case "voice":
		g.voice(name)
	case "location":
		lat, err1 := strconv.ParseFloat(args[0], 64)
		lng, err2 := strconv.ParseFloat(args[1], 64)
		if err1 != nil || err2 != nil {
			t.Fatalf("%s:%d: location LAT LNG LABEL", file, n)
		}
		g.location(name, lat, lng, args[2])
	default:
		t.Fatalf("%s:%d: not understood: %s", file, n, line)
	}
	return name
}
