package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"echowall"
	"echowall/bot/wechat"
)

// scanLogin opens a log-in page and lets the person scan its code.
func (g *talk) scanLogin(name string) (secret string, ticket *echowall.LoginTicket, shows string) {
	g.t.Helper()
	secret, ticket, err := g.app.Logins.Begin(g.t.Context(), "Windows · Edge")
	if err != nil {
		g.t.Fatal(err)
	}
	return secret, ticket, g.event(name, wechat.EventScan, echowall.LoginScene+echowall.LoginID(secret))
}

func TestConfirmLogin(t *testing.T) {
	g := newTalk(t)
	claim := func(secret string) echowall.Kind {
		_, err := g.app.Logins.Claim(t.Context(), secret)
		return echowall.KindOf(err)
	}
	secret, ticket, shows := g.scanLogin("联络员周")
	g.want(shows, "Windows · Edge", "两位数字", "取消")
	if strings.Contains(shows, ticket.Number) {
		t.Errorf("the chat tells the number that it asks for: %s", shows)
	}
	if kind := claim(secret); kind != echowall.KindConflict {
		t.Errorf("scanned only, and the browser gets %q", kind)
	}
	g.want(g.say("联络员周", ticket.Number), "已确认")
	who, err := g.app.Logins.Claim(t.Context(), secret)
	if err != nil || who.Person != g.person("联络员周") {
		t.Fatalf("claimed for %+v, %v", who, err)
	}

	// Typed wrong: the attempt is over, and the dialog too.
	secret, ticket, _ = g.scanLogin("联络员周")
	n, _ := strconv.Atoi(ticket.Number)
	g.want(g.say("联络员周", strconv.Itoa(10+(n-9)%90)), "已经作废")
	if kind := claim(secret); kind != echowall.KindNotFound {
		t.Errorf("after a wrong number the browser gets %q", kind)
	}
	g.want(g.say("联络员周", "待办"), "没有等您办理")

	// Not theirs: they say so, and nothing happens.
	secret, ticket, _ = g.scanLogin("联络员周")
	g.say("联络员周", "取消")
	g.say("联络员周", ticket.Number)
	if kind := claim(secret); kind != echowall.KindConflict {
		t.Errorf("after 取消 the browser gets %q", kind)
	}

	// Too late.
	secret, ticket, _ = g.scanLogin("联络员周")
	g.advance(echowall.LoginKept)
	g.want(g.say("联络员周", ticket.Number), "已经失效")
	g.want(g.say("联络员周", "待办"), "没有等您办理")
	if kind := claim(secret); kind != echowall.KindNotFound {
		t.Errorf("two minutes later the browser gets %q", kind)
	}

	_, _, shows = g.scanLogin("居民王")
	g.want(shows, "只有名册里的工作人员")
}
