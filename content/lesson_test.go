package content

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"echowall"
)

const goodLesson = `---
编号: wk-2026-11-23
标题: 支部党员大会怎么开
摘要: 一般每季度一次
日期: 2026-11-23
栏目: 党章党规
对象: [全体党员, "支部:三里桥", "不含:标签:免学"]
预计: 3分钟
来源:
  - 名称: 某条例第十一条
    链接: https://www.12371.cn/
审核: 王某某 2026-11-20
有效期: 2027-12-31
学时: 0
---
正文一段。

第二段，**重点**。

## 要点
- 一般每季度1次
- 过半数

?? 一般多久召开一次？
A. 每月
B. 每季度 *
C、每半年
解析：第十一条，
一般每季度1次。
难度：2
标签：党章，会议

?? 下面哪些对？
A) 甲
B) 乙
C）丙
答案：A、C
解析：甲和丙。

?? 可以随时召开。
答案：对
解析：见规定。
`

func loadOne(t *testing.T, file, text string) (*Pack, []Problem, error) {
	t.Helper()
	return Load(starter, fstest.MapFS{file: {Data: []byte(text)}})
}

func TestReadLesson(t *testing.T) {
	p, found, err := loadOne(t, "lessons/a.md", goodLesson)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.File == "lessons/a.md" {
			t.Errorf("complaint about a good lesson: %s", f)
		}
	}
	l := lessonByID(t, p, "wk-2026-11-23")
	if l.Title != "支部党员大会怎么开" || l.Minutes != 3 || l.Reviewer != "王某某" || l.Reviewed.String() != "2026-11-20" || l.Date.String() != "2026-11-23" || l.Expires.String() != "2027-12-31" {
		t.Errorf("head: %+v", l)
	}
	if len(l.Audience) != 3 || len(l.Sources) != 1 || l.Sources[0].URL != "https://www.12371.cn/" || len(l.Points) != 2 {
		t.Errorf("lists: %+v", l)
	}
	if want := "正文一段。\n\n第二段，**重点**。"; l.Body != want {
		t.Errorf("body %q", l.Body)
	}
	if len(l.Questions) != 3 {
		t.Fatalf("questions: %+v", l.Questions)
	}
	q := l.Questions
	if q[0].ID != "wk-2026-11-23-q1" || q[0].Answer != "B" || len(q[0].Options) != 3 || q[0].Options[2].Text != "每半年" || q[0].Explanation != "第十一条，\n一般每季度1次。" || q[0].Difficulty != 2 || len(q[0].Tags) != 2 {
		t.Errorf("first question %+v", q[0])
	}
	if q[1].Answer != "AC" || !q[1].Multiple() || q[1].Options[2] != (echowall.Option{Letter: "C", Text: "丙"}) {
		t.Errorf("second question %+v", q[1])
	}
	if _, correct, _ := q[2].Check("对"); !correct || len(q[2].Options) != 2 {
		t.Errorf("third question %+v", q[2])
	}
}

func lessonByID(t *testing.T, p *Pack, id string) echowall.Lesson {
	t.Helper()
	for _, l := range p.Lessons {
		if l.ID == id {
			return l
		}
	}
	t.Fatalf("no lesson %s", id)
	return echowall.Lesson{}
}

// English keys and labels, Windows line ends and a byte order mark mean the same.
func TestReadLessonEnglish(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(`---
id: en-1
title: How a branch meets
sources: [{name: Article 11, url: "https://www.12371.cn/"}]
reviewer: Wang 2026-11-20
minutes: 3 minutes
---
Body.

## Points
- one

?? How often?
A. monthly
B. quarterly
Answer: b
Explanation: article 11
`, "\n", "\r\n")
	p, _, err := loadOne(t, "lessons/en.md", text)
	if err != nil {
		t.Fatal(err)
	}
	l := lessonByID(t, p, "en-1")
	if l.Body != "Body." || l.Points[0] != "one" || l.Questions[0].Answer != "B" || l.Questions[0].Options[1].Text != "quarterly" {
		t.Errorf("%+v", l)
	}
}

