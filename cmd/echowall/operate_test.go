package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
	"echowall/store/redistest"
)

// office is a running service as an operator has it, with the phones of its people.
type office struct {
	*installation
	vars map[string]string
}

func openOffice(t *testing.T) *office {
	t.Helper()
	i := install(t, 1)
	return &office{i, settingsOf(i.platform, i.addr, i.redis.URL())}
}

// command runs a subcommand that has to succeed and returns what it printed.
func (o *office) command(args ...string) string {
	o.t.Helper()
	code, out, errs := cli(o.t, o.vars, args...)
	if code != exitOK {
		o.t.Fatalf("%q: code %d\n%s%s", args, code, out, errs)
	}
	return out
}

// ask lets somebody say something and returns the answer.
func (o *office) ask(openid, text string) string {
	o.t.Helper()
	phone := o.platform.Phone(openid)
	if !phone.Profile().Following {
		phone.Follow(o.t.Context())
	}
	d := phone.Say(o.t.Context(), text)
	if d.Outcome != emulator.Replied {
		o.t.Fatalf("%s: %s: %s %v", openid, text, d.Outcome, d.Err)
	}
	return d.Reply.Content
}

var bindingCode = regexp.MustCompile(`^[A-Z0-9]{8}`)

// TestOperating sets up an office from the command line and lets people use it.
func TestOperating(t *testing.T) {
	o := openOffice(t)

	// Places first, then people.
	if code, _, errs := cli(t, o.vars, "roster", "code", "-name", "王敏", "-liaison", "zhuyuan"); code != exitFailed || !strings.Contains(errs, "zhuyuan") {
		t.Errorf("a role in a station that is not there: code %d, %s", code, errs)
	}
	o.command("roster", "place", "-station", "zhuyuan=竹园联络站,竹园,竹园小区", "-branch", "b1=竹园第一支部", "-branch", "b2=竹园第二支部")
	for _, role := range []string{"-liaison", "-head", "-member"} { // a branch is no station, and the other way round
		scope := map[string]string{"-member": "zhuyuan"}[role]
		if scope == "" {
			scope = "b1"
		}
		if code, _, errs := cli(t, o.vars, "roster", "code", "-name", "王敏", role, scope); code != exitFailed || !strings.Contains(errs, scope) {
			t.Errorf("%s %s: code %d, %s", role, scope, code, errs)
		}
	}
	// A new name leaves everything else as it is.
	o.command("roster", "place", "-station", "zhuyuan=竹园社区联络站")
	stations, err := o.store.Stations(t.Context())
	if err != nil || len(stations) != 1 || stations[0].Name != "竹园社区联络站" || len(stations[0].Aliases) != 2 {
		t.Errorf("renamed: %+v, %v", stations, err)
	}
	out := o.command("roster", "code", "-name", "王敏", "-liaison", "zhuyuan", "-member", "b1", "-member", "b2")
	code := bindingCode.FindString(out)
	says(t, out, "绑定 "+code, "once")
	if code == "" {
		t.Fatalf("no code in %q", out)
	}
	says(t, o.ask("officer", "绑定 "+strings.ToLower(code)), "绑定好了。王敏", "联络员（竹园社区联络站）", "党员（竹园第一支部）", "党员（竹园第二支部）")
	says(t, o.ask("somebody", "绑定 "+code), "绑定码不对")

	// The menu.
	says(t, o.command("menu", "push"), "is on the account")
	if len(o.platform.Phone("officer").Menu().Buttons) == 0 {
		t.Error("the phone shows no menu")
	}

	says(t, o.command("health"), "ready")
	o.checks(t)
	o.owes(t)
	o.movesHouse(t)
}

// checks lets the operator look for what is wrong.
func (o *office) checks(t *testing.T) {
	out := o.command("check")
	says(t, out, "ok    configuration", "ok    content", "ok    Redis keeps what it acknowledges", "ok    access token", "ok    callback answers")
	if strings.Contains(out, "WRONG") {
		t.Errorf("check:\n%s", out)
	}
	wrong := func(want string, changes ...string) string {
		t.Helper()
		vars := maps.Clone(o.vars)
		for i := 0; i < len(changes); i += 2 {
			vars[changes[i]] = changes[i+1]
		}
		code, out, errs := cli(t, vars, "check")
		if code != exitFailed || strings.Count(out, "WRONG") != 1 {
			t.Errorf("%q: code %d\n%s%s", changes, code, out, errs)
		}
		says(t, out, want)
		return out
	}
	forgetful := redistest.Run(t, redistest.Set("appendonly", "no"))
	wrong("WRONG Redis keeps what it acknowledges", "ECHOWALL_REDIS_URL", forgetful.URL())
	// A fresh Redis holds no token yet, so that the wrong secret is used.
	says(t, wrong("WRONG access token", "ECHOWALL_WECHAT_APP_SECRET", strings.Repeat("0", 32), "ECHOWALL_REDIS_URL", redistest.Run(t).URL()), "40125", "the AppSecret is wrong")
	nowhere := fmt.Sprintf("http://127.0.0.1:%d", redistest.FreePort(t))
	if out := wrong("WRONG callback answers at "+nowhere, "ECHOWALL_PUBLIC_URL", nowhere); strings.Contains(out, "signature=") {
		t.Errorf("the signed address is shown:\n%s", out)
	}
	nothing := httptest.NewServer(http.NotFoundHandler())
	defer nothing.Close()
	wrong("answers 404", "ECHOWALL_PUBLIC_URL", nothing.URL)
	wrong("WRONG Redis answers", "ECHOWALL_REDIS_URL", "unix:///nowhere/redis.sock")

	vars := maps.Clone(o.vars)
	vars["ECHOWALL_ADDR"] = strings.TrimPrefix(nowhere, "http://")
	if code, _, errs := cli(t, vars, "health"); code != exitFailed || !strings.Contains(errs, "refused") {
		t.Errorf("health of nobody: code %d, %s", code, errs)
	}
	vars["ECHOWALL_REDIS_URL"] = forgetful.URL()
	if code, _, errs := cli(t, vars, "serve"); code != exitFailed || !strings.Contains(errs, "appendonly yes") {
		t.Errorf("serve on a Redis that forgets: code %d, %s", code, errs)
	}
}

