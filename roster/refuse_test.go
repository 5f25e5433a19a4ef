package roster_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"echowall"
	"echowall/roster"
)

// people is a sheet of people with one line and what a test adds.
func people(more ...[]string) book {
	return book{"花名册": append([][]string{{"编号*", "姓名*", "支部", "身份*"}, {"r1", "王敏", "", "群众"}}, more...)}
}

// parts writes a workbook's parts again; one gets each of them.
func parts(t testing.TB, data []byte, one func(w *zip.Writer, f *zip.File) error) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		if err := one(w, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rezip changes the text of parts, and their names.
func rezip(t testing.TB, data []byte, change func(name string, text []byte) (string, []byte)) []byte {
	t.Helper()
	return parts(t, data, func(w *zip.Writer, f *zip.File) error {
		r, err := f.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		name, text := change(f.Name, text)
		part, err := w.Create(name)
		if err != nil {
			return err
		}
		_, err = part.Write(text)
		return err
	})
}

// inPeople changes the XML of the sheet of people in a workbook.
func inPeople(t testing.TB, b book, old, new string) []byte {
	t.Helper()
	hit := false
	out := rezip(t, b.bytes(t), func(name string, text []byte) (string, []byte) {
		if strings.HasPrefix(name, "xl/worksheets/") && bytes.Contains(text, []byte(old)) {
			hit = true
			text = bytes.Replace(text, []byte(old), []byte(new), 1)
		}
		return name, text
	})
	if !hit {
		t.Fatalf("no sheet has %q", old)
	}
	return out
}

// bomb is a workbook with one more part, of size bytes, which says that it has claimed bytes.
func bomb(t testing.TB, name string, size int, claimed uint64) []byte {
	t.Helper()
	var packed bytes.Buffer
	d, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write(bytes.Repeat([]byte(" "), size)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	bombed := false
	return parts(t, people().bytes(t), func(w *zip.Writer, f *zip.File) error {
		if !bombed {
			bombed = true
			part, err := w.CreateRaw(&zip.FileHeader{
				Name: name, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: claimed,
			})
			if err != nil {
				return err
			}
			if _, err := part.Write(packed.Bytes()); err != nil {
				return err
			}
		}
		return w.Copy(f)
	})
}

// elsewhere is a workbook with a formula whose sheet is not where sheets usually are.
func elsewhere(t testing.TB) []byte {
	t.Helper()
	data := people().bytes(t, func(f *excelize.File) {
		if err := f.SetCellFormula("花名册", "B2", "1+1"); err != nil {
			t.Fatal(err)
		}
	})
	return rezip(t, data, func(name string, text []byte) (string, []byte) {
		return strings.Replace(name, "xl/worksheets/", "xl/hidden/", 1), bytes.ReplaceAll(text, []byte("worksheets/"), []byte("hidden/"))
	})
}

// twoOfOneName is a workbook that holds each of its parts twice.
func twoOfOneName(t testing.TB) []byte {
	t.Helper()
	return parts(t, people().bytes(t), func(w *zip.Writer, f *zip.File) error { return errors.Join(w.Copy(f), w.Copy(f)) })
}

func TestRefusesFiles(t *testing.T) {
	words := say(t)
	good := people().bytes(t)
	var locked bytes.Buffer
	f := excelize.NewFile()
	if err := f.Write(&locked, excelize.Options{Password: "geheim"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":            {nil, "不是 .xlsx"},
		"text":               {[]byte("编号,姓名\nr1,王敏\n"), "不是 .xlsx"},
		"old or encrypted":   {locked.Bytes(), "有密码"},
		"half of a file":     {good[:len(good)/2], "打不开"},
		"another zip":        {good[:4], "打不开"},
		"too large":          {append(bytes.Clone(good), make([]byte, roster.FileLimit)...), "超过 32 MB"},
		"unpacks too much":   {bomb(t, "xl/worksheets/sheet9.xml", 1<<20, 500<<20), "太大"},
		"a large picture":    {bomb(t, "xl/media/1.png", 40<<20, 40<<20), "太大"},
		"macros":             {bomb(t, "xl/vbaProject.bin", 10, 10), "宏"},
		"lies about it":      {bomb(t, "xl/worksheets/sheet9.xml", 8<<20, 100), "打不开"},
		"no known sheet":     {book{"Sheet1": {}}.bytes(t), "没有可以导入的表"},
		"unknown sheet":      {book{"人员": {{"编号"}}}.bytes(t), "不认识表“人员”"},
		"sheet name private": {book{"110101199003077512": {{"编号"}}}.bytes(t), "不认识表“……”"},
		"formula": {people().bytes(t, func(f *excelize.File) {
			if err := f.SetCellFormula("花名册", "B2", "1+1"); err != nil {
				t.Fatal(err)
			}
		}), "花名册”的 B2 格是公式"},
		"merged": {people().bytes(t, func(f *excelize.File) {
			if err := f.MergeCell("花名册", "A2", "A3"); err != nil {
				t.Fatal(err)
			}
		}), "A2:A3 是合并单元格"},
		"a million rows":         {inPeople(t, people(), `r="2"`, `r="1048576"`), "超过 150000 行"},
		"a cell far down":        {inPeople(t, people(), `r="A2"`, `r="A999999"`), "超过 150000 行"},
		"a cell far right":       {inPeople(t, people(), `r="A2"`, `r="XFD2"`), "超过 40 列"},
		"a sheet kept elsewhere": {elsewhere(t), "是公式"},
		"two parts of one name":  {twoOfOneName(t), "打不开"},
		"not XML":                {inPeople(t, people(), `<row`, `<<row`), ""},
		"missing column":         {book{"花名册": {{"编号", "姓名", "身份"}}}.bytes(t), "缺少列“支部”"},
		"unknown column":         {book{"花名册": {{"编号", "姓名", "支部", "身份", "工资"}}}.bytes(t), "不认识的列“工资”"},
		"column twice":           {book{"花名册": {{"编号", "姓名", "支部", "身份", "姓名"}}}.bytes(t), "两列都叫“姓名”"},
		"identity column":        {book{"花名册": {{"编号", "姓名", "支部", "身份", "身份证号码"}}}.bytes(t), "E 列是身份证号"},
		"birthday column":        {book{"花名册": {{"编号", "姓名", "支部", "身份", "出生日期"}}}.bytes(t), "请删去这一列"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(c.data)
			if c.says == "" {
				return // it need not be refused, only not fall over
			}
			if echowall.KindOf(err) != echowall.KindInvalid {
				t.Fatalf("error %v", err)
			}
			var e *echowall.Error
			if !errors.As(err, &e) || !strings.Contains(words(e), c.says) {
				t.Errorf("says %q (%v), want %q in it", words(e), err, c.says)
			}
		})
	}
}

func TestRefusesRows(t *testing.T) {
	const id18, id15 = "11010119900307751X", "110101900307751"
	for name, c := range map[string]struct {
		sheet, title, text string
		says               string
	}{
		"identity number":       {"花名册", "姓名", "王敏" + id18, "花名册”的 B3 格"},
		"small x":               {"花名册", "职务", "11010119900307751x", "不收身份证号"},
		"of 15":                 {"花名册", "标签", id15, "不收身份证号"},
		"with blanks":           {"花名册", "标签", "110101 19900307 7512", "不收身份证号"},
		"full width":            {"花名册", "标签", "１１０１０１１９９００３０７７５１２", "不收身份证号"},
		"as the number":         {"花名册", "编号", "110101199003077512", "不收身份证号"},
		"as a reference":        {"联络站", "站长", id18, "不收身份证号"},
		"in the joining date":   {"花名册", "入党日期", id18, "不收身份证号"},
		"birth date":            {"花名册", "职务", "1990-03-07", "不收身份证号和完整出生日期"},
		"birth date in words":   {"花名册", "标签", "1990年3月7日", "完整出生日期"},
		"birth date in figures": {"花名册", "标签", "19900307", "完整出生日期"},
		"birth date, year last": {"花名册", "免学原因类别", "03/07/1990", "完整出生日期"},
		"number form":           {"花名册", "编号", "r 1:2", "编号只能用"},
		"number too long":       {"花名册", "编号", strings.Repeat("r", 33), "编号只能用"},
		"number twice":          {"花名册", "编号", "r1", "与第 2 行的编号相同"},
		"no name":               {"花名册", "姓名", "", "姓名：必须填写"},
		"formula as text":       {"花名册", "姓名", "=HYPERLINK(1)", "会被当成公式"},
		"at sign":               {"花名册", "标签", "@SUM(A1)", "会被当成公式"},
		"no such branch":        {"花名册", "支部", "b9", "没有编号为 b9 的支部"},
		"member without branch": {"花名册", "支部", "", "党员要有所在支部"},
		"joint is home":         {"花名册", "兼合支部", "b1", "b1 已经是所在支部"},
		"group of another":      {"花名册", "党小组", "g9", "没有编号为 g9 的党小组"},
		"two secretaries":       {"花名册", "职务", "支部书记", "书记已经是编号 r1"},
		"standing":              {"花名册", "身份", "团员", "只能填：正式、预备、积极分子、群众"},
		"phone tail":            {"花名册", "手机后四位", "13800138000", "四个数字"},
		"joined in the future":  {"花名册", "入党日期", "2027-01-01", "到今天之间"},
		"joined, no date":       {"花名册", "入党日期", "去年", "看不懂这个日期"},
		"duty without scope":    {"花名册", "角色", "督办员", "角色@范围"},
		"duty unknown":          {"花名册", "角色", "县长@*", "只能填：督办员"},
		"duty elsewhere":        {"花名册", "角色", "站长@c1", "不写在花名册里"},
		"auditor of a station":  {"花名册", "角色", "审计员@s1", "范围是 *"},
		"supervisor of nowhere": {"花名册", "角色", "督办员@c88", "没有编号为 c88 的联络站"},
		"excused for nothing":   {"花名册", "免学原因类别", "长期患病", "免学却不是“是”"},
		"state":                 {"花名册", "状态", "退休", "只能填：在册、停用"},
		"station kind":          {"联络站", "类型", "小区", "只能填：街道、社区、行业"},
		"station below itself":  {"联络站", "上级编号", "c9", "绕成了一圈"},
		"community on top":      {"联络站", "上级编号", "c1", "上级 c1 不是街道站"},
		"exchanged":             {"联络站", "纬度", "120.1", "写反了"},
		"half a position":       {"联络站", "经度", "", "都填"},
		"no degrees":            {"联络站", "纬度", "三十度", "不是经纬度"},
		"head of nobody":        {"联络站", "站长", "r9", "花名册里没有编号 r9"},
		"deputy":                {"联络站", "代表", "林志明", "姓名 级别 编号"},
		"deputy level":          {"联络站", "代表", "林志明 乡级", "只能填：全国"},
		"reserved":              {"联络站", "编号", "triage", "系统留着自己用"},
		"grid without station":  {"网格", "联络站", "", "联络站：必须填写"},
		"grid of no station":    {"网格", "联络站", "c8", "没有编号为 c8 的联络站"},
		"point in foreign grid": {"采集点", "网格", "w9", "网格 w9 属于联络站 s1"},
		"no approver":           {"承办单位", "审核人", "", "审核人：必须填写"},
		"own approver":          {"承办单位", "审核人", "r3", "唯一的经办人又是唯一的审核人"},
		"sort of organisation":  {"组织", "类型", "团支部", "只能填：党委、支部、党小组"},
		"committee below":       {"组织", "上级编号", "d9", "没有编号为 d9 的党委"},
	} {
		t.Run(name, func(t *testing.T) {
			b := small()
			lines := map[string][]string{
				"组织":   {"b7", "支部", "新支部", "d1", ""},
				"花名册":  {"r7", "新人", "b1", "", "", "正式", "", "", "", "否", "", "", "", ""},
				"联络站":  {"c9", "新站", "社区", "s1", "", "30.2", "120.2", "", "", "", "", "", ""},
				"网格":   {"w9", "新网格", "s1", "", "", ""},
				"采集点":  {"p9", "新点", "c1", ""},
				"承办单位": {"u9", "新单位", "", "r3", "r4", "", ""},
			}
			for sheet, line := range lines {
				b[sheet] = append(b[sheet], line)
			}
			i := 0
			for i < len(b[c.sheet][0]) && strings.TrimSuffix(b[c.sheet][0][i], "*") != c.title {
				i++
			}
			row := len(b[c.sheet])
			b[c.sheet][row-1][i] = c.text
			if name == "identity number" { // the cell that is named in the sentence
				b[c.sheet] = append([][]string{b[c.sheet][0], b[c.sheet][1], b[c.sheet][row-1]}, b[c.sheet][2:row-1]...)
			}
			p := plan(t, nobody(), b.bytes(t))
			got := outcomes(t, p)
			if p.OK() || !strings.Contains(got, c.says) {
				t.Errorf("want %q in:\n%s", c.says, got)
			}
			private := echowall.IdentityNumber(c.text) || c.title != "入党日期" && echowall.FullDate(c.text)
			if private && strings.Contains(got, c.text) {
				t.Errorf("the answer repeats what must not be kept:\n%s", got)
			}
			k := new(kept)
			if err := p.Apply(t.Context(), k); echowall.KindOf(err) != echowall.KindInvalid || k.writes != 0 {
				t.Errorf("applied: %v, %d writes", err, k.writes)
			}
			var out bytes.Buffer
			if err := p.WriteResult(&out, say(t)); err != nil {
				t.Fatal(err)
			}
			if private {
				if text := allText(t, out.Bytes()); strings.Contains(text, c.text) {
					t.Error("the result repeats what must not be kept")
				}
			}
		})
	}
}

// allText is every cell of a workbook.
func allText(t testing.TB, data []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out strings.Builder
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintln(&out, name, strings.Join(row, "|"))
		}
	}
	return out.String()
}

