package emulator

import (
	"strconv"
	"strings"
)

// message builds the clear XML of one push, in the platform's style.
type message struct{ strings.Builder }

// startMessage opens a push from a person to the account.
func startMessage(to, from string, created int64, msgType string) *message {
	m := new(message)
	m.WriteString("<xml>")
	m.text("ToUserName", to)
	m.text("FromUserName", from)
	m.number("CreateTime", created)
	m.text("MsgType", msgType)
	return m
}

// text writes one node as CDATA.
func (m *message) text(name, value string) {
	m.WriteString("<" + name + "><![CDATA[")
	m.WriteString(strings.ReplaceAll(value, "]]>", "]]]]><![CDATA[>"))
	m.WriteString("]]></" + name + ">")
}

// number writes one node without CDATA.
func (m *message) number(name string, value int64) {
	m.WriteString("<" + name + ">" + strconv.FormatInt(value, 10) + "</" + name + ">")
}

// decimal writes a coordinate as the platform does: six places.
func (m *message) decimal(name string, value float64) {
	m.WriteString("<" + name + ">" + strconv.FormatFloat(value, 'f', 6, 64) + "</" + name + ">")
}

// group writes a node that holds others.
func (m *message) group(name string, body func()) {
	m.WriteString("<" + name + ">")
	body()
	m.WriteString("</" + name + ">")
}

func (m *message) end() string {
	m.WriteString("</xml>")
	return m.String()
}

// node reads the first node of that name out of clear XML. It is deliberately
// no parser: pushes may hold characters that a parser refuses.
func node(inner, name string) string {
	_, rest, ok := strings.Cut(inner, "<"+name+">")
	if !ok {
		return ""
	}
	value, _, ok := strings.Cut(rest, "</"+name+">")
	if !ok {
		return ""
	}
	value = strings.TrimSpace(value)
	if body, ok := strings.CutPrefix(value, "<![CDATA["); ok {
		value = strings.TrimSuffix(body, "]]>")
	}
	return value
}
