package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store/redistest"
)

const (
	exportPassphrase = "correct horse battery"
	residentOpenID   = "oResident-0000000000000000001"
	lateOpenID       = "oResident-0000000000000000002"
	contactPhone     = "13912345678"
)

var exportNoon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

// openExport opens the account "a*b" (a name with a character that SCAN takes for its own).
func openExport(t *testing.T, rawURL string, secret byte) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: rawURL, Account: "a*b", Secret: bytes.Repeat([]byte{secret}, 32), Now: func() time.Time { return exportNoon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// fillAccount stores something of every family, through the doors that the program uses.
func fillAccount(t *testing.T, s *Store, wishes int) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	calendar := echowall.NewCalendar(nil, exportNoon.Location())
	officer := echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}

	// A line of the access log that was kept long enough, and somebody who was erased.
	must(s.AppendAccess(ctx, echowall.AccessEntry{At: exportNoon.AddDate(-4, 0, 0), Kind: echowall.AccessLogin, By: "p1"}))
	_, err := s.TrimAccess(ctx, exportNoon.AddDate(-3, 0, 0), 10)
	must(err)
	gone := echowall.Erasing{Self: echowall.Self{Person: "p-gone", Author: "a-gone"}, Source: echowall.FromPage}
	gone.Order, err = s.OrderErasure(ctx, gone.Self, gone.Source)
	must(err)
	must(s.FinishErasure(ctx, gone, echowall.AccessEntry{Kind: echowall.AccessErasure, By: "p-gone", Subject: "p-gone", Why: "erased"}))

	// A turn with a wish in it, and a message that was put off and never finished.
	turn, err := s.Begin(ctx, echowall.Contact{Key: "m1", Fingerprint: "f1", From: residentOpenID, At: exportNoon, Opens: echowall.WindowMessage, Follow: echowall.Followed})
	must(err)
	turn.Conversation().Draft = &echowall.Dialog{Name: "wish", Step: "place", Data: json.RawMessage(`{"text":"<路灯> & \u2028"}`)}
	must(s.AddWish(turn.Context(ctx), &echowall.Wish{Author: turn.Author(), Station: "c1", Text: "北门到公交站没有路灯 <&>"}, func(w *echowall.Wish) error {
		return w.Submit(exportNoon, calendar, echowall.FromChat)
	}))
	must(turn.Commit(ctx, []byte("<xml/>")))
	late, err := s.Begin(ctx, echowall.Contact{Key: "m2", From: lateOpenID, At: exportNoon})
	must(err)
	must(late.Defer(ctx, []byte("<xml>"+lateOpenID+"</xml>")))

	for i := range wishes {
		w := &echowall.Wish{Author: echowall.AuthorID(fmt.Sprintf("a%d", i%7)), Station: echowall.StationID(fmt.Sprintf("c%d", i%3)), Text: strings.Repeat("愿", 1+i%100)}
		if i%5 == 0 {
			w.Excluded = []echowall.Party{echowall.PartyStation("c9")}
		}
		must(s.AddWish(ctx, w, func(w *echowall.Wish) error {
			w.MayPublish = true
			if err := w.Submit(exportNoon, calendar, echowall.FromChat); err != nil || i%4 == 0 {
				return err
			}
			return w.Accept(exportNoon, calendar, officer)
		}))
		if i%4 != 0 && i%3 == 0 {
			must(s.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error {
				if err := w.Reply(exportNoon, calendar, officer, echowall.Answer{Class: echowall.OutcomeSolved, Text: "北门的路灯已于今天上午修好，电工试过，晚上会亮。"}); err != nil {
					return err
				}
				if err := w.Redact(exportNoon, officer, "一处路灯已修好。"); err != nil {
					return err
				}
				officer := officer
				officer.By = "p-publisher"
				return w.Publish(exportNoon, officer)
			}))
		}
	}

	for _, p := range []echowall.PersonID{"p1", "p2", "p3"} {
		must(s.UpdatePerson(ctx, p, func(w *echowall.Who) error {
			w.Name = "某某"
			w.Grant(echowall.Grant{Role: echowall.RoleMember, Scope: "b1"})
			return nil
		}))
	}
	must(s.PutCode(ctx, "ABCDEFGH", echowall.BindingCode{Name: "某某"}, time.Hour))
	must(s.PutCode(ctx, "HGFEDCBA", echowall.BindingCode{Roster: "M1"}, time.Hour))
	must(s.PutStations(ctx, echowall.Station{ID: "c1", Name: "一站"}, echowall.Station{ID: "c2", Name: "二站"}))
	must(s.PutBranches(ctx, echowall.Branch{ID: "b1", Name: "第一支部"}))
	must(s.ChangeRoster(ctx, func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Committees: []echowall.Committee{{ID: "d1", Name: "街道党工委"}},
			Groups:     []echowall.Group{{ID: "g1", Name: "第一党小组", Branch: "b1"}},
			Grids:      []echowall.Grid{{ID: "w1", Name: "一网格", Station: "c1", Officer: "r1"}},
			Points:     []echowall.CollectionPoint{{ID: "p1", Name: "民意墙", Station: "c1"}},
			Units:      []echowall.Unit{{ID: "u1", Name: "城管办", Handlers: []echowall.RosterID{"r1"}, Approvers: []echowall.RosterID{"r2"}}},
			People:     []echowall.RosterPerson{{ID: "r1", Name: "姓名甲", Branch: "b1", PhoneTail: "0071"}, {ID: "r2", Name: "姓名乙"}},
		}, nil
	}))
	must(s.UpdatePerson(ctx, "p4", func(w *echowall.Who) error {
		w.Roster = "r1"
		return nil
	}))

	notice := &echowall.Notice{Branch: "b1", Title: "开会", Body: "周五下午", By: "p1", Created: exportNoon, Confirm: true, To: []echowall.PersonID{"p2", "p3"}}
	must(s.AddNotice(ctx, notice, func(n *echowall.Notice) []echowall.Debt {
		var debts []echowall.Debt
		for _, to := range n.To {
			debts = append(debts, echowall.NewDebt(echowall.DebtNotice, echowall.Recipient(to), n.ID, "", exportNoon))
		}
		return debts
	}))
	_, err = s.Confirm(ctx, notice.ID, "p2", exportNoon)
	must(err)
	must(s.UpdateStudy(ctx, "p1", func(r *echowall.StudyRecord) error {
		r.Days = map[string]echowall.StudyDay{"2026-11-23": {Lesson: "l1", Letters: "A", Answered: exportNoon}}
		return nil
	}))
	must(s.PutBranchLesson(ctx, "b1", echowall.DateOf(exportNoon), echowall.Lesson{ID: "b-1", Title: "早课", Body: "正文"}))
	must(s.PutContact(ctx, turn.Author(), echowall.ContactCard{Phone: contactPhone, MayGive: true, Changed: exportNoon}))
	for n := range 3 {
		must(s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessContact, By: "p1", Role: echowall.RoleLiaison, Subject: echowall.Recipient(turn.Author()), Case: "XY1001", Why: fmt.Sprint("回访 ", n)}))
	}
	must(s.AppendDenial(ctx, echowall.ActionDataExport, echowall.AccessEntry{Kind: echowall.AccessDenied, By: "p2"}))
	_, err = s.PutMedia(ctx, "image/jpeg", []byte{0, 1, 0xff, '\n', '"'})
	must(err)

	// A debt in every state.
	for i, state := range []echowall.DebtState{echowall.DebtOwed, echowall.DebtBoxed, echowall.DebtDead, echowall.DebtUnknown, echowall.DebtPaid, echowall.DebtVoid, echowall.DebtSending} {
		d := echowall.NewDebt(echowall.DebtLesson, echowall.Recipient(turn.Person()), "l"+strconv.Itoa(i), "", exportNoon)
		must(s.Owe(ctx, d))
		payments, err := s.Payments(ctx, []string{d.ID})
		must(err)
		if state == echowall.DebtOwed {
			continue
		}
		if state == echowall.DebtSending {
			claimed, err := s.Record(ctx, exportNoon, nil, &echowall.Claim{Payment: payments[0], Decision: echowall.Decision{Channel: echowall.ChannelReply, Window: echowall.WindowMessage}, After: payments[0].Reach})
			must(err)
			if claimed != echowall.ClaimTaken {
				t.Fatalf("claim is %v", claimed)
			}
			continue
		}
		_, err = s.Record(ctx, exportNoon, &echowall.Settlement{Payment: payments[0], State: state, Until: exportNoon, Result: string(state)}, nil)
		must(err)
	}
	must(s.AcceptSubscription(ctx, turn.Person(), "tmpl", 2))
	must(s.PutSceneCode(ctx, "p-1", echowall.SceneCode{URL: "http://weixin.qq.com/q/1", Created: exportNoon}))

	_, err = s.Started(ctx, echowall.DateOf(exportNoon))
	must(err)
	_, err = s.LastFired(ctx, "morning lesson", exportNoon)
	must(err)
	must(s.FinishFiring(ctx, "morning lesson", exportNoon.Add(time.Hour), "done"))
}

