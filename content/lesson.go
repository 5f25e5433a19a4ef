package content

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"echowall"
)

// fileLimit keeps a mistaken upload (a video renamed .md) from being read as a lesson. Bytes.
const fileLimit = 64 << 10

// shelved is a lesson with the place it came from.
type shelved struct {
	lesson echowall.Lesson
	file   string
	line   int // of the title's key, for complaints that concern the lesson as a whole
	dated  int // of the date's key
	layer  layer
}

// shelf gathers the lessons of all layers by id.
type shelf map[string]shelved

func (s shelf) load(ps *problems, l layer, r rules, cal *echowall.Calendar) {
	for _, name := range l.glob("lessons/*.md") {
		file := l.label(name)
		if base := path.Base(name); strings.EqualFold(base, "README.md") {
			continue
		}
		data, err := fs.ReadFile(l.fsys, name)
		if err != nil {
			ps.unreadable(file, err)
			continue
		}
		book := readLesson(ps, file, data)
		if book == nil {
			continue
		}
		book.layer = l
		lint(ps, *book, r, cal)
		id := book.lesson.ID
		if other, taken := s[id]; taken && other.layer.rank == l.rank {
			ps.fail(file, book.line, fmt.Sprintf("编号 %s 已被 %s 使用", id, other.file), fmt.Sprintf("id %s is used by %s already", id, other.file))
			continue
		}
		s[id] = *book
	}
}

