package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"echowall"
	"echowall/web/webtest"
)

var registrar = &echowall.Who{Person: "p-registrar-00001", Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: echowall.ScopeEverywhere}}}

// office is a console with a roster of a few people and somebody who looks after it.
func newOffice(t *testing.T) *console {
	t.Helper()
	c := newConsole(t)
	c.must(c.store.UpdatePerson(t.Context(), registrar.Person, func(w *echowall.Who) error {
		w.Person, w.Name, w.Grants = registrar.Person, "孔令辉", registrar.Grants
		return nil
	}))
	c.must(c.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Branches: []echowall.Branch{{ID: "b8", Name: "桥西支部"}, {ID: "b9", Name: "桥东支部"}},
			People: []echowall.RosterPerson{
				{ID: "r001", Name: "金海燕", Branch: "b8", Standing: echowall.StandingFull, PhoneTail: "4477"},
				{ID: "r002", Name: "魏长河", Branch: "b9", Standing: echowall.StandingFull, Post: "书记", Secretary: true},
			},
		}, nil
	}))
	return c
}

// workbook is a file with one sheet of people.
func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "花名册"); err != nil {
		t.Fatal(err)
	}
	head := []any{"编号", "姓名", "支部", "身份", "手机后四位"}
	for i, row := range append([][]any{head}, rows...) {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("花名册", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A workbook with three wrong rows changes nothing and names each of them; corrected, it is applied once, and a
// second time there is nothing to do.
func TestImportInTheBrowser(t *testing.T) {
	c := newOffice(t)
	dir := t.TempDir()
	file := func(name string, rows ...[]any) string {
		path := filepath.Join(dir, name)
		c.must(os.WriteFile(path, workbook(t, rows...), 0o600))
		return path
	}
	wrong := file("wrong.xlsx",
		[]any{"r001", "金海燕", "b9", "正式", "4477"},
		[]any{"r003", "陶小红", "b8", "正式", "12345"},
		[]any{"r004", "姜文斌", "没有的支部", "正式", "1200"},
		[]any{"r005", "110101199003077715", "b8", "正式", "1201"},
	)
	right := file("right.xlsx",
		[]any{"r001", "金海燕", "b9", "正式", "4477"},
		[]any{"r003", "陶小红", "b8", "正式", "1234"},
	)
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	c.enter(ctx, registrar)
	try := func(path string) string {
		t.Helper()
		c.must(chromedp.Do(ctx,
			chromedp.Navigate(c.URL+"/console/import"),
			chromedp.SetUploadFiles(chromedp.CSS("#f"), []string{path}),
			chromedp.Click(chromedp.CSS(`form[action="/console/import"] button`)),
			chromedp.WaitVisible(chromedp.CSS("#plan")),
		))
		text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
		c.must(err)
		return text
	}
	before, err := c.store.Directory(t.Context())
	c.must(err)
	said := try(wrong)
	contains(t, said, "有错误，什么都没有写入", "陶小红", "手机后四位", "没有的支部", "不收身份证号")
	lacks(t, said, "110101199003077715", "确认导入")
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`[...document.querySelectorAll("tbody .chip.late")].length`)); err != nil || n != 3 {
		t.Errorf("%d rows are called wrong (%v), want 3", n, err)
	}
	if after, err := c.store.Directory(t.Context()); err != nil || after.Revision != before.Revision {
		t.Errorf("a workbook with mistakes changed the roster: %v", err)
	}

	contains(t, try(right), "可以导入", "新增", "修改")
	c.must(chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`form[action="/console/import/apply"] button`)), chromedp.WaitVisible(chromedp.CSS(".note.good"))))
	d, err := c.store.Directory(t.Context())
	c.must(err)
	if p, ok := d.Person("r003"); !ok || p.Name != "陶小红" {
		t.Errorf("the new line is %+v", p)
	}
	if p, _ := d.Person("r001"); p.Branch != "b9" || len(p.Past) != 1 || p.Past[0].Branch != "b8" {
		t.Errorf("the moved line is %+v", p)
	}
	contains(t, try(right), "不用导入")
	for _, x := range complaints.Take() {
		t.Error(x)
	}
}

// The pages of the office fit phones and desks in both type sizes.
func TestOfficeFitsPhones(t *testing.T) {
	c := newOffice(t)
	c.must(c.store.UpdatePerson(t.Context(), registrar.Person, func(w *echowall.Who) error {
		w.Grants = append(w.Grants, auditor.Grants...)
		return nil
	}))
	ctx := webtest.Browser(t)
	complaints := webtest.Watch(t, ctx)
	c.enter(ctx, registrar)
	for _, size := range []string{"0", "1"} {
		c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+"/console/?large="+size)))
		for _, path := range []string{
			"/console/people", "/console/people?q=金", "/console/people/r001", "/console/import", "/console/places", "/console/places/s1",
			"/console/content", "/console/owed", "/console/permissions", "/console/access",
		} {
			c.must(chromedp.Do(ctx, chromedp.Navigate(c.URL+path), chromedp.WaitVisible(chromedp.CSS("h1"))))
			for _, width := range []int64{320, 390, 1280} {
				c.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 844)))
				wide, err := chromedp.Run(ctx, webtest.Overflow())
				c.must(err)
				if len(wide) > 0 {
					t.Errorf("%s at %d, large %s, sticks out: %q", path, width, size, wide)
				}
			}
			for _, x := range complaints.Take() {
				t.Errorf("%s: %s", path, x)
			}
		}
	}
}

