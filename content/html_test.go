package content

import (
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	p := starterPack(t)
	for _, tc := range []struct{ in, want string }{
		{"一段\n\n二段 **重点**", "<p>一段</p>\n<p>二段 <strong>重点</strong></p>\n"},
		{"- 甲\n- 乙", "<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>\n"},
		{"[官网](https://flk.npc.gov.cn/)", `<p><a href="https://flk.npc.gov.cn/" rel="noreferrer">官网</a></p>` + "\n"},
		{"a < b & c", "<p>a &lt; b &amp; c</p>\n"},
	} {
		if got := string(p.HTML(tc.in)); got != tc.want {
			t.Errorf("HTML(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
	for _, in := range []string{
		"<script>alert(1)</script>", "[x](javascript:alert(1))", `<img src=x onerror=alert(1)>`, `<p style="x">y</p>`,
		"![x](https://example.org/track.png)", "[x](http://example.org)", "[x](data:text/html,1)", "<iframe src=https://x></iframe>",
	} {
		got := strings.ToLower(string(p.HTML(in)))
		for _, bad := range []string{"<script", "javascript:", "onerror", "style=", "<img", "http://", "data:", "<iframe"} {
			if strings.Contains(got, bad) {
				t.Errorf("HTML(%q) = %q contains %s", in, got, bad)
			}
		}
	}
}
