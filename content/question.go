package content

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"echowall"
)

// questionMark begins a question; what follows is the Aiken form with Chinese labels.
const questionMark = "??"

const (
	questionLimit = 3
	optionLetters = "ABCDEFGH"
)

var (
	optionLine = regexp.MustCompile(`^([A-Za-z])\s*[.．、)）]\s*(.+)$`)
	labelLine  = regexp.MustCompile(`^(答案|解析|难度|标签|Answer|Explanation|Difficulty|Tags)\s*[:：]\s*(.*)$`)
	verdicts   = map[string]string{"对": "A", "正确": "A", "错": "B", "错误": "B", "true": "A", "false": "B"}
)

// questionReader holds the question being read.
type questionReader struct {
	ps   *problems
	file string
	q    echowall.Question
	line int    // of its first line
	keys string // letters marked with *
	told string // letters of the answer line
	into *string
}

// readQuestions reads the end of a lesson file; offset is the number of lines above.
func readQuestions(ps *problems, file, lesson string, lines []string, offset int) []echowall.Question {
	var out []echowall.Question
	var r *questionReader
	finish := func() {
		if r == nil {
			return
		}
		r.finish()
		out = append(out, r.q)
	}
	for i, raw := range lines {
		line, t := offset+i+1, strings.TrimSpace(raw)
		stem, begins := strings.CutPrefix(t, questionMark)
		if !begins {
			stem, begins = strings.CutPrefix(t, "？？")
		}
		switch {
		case begins:
			finish()
			r = &questionReader{ps: ps, file: file, line: line}
			r.q.ID = fmt.Sprintf("%s-q%d", lesson, len(out)+1)
			r.q.Stem = strings.TrimSpace(stem)
			r.into = &r.q.Stem
			if len(out) == questionLimit {
				ps.fail(file, line, fmt.Sprintf("一课最多 %d 道题", questionLimit), fmt.Sprintf("a lesson has at most %d questions", questionLimit))
			}
		case t == "":
			if r != nil {
				r.into = nil
			}
		default:
			r.read(t, line) // the first line always begins a question
		}
	}
	finish()
	return out
}

func (r *questionReader) read(t string, line int) {
	if m := optionLine.FindStringSubmatch(width.Fold.String(firstRune(t)) + t[len(firstRune(t)):]); m != nil && r.q.Explanation == "" {
		r.option(strings.ToUpper(m[1]), m[2], line)
		return
	}
	if m := labelLine.FindStringSubmatch(t); m != nil {
		r.label(m[1], strings.TrimSpace(m[2]), line)
		return
	}
	if r.into == nil {
		r.ps.fail(r.file, line, "这一行不是题干、选项，也不是 答案、解析、难度、标签", "this line is no stem, option, answer, explanation, difficulty or tags")
		return
	}
	*r.into += "\n" + t
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

func (r *questionReader) option(letter, text string, line int) {
	for _, star := range []string{"*", "＊"} {
		if cut, marked := strings.CutSuffix(text, star); marked {
			text = strings.TrimSpace(cut)
			r.keys += letter
		}
	}
	if n := len(r.q.Options); n == len(optionLetters) || letter != optionLetters[n:n+1] {
		r.ps.fail(r.file, line, "选项应从 A 起依次排列，最多到 H", "options run from A in order, to H at most")
		return
	}
	if text == "" {
		r.ps.fail(r.file, line, "选项是空的", "the option is empty")
	}
	r.q.Options = append(r.q.Options, echowall.Option{Letter: letter, Text: text})
	r.into = nil
}

func (r *questionReader) label(label, text string, line int) {
	r.into = nil
	switch label {
	case "答案", "Answer":
		if v, ok := verdicts[strings.ToLower(text)]; ok && len(r.q.Options) == 0 {
			r.q.Options = []echowall.Option{{Letter: "A", Text: "对"}, {Letter: "B", Text: "错"}}
			r.told = v
			return
		}
		r.told = strings.ToUpper(strings.NewReplacer("、", "", ",", "", "，", "", " ", "").Replace(width.Fold.String(text)))
		if r.told == "" {
			r.ps.fail(r.file, line, "答案是空的", "the answer is empty")
		}
	case "解析", "Explanation":
		r.q.Explanation = text
		r.into = &r.q.Explanation
	case "难度", "Difficulty":
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 3 {
			r.ps.fail(r.file, line, "难度应是 1、2 或 3", "difficulty must be 1, 2 or 3")
			return
		}
		r.q.Difficulty = n
	case "标签", "Tags":
		r.q.Tags = strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" ,，、　", c) })
	}
}

// finish checks the question as a whole.
func (r *questionReader) finish() {
	fail := func(chinese, english string) { r.ps.fail(r.file, r.line, chinese, english) }
	if strings.TrimSpace(r.q.Stem) == "" {
		fail("题干是空的", "the question has no text")
	}
	keys, told := sortedLetters(r.keys), sortedLetters(r.told)
	r.q.Answer = keys
	if told != "" {
		r.q.Answer = told
	}
	switch {
	case len(r.q.Options) < 2:
		fail("至少要有两个选项", "at least two options are needed")
	case r.q.Answer == "":
		fail("没有标出正确答案：在选项末尾写 *，或另写一行“答案：B”", "no right answer: put * behind an option, or a line \"答案：B\"")
	case keys != "" && told != "" && keys != told:
		fail("* 标出的答案和“答案”一行不一致", "the options marked * differ from the answer line")
	default:
		for _, letter := range r.q.Answer {
			if !slices.ContainsFunc(r.q.Options, func(o echowall.Option) bool { return o.Letter == string(letter) }) {
				fail(fmt.Sprintf("答案 %c 不在选项里", letter), fmt.Sprintf("the answer %c is not among the options", letter))
			}
		}
	}
	if strings.TrimSpace(r.q.Explanation) == "" {
		r.ps.warn(r.file, r.line, "这道题没有解析", "the question has no explanation")
	}
}

func sortedLetters(s string) string {
	rs := []rune(s)
	slices.Sort(rs)
	return string(slices.Compact(rs))
}