// Every rule complains on the line where the writer has to look.
func TestLessonComplaints(t *testing.T) {
	for _, tc := range []struct {
		name, old, with string
		line            int
		severity        Severity
		says            string
	}{
		{"no source", "来源:\n  - 名称: 某条例第十一条\n    链接: https://www.12371.cn/\n", "", 1, SeverityError, "没有来源"},
		{"empty sources", "来源:\n  - 名称: 某条例第十一条\n    链接: https://www.12371.cn/\n", "来源:\n", 9, SeverityError, "来源至少要有一条"},
		{"source without name", "  - 名称: 某条例第十一条\n    链接", "  - 链接", 10, SeverityError, "来源没有名称"},
		{"no reviewer", "审核: 王某某 2026-11-20\n", "", 1, SeverityError, "没有审核人"},
		{"reviewer without date", "王某某 2026-11-20", "王某某", 12, SeverityError, "审核应写"},
		{"date without reviewer", "审核: 王某某 2026-11-20", "审核: 2026-11-20", 12, SeverityError, "审核应写"},
		{"long title", "支部党员大会怎么开", strings.Repeat("长", 21), 3, SeverityError, "标题有 21 字"},
		{"no id", "编号: wk-2026-11-23\n", "", 1, SeverityError, "没有编号"},
		{"bad id", "wk-2026-11-23", "微课 1", 2, SeverityError, "编号只能用"},
		{"unknown key", "栏目:", "版块:", 6, SeverityError, "不认识“版块”"},
		{"key twice", "摘要: 一般每季度一次", "title: 又一个标题", 4, SeverityError, "写了两次"},
		{"impossible date", "日期: 2026-11-23", "日期: 2026-11-31", 5, SeverityError, "真有这一天"},
		{"rest day", "日期: 2026-11-23", "日期: 2026-11-22", 5, SeverityWarning, "是休息日"},
		{"bad minutes", "3分钟", "一会儿", 8, SeverityError, "预计应像"},
		{"bad audience", "全体党员,", "大家,", 7, SeverityError, "对象应是"},
		{"bad hours", "学时: 0", "学时: 半天", 14, SeverityError, "学时应是"},
		{"broken yaml", "摘要: 一般", "摘要: [一般", 0, SeverityError, "格式不对"},
		{"not https", "https://www", "http://www", 11, SeverityWarning, "https://"},
		{"expired before its day", "2027-12-31", "2026-01-01", 5, SeverityError, "有效期早于日期"},
		{"missing audio", "学时: 0", "音频: audio/a.mp3", 3, SeverityError, "找不到音频文件"},
		{"audio outside", "学时: 0", "音频: ../a.mp3", 14, SeverityError, "音频应是"},
		{"script", "正文一段。", "<script>alert(1)</script>", 16, SeverityError, "脚本"},
		{"inline style", "第二段，", "<p style=\"color:red\">", 18, SeverityError, "脚本或样式"},
		{"long body", "正文一段。", strings.Repeat("字", 601), 3, SeverityWarning, "正文有"},
		{"empty body", "正文一段。\n\n第二段，**重点**。\n", "\n", 16, SeverityError, "没有正文"},
		{"watched term", "正文一段。", "某某区长说。", 3, SeverityWarning, "职务、姓名须核对"},
		{"stray point", "- 过半数", "过半数", 22, SeverityError, "要点的每一行"},
		{"no right answer", "每季度 *", "每季度", 24, SeverityError, "没有标出正确答案"},
		{"answer not offered", "答案：A、C", "答案：D", 33, SeverityError, "不在选项里"},
		{"marks disagree", "A) 甲", "A) 甲 *", 33, SeverityError, "不一致"},
		{"skipped letter", "C、每半年", "D、每半年", 27, SeverityError, "依次排列"},
		{"one option", "B. 每季度 *\nC、每半年\n", "", 24, SeverityError, "至少要有两个选项"},
		{"no explanation", "解析：甲和丙。\n", "", 33, SeverityWarning, "没有解析"},
		{"bad difficulty", "难度：2", "难度：很难", 30, SeverityError, "难度应是"},
		{"stray line", "标签：党章，会议\n", "标签：党章，会议\n这是什么\n", 32, SeverityError, "不是题干"},
		{"fourth question", "?? 可以", "?? 一\n答案：对\n解析：一\n?? 可以", 43, SeverityError, "最多 3 道题"},
		{"no closing rule", "学时: 0\n---\n", "学时: 0\n", 1, SeverityError, "找不到结束"},
		{"no opening rule", "---\n编号", "编号", 1, SeverityError, "第一行应是"},
		{"not UTF-8", "第二段，", "\xb5\xda", 18, SeverityError, "UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(goodLesson, tc.old, tc.with, 1)
			if text == goodLesson {
				t.Fatal("the test changes nothing")
			}
			_, found, err := loadOne(t, "lessons/a.md", text)
			if (err != nil) != (tc.severity == SeverityError) {
				t.Errorf("error %v for a problem of severity %s", err, tc.severity)
			}
			for _, f := range found {
				if f.File == "lessons/a.md" && (tc.line == 0 || f.Line == tc.line) && f.Severity == tc.severity && strings.Contains(f.Chinese, tc.says) && f.English != "" {
					return
				}
			}
			t.Errorf("want line %d, %s, %q; got %v", tc.line, tc.severity, tc.says, found)
		})
	}
}

func TestProblemText(t *testing.T) {
	p := Problem{"lessons/a.md", 3, SeverityError, "标题是空的", "the title is empty"}
	if got, want := p.String(), "lessons/a.md:3: 标题是空的 / the title is empty"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.Severity = SeverityWarning
	if got := p.String(); !strings.HasPrefix(got, "lessons/a.md:3: 提示 warning: ") {
		t.Errorf("%q", got)
	}
}

