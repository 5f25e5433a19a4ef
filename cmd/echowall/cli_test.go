package main

import (
	"bytes"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"echowall/bot/emulator"
)

// cli runs a subcommand in this process with these variables and no others.
func cli(t *testing.T, vars map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), env{&out, &errs, strings.NewReader(""), func(name string) string { return vars[name] }}, args)
	return code, out.String(), errs.String()
}

// says fails unless text has every part.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("want %q in:\n%s", part, text)
		}
	}
}

func TestWrongUse(t *testing.T) {
	for _, tt := range []struct {
		args string
		want string // on standard error
	}{
		{"", "echowall demo"},
		{"nosuch", `there is no command "nosuch"`},
		{"menu pull", `there is no command "menu pull"`},
		{"serve -embedded", "-embedded and -data DIR belong together"},
		{"serve -data x", "-embedded and -data DIR belong together"},
		{"serve now", "usage: echowall serve"},
		{"demo -clock soon", "2026-11-23T07:30"},
		{"demo -port 1", "usage: echowall demo"},
		{"check -x", "usage: echowall check"},
		{"content check", "usage: echowall content check DIR"},
		{"content check a b", "usage: echowall content check DIR"},
		{"roster code", "needs -person, or -name and at least one role"},
		{"roster code -name 王敏", "needs -person, or -name and at least one role"},
		{"roster code -person P1 -liaison zhuyuan", "give -person alone"},
		{"roster place", "at least one -station or -branch"},
		{"roster place -station zhuyuan", "is not ID=NAME"},
		{"roster place -branch =第一支部", "is not ID=NAME"},
		{"roster place -branch b:1=第一支部", "letters, digits and hyphens"},
		{"roster place -station 竹园=竹园站", "letters, digits and hyphens"},
		{"roster template", "usage: echowall roster template FILE"},
		{"roster import", "a workbook is needed"},
		{"roster import a.xlsx b.xlsx", "more than one file"},
		{"roster export", "usage: echowall roster export FILE"},
		{"menu push now", "usage: echowall menu push"},
		{"owed pay", "retry ID"},
		{"owed retry", "retry ID"},
		{"access verify now", "usage: echowall access verify"},
		{"access verify -known 12", "is not NUMBER:HASH"},
		{"export -with-identity", "ECHOWALL_EXPORT_PASSPHRASE must hold"},
		{"restore", "usage: echowall restore FILE"},
		{"emulator", "-callback URL is needed"},
		{"health now", "usage: echowall health"},
		{"version 1", "usage: echowall version"},
	} {
		code, out, errs := cli(t, nil, strings.Fields(tt.args)...)
		if code != exitUsage || out != "" {
			t.Errorf("echowall %s: code %d, out %q", tt.args, code, out)
		}
		says(t, errs, tt.want)
	}
	for _, name := range []string{"help", "-h", "--help"} {
		code, out, errs := cli(t, nil, name)
		if code != exitOK || errs != "" {
			t.Errorf("%s: code %d, %s", name, code, errs)
		}
		for _, c := range commands() {
			says(t, out, "echowall "+c.name+" ")
		}
	}
	for _, c := range commands() {
		if code, _, errs := cli(t, nil, append(strings.Fields(c.name), "-h")...); code != exitOK || !strings.Contains(errs, "echowall "+c.name) {
			t.Errorf("%s -h: code %d, %s", c.name, code, errs)
		}
	}
	if code, out, _ := cli(t, nil, "version"); code != exitOK || !strings.HasPrefix(out, "echowall ") {
		t.Errorf("version: code %d, %q", code, out)
	}
}

// settingsOf are the variables of a service for the platform's account.
func settingsOf(p *emulator.Platform, addr, redis string) map[string]string {
	a := p.Account
	return map[string]string{
		"ECHOWALL_ADDR": addr, "ECHOWALL_PUBLIC_URL": "http://" + addr, "ECHOWALL_REDIS_URL": redis,
		"ECHOWALL_SECRET_KEY": hex.EncodeToString(testSecret), "ECHOWALL_WECHAT_APP_ID": a.AppID, "ECHOWALL_WECHAT_APP_SECRET": a.Secret,
		"ECHOWALL_WECHAT_TOKEN": a.Token, "ECHOWALL_WECHAT_AES_KEY": a.AESKey, "ECHOWALL_WECHAT_ORIGINAL_ID": a.OriginalID,
		"ECHOWALL_WECHAT_MODE": "safe", "ECHOWALL_WECHAT_ACCOUNT": "service+verified",
		"ECHOWALL_WECHAT_API_URL": p.URL(), "ECHOWALL_WECHAT_MP_URL": p.URL(), "ECHOWALL_WECHAT_OPEN_URL": p.URL(),
	}
}