// A person who acts somewhere cannot be taken out without somebody else in the place, although that place is
// not in the workbook.
func TestProblemsOutsideOfTheWorkbook(t *testing.T) {
	d := apply(t, nobody(), small().bytes(t))
	p := plan(t, d, book{"花名册": {{"编号", "姓名", "支部", "身份", "状态"}, {"r4", "赵淑芬", "b2", "正式", "停用"}}}.bytes(t))
	got := outcomes(t, p)
	for _, want := range []string{"station c1 编号 r4 的人已经停用", "unit u1 编号 r4 的人已经停用"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in:\n%s", want, got)
		}
	}
	if p.OK() {
		t.Error("the plan is all right")
	}
}

// What is wrong in the roster already does not keep other things out.
func TestOldProblemsDoNotBlock(t *testing.T) {
	old := echowall.NewDirectory(&echowall.Roster{Units: []echowall.Unit{{ID: "u1", Name: "没有审核人的单位", Handlers: []echowall.RosterID{"r0"}}}}, 7)
	p := plan(t, old, people().bytes(t))
	if !p.OK() || p.Counts[roster.Added] != 1 || p.Base != 7 {
		t.Errorf("an old problem blocks:\n%s", outcomes(t, p))
	}
}

func TestResultCanBeCorrectedAndImported(t *testing.T) {
	b := people([]string{"r2", "", "", "群众"}, []string{"r3", "-李", "", "群众"})
	p := plan(t, nobody(), b.bytes(t))
	var out bytes.Buffer
	if err := p.WriteResult(&out, say(t)); err != nil {
		t.Fatal(err)
	}
	text := allText(t, out.Bytes())
	for _, want := range []string{"r1|王敏", "|新增", "姓名：必须填写。", "|错误|姓名：以 =、+、-、@ 开头"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in the result:\n%s", want, text)
		}
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	for cell, name := range map[string]string{"B3": "李梅", "B4": "李兰"} {
		if err := f.SetCellStr("花名册", cell, name); err != nil {
			t.Fatal(err)
		}
	}
	again, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if p := plan(t, nobody(), again.Bytes()); !p.OK() || p.Counts[roster.Added] != 3 {
		t.Errorf("corrected:\n%s", outcomes(t, p))
	}
}