// lessons returns what is on the shelf in the order of ids, after the checks that need all lessons.
func (s shelf) lessons(ps *problems) []echowall.Lesson {
	books := slices.SortedFunc(maps.Values(s), func(a, b shelved) int { return cmp.Compare(a.lesson.ID, b.lesson.ID) })
	dates := make(map[echowall.Date]string)
	letters := make(map[string]int)
	out := make([]echowall.Lesson, 0, len(books))
	for _, b := range books {
		if d := b.lesson.Date; !d.IsZero() {
			if other, taken := dates[d]; taken {
				ps.warn(b.file, b.dated, fmt.Sprintf("%s 已有 %s，这一课不会发出", d, other), fmt.Sprintf("%s has %s already; this lesson will not go out", d, other))
			} else {
				dates[d] = b.lesson.ID
			}
		}
		for _, q := range b.lesson.Questions {
			letters[q.Answer]++
		}
		out = append(out, b.lesson)
	}
	if total := sum(letters); total >= 3 && len(letters) == 1 {
		last := books[len(books)-1]
		ps.warn(last.file, last.line, "所有题目的答案都是同一个字母，请调整选项顺序", "the answer to every question is the same letter; reorder some options")
	}
	return out
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// readLesson reads one file; nil when it is too broken to say anything more about it.
func readLesson(ps *problems, file string, data []byte) *shelved {
	if len(data) > fileLimit {
		ps.fail(file, 1, "文件太大，一课应在 64 KB 以内", "the file is too large for a lesson (64 KB)")
		return nil
	}
	if !utf8.Valid(data) {
		ps.fail(file, invalidLine(data), "这一行有不是 UTF-8 的字，请把文件另存为 UTF-8", "this line is not UTF-8; save the file as UTF-8")
		return nil
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	lines := strings.Split(text, "\n")
	if strings.TrimRight(lines[0], " \t") != "---" {
		ps.fail(file, 1, "第一行应是“---”，下面写编号、标题等", "the first line must be ---, followed by id, title and so on")
		return nil
	}
	end := slices.IndexFunc(lines[1:], func(l string) bool { return strings.TrimRight(l, " \t") == "---" })
	if end < 0 {
		ps.fail(file, 1, "找不到结束的“---”", "the closing --- is missing")
		return nil
	}
	b := &shelved{file: file, line: 1, dated: 1}
	if !b.readHead(ps, strings.Join(lines[1:1+end], "\n")) {
		return nil
	}
	b.readText(ps, lines[end+2:], end+2)
	return b
}

// lessonKeys maps every accepted key to its English name.
var lessonKeys = map[string]string{
	"编号": "id", "标题": "title", "摘要": "summary", "日期": "date", "栏目": "topic", "对象": "audience", "预计": "minutes",
	"来源": "sources", "审核": "reviewer", "有效期": "expires", "学时": "study_hours", "音频": "audio",
}

// headOffset is the line before the front matter: the opening "---".
const headOffset = 1

func (b *shelved) readHead(ps *problems, head string) bool {
	root, ok := parseYAML(ps, b.file, headOffset, []byte(head))
	if !ok {
		return false
	}
	es, ok := entries(root)
	if !ok {
		ps.fail(b.file, headOffset+lineOf(root), "两个“---”之间应是“键: 值”", "\"key: value\" lines are expected between the two ---")
		return false
	}
	seen := make(map[string]bool)
	for _, e := range es {
		key := cmp.Or(lessonKeys[e.key], e.key)
		line := headOffset + e.line
		if seen[key] {
			ps.fail(b.file, line, fmt.Sprintf("“%s”写了两次", e.key), fmt.Sprintf("%s stands here twice", e.key))
			continue
		}
		seen[key] = true
		b.readKey(ps, key, e, line)
	}
	for _, must := range []struct{ key, chinese, english string }{
		{"id", "没有编号", "the id is missing"},
		{"title", "没有标题", "the title is missing"},
		{"sources", "没有来源：请写明出自哪部法律法规第几条", "no source: name the law and the article"},
		{"reviewer", "没有审核人和日期", "no reviewer and date of review"},
	} {
		if !seen[must.key] {
			ps.fail(b.file, 1, must.chinese, must.english)
		}
	}
	return true
}

var (
	lessonID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	minutes  = regexp.MustCompile(`^([1-9][0-9]?)\s*(分钟|minutes?|min)?$`)
	audience = regexp.MustCompile(`^(全体党员|(不含[:：])?(支部|标签)[:：]\S+)$`)
)

func (b *shelved) readKey(ps *problems, key string, e entry, line int) {
	l := &b.lesson
	text, plain := scalar(e.value)
	text = strings.TrimSpace(text)
	if !plain && key != "sources" && key != "audience" {
		ps.fail(b.file, line, fmt.Sprintf("“%s”应是一行文字", e.key), fmt.Sprintf("%s must be one line of text", e.key))
		return
	}
	switch key {
	case "id":
		if !lessonID.MatchString(text) {
			ps.fail(b.file, line, "编号只能用小写字母、数字和短横线", "an id has lower-case letters, digits and hyphens only")
		}
		l.ID = text
	case "title":
		b.line = line
		l.Title = text
		switch n := utf8.RuneCountInString(text); {
		case n == 0:
			ps.fail(b.file, line, "标题是空的", "the title is empty")
		case n > echowall.LessonTitleLimit:
			ps.fail(b.file, line, fmt.Sprintf("标题有 %d 字，最多 %d 字", n, echowall.LessonTitleLimit), fmt.Sprintf("the title has %d characters, at most %d", n, echowall.LessonTitleLimit))
		}
	case "summary":
		l.Summary = text
		if n := utf8.RuneCountInString(text); n > echowall.LessonSummaryLimit {
			ps.warn(b.file, line, fmt.Sprintf("摘要有 %d 字，建议 %d 字以内", n, echowall.LessonSummaryLimit), fmt.Sprintf("the summary has %d characters, better %d", n, echowall.LessonSummaryLimit))
		}
	case "date":
		b.dated = line
		l.Date = b.date(ps, text, e.key, line)
	case "expires":
		l.Expires = b.date(ps, text, e.key, line)
	case "topic":
		l.Topic = text
	case "audio":
		l.Audio = text
		if text != "" && !fs.ValidPath(text) {
			ps.fail(b.file, line, "音频应是文件夹里的相对路径，如 audio/a.mp3", "audio must be a path inside the directory, like audio/a.mp3")
		}
	case "minutes":
		m := minutes.FindStringSubmatch(text)
		if m == nil {
			ps.fail(b.file, line, "预计应像“3分钟”", "minutes must be like 3")
			return
		}
		l.Minutes, _ = strconv.Atoi(m[1])
	case "study_hours":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 100 {
			ps.fail(b.file, line, "学时应是 0 到 100 的整数", "study_hours must be a whole number from 0 to 100")
			return
		}
		l.StudyHours = n
	case "audience":
		who, ok := list(e.value)
		for _, a := range who {
			ok = ok && audience.MatchString(a)
		}
		if !ok {
			ps.fail(b.file, line, "对象应是 全体党员、支部:名称、标签:名称 或 不含:标签:名称", "audience must be 全体党员, 支部:name, 标签:name or 不含:标签:name")
			return
		}
		l.Audience = who
	case "sources":
		b.readSources(ps, e, line)
	case "reviewer":
		i := strings.LastIndexAny(text, " \t　")
		d, err := echowall.ParseDate(strings.TrimSpace(text[i+1:]))
		if i <= 0 || err != nil || strings.TrimSpace(text[:i]) == "" {
			ps.fail(b.file, line, "审核应写“姓名 日期”，如：王某某 2026-11-20", "reviewer must be \"name date\", like 王某某 2026-11-20")
			return
		}
		l.Reviewer, l.Reviewed = strings.TrimSpace(strings.TrimRight(text[:i], "　 \t")), d
	default:
		ps.fail(b.file, line, fmt.Sprintf("不认识“%s”，可用的有：编号 标题 摘要 日期 栏目 对象 预计 来源 审核 有效期 学时 音频", e.key),
			fmt.Sprintf("unknown key %q; known are: id title summary date topic audience minutes sources reviewer expires study_hours audio", e.key))
	}
}

func (b *shelved) date(ps *problems, text, key string, line int) echowall.Date {
	if text == "" {
		return echowall.Date{}
	}
	d, err := echowall.ParseDate(text)
	if err != nil {
		ps.fail(b.file, line, fmt.Sprintf("%s应像 2026-11-23，并且真有这一天", key), fmt.Sprintf("%s must be like 2026-11-23 and exist", key))
	}
	return d
}

func (b *shelved) readSources(ps *problems, e entry, line int) {
	seq, ok := e.value.(*ast.SequenceNode)
	if !ok || len(seq.Values) == 0 {
		ps.fail(b.file, line, "来源至少要有一条“- 名称: …”", "sources need at least one \"- name: …\"")
		return
	}
	for _, v := range seq.Values {
		var s echowall.Source
		at := headOffset + lineOf(v)
		es, ok := entries(v)
		if !ok {
			ps.fail(b.file, at, "来源应写“- 名称: …”，下一行写“链接: …”", "a source is \"- name: …\" and \"url: …\"")
			continue
		}
		for _, f := range es {
			text, _ := scalar(f.value)
			switch f.key {
			case "名称", "name":
				s.Name = strings.TrimSpace(text)
			case "链接", "url":
				s.URL = strings.TrimSpace(text)
				if s.URL != "" && !strings.HasPrefix(s.URL, "https://") {
					ps.warn(b.file, headOffset+f.line, "链接最好以 https:// 开头", "the url should begin with https://")
				}
			default:
				ps.fail(b.file, headOffset+f.line, fmt.Sprintf("来源里只有名称和链接，没有“%s”", f.key), fmt.Sprintf("a source has name and url, not %q", f.key))
			}
		}
		if s.Name == "" {
			ps.fail(b.file, at, "来源没有名称", "the source has no name")
			continue
		}
		b.lesson.Sources = append(b.lesson.Sources, s)
	}
}

// readText reads what stands below the front matter: the body, the points, the questions. offset is the
// number of lines above.
func (b *shelved) readText(ps *problems, lines []string, offset int) {
	var body []string
	i := 0
	for ; i < len(lines); i++ {
		t := strings.TrimSpace(lines[i])
		if isPointsHeading(t) || strings.HasPrefix(t, questionMark) || strings.HasPrefix(t, "？？") {
			break
		}
		if active.MatchString(t) {
			ps.fail(b.file, offset+i+1, "正文里不能有脚本或样式代码", "no scripts or styles in the body")
		}
		if strings.HasPrefix(t, "# ") {
			ps.warn(b.file, offset+i+1, "正文里不用写一级标题", "no first-level heading is needed in the body")
		}
		body = append(body, lines[i])
	}
	b.lesson.Body = strings.TrimSpace(strings.Join(body, "\n"))
	if b.lesson.Body == "" {
		ps.fail(b.file, offset+1, "没有正文", "the body is empty")
	}
	if i < len(lines) && isPointsHeading(strings.TrimSpace(lines[i])) {
		for i++; i < len(lines); i++ {
			t := strings.TrimSpace(lines[i])
			point, isPoint := strings.CutPrefix(t, "- ")
			switch {
			case t == "":
				continue
			case isPoint:
				b.lesson.Points = append(b.lesson.Points, strings.TrimSpace(point))
				continue
			case strings.HasPrefix(t, questionMark), strings.HasPrefix(t, "？？"):
			default:
				ps.fail(b.file, offset+i+1, "要点的每一行应以“- ”开头", "every point begins with \"- \"")
				continue
			}
			break
		}
	}
	if i < len(lines) {
		b.lesson.Questions = readQuestions(ps, b.file, b.lesson.ID, lines[i:], offset+i)
	}
}

func isPointsHeading(line string) bool {
	title, ok := strings.CutPrefix(line, "## ")
	title = strings.TrimSpace(title)
	return ok && (title == "要点" || strings.EqualFold(title, "points"))
}

// lint says what a careful editor would say about a lesson that is well-formed.
func lint(ps *problems, b shelved, r rules, cal *echowall.Calendar) {
	l := b.lesson
	if n := l.Length(); n > echowall.LessonBodyLimit {
		ps.warn(b.file, b.line, fmt.Sprintf("正文有 %d 字，建议 %d 字以内", n, echowall.LessonBodyLimit), fmt.Sprintf("the body has %d characters, better %d", n, echowall.LessonBodyLimit))
	}
	if !l.Date.IsZero() && !cal.IsWorkday(l.Date) {
		ps.warn(b.file, b.dated, fmt.Sprintf("%s 是休息日", l.Date), fmt.Sprintf("%s is a rest day", l.Date))
	}
	if !l.Date.IsZero() && l.Expired(l.Date) {
		ps.fail(b.file, b.dated, "有效期早于日期，这一课不会发出", "the lesson expires before its date")
	}
	whole := strings.Join(append([]string{l.Title, l.Summary, l.Body}, l.Points...), "\n")
	for _, term := range r.watch {
		if strings.Contains(whole, term) {
			ps.warn(b.file, b.line, fmt.Sprintf("出现“%s”：职务、姓名须核对", term), fmt.Sprintf("%q: check office and name", term))
		}
	}
	if l.Audio != "" && fs.ValidPath(l.Audio) {
		if _, err := fs.Stat(b.layer.fsys, l.Audio); err != nil {
			ps.fail(b.file, b.line, fmt.Sprintf("找不到音频文件 %s", l.Audio), fmt.Sprintf("there is no audio file %s", l.Audio))
		}
	}
	if n := len(l.Questions); n > 1 && !slices.ContainsFunc(l.Questions, func(q echowall.Question) bool { return q.Answer != l.Questions[0].Answer }) {
		ps.warn(b.file, b.line, "这一课的题目答案都是同一个字母", "the answers of this lesson are all the same letter")
	}
}

// Syllabus plans the pack's lessons from start on; see echowall.NewSyllabus.
func (p *Pack) Syllabus(start echowall.Date, cal *echowall.Calendar) *echowall.Syllabus {
	return echowall.NewSyllabus(p.Lessons, start, cal)
}