func TestConfigurationNamesEveryMistake(t *testing.T) {
	needed := []string{"PUBLIC_URL", "REDIS_URL", "SECRET_KEY", "WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY", "WECHAT_ORIGINAL_ID"}
	for _, command := range []string{"serve", "menu push", "owed", "export", "roster place -branch b=第一支部"} {
		code, _, errs := cli(t, nil, strings.Fields(command)...)
		if code != exitFailed {
			t.Errorf("%s: code %d", command, code)
		}
		for _, name := range needed {
			says(t, errs, "ECHOWALL_"+name+" is not set")
		}
	}
	code, out, _ := cli(t, nil, "check")
	if code != exitFailed {
		t.Errorf("check: code %d", code)
	}
	says(t, out, "WRONG configuration", "ECHOWALL_SECRET_KEY is not set", "ECHOWALL_REDIS_URL is not set", "README")

	p := new(emulator.Platform)
	t.Cleanup(func() { p.Close() })
	p.Phone("somebody") // gives the account its defaults
	good := settingsOf(p, "127.0.0.1:0", "unix:///nowhere/redis.sock")
	bad := maps.Clone(good)
	maps.Copy(bad, map[string]string{
		"ECHOWALL_PUBLIC_URL": "https://wall.example/app", "ECHOWALL_SECRET_KEY": "abc", "ECHOWALL_TIMEZONE": "Mars/Base",
		"ECHOWALL_WECHAT_MODE": "secret", "ECHOWALL_WECHAT_ACCOUNT": "shop", "ECHOWALL_TEMPLATES_FILE": "/nowhere/templates.yaml",
	})
	code, _, errs := cli(t, bad, "serve")
	if code != exitFailed {
		t.Errorf("code %d", code)
	}
	says(t, errs, "ECHOWALL_PUBLIC_URL must look like", "ECHOWALL_SECRET_KEY must be at least 64", "ECHOWALL_TIMEZONE", "ECHOWALL_WECHAT_MODE must be", "ECHOWALL_WECHAT_ACCOUNT", "ECHOWALL_TEMPLATES_FILE", "/nowhere/templates.yaml")

	written := maps.Clone(good) // all there, and written wrongly
	maps.Copy(written, map[string]string{"ECHOWALL_WECHAT_AES_KEY": "short", "ECHOWALL_WECHAT_TOKEN": "a b", "ECHOWALL_WECHAT_ORIGINAL_ID": "wx1"})
	code, _, errs = cli(t, written, "serve")
	if code != exitFailed {
		t.Errorf("code %d", code)
	}
	says(t, errs, "ECHOWALL_WECHAT_AES_KEY", "ECHOWALL_WECHAT_TOKEN must", "ECHOWALL_WECHAT_ORIGINAL_ID must")
	for name, text := range map[string]string{"secret": good["ECHOWALL_WECHAT_APP_SECRET"], "key": good["ECHOWALL_SECRET_KEY"]} {
		if strings.Contains(errs, text) {
			t.Errorf("the %s stands in the error", name)
		}
	}
	if _, _, errs = cli(t, good, "owed"); strings.Contains(errs, "ECHOWALL_WECHAT") {
		t.Errorf("a right configuration is refused: %s", errs)
	}
}

func TestConfigFile(t *testing.T) {
	p := new(emulator.Platform)
	t.Cleanup(func() { p.Close() })
	p.Phone("somebody")
	good := settingsOf(p, "127.0.0.1:0", "unix:///nowhere/redis.sock")
	file := func(lines ...string) string {
		path := filepath.Join(t.TempDir(), "echowall.env")
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lines := []string{"# the whole configuration", ""}
	for _, name := range slices.Sorted(maps.Keys(good)) {
		lines = append(lines, name+` = "`+good[name]+`"`)
	}
	if _, _, errs := cli(t, nil, "owed", "-config", file(lines...)); strings.Contains(errs, "ECHOWALL_") {
		t.Errorf("a right file is refused: %s", errs)
	}
	// The environment wins.
	_, _, errs := cli(t, map[string]string{"ECHOWALL_SECRET_KEY": "abc"}, "owed", "-config", file(lines...))
	says(t, errs, "ECHOWALL_SECRET_KEY must be")

	for _, tt := range []struct{ line, want string }{
		{"WECHAT_TOKEN=abc", "echowall.env:3: expected ECHOWALL_NAME=value"},
		{"ECHOWALL_WECHAT_TOKEN", "echowall.env:3: expected ECHOWALL_NAME=value"},
		{"ECHOWALL_WECHAT_TOKKEN=abc", "echowall.env:3: there is no variable ECHOWALL_WECHAT_TOKKEN"},
	} {
		code, _, errs := cli(t, good, "owed", "-config", file("# one", "", tt.line))
		if code != exitFailed {
			t.Errorf("%s: code %d", tt.line, code)
		}
		says(t, errs, tt.want)
	}
	code, _, errs := cli(t, good, "owed", "-config", filepath.Join(t.TempDir(), "none.env"))
	if code != exitFailed {
		t.Errorf("no file: code %d", code)
	}
	says(t, errs, "none.env")
}

func TestContentCheck(t *testing.T) {
	dir := t.TempDir()
	lesson := filepath.Join(dir, "lessons", "one.md")
	if err := os.MkdirAll(filepath.Dir(lesson), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(lesson, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const good = "---\n编号: wk-1\n标题: 支部党员大会怎么开\n摘要: 一般每季度一次\n栏目: 党章党规\n预计: 3分钟\n来源:\n  - 名称: 支部工作条例第十一条\n审核: 王敏 2026-11-20\n---\n支部党员大会一般每季度召开一次。\n\n## 要点\n- 每季度一次\n\n?? 支部党员大会多久开一次？\nA. 每季度 *\nB. 每年\n解析：第十一条。\n"
	write(good)
	code, out, errs := cli(t, nil, "content", "check", dir)
	if code != exitOK || errs != "" {
		t.Errorf("good: code %d\n%s%s", code, out, errs)
	}
	says(t, out, "0 errors")
	write(strings.Replace(good, "标题: 支部党员大会怎么开", "标题:", 1))
	code, out, errs = cli(t, nil, "content", "check", dir)
	if code != exitFailed {
		t.Errorf("bad: code %d\n%s%s", code, out, errs)
	}
	says(t, out, "lessons/one.md:3")
	code, out, errs = cli(t, nil, "content", "check", filepath.Join(dir, "none"))
	if code != exitFailed {
		t.Errorf("no directory: code %d\n%s%s", code, out, errs)
	}
	says(t, out+errs, "none")
}
