package content

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestStarterMenu(t *testing.T) {
	m := starterPack(t).Menu
	if len(m.Buttons) != 3 {
		t.Fatalf("%+v", m)
	}
	lesson, wall := m.Buttons[0].Sub[0], m.Buttons[2].Sub[1]
	if lesson.Type != ButtonClick || lesson.Key != "学习" || lesson.Name != "今日党课" {
		t.Errorf("%+v", lesson)
	}
	if wall.Type != ButtonView || wall.URL != "/wall" {
		t.Errorf("%+v", wall)
	}
}

func TestMenuComplaints(t *testing.T) {
	one := "- 名称: 甲\n  命令: 学习\n"
	for _, tc := range []struct {
		name, text string
		line       int
		severity   Severity
		says       string
	}{
		{"fine", one, 0, "", ""},
		{"english keys", "- name: A\n  url: https://example.org/\n", 0, "", ""},
		{"four buttons", strings.Repeat(one, 4), 7, SeverityError, "最多 3 个"},
		{"six below", "- 名称: 甲\n  下级:\n" + strings.Repeat("    - {名称: 乙, 命令: 学习}\n", 6), 8, SeverityError, "最多 5 个"},
		{"three levels", "- 名称: 甲\n  下级:\n    - 名称: 乙\n      下级: [{名称: 丙, 命令: 学习}]\n", 4, SeverityError, "只有两级"},
		{"unknown command", "- 名称: 甲\n  命令: 跳舞\n", 2, SeverityError, "命令表里没有"},
		{"two acts", one + "  链接: /wall\n", 1, SeverityError, "其中的一样"},
		{"no act", "- 名称: 甲\n", 1, SeverityError, "其中的一样"},
		{"no name", "- 命令: 学习\n", 1, SeverityError, "没有名称"},
		{"plain http", "- 名称: 甲\n  链接: http://example.org/\n", 2, SeverityError, "https://"},
		{"name too long for the platform", "- 名称: 一二三四五六\n  命令: 学习\n", 1, SeverityError, "16 字节"},
		{"name cut on the phone", "- 名称: 一二三四五\n  命令: 学习\n", 1, SeverityWarning, "4 个汉字"},
		{"unknown key", one + "  颜色: 红\n", 3, SeverityError, "不认识"},
		{"no list", "名称: 甲\n", 1, SeverityError, "按钮的列表"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, found, err := Load(starter, fstest.MapFS{"menu.yaml": {Data: []byte(tc.text)}})
			if (err != nil) != (tc.severity == SeverityError) {
				t.Errorf("error %v", err)
			}
			if tc.says != "" && !complains(found, "menu.yaml", tc.line, tc.says) {
				t.Errorf("want line %d %q, got %v", tc.line, tc.says, found)
			}
		})
	}
}
