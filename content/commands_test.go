package content

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"　进度　ＸＹ２０３１　":    "进度 XY2031",
		"學習":             "学习",
		"進度\n\n三":        "进度 3",
		"壹":              "1",
		"十二":             "12",
		"二十三":            "23",
		"一百零五":           "105",
		"二〇三一":           "2031",
		"三号楼":            "三号楼", // part of a word stays
		"一起去":            "一起去",
		"\u200b心\ufeff愿": "心愿",
		"Ｂ。":             "B。",
		"":               "",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	c := starterPack(t).Commands
	for _, tc := range []struct {
		text, name, rest string
		ok               bool
	}{
		{"学习", "学习", "", true},
		{"  學 習 ", "学习", "", true},
		{"今日党课", "学习", "", true},
		{"ＨＥＬＰ", "帮助", "", true},
		{"helpful", "", "", false},
		{"help me", "帮助", "me", true},
		{"心愿 门口路灯坏了", "心愿", "门口路灯坏了", true},
		{"心愿：门口路灯坏了", "心愿", "门口路灯坏了", true},
		{"心愿，三号楼 一單元\n沒有燈", "心愿", "三号楼 一單元\n沒有燈", true}, // what follows stays as typed
		{"心愿（急）路灯", "", "", false},
		{"心愿 （急）路灯", "心愿", "（急）路灯", true},
		{"心愿墙", "心愿墙", "", true},
		{"我的心愿", "我的心愿", "", true},
		{"心愿什么时候办好", "", "", false}, // a sentence, not a command
		{"进度XY2031", "进度", "XY2031", true},
		{"進度 ｘｙ2031", "进度", "ｘｙ2031", true},
		{"进度。", "进度", "", true},
		{"收到 3", "收到", "3", true},
		{"绑定8K3F", "绑定", "8K3F", true},
		{"取\u200b消", "取消", "", true},
		{"今天天气真好", "", "", false},
		{"", "", "", false},
		{"！", "", "", false},
	} {
		name, rest, ok := c.Match(tc.text)
		if name != tc.name || rest != tc.rest || ok != tc.ok {
			t.Errorf("Match(%q) = %q, %q, %v, want %q, %q, %v", tc.text, name, rest, ok, tc.name, tc.rest, tc.ok)
		}
	}
}

// Every word of the table finds its own command, alone and with an argument.
func TestEveryWordMatches(t *testing.T) {
	c := starterPack(t).Commands
	for _, cmd := range c.list {
		for _, w := range cmd.words {
			for _, text := range []string{string(w), string(w) + " 甲"} {
				if name, _, ok := c.Match(text); !ok || name != cmd.name {
					t.Errorf("Match(%q) = %q, want %q", text, name, cmd.name)
				}
			}
		}
	}
}

func TestNearest(t *testing.T) {
	c := starterPack(t).Commands
	for _, tc := range []struct{ text, first string }{
		{"学习啊", "学习"},
		{"查一下进度", "进度"},
		{"心源", "心愿"},
		{"我想许愿", "心愿"},
		{"帮帮忙", "帮助"},
		{"回执单", "回执"},
	} {
		got := c.Nearest(tc.text, 3, nil)
		if len(got) != 3 || got[0] != tc.first {
			t.Errorf("Nearest(%q) = %v, want %s first", tc.text, got, tc.first)
		}
	}
	resident := func(name string) bool { return slices.Contains([]string{"心愿", "进度", "帮助"}, name) }
	if got := c.Nearest("发通知", 3, resident); !slices.Equal(got, []string{"心愿", "进度", "帮助"}) {
		t.Errorf("among the allowed: %v", got)
	}
	if got := c.Nearest("xyz", 3, nil); !slices.Equal(got, c.Names()[:3]) {
		t.Errorf("nothing alike: %v, want the first of the file", got)
	}
	if got := c.Nearest(strings.Repeat("长", 10000), 2, resident); len(got) != 2 {
		t.Errorf("long text: %v", got)
	}
}

func TestCommandsFile(t *testing.T) {
	p, _, err := Load(starter, fstest.MapFS{"words/commands.yaml": {Data: []byte("学习: [读书]\n报修: [维修]\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"读书": "学习", "维修 水管": "报修", "上课": "", "进度": "进度"} {
		if name, _, _ := p.Commands.Match(text); name != want {
			t.Errorf("Match(%q) = %q, want %q", text, name, want)
		}
	}
	for _, tc := range []struct {
		text string
		line int
		says string
	}{
		{"一: [甲]\n二: [甲]\n", 2, "已经属于命令"},
		{"一: [甲]\n二: {a: b}\n", 2, "后面应是"},
		{"一: [\"！\"]\n", 1, "空的同义词"},
		{"- 一\n", 1, "每一行应是"},
	} {
		_, found, err := Load(starter, fstest.MapFS{"words/commands.yaml": {Data: []byte(tc.text)}})
		if err == nil || !complains(found, "words/commands.yaml", tc.line, tc.says) {
			t.Errorf("%q: %v", tc.text, found)
		}
	}
}
