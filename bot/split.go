package bot

import (
	"strings"
	"unicode/utf8"

	"echowall"
)

// replyLimit is the longest passive text in bytes (platform reference 1.9).
const replyLimit = 2048

// splitReply cuts a text that does not fit one reply at line ends; the rest follows as messages of its own.
func splitReply(m echowall.Message) (first echowall.Message, rest []echowall.Message) {
	if len(m.Text) <= replyLimit {
		return m, nil
	}
	parts := splitText(m.Text, replyLimit)
	first = echowall.Message{Text: parts[0]}
	for _, p := range parts[1:] {
		rest = append(rest, echowall.Message{Text: p})
	}
	return first, rest
}

func splitText(s string, limit int) []string {
	var parts []string
	for len(s) > limit {
		cut := strings.LastIndexByte(s[:limit], '\n')
		if cut <= 0 {
			for cut = limit; !utf8.RuneStart(s[cut]); {
				cut--
			}
		}
		parts = append(parts, s[:cut])
		s = strings.TrimPrefix(s[cut:], "\n")
	}
	return append(parts, s)
}
