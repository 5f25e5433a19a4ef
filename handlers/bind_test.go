package handlers_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"echowall"
	"echowall/bot/wechat"
	"echowall/handlers/script"
)

// A branch meets and everybody types the code from the slip at the same moment: each is bound at once, whatever
// the access log has to put in order.
func TestBranchBindsAtOnce(t *testing.T) {
	g := newTalk(t)
	const members = 60
	people, lines := make([]echowall.RosterPerson, members), make([]echowall.RosterID, members)
	for i := range people {
		lines[i] = echowall.RosterID("B" + strconv.Itoa(i))
		people[i] = echowall.RosterPerson{ID: lines[i], Name: "党员" + strconv.Itoa(i), Branch: "b1", Standing: echowall.StandingFull}
	}
	err := g.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{People: people}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slips, err := g.app.People.Issue(t.Context(), script.Registrar(), lines...)
	if err != nil {
		t.Fatal(err)
	}
	var pushes []*wechat.Push
	for i, s := range slips {
		pushes = append(pushes, g.push("居民"+strconv.Itoa(i), wechat.Inbound{Type: wechat.TypeText, Text: "绑定 " + s.Code}))
	}
	var wg sync.WaitGroup
	for i, p := range pushes {
		wg.Go(func() {
			body, err := g.bot.Receive(t.Context(), p)
			if err != nil || !strings.Contains(string(body), "绑定好了。党员"+strconv.Itoa(i)) {
				t.Errorf("%d: %s, %v", i, body, err)
			}
		})
	}
	wg.Wait()
	if last, err := g.store.VerifyAccess(t.Context()); err != nil || last.Seq != 2*members {
		t.Errorf("the access log has %d lines, %v", last.Seq, err)
	}
}

// Whoever follows by scanning a slip is greeted and bound at once; scanning it again after leaving is a wrong code.
func TestFollowThroughASlip(t *testing.T) {
	g := newTalk(t)
	slips, err := g.app.People.Issue(t.Context(), script.Registrar(), "P01")
	if err != nil {
		t.Fatal(err)
	}
	g.want(g.event("居民甲", wechat.EventSubscribe, slips[0].Scene), "这里是柳桥回音壁", "绑定好了。齐远航", "党员（竹园社区第一党支部）")
	g.want(g.say("居民甲", "身份"), "齐远航")
	g.event("居民甲", wechat.EventUnsubscribe, "")
	g.want(g.event("居民甲", wechat.EventSubscribe, slips[0].Scene), "这里是柳桥回音壁", "绑定码不对")
	g.want(g.say("居民甲", "身份"), "您是居民")
}
