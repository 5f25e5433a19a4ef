package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"echowall/bot/wechat"
)

// FuzzChat says anything in any order: nobody ever gets an error or a broken sentence, and a reply fits the
// platform. One line is one message; it begins with ! for a photo, ~ for a voice, @ for a place, ^ for a
// menu click and & for half an hour of silence.
func FuzzChat(f *testing.F) {
	g := newTalk(f)
	f.Add("心愿\n路灯坏了\n竹园\n1\n1\n进度\nA\n评价 XY1001 D")
	f.Add("心愿\n!a.jpg\n!b.jpg\n完成\n上一步\n@\n~\n跳过\n2 王女士\n可以\n我的心愿\n1")
	f.Add("待办\n签收 1001\n答复 1001\nB\n已经联系物业处理好了\n年底\n2026-12-31\n0000\n上一步\n取消\n看 1001")
	f.Add("!a.jpg\n1\n&\n继续\n!gone.jpg\n^心愿\n^待办\n2\n绑定\n12345678\n取消\n人工\n帮助\n隐私")
	f.Add("嗯\n3\n嗯\n嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯\n1\n补充 竹园\n上墙 XY1001 字\n公开 XY1001\n\x00\n…\n　")
	f.Add("身份\n身份 1\n身份 0\n身份 99\n待办\n解绑\n0000\n取消\n换绑\n换绑 石佳音\n换绑 P03 1234\n换绑 P03 撤回\n绑定\nAAAA2222\nAAAA2223\n上一步")
	runs := 0
	f.Fuzz(func(t *testing.T, script string) {
		if strings.Count(script, "\n") > 40 || len(script) > 4000 {
			return // longer than anybody types
		}
		g.t = t
		runs++
		for _, role := range []string{"居民", "联络员", "书记"} {
			name := fmt.Sprintf("%s%d", role, runs)
			for line := range strings.SplitSeq(script, "\n") {
				g.advance(5 * time.Second)
				if !utf8.ValidString(line) {
					line = strings.ToValidUTF8(line, "?")
				}
				reply := ""
				switch rest := strings.TrimLeft(line, "!~@^&"); {
				case strings.HasPrefix(line, "!"):
					reply = g.photo(name, rest+".jpg")
				case strings.HasPrefix(line, "~"):
					reply = g.voice(name)
				case strings.HasPrefix(line, "@"):
					reply = g.location(name, 30.1, 120.2, rest)
				case strings.HasPrefix(line, "^"):
					reply = g.event(name, wechat.EventClick, rest)
				case strings.HasPrefix(line, "&"):
					g.advance(30 * time.Minute)
				default:
					reply = g.say(name, line)
				}
				if !utf8.ValidString(reply) || strings.Contains(reply, g.app.Pack.Words.Say("errors.internal", nil)) {
					t.Errorf("%s said %q and read %q", name, line, reply)
				}
			}
		}
	})
}