// A text that a spreadsheet program would calculate is written as text, and read back as it was.
func TestNothingWrittenIsAFormula(t *testing.T) {
	r := &echowall.Roster{People: []echowall.RosterPerson{{ID: "r1", Name: "=1+1", Post: "+86", Tags: []string{"@SUM(A1)"}, Standing: echowall.StandingNone}}}
	var out bytes.Buffer
	if err := roster.WriteRoster(&out, r, say(t)); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(allText(t, out.Bytes())) {
		for _, cell := range strings.Split(line, "|") {
			if cell != "" && strings.ContainsAny(cell[:1], "=+@") {
				t.Errorf("a cell begins like a formula: %s", line)
			}
		}
	}
}

// Spreadsheet programs keep what was typed as numbers and days, and only show it as text.
func TestTypedNumbersAndDays(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		code  int    // built-in number format
		own   string // or one of the author's
	}{
		"identity number as a number": {value: float64(110101199003077504)},
		"a day":                       {value: time.Date(1990, 3, 7, 0, 0, 0, 0, time.UTC)},
		"7-Mar-90":                    {value: 32939.0, code: 15},
		"a day with a time":           {value: 32939.5, code: 22},
		"year last":                   {value: 32939.0, own: "m/d/yyyy"},
		"short":                       {value: 32939.0, own: "dd.mm.yy"},
		"in words":                    {value: 32939.0, own: `yyyy"年"m"月"d"日"`},
		"in figures":                  {value: 32939.0, own: "yyyymmdd"},
	} {
		t.Run(name, func(t *testing.T) {
			data := small().bytes(t, func(f *excelize.File) {
				style := &excelize.Style{NumFmt: c.code}
				if c.own != "" {
					style.CustomNumFmt = &c.own
				}
				id, err := f.NewStyle(style)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(f.SetCellValue("花名册", "L2", c.value), f.SetCellValue("花名册", "I2", 39995.0), f.SetCellValue("花名册", "H2", 1234)); err != nil {
					t.Fatal(err)
				}
				joined, err := f.NewStyle(&excelize.Style{NumFmt: 14})
				if err != nil {
					t.Fatal(err)
				}
				if err := f.SetCellStyle("花名册", "I2", "I2", joined); err != nil {
					t.Fatal(err)
				}
				if c.code != 0 || c.own != "" {
					if err := f.SetCellStyle("花名册", "L2", "L2", id); err != nil {
						t.Fatal(err)
					}
				}
			})
			if got := outcomes(t, plan(t, nobody(), data)); !strings.Contains(got, "花名册 2 错误 标签：不收身份证号和完整出生日期") {
				t.Errorf("taken:\n%s", got)
			}
			// Without the tag the line is good: the joining day and the digits were typed as numbers too.
			clean := rewrite(t, data, "L2", "")
			d := apply(t, nobody(), clean)
			if p, _ := d.Person("r1"); p.Joined != (echowall.Date{Year: 2009, Month: 7, Day: 1}) || p.PhoneTail != "1234" {
				t.Errorf("read %+v", p)
			}
		})
	}
}

// rewrite puts another text into one cell of the sheet of people.
func rewrite(t testing.TB, data []byte, at, text string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SetCellStr("花名册", at, text); err != nil {
		t.Fatal(err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
