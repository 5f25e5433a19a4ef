package echowall

import "testing"

func TestQuestionCheck(t *testing.T) {
	single := Question{Answer: "B", Options: []Option{{"A", "每月"}, {"B", "每季度"}, {"C", "每半年"}}}
	multi := Question{Answer: "AC", Options: []Option{{"A", "甲"}, {"B", "乙"}, {"C", "丙"}, {"D", "丁"}}}
	judge := Question{Answer: "A", Options: []Option{{"A", "对"}, {"B", "错"}}}
	for _, tc := range []struct {
		name    string
		q       Question
		typed   string
		letters string
		correct bool
		ok      bool
	}{
		{"plain", single, "B", "B", true, true},
		{"lower case", single, "b", "B", true, true},
		{"full width", single, "Ｂ", "B", true, true},
		{"full width lower case", single, "ｂ", "B", true, true},
		{"spaces and stop", single, "  b 。", "B", true, true},
		{"polite", single, "我选 b", "B", true, true},
		{"answer word", single, "答案：C", "C", false, true},
		{"bracketed", single, "（B）", "B", true, true},
		{"doubled", single, "bb", "B", true, true},
		{"words of the option", single, "每季度", "B", true, true},
		{"wrong words", single, "每月。", "A", false, true},
		{"no such letter", single, "D", "", false, false},
		{"two letters where one is asked", single, "AB", "", false, false},
		{"chat", single, "你好", "", false, false},
		{"English word", single, "abc", "", false, false},
		{"empty", single, "", "", false, false},
		{"only marks", single, "？！", "", false, false},
		{"only the lead", single, "选", "", false, false},
		{"zero-width", single, "\u200bB", "B", true, true},
		{"multi with comma", multi, "A、C", "AC", true, true},
		{"multi reversed", multi, "ca", "AC", true, true},
		{"multi spaced", multi, "ａ ｃ", "AC", true, true},
		{"multi part", multi, "A", "A", false, true},
		{"multi too many", multi, "ABC", "ABC", false, true},
		{"multi unknown", multi, "AE", "", false, false},
		{"judge word", judge, "对", "A", true, true},
		{"judge synonym", judge, "正确", "A", true, true},
		{"judge traditional", judge, "對", "A", true, true},
		{"judge tick", judge, "√", "A", true, true},
		{"judge no", judge, "不对", "B", false, true},
		{"judge cross", judge, "×", "B", false, true},
		{"judge letter", judge, "b", "B", false, true},
		{"verdict on a question without one", single, "对", "", false, false},
	} {
		letters, correct, ok := tc.q.Check(tc.typed)
		if letters != tc.letters || correct != tc.correct || ok != tc.ok {
			t.Errorf("%s: Check(%q) = %q, %v, %v, want %q, %v, %v", tc.name, tc.typed, letters, correct, ok, tc.letters, tc.correct, tc.ok)
		}
	}
}