// owes has a message refused for good, and pays it when the cause is gone: once.
func (o *office) owes(t *testing.T) {
	o.ask("resident", "帮助")
	says(t, o.command("owed"), "Dead:0")
	o.platform.Inject(emulator.Fault{Path: "/cgi-bin/message/custom/send", ErrCode: 40008})
	d := echowall.NewDebt(echowall.DebtLateReply, echowall.Recipient(o.store.Identifier().Person("resident")), "", "", time.Now())
	d.Body, d.Urgent = &echowall.Message{Text: "这一封先没有送到"}, true
	if err := o.store.Owe(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	await(t, "the message is given up", func() bool { return strings.Contains(o.command("owed"), "Dead:1") }, func() string { return o.command("owed") })
	says(t, o.command("owed"), d.ID, "late.reply", "bad_request 40008")
	if strings.Contains(o.command("owed"), "没有送到") {
		t.Error("the list of what is owed shows the text")
	}
	says(t, o.command("check"), "1 messages gave up")

	o.platform.ClearFaults()
	if code, _, errs := cli(t, o.vars, "owed", "retry", "nosuch"); code != exitFailed || !strings.Contains(errs, "nosuch") {
		t.Errorf("retry of nothing: code %d, %s", code, errs)
	}
	says(t, o.command("owed", "retry", d.ID), d.ID+" will be tried again")
	got := func() (n int) {
		for _, b := range o.platform.Phone("resident").Chat() {
			if b.Text == d.Body.Text {
				n++
			}
		}
		return n
	}
	await(t, "the message arrives", func() bool { return got() > 0 }, func() string { return o.command("owed") })
	says(t, o.command("owed"), "Dead:0")
	if code, _, errs := cli(t, o.vars, "owed", "retry", d.ID); code != exitFailed || !strings.Contains(errs, "paid") {
		t.Errorf("retry of what is paid: code %d, %s", code, errs)
	}
	if n := got(); n != 1 {
		t.Errorf("it arrived %d times", n)
	}
}

// movesHouse takes everything to another Redis.
func (o *office) movesHouse(t *testing.T) {
	number := receipt.FindString(o.ask("resident", "心愿 竹园东门的路灯坏了三天"))
	o.kill()
	wishes := o.command("export", "-kind", "wish")
	if strings.Count(wishes, "\n") != 1 {
		t.Errorf("wishes:\n%s", wishes)
	}
	says(t, wishes, `"kind":"wish"`, `"number":"`+number+`"`, "路灯坏了三天", `"state":"`, `"created":"`)

	const passphrase = "twelve bytes and more"
	o.vars[passphraseVariable] = passphrase
	text := o.command("export", "-with-identity")
	if strings.Contains(text, "resident") || strings.Contains(text, "officer") {
		t.Error("an openid stands in the export")
	}
	file := filepath.Join(t.TempDir(), "all.jsonl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := cli(t, o.vars, "restore", file); code != exitFailed || !strings.Contains(errs, "empty") {
		t.Errorf("restore over what is there: code %d, %s", code, errs)
	}

	elsewhere := redistest.Run(t)
	o.vars["ECHOWALL_REDIS_URL"] = elsewhere.URL()
	o.vars[passphraseVariable] = "another one, also long"
	if code, _, errs := cli(t, o.vars, "restore", file); code != exitFailed || !strings.Contains(errs, "passphrase") {
		t.Errorf("restore with another passphrase: code %d, %s", code, errs)
	}
	o.vars["ECHOWALL_REDIS_URL"] = redistest.Run(t).URL()
	o.vars[passphraseVariable] = passphrase
	says(t, o.command("restore", file), "wish 1\n", "identity ", "station 1\n", "branch 2\n")
	again := o.command("export", "-with-identity")
	fresh := slices.DeleteFunc(plainLines(again), func(line string) bool { return slices.Contains(plainLines(text), line) })
	if len(fresh) != 1 || !strings.Contains(fresh[0], `\"kind\":\"export\"`) || len(plainLines(again)) != len(plainLines(text))+1 {
		// The second export is on record in itself; everything else is as it was.
		t.Errorf("the restored account exports something else:\n%s\nwas:\n%s", again, text)
	}

	// The service goes on there, and knows everybody.
	i := o.installation
	i.redisURL = o.vars["ECHOWALL_REDIS_URL"]
	i.start()
	says(t, o.ask("resident", "进度 "+number), number, "待受理")
	says(t, o.ask("officer", "签收 "+number), "已签收")
	if res, err := http.Get("http://" + o.addr + "/wall"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the wall: %v", err)
	} else {
		res.Body.Close()
	}
}

// expires is the time that a thing has left to live.
var expires = regexp.MustCompile(`"expires":(\d+),`)

// plainLines are the lines of an export that are the same for the same account: those that say when it was
// made, and those that are sealed anew each time, differ.
func plainLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, `"kind":"meta"`) && !strings.Contains(line, `"kind":"end"`) && !strings.Contains(line, `"kind":"identity"`) {
			out = append(out, expires.ReplaceAllString(line, ""))
		}
	}
	slices.Sort(out)
	return out
}