// A code is shown once; binding anew takes a second person who knows the digits; whoever leaves is out at once.
func TestPersonInTheConsole(t *testing.T) {
	c := newOffice(t)
	second := &echowall.Who{Person: "p-registrar-00002", Grants: registrar.Grants}
	c.must(c.store.UpdatePerson(t.Context(), second.Person, func(w *echowall.Who) error {
		w.Person, w.Name, w.Grants = second.Person, "许家明", second.Grants
		return nil
	}))
	one, two := c.login(registrar), c.login(second)
	page := c.send(one, "/console/people/r002/code")
	page.is(t, http.StatusOK)
	code := regexp.MustCompile(`<p class="num">([A-Z2-9]{8})</p>`).FindStringSubmatch(page.body)
	if code == nil {
		t.Fatalf("no code in\n%s", page.body)
	}
	lacks(t, c.open(one, "/console/people/r002").body, code[1])

	holder := echowall.PersonID("p-holder-00000001")
	if _, err := c.config.People.Bind(t.Context(), holder, code[1]); err != nil {
		t.Fatal(err)
	}
	his := c.login(&echowall.Who{Person: holder})
	c.open(his, "/console/people").is(t, http.StatusOK)

	page = c.send(one, "/console/people/r002/rebind")
	digits := regexp.MustCompile(`<p class="num">([0-9]{4})</p>`).FindStringSubmatch(page.body)
	if digits == nil {
		t.Fatalf("no digits in\n%s", page.body)
	}
	c.send(one, "/console/people/r002/rebind/confirm", "digits", digits[1]).is(t, http.StatusForbidden)
	page = c.send(two, "/console/people/r002/rebind/confirm", "digits", digits[1])
	page.is(t, http.StatusOK)
	if again := regexp.MustCompile(`<p class="num">([A-Z2-9]{8})</p>`).FindStringSubmatch(page.body); again == nil || again[1] == code[1] {
		t.Errorf("the new code is %q", again)
	}
	c.open(his, "/console/people").is(t, http.StatusSeeOther) // to the log-in page

	c.send(one, "/console/people/r001/move", "branch", "b9").is(t, http.StatusSeeOther)
	contains(t, c.open(one, "/console/people/r001").body, "桥东支部", "桥西支部")
	c.send(one, "/console/people/r001/move", "branch", "nowhere").is(t, http.StatusBadRequest)
	c.send(one, "/console/people/r001/leave").is(t, http.StatusSeeOther)
	lacks(t, c.open(one, "/console/people").body, "金海燕")
	contains(t, c.open(one, "/console/people?left=1").body, "金海燕")
	c.send(one, "/console/people/r001/return").is(t, http.StatusSeeOther)
	contains(t, c.open(one, "/console/people").body, "金海燕")

	his = c.login(auditor)
	log := c.open(his, "/console/access").body
	contains(t, log, "发绑定码", "提出换绑", "确认换绑", "转支部", "停用", "查看身份")
	lacks(t, log, code[1], digits[1])
	contains(t, c.send(his, "/console/access/verify").body, "核对完毕")
}

// The ledger lists what could not be sent, without saying to whom, and gives it another try.
func TestLedgerInTheConsole(t *testing.T) {
	c := newOffice(t)
	j := c.login(registrar)
	contains(t, c.open(j, "/console/owed").body, "发不出去", "结果不明")
	c.send(j, "/console/owed/retry", "id", "nothing").is(t, http.StatusNotFound)
}

// What is no workbook is refused with a sentence, and leaves the page usable.
func TestImportRefuses(t *testing.T) {
	c := newOffice(t)
	j := c.login(registrar)
	for name, tt := range map[string]struct {
		data []byte
		says string
	}{
		"no file":   {nil, "请先选一个文件"},
		"text":      {[]byte("编号,姓名\n1,张三\n"), "不是 .xlsx"},
		"truncated": {workbook(t)[:600], "打不开"},
	} {
		t.Run(name, func(t *testing.T) {
			body, contentType := multipartOf(t, "file", "a.xlsx", tt.data)
			a := c.do(http.MethodPost, "/console/import", body, "Cookie", j.header(), "Content-Type", contentType, "Origin", c.URL, "Sec-Fetch-Site", "same-origin")
			if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, tt.says) || !strings.Contains(a.body, `type="file"`) {
				t.Errorf("%d, without %q:\n%s", a.StatusCode, tt.says, a.body)
			}
		})
	}
}

func (a answerOf) is(t *testing.T, status int) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: %d, want %d", a.Request.URL.Path, a.StatusCode, status)
	}
}

// multipartOf is a form with one file, or without any when data is nil.
func multipartOf(t *testing.T, field, name string, data []byte) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if data != nil {
		part, err := w.CreateFormFile(field, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}
