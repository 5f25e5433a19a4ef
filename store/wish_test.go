package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store"
	"echowall/store/redistest"
)

var (
	noon     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))
	calendar = echowall.NewCalendar(nil, noon.Location())
	officer  = echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}
)

func openTest(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: redistest.Run(t).URL(), Account: "wx1", Secret: make([]byte, 32), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func addWish(t *testing.T, s *store.Store, author echowall.AuthorID, station echowall.StationID) *echowall.Wish {
	t.Helper()
	w := &echowall.Wish{Author: author, Station: station, Text: "北门到公交站没有路灯", MayPublish: true}
	if err := s.AddWish(t.Context(), w, func(w *echowall.Wish) error { return w.Submit(noon, calendar, echowall.FromChat) }); err != nil {
		t.Fatal(err)
	}
	return w
}

func numbers(t *testing.T, list []*echowall.Wish, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range list {
		out = append(out, w.Number)
	}
	return strings.Join(out, " ")
}

func TestWishRoundTripAndIndexes(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	one, two := addWish(t, s, "a1", "c1"), addWish(t, s, "a1", "c1")
	addWish(t, s, "a2", "c2")
	if one.Number != "XY1001" || two.Number != "XY1002" {
		t.Fatalf("numbers %s, %s", one.Number, two.Number)
	}
	got, err := s.Wish(ctx, one.Number)
	if err != nil {
		t.Fatal(err)
	}
	if got.Text != one.Text || !got.Due.Equal(one.Due) || len(got.History) != 1 || got.VerifyHistory() != -1 {
		t.Errorf("read back %+v", got)
	}
	queue := func(state echowall.WishState) string {
		list, err := s.Queue(ctx, "c1", []echowall.WishState{state}, 10)
		return numbers(t, list, err)
	}
	if q := queue(echowall.WishSubmitted); q != "XY1001 XY1002" {
		t.Errorf("submitted: %q", q)
	}
	move := func(f func(*echowall.Wish) error) {
		t.Helper()
		if err := s.UpdateWish(ctx, one.Number, f); err != nil {
			t.Fatal(err)
		}
	}
	move(func(w *echowall.Wish) error { return w.Accept(noon, calendar, officer) })
	if a, b := queue(echowall.WishSubmitted), queue(echowall.WishAccepted); a != "XY1002" || b != "XY1001" {
		t.Errorf("after accepting: submitted %q, accepted %q", a, b)
	}
	move(func(w *echowall.Wish) error {
		return w.Reply(noon, calendar, officer, echowall.Answer{Class: "A", Text: "路灯已修好，今晚起正常亮灯。"})
	})
	for _, state := range echowall.AllStates {
		if q := queue(state); strings.Contains(q, "XY1001") {
			t.Errorf("an answered wish waits in the queue of %s", state)
		}
	}
	move(func(w *echowall.Wish) error { return w.Redact(noon, officer, "北门没有路灯") })
	list, err := s.Wall(ctx, 10)
	if got := numbers(t, list, err); got != "" {
		t.Errorf("on the wall before the second person: %q", got)
	}
	move(func(w *echowall.Wish) error {
		return w.Publish(noon, echowall.Actor{Role: echowall.RoleHead, By: "p-head"})
	})
	list, err = s.Wall(ctx, 10)
	if got := numbers(t, list, err); got != "XY1001" {
		t.Errorf("wall: %q", got)
	}
	list, err = s.WishesBy(ctx, "a1", 10)
	if got := numbers(t, list, err); got != "XY1002 XY1001" {
		t.Errorf("by author: %q", got)
	}
	counts, err := s.Counts(ctx)
	if err != nil || counts[echowall.WishSubmitted] != 2 || counts[echowall.WishToVerify] != 1 || counts[echowall.WishAccepted] != 0 {
		t.Errorf("counts %v, %v", counts, err)
	}
}

func TestRefusedRuleChangesNothing(t *testing.T) {
	s := openTest(t)
	w := addWish(t, s, "a1", "c1")
	refused := errors.New("no")
	if err := s.UpdateWish(t.Context(), w.Number, func(w *echowall.Wish) error { w.Text = "other"; return refused }); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	if got, err := s.Wish(t.Context(), w.Number); err != nil || got.Text != w.Text {
		t.Errorf("text %q, %v", got.Text, err)
	}
}

func TestConcurrentChangesAllCount(t *testing.T) {
	s := openTest(t)
	w := addWish(t, s, "a1", "c1")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := s.UpdateWish(context.Background(), w.Number, func(w *echowall.Wish) error { w.Place += "x"; return nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, err := s.Wish(t.Context(), w.Number); err != nil || got.Place != "xxxxxxxx" {
		t.Errorf("place %q, %v", got.Place, err)
	}
}

func TestChangeAndDebtAreOneStep(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	w := addWish(t, s, "a1", "c1")
	due := func() int64 { return s.Redis().ZCard(ctx, s.KeyPrefix()+"due").Val() }
	if due() != 0 {
		t.Fatalf("%d debts before", due())
	}
	if err := s.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error { return w.Accept(noon, calendar, officer) }); err != nil {
		t.Fatal(err)
	}
	if due() != 1 {
		t.Errorf("%d debts after accepting", due())
	}
	d := echowall.NewDebt(echowall.DebtWishAccepted, "a1", w.Number, "", noon)
	for range 3 {
		if err := s.Owe(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	if due() != 1 {
		t.Errorf("owing the same thing again made %d debts", due())
	}
}

func TestAuthorsIdentityIsOnlyInTheVault(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	const openid = "oSecretOpenID_1234567890abcd"
	turn, err := s.Begin(ctx, echowall.Contact{Key: "m1", Fingerprint: "f1", From: openid, At: noon, Opens: echowall.WindowMessage})
	if err != nil {
		t.Fatal(err)
	}
	w := &echowall.Wish{Author: turn.Author(), Station: "c1", Text: "路灯坏了"}
	if err := s.AddWish(turn.Context(ctx), w, func(w *echowall.Wish) error { return w.Submit(noon, calendar, echowall.FromChat) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Wish(ctx, w.Number); echowall.KindOf(err) != echowall.KindNotFound {
		t.Error("the wish is there before the turn is committed")
	}
	if err := turn.Commit(ctx, []byte("reply")); err != nil {
		t.Fatal(err)
	}
	found, err := s.OpenIDs(ctx, echowall.Recipient(turn.Author()), echowall.Recipient(turn.Person()), "a-unknown")
	if err != nil || len(found) != 2 || found[echowall.Recipient(turn.Author())] != openid || found[echowall.Recipient(turn.Person())] != openid {
		t.Errorf("vault %d entries, %v", len(found), err)
	}
	for key, text := range dump(t, s) {
		if strings.Contains(key+text, openid) {
			t.Errorf("%s holds the openid in clear", key)
		}
		if strings.Contains(text, string(turn.Author())) && strings.Contains(text, string(turn.Person())) {
			t.Errorf("%s joins author and person", key)
		}
	}
	other, err := store.Open(ctx, store.Config{URL: url(s), Account: "wx1", Secret: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.OpenIDs(ctx, echowall.Recipient(turn.Author())); err == nil {
		t.Error("the vault opened with another key")
	}
}

// url is where s is connected to.
func url(s *store.Store) string {
	return "unix://" + s.Redis().(*redis.Client).Options().Addr + "?db=0"
}

// dump reads every key as text.
func dump(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	ctx, rdb := t.Context(), s.Redis()
	out := map[string]string{}
	for _, key := range rdb.Keys(ctx, "*").Val() {
		var parts []string
		switch rdb.Type(ctx, key).Val() {
		case "string":
			parts = []string{rdb.Get(ctx, key).Val()}
		case "hash":
			for k, v := range rdb.HGetAll(ctx, key).Val() {
				parts = append(parts, k, v)
			}
		case "zset":
			parts = rdb.ZRange(ctx, key, 0, -1).Val()
		case "set":
			parts = rdb.SMembers(ctx, key).Val()
		case "list":
			parts = rdb.LRange(ctx, key, 0, -1).Val()
		default:
			parts = []string{fmt.Sprint(rdb.XRange(ctx, key, "-", "+").Val())}
		}
		out[key] = strings.Join(parts, " ")
	}
	if len(out) == 0 {
		t.Fatal("nothing is stored")
	}
	return out
}

func TestRosterAndCodes(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	people := &echowall.People{Store: s, Roster: s, Access: s, Now: time.Now}
	grant := echowall.Grant{Role: echowall.RoleMember, Scope: "b1"}
	code, err := people.Invite(ctx, "张三", grant, echowall.Grant{Role: echowall.RoleLiaison, Scope: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range dump(t, s) {
		if strings.Contains(key+text, code) {
			t.Errorf("%s holds the code in clear", key)
		}
	}
	var wg sync.WaitGroup
	bound := make(chan string, 2)
	for _, p := range []echowall.PersonID{"p1", "p2"} {
		wg.Go(func() {
			w, err := people.Bind(context.Background(), p, " "+strings.ToLower(code)+" ")
			if err == nil {
				bound <- string(w.Person)
			} else if echowall.KindOf(err) != echowall.KindNotFound {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(bound) != 1 {
		t.Fatalf("%d people used one code", len(bound))
	}
	p := echowall.PersonID(<-bound)
	holders, err := s.HoldersOf(ctx, grant)
	if err != nil || !slices.Equal(holders, []echowall.PersonID{p}) {
		t.Errorf("holders %v, %v", holders, err)
	}
	if err := s.UpdatePerson(ctx, p, func(w *echowall.Who) error { w.Grants = w.Grants[1:]; return nil }); err != nil {
		t.Fatal(err)
	}
	if holders, _ := s.HoldersOf(ctx, grant); len(holders) != 0 {
		t.Errorf("holders after the role was taken: %v", holders)
	}
	if w, err := s.Person(ctx, "p-nobody"); err != nil || len(w.Grants) != 0 {
		t.Errorf("a stranger: %+v, %v", w, err)
	}
}

func TestNoticeReceipts(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	people := &echowall.People{Store: s, Roster: s, Access: s, Now: time.Now}
	u := &echowall.Notices{Store: s, Guard: &echowall.Guard{Roster: s, Access: s}, Calendar: calendar, Now: func() time.Time { return noon }}
	secretary := &echowall.Who{Person: "p-sec", Grants: []echowall.Grant{{Role: echowall.RoleSecretary, Scope: "b1"}, {Role: echowall.RoleMember, Scope: "b1"}}}
	for _, p := range []echowall.PersonID{"p-sec", "p1", "p2", "p3"} {
		code, err := people.Invite(ctx, "某", echowall.Grant{Role: echowall.RoleMember, Scope: "b1"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := people.Bind(ctx, p, code); err != nil {
			t.Fatal(err)
		}
	}
	n, err := u.Send(ctx, secretary, echowall.Notice{Title: "主题党日", Body: "周五下午两点", Confirm: true})
	if err != nil || n.ID != "TZ1" || len(n.To) != 3 {
		t.Fatalf("%+v, %v", n, err)
	}
	if due := s.Redis().ZCard(ctx, s.KeyPrefix()+"due").Val(); due != 3 {
		t.Errorf("%d debts", due)
	}
	p1 := &echowall.Who{Person: "p1", Grants: []echowall.Grant{{Role: echowall.RoleMember, Scope: "b1"}}}
	for _, want := range []bool{false, true} {
		if _, again, err := u.Confirm(ctx, p1, ""); err != nil || again != want {
			t.Errorf("confirm: again %v, %v", again, err)
		}
	}
	stranger := &echowall.Who{Person: "p9", Grants: []echowall.Grant{{Role: echowall.RoleMember, Scope: "b2"}}}
	if _, _, err := u.Confirm(ctx, stranger, "tz1"); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("a stranger confirmed: %v", err)
	}
	if _, c, err := u.Counts(ctx, secretary, "1"); err != nil || c != (echowall.ReceiptCount{Sent: 3, Confirmed: 1}) {
		t.Errorf("counts %+v, %v", c, err)
	}
	if _, _, err := u.Counts(ctx, p1, "1"); echowall.KindOf(err) != echowall.KindForbidden {
		t.Errorf("a member counted: %v", err)
	}
	if _, err := u.Send(ctx, p1, echowall.Notice{Title: "x", Body: "y"}); echowall.KindOf(err) != echowall.KindForbidden {
		t.Errorf("a member sent: %v", err)
	}
}

func TestMedia(t *testing.T) {
	s, ctx := openTest(t), t.Context()
	data := []byte{0xff, 0xd8, 0, 1, 2, 0xff}
	m, err := s.PutMedia(ctx, "image/jpeg", data)
	if err != nil {
		t.Fatal(err)
	}
	got, back, err := s.Media(ctx, m.ID)
	if err != nil || string(back) != string(data) || got != m {
		t.Errorf("%+v %v %v", got, back, err)
	}
	if _, _, err := s.Media(ctx, "nothing"); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("unknown media: %v", err)
	}
}
