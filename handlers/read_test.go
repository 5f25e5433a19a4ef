package handlers

import (
	"strings"
	"testing"

	"echowall"
	"echowall/content"
)

func TestSplitNumber(t *testing.T) {
	for _, tc := range []struct{ text, number, rest string }{
		{"XY2031", "XY2031", ""},
		{"xy 2031 A", "XY2031", "A"},
		{"ＸＹ２０３１，菜场门口", "XY2031", "菜场门口"},
		{"2031 字", "XY2031", "字"},
		{"#XY-2031：字", "XY2031", "字"},
		{"XY2031菜场", "XY2031", "菜场"},
		{"菜场 XY2031", "", "菜场 XY2031"},
		{"XY", "", "XY"},
		{"", "", ""},
	} {
		if number, rest := splitNumber(tc.text); number != tc.number || rest != tc.rest {
			t.Errorf("splitNumber(%q) = %q, %q; want %q, %q", tc.text, number, rest, tc.number, tc.rest)
		}
	}
}

func TestTypedLetters(t *testing.T) {
	for text, want := range map[string]string{
		"A": "A", "ｂ": "B", "选C。": "C", "我选 d": "D", "A、C": "AC", "c a": "AC", "AA": "A",
		"": "", "。": "", "I": "", "A1": "", "满意": "", "abc路": "",
	} {
		if got, ok := typedLetters(text); ok != (want != "") || ok && got != want {
			t.Errorf("typedLetters(%q) = %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestParsePromise(t *testing.T) {
	today := echowall.Date{Year: 2026, Month: 11, Day: 23}
	for text, want := range map[string]string{
		"2026-12-31": "2026-12-31", "2026年12月31日": "2026-12-31", "２０２７年６月３０日前": "2027-06-30", "2027/1/5": "2027-01-05",
		"12月31日": "2026-12-31", "12.31": "2026-12-31", "1月5日": "2027-01-05", "11月23号": "2026-11-23", "2 月 28 日": "2027-02-28",
		"年底前": "", "尽快": "", "2026-13-01": "", "2026-02-30": "", "12月": "", "三天内": "", "20261231": "",
	} {
		d, ok := parsePromise(text, today)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("parsePromise(%q) = %s, %v; want %q", text, d, ok, want)
		}
	}
}

func TestNumbersThatMustNotBeKept(t *testing.T) {
	for text, want := range map[string][2]bool{ // document, phone
		"身份证330102199001011234查一下":  {true, false},
		"33010219900101123X":        {true, false},
		"３３０１０２１９９００１０１１２３４":        {true, false},
		"330102 19900101 1234":      {true, false},
		"卡号6222 0202 0011 2233 445": {true, false},
		"6222020200112233":          {true, false},
		"电话13812345678":             {false, true},
		"138 1234 5678":             {false, true},
		"138-1234-5678":             {false, true},
		"2026年11月23日12345":          {false, false},
		"快递单号12345678901234567890":  {false, false},
		"路灯编号1234567":               {false, false},
	} {
		folded := content.Normalise(text)
		if got := [2]bool{documents.MatchString(folded), phones.MatchString(folded)}; got != want {
			t.Errorf("%q: document and phone %v, want %v", text, got, want)
		}
	}
}

func TestMentions(t *testing.T) {
	const list = "着火、 家暴、"
	if !mentions("楼上着火了", list) || !mentions("家暴", list) || mentions("路灯坏了", list) || mentions("路灯坏了", strings.Repeat("、", 3)) {
		t.Error("mentions")
	}
}

func TestSurname(t *testing.T) {
	for text, want := range map[string]bool{"王女士": true, "欧阳先生": true, "王小明先生": false, "王": false, "先生": false, "W先生": false, "王同志": false} {
		if got := echowall.ValidSurname(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
