package echowall

import (
	"slices"
	"strings"
	"unicode"
)

// Question is one question of a lesson, answered by typing its letters.
type Question struct {
	ID      string   `json:"id"` // the lesson's id and a running number: wk-dbf-01-q1
	Stem    string   `json:"stem"`
	Options []Option `json:"options"`
	// Answer holds the right letters in order: "B", or "ABD" where several are right.
	Answer      string   `json:"answer"`
	Explanation string   `json:"explanation,omitempty"`
	Difficulty  int      `json:"difficulty,omitempty"` // 1 easy to 3 hard, 0 not said
	Tags        []string `json:"tags,omitempty"`
}

// Option is one possible answer.
type Option struct {
	Letter string `json:"letter"` // one capital letter from A on
	Text   string `json:"text"`
}

// Multiple reports whether several letters are right together.
func (q Question) Multiple() bool { return len(q.Answer) > 1 }

// Check reads what a person typed: "b", "Ｂ", "选B。", "A、C", "a c", "对", or an option's words.
// letters is the normalised answer ("AC"); correct says whether it is the right one, all of it; ok is
// false when the text is no answer to this question: unknown letters, or several where one is asked for.
func (q Question) Check(typed string) (letters string, correct, ok bool) {
	text := foldAnswer(typed)
	if text == "" {
		return "", false, false
	}
	if l, found := q.letterOf(text); found {
		return l, l == q.Answer, true
	}
	text = strings.ToUpper(text)
	for _, lead := range []string{"我选择", "我选", "选择", "答案是", "答案", "选", "是"} {
		if rest, cut := strings.CutPrefix(text, lead); cut {
			text = rest
			break
		}
	}
	var picked []byte
	for _, r := range text {
		if !q.has(r) {
			return "", false, false
		}
		picked = append(picked, byte(r))
	}
	slices.Sort(picked)
	picked = slices.Compact(picked)
	if len(picked) == 0 || len(picked) > 1 && !q.Multiple() {
		return "", false, false
	}
	letters = string(picked)
	return letters, letters == q.Answer, true
}

func (q Question) has(letter rune) bool {
	if letter < 'A' || letter > 'Z' {
		return false
	}
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Letter == string(letter) })
}

// letterOf finds the option whose words were typed; true-or-false questions accept the usual synonyms.
func (q Question) letterOf(text string) (string, bool) {
	verdict := ""
	switch text {
	case "对", "對", "正确", "是", "√", "✓":
		verdict = "对"
	case "错", "錯", "错误", "不对", "否", "×", "✗":
		verdict = "错"
	}
	for _, o := range q.Options {
		words := foldAnswer(o.Text)
		if words == text || verdict != "" && words == verdict {
			return o.Letter, true
		}
	}
	return "", false
}

// foldAnswer makes full-width characters half-width and drops spaces and punctuation.
func foldAnswer(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // the full-width forms of ! to ~
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}