// fewRounds saves tests that derive keys again and again the time; TestExportWithoutIdentity takes it.
func fewRounds(t *testing.T) {
	rounds := passphraseRounds
	passphraseRounds = 1000
	t.Cleanup(func() { passphraseRounds = rounds })
}

func export(t *testing.T, s *Store, o ExportOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := s.Export(t.Context(), &out, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var expiresField = regexp.MustCompile(`"expires":(\d+),`)

// sameLines are the lines of an export in order, without the first and the last, the identities (sealed
// anew each time) and the moments of expiry.
func sameLines(text string) []string {
	var lines []string
	for l := range strings.Lines(text) {
		if !strings.HasPrefix(l, `{"kind":"meta"`) && !strings.HasPrefix(l, `{"kind":"end"`) && !strings.HasPrefix(l, `{"kind":"identity"`) {
			lines = append(lines, expiresField.ReplaceAllString(l, ""))
		}
	}
	slices.Sort(lines)
	return lines
}

// dump is every key of the account with its content, as text, without what is fleeting or sealed anew.
func dump(t *testing.T, s *Store) map[string]string {
	t.Helper()
	ctx, out := t.Context(), make(map[string]string)
	// A restored roster has a generation, a mark and a revision of its own.
	var in directoryDoc
	revision, err := s.get(ctx, s.keys.directory(), &in)
	if err != nil && echowall.KindOf(err) != echowall.KindNotFound {
		t.Fatal(err)
	}
	generic := strings.NewReplacer()
	if err == nil {
		generic = strings.NewReplacer(in.Generation, "GENERATION", in.Mark, "MARK", fmt.Sprintf(`{"v":%d,"gen"`, revision), `{"gen"`)
	}
	err = s.scan(ctx, func(keys []string) error {
		for _, key := range keys {
			name, _ := s.keys.splitKey(key)
			if f := families[name]; f.shape == shapeFleeting || f.shape == shapeSealed || f.shape == shapeSealedFields {
				continue
			}
			text, err := content(ctx, s.rdb, key)
			if err != nil {
				return err
			}
			out[generic.Replace(key)] = generic.Replace(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func content(ctx context.Context, rdb redis.UniversalClient, key string) (string, error) {
	kind, err := rdb.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	var v any
	switch kind {
	case "string":
		v, err = rdb.Get(ctx, key).Result()
	case "hash":
		var fields map[string]string
		fields, err = rdb.HGetAll(ctx, key).Result()
		maps.DeleteFunc(fields, func(_, value string) bool { return value == "0" }) // a count that went down to nothing
		v = fields
	case "set":
		var members []string
		members, err = rdb.SMembers(ctx, key).Result()
		slices.Sort(members)
		v = members
	case "zset":
		v, err = rdb.ZRangeWithScores(ctx, key, 0, -1).Result()
	case "stream":
		v, err = rdb.XRange(ctx, key, "-", "+").Result()
	}
	// What is kept at all is kept for a multiple of ten minutes; half of that is time enough for the test.
	ttl := rdb.TTL(ctx, key).Val().Round(10 * time.Minute)
	return fmt.Sprintf("%s %v %v", kind, ttl, v), err
}

func compareDumps(t *testing.T, got, want map[string]string) {
	t.Helper()
	for key, text := range want {
		if strings.HasSuffix(key, ":latedue") {
			continue // goes with the sealed messages, and is set to now
		}
		if got[key] != text {
			t.Errorf("%s\n got %.300s\nwant %.300s", key, got[key], text)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s is new: %.300s", key, got[key])
		}
	}
}

func TestExportKnowsEveryFamily(t *testing.T) {
	source, err := os.ReadFile("keys.go")
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for _, m := range regexp.MustCompile(`k\.join\("([^"]+)"`).FindAllSubmatch(source, -1) {
		named[string(m[1])] = true
		if _, known := families[string(m[1])]; !known {
			t.Errorf("keys.go names the family %q, the table of exports does not", m[1])
		}
	}
	if len(named) < 20 {
		t.Fatalf("only %d families found in keys.go: the test no longer reads it", len(named))
	}
	for name := range families {
		if !named[name] && name != "wechat" {
			t.Errorf("the table of exports names the family %q, keys.go does not", name)
		}
	}
}

func TestExportAndRestore(t *testing.T) {
	fewRounds(t)
	from := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, from, 700)
	// Somebody else's account on the same Redis.
	other := openAt(t, "unix://"+from.rdb.(*redis.Client).Options().Addr, "axb")
	if err := grantMember(t.Context(), other, "p-other"); err != nil {
		t.Fatal(err)
	}
	before := dump(t, from)
	seen := make(map[string]bool)
	for key := range before {
		name, _ := from.keys.splitKey(key)
		seen[name] = true
	}
	for name, f := range families {
		if f.shape != shapeFleeting && f.shape != shapeSealed && f.shape != shapeSealedFields && !seen[name] {
			t.Errorf("nothing of the family %q is in the filled account: the test proves nothing about it", name)
		}
	}

	text := export(t, from, ExportOptions{WithIdentity: []byte(exportPassphrase)})
	for _, secret := range []string{residentOpenID, lateOpenID, contactPhone, "p-other"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s stands in the export", secret)
		}
	}
	to := openExport(t, redistest.Run(t).URL(), 'k')
	got, err := to.Restore(t.Context(), strings.NewReader(text), RestoreOptions{Passphrase: []byte(exportPassphrase)})
	if err != nil {
		t.Fatal(err)
	}
	if got.Locked != 0 || got.Lines["wish"] != 701 || got.Lines["identity"] != 4 || got.Lines["access"] != 6 || got.Lines["person"] != 4 || got.Lines["roster"] != 2 || got.Lines["grid"] != 1 || got.Lines["debt"] < 9 {
		t.Errorf("restored %+v", got)
	}
	if err := to.CheckRestored(t.Context()); err != nil {
		t.Errorf("after the restore: %v", err)
	}
	compareDumps(t, dump(t, to), before)
	if again := export(t, to, ExportOptions{WithIdentity: []byte(exportPassphrase)}); !slices.Equal(sameLines(again), sameLines(text)) {
		t.Error("the restored account exports other lines")
	}

	// Whoever was known is known, and the message that was put off is still to be done.
	p := echowall.Recipient(to.ids.Person(residentOpenID))
	a := echowall.Recipient(to.ids.Author(residentOpenID))
	known, err := to.OpenIDs(t.Context(), p, a)
	if err != nil || known[p] != residentOpenID || known[a] != residentOpenID {
		t.Errorf("openids %v, %v", known, err)
	}
	if card, err := to.Contact(t.Context(), echowall.AuthorID(a)); err != nil || card.Phone != contactPhone || !card.MayGive {
		t.Errorf("contact %+v, %v", card, err)
	}
	// The access log is whole, is found by whom it is about, and goes on.
	if err := to.AppendAccess(t.Context(), echowall.AccessEntry{Kind: echowall.AccessExport, By: "p1"}); err != nil {
		t.Error(err)
	}
	if last, err := to.VerifyAccess(t.Context()); err != nil || last.Seq != 8 {
		t.Errorf("access log %+v, %v; want eight", last, err)
	}
	if about, err := to.AccessAbout(t.Context(), 10, a); err != nil || len(about) != 3 {
		t.Errorf("looks at the author %v, %v; want three", about, err)
	}
	deferred, err := to.TakeDeferred(t.Context(), 10)
	if err != nil || len(deferred) != 1 || !strings.Contains(string(deferred[0].Payload), lateOpenID) {
		t.Errorf("deferred %v, %v; want one", deferred, err)
	}
}

func TestExportWithoutIdentity(t *testing.T) {
	from := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, from, 5)
	text := export(t, from, ExportOptions{})
	if strings.Contains(text, `"kind":"identity"`) || strings.Contains(text, contactPhone) {
		t.Error("identities stand in an export that was made without")
	}
	to := openExport(t, redistest.Run(t).URL(), 'k')
	if _, err := to.Restore(t.Context(), strings.NewReader(text), RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	author := to.ids.Author(residentOpenID)
	list, err := to.WishesBy(t.Context(), author, 10)
	if err != nil || len(list) != 1 || list[0].Author != author {
		t.Errorf("wishes of the author %v, %v; want one", list, err)
	}
	if known, err := to.OpenIDs(t.Context(), echowall.Recipient(author)); err != nil || len(known) != 0 {
		t.Errorf("openids %v, %v; want none", known, err)
	}

	// The other way round: identities are there, and nobody has the passphrase any more.
	locked := export(t, from, ExportOptions{WithIdentity: []byte(exportPassphrase)})
	if !strings.Contains(locked, `"rounds":600000`) {
		t.Error("keys are derived with fewer rounds than recommended")
	}
	third := openExport(t, redistest.Run(t).URL(), 'k')
	got, err := third.Restore(t.Context(), strings.NewReader(locked), RestoreOptions{})
	if err != nil || got.Locked != 11 || got.Lines["wish"] != 6 {
		t.Errorf("restored %+v, %v; want 6 wishes, 11 sealed lines left out", got, err)
	}
	// Neither export names anybody in clear: with identities such documents are sealed, without they are
	// less what is private.
	for name, text := range map[string]string{"without": text, "with": locked} {
		for line := range strings.Lines(text) {
			for _, private := range []string{`"kind":"person"`, `"kind":"code"`, `"kind":"roster"`} {
				if strings.Contains(line, private) && strings.Contains(line, `"name":`) {
					t.Errorf("export %s identities names somebody: %s", name, line)
				}
			}
			if strings.Contains(line, `"kind":"conversation"`) && strings.Contains(line, `"dialog":`) {
				t.Errorf("export %s identities tells what somebody was saying: %s", name, line)
			}
		}
	}
}

func TestExportOfOneKind(t *testing.T) {
	s := openExport(t, redistest.Run(t).URL(), 'k')
	fillAccount(t, s, 9)
	text := export(t, s, ExportOptions{Kinds: []string{"wish"}})
	numbers := make(map[string]bool)
	for l := range strings.Lines(text) {
		var w map[string]any
		if err := json.Unmarshal([]byte(l), &w); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"number", "text", "state", "created"} {
			if s, ok := w[field].(string); !ok || s == "" {
				t.Errorf("%s is %v in %s", field, w[field], l)
			}
		}
		if w["kind"] != "wish" {
			t.Errorf("kind %v", w["kind"])
		}
		numbers[w["number"].(string)] = true
	}
	if len(numbers) != 10 {
		t.Errorf("%d wishes, want 10", len(numbers))
	}
	if err := s.Export(t.Context(), &bytes.Buffer{}, ExportOptions{Kinds: []string{"wishes"}}); echowall.KindOf(err) != echowall.KindInvalid || !strings.Contains(err.Error(), "wish") {
		t.Errorf("an unknown kind: %v", err)
	}
	if err := s.Export(t.Context(), &bytes.Buffer{}, ExportOptions{WithIdentity: []byte("short")}); echowall.KindOf(err) != echowall.KindInvalid {
		t.Errorf("a short passphrase: %v", err)
	}
	if err := s.rdb.Set(t.Context(), s.KeyPrefix()+"strange:1", "x", 0).Err(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Export(t.Context(), &out, ExportOptions{}); err == nil || !strings.Contains(err.Error(), "strange") {
		t.Errorf("an unknown family: %v", err)
	}
	if n := strings.Count(out.String(), `{"kind":"wish",`); n != 10 {
		t.Errorf("with an unknown family %d wishes are exported, want 10", n)
	}
}

func TestExportFromClusterRestoresElsewhere(t *testing.T) {
	_, rawURL := redistest.Cluster(t, 3)
	from := openExport(t, rawURL, 'k')
	fillAccount(t, from, 20)
	text := export(t, from, ExportOptions{WithIdentity: []byte(exportPassphrase)})
	to := openExport(t, redistest.Run(t).URL(), 'k')
	if _, err := to.Restore(t.Context(), strings.NewReader(text), RestoreOptions{Passphrase: []byte(exportPassphrase)}); err != nil {
		t.Fatal(err)
	}
	compareDumps(t, dump(t, to), dump(t, from))
}