func TestLessonsTogether(t *testing.T) {
	second := strings.Replace(goodLesson, "编号: wk-2026-11-23", "编号: wk-2", 1)
	t.Run("same id in one directory", func(t *testing.T) {
		_, found, err := Load(starter, fstest.MapFS{"lessons/a.md": {Data: []byte(goodLesson)}, "lessons/b.md": {Data: []byte(goodLesson)}})
		if err == nil || !complains(found, "lessons/b.md", 3, "已被 lessons/a.md 使用") {
			t.Errorf("%v %v", err, found)
		}
	})
	t.Run("same date", func(t *testing.T) {
		p, found, err := Load(starter, fstest.MapFS{"lessons/a.md": {Data: []byte(goodLesson)}, "lessons/b.md": {Data: []byte(second)}})
		if err != nil || !complains(found, "lessons/a.md", 5, "已有 wk-2") {
			t.Errorf("%v %v", err, found)
		}
		if p == nil {
			t.Error("a warning must not block")
		}
	})
	t.Run("a later directory replaces by id", func(t *testing.T) {
		own := strings.Replace(goodLesson, "编号: wk-2026-11-23", "编号: ew-001", 1)
		p, _, err := Load(starter, fstest.MapFS{"lessons/own.md": {Data: []byte(own)}})
		if err != nil {
			t.Fatal(err)
		}
		if l := lessonByID(t, p, "ew-001"); l.Title != "支部党员大会怎么开" || len(p.Lessons) != 30 {
			t.Errorf("%s, %d lessons", l.Title, len(p.Lessons))
		}
	})
	t.Run("starter lessons can be left out", func(t *testing.T) {
		p, _, err := Load(starter, fstest.MapFS{"rules.yaml": {Data: []byte("起步课: 不用\n")}, "lessons/a.md": {Data: []byte(goodLesson)}})
		if err != nil || len(p.Lessons) != 1 {
			t.Errorf("%v", err)
		}
	})
	t.Run("one letter for everything", func(t *testing.T) {
		files := fstest.MapFS{"rules.yaml": {Data: []byte("starter_lessons: false\n")}}
		for _, id := range []string{"a", "b", "c"} {
			text, _, _ := strings.Cut(goodLesson, "\n?? 下面")
			text = strings.Replace(text, "wk-2026-11-23", id, 1)
			files["lessons/"+id+".md"] = &fstest.MapFile{Data: []byte(strings.Replace(text, "日期: 2026-11-23\n", "", 1))}
		}
		_, found, err := Load(starter, files)
		if err != nil || !complains(found, "lessons/c.md", 3, "同一个字母") {
			t.Errorf("%v %v", err, found)
		}
	})
}

func complains(found []Problem, file string, line int, says string) bool {
	for _, f := range found {
		if f.File == file && f.Line == line && strings.Contains(f.Chinese, says) {
			return true
		}
	}
	return false
}

// Check names the files so that an editor can open them.
func TestCheckDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "lessons"), 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "lessons", "a.md")
	if err := os.WriteFile(name, []byte(strings.Replace(goodLesson, "审核: 王某某 2026-11-20\n", "", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if found := Check(dir); !complains(found, name, 1, "没有审核人") {
		t.Errorf("%v", found)
	}
	if found := Check(filepath.Join(dir, "none")); len(found) != 1 || found[0].Severity != SeverityError {
		t.Errorf("missing directory: %v", found)
	}
	if _, _, err := Open(name); err == nil {
		t.Error("a file was accepted as a directory")
	}
}

// Whatever is in a file: no panic, complaints have lines within the file, a lesson that passes is whole,
// and its page carries no script.
func FuzzLessonFile(f *testing.F) {
	f.Add([]byte(goodLesson))
	f.Add([]byte("---\n---\n"))
	f.Add([]byte("---\n编号: a\n? [x\n---\n?? q\nA. *\n"))
	f.Add([]byte("---\n- 1\n- 2\n---\n<script>"))
	f.Add([]byte("---\na: &x [*x]\n---\nb"))
	names, err := fs.Glob(starter, "lessons/*.md")
	if err != nil || len(names) == 0 {
		f.Fatal(err)
	}
	for _, n := range names[:3] {
		data, err := fs.ReadFile(starter, n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	render := newRenderer()
	f.Fuzz(func(t *testing.T, data []byte) {
		var ps problems
		b := readLesson(&ps, "x.md", data)
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range ps {
			if p.Line < 1 || p.Line > lines+1 || p.Chinese == "" || p.English == "" {
				t.Fatalf("%s of a file with %d lines", p, lines)
			}
		}
		if b == nil || ps.errors() != nil {
			if ps.errors() == nil {
				t.Fatal("no lesson and no complaint")
			}
			return
		}
		l := b.lesson
		if l.ID == "" || l.Title == "" || l.Body == "" || len(l.Sources) == 0 || l.Reviewer == "" || l.Reviewed.IsZero() {
			t.Fatalf("accepted without complaint: %+v", l)
		}
		for _, q := range l.Questions {
			letters, correct, ok := q.Check(q.Answer)
			if !ok || !correct || letters != q.Answer {
				t.Fatalf("the right answer %q is judged %q, %v, %v", q.Answer, letters, correct, ok)
			}
		}
		if page := strings.ToLower(string(render.render(l.Body))); strings.Contains(page, "<script") || strings.Contains(page, "javascript:\"") {
			t.Fatalf("page %q", page)
		}
	})
}
