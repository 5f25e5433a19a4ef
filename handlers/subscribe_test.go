package handlers_test

import (
	"context"
	"fmt"
	"testing"

	"echowall"
	"echowall/bot/wechat"
)

func TestAgreementsToNoticesAreCounted(t *testing.T) {
	g := newTalk(t)
	var got []string
	g.app.Agree = func(_ context.Context, p echowall.PersonID, template string, n int) error {
		got = append(got, fmt.Sprint(template, n, p != ""))
		return nil
	}
	g.send("居民王", wechat.Inbound{Type: wechat.TypeEvent, Event: wechat.EventSubscribePopup, Items: []wechat.SubscribeItem{
		{TemplateID: "T1", Status: "accept"}, {TemplateID: "T2", Status: "reject"}, {TemplateID: "T3", Status: "accept"},
	}})
	g.send("居民王", wechat.Inbound{Type: wechat.TypeEvent, Event: wechat.EventSubscribeChange, Items: []wechat.SubscribeItem{{TemplateID: "T1", Status: "reject"}}})
	if want := "[T11 true T20 true T31 true T10 true]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
