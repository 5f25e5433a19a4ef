package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"echowall"
	"echowall/bot/emulator"
	"echowall/store"
	"echowall/store/redistest"
)

// TestWorkbooksFromTheCommandLine goes the operator's way: template, filling in, dry run, mistakes, import, export.
func TestWorkbooksFromTheCommandLine(t *testing.T) {
	platform := &emulator.Platform{Account: emulator.Account{Type: emulator.SV, Mode: emulator.Safe}}
	if err := platform.Start(""); err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	redis := redistest.Run(t)
	vars := settingsOf(platform, "127.0.0.1:0", redis.URL())
	s, err := store.Open(t.Context(), store.Config{URL: redis.URL(), Account: platform.Account.AppID, Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	revision := func() int64 {
		t.Helper()
		d, err := s.Directory(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return d.Revision
	}
	dir := t.TempDir()
	file, result, out := filepath.Join(dir, "people.xlsx"), filepath.Join(dir, "result.xlsx"), filepath.Join(dir, "out.xlsx")

	if code, _, errs := cli(t, nil, "roster", "template", file); code != exitOK {
		t.Fatal(errs)
	}
	fill := func(cells map[string]string) {
		t.Helper()
		f, err := excelize.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for at, text := range cells {
			sheet, cell, _ := strings.Cut(at, "!")
			if err := f.SetCellStr(sheet, cell, text); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Save(); err != nil {
			t.Fatal(err)
		}
	}
	fill(map[string]string{
		"组织!A3": "b1", "组织!B3": "支部", "组织!C3": "第一支部",
		"花名册!A3": "r1", "花名册!B3": "王敏110101199003077512", "花名册!C3": "b1", "花名册!F3": "正式",
	})
	code, stdout, errs := cli(t, vars, "roster", "import", file, "-apply", "-result", result)
	if code != exitFailed || strings.Contains(stdout+errs, "11010119900307") {
		t.Errorf("with an identity number: code %d\n%s%s", code, stdout, errs)
	}
	says(t, stdout, "花名册 3\t错误\t姓名：不收身份证号和完整出生日期：表“花名册”的 B3 格里有。", "错误 1")
	says(t, errs, "nothing was written")
	if revision() != 0 {
		t.Error("a workbook with a mistake was written")
	}
	info, err := os.Stat(result)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the result file: %v, %v", info, err)
	}

	fill(map[string]string{"花名册!B3": "王敏"})
	code, stdout, errs = cli(t, vars, "roster", "import", file)
	if code != exitOK || revision() != 0 {
		t.Errorf("dry run: code %d, revision %d\n%s", code, revision(), errs)
	}
	says(t, stdout, "新增 2, 修改 0", "nothing was written; -apply does it")
	if code, stdout, errs = cli(t, vars, "roster", "import", "-apply", file); code != exitOK || revision() != 1 {
		t.Errorf("import: code %d, revision %d\n%s%s", code, revision(), stdout, errs)
	}
	says(t, stdout, "done")
	if code, stdout, _ = cli(t, vars, "roster", "import", file, "-apply"); code != exitOK || revision() != 1 {
		t.Errorf("the second time: code %d, revision %d", code, revision())
	}
	says(t, stdout, "不变 2", "like this already")

	if code, _, errs := cli(t, vars, "roster", "export", out); code != exitOK {
		t.Fatal(errs)
	}
	if code, stdout, _ := cli(t, vars, "roster", "import", out); code != exitOK || !strings.Contains(stdout, "不变 2") {
		t.Errorf("the export again: code %d\n%s", code, stdout)
	}
	entries, err := s.AccessLog(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); got != string(echowall.AccessExport)+" "+string(echowall.AccessRoles) {
		t.Errorf("on record: %s", got)
	}
	if code, _, errs := cli(t, vars, "roster", "import", filepath.Join(dir, "nosuch.xlsx")); code != exitFailed || !strings.Contains(errs, "nosuch.xlsx") {
		t.Errorf("a file that is not there: code %d, %s", code, errs)
	}
	if err := os.WriteFile(out, []byte("编号,姓名\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := cli(t, vars, "roster", "import", out); code != exitFailed || !strings.Contains(errs, "这不是 .xlsx 文件") {
		t.Errorf("a text file: code %d, %s", code, errs)
	}
}
