package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store/redistest"
)

// heldBy fills the database with everything that can be held about one person, and returns the person and the
// words that must be nowhere afterwards.
func (l *ledger) heldBy(openid echowall.OpenID) (self echowall.Self, secrets []string) {
	l.Helper()
	ctx := l.Context()
	self = echowall.Self{Person: l.s.ids.Person(openid), Author: l.s.ids.Author(openid)}
	said := func(what string) string { return "〔" + string(openid) + what + "〕" }
	media := func() string {
		m, err := l.s.PutMedia(ctx, "image/jpeg", []byte(said("的照片")))
		l.no(err)
		return m.ID
	}
	cal := echowall.NewCalendar(nil, l.now.Location())

	// A message, a draft with a photo, and wishes in three states, all in turns of the person.
	turn := func(do func(ctx context.Context, t echowall.Turn)) {
		l.pushes++
		t, err := l.s.Begin(ctx, echowall.Contact{Key: fmt.Sprint("push", l.pushes), From: openid, At: l.now, Opens: echowall.WindowMessage})
		l.no(err)
		do(t.Context(ctx), t)
		l.no(t.Commit(ctx, []byte("<ToUserName>"+string(openid)+"</ToUserName>"+said("的回复"))))
	}
	officer := echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}
	second := echowall.Actor{Role: echowall.RoleHead, By: "p-head", Source: echowall.FromChat}
	for stage := range 4 {
		turn(func(ctx context.Context, _ echowall.Turn) {
			w := &echowall.Wish{Author: self.Author, Station: "c1", Text: said("的心愿"), Place: said("的楼"), Media: []string{media()},
				At: &echowall.Position{Label: said("的门")}, MayPublish: true, Display: echowall.DisplaySurname, Surname: said("的姓")}
			l.no(l.s.AddWish(ctx, w, func(w *echowall.Wish) error { return w.Submit(l.now, cal, echowall.FromChat) }))
			l.no(l.s.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error {
				if stage == 0 {
					return nil
				}
				if err := w.Accept(l.now, cal, officer); err != nil || stage == 1 {
					return err
				}
				if err := w.Reply(l.now, cal, officer, echowall.Answer{Class: echowall.OutcomeSolved, Text: said("这件事我们已经去看过了")}); err != nil || stage == 2 {
					return err
				}
				if err := w.Redact(l.now, officer, said("的公开文字")); err != nil {
					return err
				}
				if err := w.Publish(l.now, second); err != nil {
					return err
				}
				return w.Rate(l.now, cal, self.Author, echowall.RatingGood, echowall.FromChat)
			}))
		})
	}
	draft, err := json.Marshal(map[string]any{"state": map[string]any{"text": said("的草稿"), "photos": []string{media()}}})
	l.no(err)
	turn(func(_ context.Context, t echowall.Turn) {
		t.Conversation().Draft = &echowall.Dialog{Name: "wish", Step: "place", Version: 1, Data: draft, Touched: l.now}
	})

	// A message that was acknowledged and whose worker died.
	l.pushes++
	late, err := l.s.Begin(ctx, echowall.Contact{Key: fmt.Sprint("push", l.pushes), From: openid, At: l.now, Opens: echowall.WindowMessage})
	l.no(err)
	payload, err := json.Marshal(map[string]any{"From": openid, "Text": said("的迟到")})
	l.no(err)
	l.no(late.Defer(ctx, payload))
	late.Abandon(ctx)

	// Roles, study, contact, a notice, sessions, an agreement to notices, a look by an officer.
	l.no(l.s.ChangeRoster(ctx, func(*echowall.Directory) (*echowall.Roster, error) {
		return &echowall.Roster{
			Branches: []echowall.Branch{{ID: "b1", Name: "第一支部"}},
			People:   []echowall.RosterPerson{{ID: echowall.RosterID("R-" + openid), Name: "花名册上的人", Branch: "b1", Standing: echowall.StandingFull}},
		}, nil
	}))
	l.no(l.s.UpdatePerson(ctx, self.Person, func(w *echowall.Who) error {
		w.Name, w.Roster = said("的名"), echowall.RosterID("R-"+openid)
		w.Grant(echowall.Grant{Role: echowall.RoleLiaison, Scope: "c1"})
		return nil
	}))
	l.no(l.s.UpdateStudy(ctx, self.Person, func(r *echowall.StudyRecord) error {
		r.Days = map[string]echowall.StudyDay{"2026-11-23": {Lesson: "l1", Letters: "B"}}
		return nil
	}))
	phone := "139" + fmt.Sprintf("%08d", 12345678+l.pushes)
	l.no(l.s.PutContact(ctx, self.Author, echowall.ContactCard{Phone: phone, MayGive: true}))
	n := &echowall.Notice{Branch: "b1", Title: "开会", Body: "周五开会", By: self.Person, Confirm: true, To: []echowall.PersonID{"p-other", self.Person}}
	l.no(l.s.AddNotice(ctx, n, func(n *echowall.Notice) []echowall.Debt {
		return []echowall.Debt{echowall.NewDebt(echowall.DebtNotice, echowall.Recipient(self.Person), n.ID, "", l.now)}
	}))
	_, err = l.s.Confirm(ctx, n.ID, self.Person, l.now)
	l.no(err)
	_, err = l.s.Confirm(ctx, n.ID, "p-other", l.now)
	l.no(err)
	for _, kind := range []SessionKind{ConsoleSession, PhoneSession} {
		text, err := json.Marshal(sessionDoc{echowall.Session{Person: self.Person, Author: self.Author}})
		l.no(err)
		l.no(l.s.SessionsOf(kind).CommitCtx(ctx, string(openid)+"hash", text, time.Now().Add(time.Hour)))
	}
	l.no(l.s.AcceptSubscription(ctx, self.Person, "template", 2))
	l.no(l.s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessContact, By: "p-officer", Role: echowall.RoleLiaison,
		Subject: echowall.Recipient(self.Author), Case: "XY1001", Why: "上门看现场"}))

	// Debts in every state that keeps them.
	for i, state := range []echowall.DebtState{echowall.DebtOwed, echowall.DebtBoxed, echowall.DebtSending, echowall.DebtDead, echowall.DebtUnknown} {
		for _, to := range self.Recipients() {
			d := echowall.NewDebt(echowall.DebtLateReply, to, fmt.Sprint("late", i), string(openid), l.now)
			d.Body = &echowall.Message{Text: said("的欠信")}
			l.no(l.s.Owe(ctx, d))
			p := l.load(d)
			switch state {
			case echowall.DebtOwed:
			case echowall.DebtSending:
				l.record(nil, l.claim(p))
			default:
				l.record(&echowall.Settlement{Payment: p, State: state}, nil)
			}
		}
	}
	return self, []string{string(openid), phone}
}

// everything is the whole database as text, what is packed or sealed opened.
func (l *ledger) everything() map[string]string {
	l.Helper()
	dump := redistest.Dump(l.T, l.s.rdb, l.s.keys.prefix)
	for key := range dump {
		name, id := l.s.keys.splitKey(key)
		f := families[name]
		switch f.shape {
		case shapeSealed:
			sealed, err := l.s.rdb.Get(l.Context(), key).Result()
			l.no(err)
			plain, err := l.s.vault.open(sealedUnder(name, id), sealed)
			l.no(err)
			dump["opened "+key] = string(plain)
		case shapeSealedFields:
			fields, err := l.s.rdb.HGetAll(l.Context(), key).Result()
			l.no(err)
			for field, sealed := range fields {
				plain, err := l.s.vault.open(echowall.Recipient(field), sealed)
				l.no(err)
				dump["opened "+key+" "+field] = string(plain)
			}
		}
	}
	var all bytes.Buffer
	l.no(l.s.Export(l.Context(), &all, ExportOptions{}))
	dump["export"] = all.String()
	return dump
}

func (l *ledger) erasure() *echowall.Erasure {
	return &echowall.Erasure{
		Store: l.s, People: &echowall.People{Store: l.s, Roster: l.s, Access: l.s, Sessions: l.s, Now: l.s.now}, Now: l.s.now,
	}
}

// gone fails for every key that still tells something about an erased person. The ids may stand in the access
// log; the number of the roster's line is the organisation's.
func (l *ledger) gone(self echowall.Self, secrets []string) {
	l.Helper()
	dump := l.everything()
	for key, text := range dump { // the roster's own line, and that it was bound, are not the person's to erase
		if name, _ := l.s.keys.splitKey(key); key == "export" || name == "roster" || name == "directorylog" || strings.HasPrefix(name, "binding") || name == "accesslog" {
			dump[key] = strings.ReplaceAll(text, "R-"+secrets[0], "R")
		}
		if strings.HasPrefix(key, l.s.keys.join("binding")) {
			dump[strings.ReplaceAll(key, "R-"+secrets[0], "R")] = dump[key]
			delete(dump, key)
		}
	}
	for _, secret := range secrets {
		for _, key := range redistest.Holding(dump, secret) {
			if name, id := l.s.keys.splitKey(key); name == "session" && strings.HasSuffix(id, "hash") && dump[key] == sessionEnded {
				continue // the token of this test is named after the person
			}
			l.Errorf("%q is still in %s: %.300s", secret, key, dump[key])
		}
	}
	for _, id := range self.Recipients() {
		for _, key := range redistest.Holding(dump, string(id)) {
			if name, _ := l.s.keys.splitKey(key); name != "accesslog" && name != "accessof" && key != "export" {
				l.Errorf("the id of an erased person is still in %s: %.300s", key, dump[key])
			}
		}
	}
	list, err := l.s.AccessAbout(l.Context(), 10, self.Recipients()...)
	l.no(err)
	var kinds []echowall.AccessKind
	for _, e := range list {
		kinds = append(kinds, e.Kind)
	}
	slices.Sort(kinds)
	if want := []echowall.AccessKind{echowall.AccessContact, echowall.AccessErasure, echowall.AccessRoles}; !slices.Equal(kinds, want) {
		l.Errorf("the access log about the person has %v, want %v once each", kinds, want)
	}
}

// unchanged compares what is stored about others before and after.
func (l *ledger) unchanged(before, after map[string]string, others []string) {
	l.Helper()
	seen := 0
	for key, text := range before {
		named := func(s string) bool { return strings.Contains(key, s) || strings.Contains(text, s) }
		name, _ := l.s.keys.splitKey(key)
		if key == "export" || !slices.ContainsFunc(others, named) || name == "due" || name == "people" || name == "notice" || name == "dead" || name == "unknown" || name == "holders" || name == "accesslog" {
			continue // shared lists lose the erased person
		}
		seen++
		if after[key] != text {
			l.Errorf("%s of somebody else changed from %.200q to %.200q", key, text, after[key])
		}
	}
	if seen < 10 {
		l.Errorf("only %d keys of somebody else were compared", seen)
	}
}

func TestErasedPersonIsNowhere(t *testing.T) {
	l := newLedger(t)
	l.contact(echowall.WindowMessage)
	other, otherSecrets := l.heldBy("oSomebodyElse")
	self, secrets := l.heldBy("oWantsToGo")
	before := l.everything()
	for _, secret := range secrets {
		if len(redistest.Holding(before, secret)) == 0 {
			t.Fatalf("%q is not to be found before: the search sees nothing", secret)
		}
	}
	if ordered, err := l.erasure().Erase(t.Context(), self, echowall.FromPage); err != nil || !ordered {
		t.Fatal(ordered, err)
	}
	l.gone(self, secrets)
	l.unchanged(before, l.everything(), []string{string(other.Person), string(other.Author), otherSecrets[0]})

	// What stays of the wishes is what the station accounts for, and it holds together.
	states := map[echowall.WishState]int{}
	for n := range 8 {
		w, err := l.s.Wish(t.Context(), fmt.Sprint("XY", 1001+n))
		l.no(err)
		if !w.Erased() {
			continue
		}
		states[w.State]++
		if w.VerifyHistory() != -1 || w.OnWall() || w.Author != "" || w.Station != "c1" || w.Answer != nil && w.Answer.Class != echowall.OutcomeSolved {
			t.Errorf("%+v", w)
		}
	}
	if states[echowall.WishWithdrawn] != 2 || states[echowall.WishClosed] != 2 {
		t.Errorf("erased wishes are %v", states)
	}
	if _, err := l.s.VerifyAccess(t.Context()); err != nil {
		t.Error(err)
	}
	// The figures count every wish in the state that it is in.
	counts, err := l.s.Counts(t.Context())
	l.no(err)
	if counts[echowall.WishWithdrawn] != 2 || counts[echowall.WishSubmitted] != 1 || counts[echowall.WishClosed] != 3 {
		t.Errorf("counts are %v", counts)
	}
	if n, err := l.s.Receipts(t.Context(), "TZ2"); err != nil || len(n) != 1 {
		t.Errorf("receipts left: %v, %v", n, err)
	}
}

// dying lets so many commands through and then breaks every connection, as a process that dies does.
type dying struct{ left atomic.Int64 }

var errDied = errors.New("died")

// dies makes the store's commands go through the hook. The gathering client calls hooks when a command is written
// already, so that nothing can die before it; it is left out.
func dies(s *Store) *dying {
	d := new(dying)
	d.left.Store(1 << 40)
	s.gather.pipe = nil
	s.rdb.AddHook(d)
	return d
}

func (d *dying) DialHook(next redis.DialHook) redis.DialHook { return next }

func (d *dying) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if d.left.Add(-1) < 0 {
			cmd.SetErr(errDied)
			return errDied
		}
		return next(ctx, cmd)
	}
}

func (d *dying) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if d.left.Add(-1) < 0 {
			for _, c := range cmds {
				c.SetErr(errDied)
			}
			return errDied
		}
		return next(ctx, cmds)
	}
}

// A process that dies anywhere in an erasure leaves the rest to whoever starts next.
func TestErasureSurvivesACrashAnywhere(t *testing.T) {
	url := redistest.Run(t).URL()
	for commands := int64(0); ; commands++ {
		l := newLedgerAt(t, url, fmt.Sprint("gh_crash", commands))
		hook := dies(l.s)
		self, secrets := l.heldBy("oCrashes")
		hook.left.Store(commands)
		ordered, err := l.erasure().Erase(t.Context(), self, echowall.FromChat)
		hook.left.Store(1 << 40)
		if !ordered { // it died before the order was written, and the person was told so
			if ordered, err = l.erasure().Erase(t.Context(), self, echowall.FromChat); !ordered || err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			if _, err := l.erasure().Run(t.Context()); err != nil {
				t.Fatalf("after %d commands: %v", commands, err)
			}
		}
		l.gone(self, secrets)
		if t.Failed() {
			t.Fatalf("after a crash behind %d commands", commands)
		}
		if err == nil {
			if commands < 20 {
				t.Errorf("an erasure took %d commands only: does the hook see them?", commands)
			}
			return
		}
	}
}

// A turn that began before an erasure and ends after it brings nothing back.
func TestTurnDoesNotOutliveErasure(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	for name, known := range map[string]bool{"talks": true, "silent for long": false} {
		openid := echowall.OpenID("oTurn" + name[:5])
		self, secrets := l.heldBy(openid)
		if !known { // conversations expire with the files of their drafts, the vault does not
			l.no(l.s.update(ctx, func(c *change) error { return l.s.eraseDrafts(ctx, c, self.Person) }))
			l.no(l.s.rdb.Del(ctx, l.s.keys.conversation(self.Person)).Err())
		}
		turn, err := l.s.Begin(ctx, echowall.Contact{Key: name, From: openid, At: l.now, Opens: echowall.WindowMessage})
		l.no(err)
		if _, err := l.erasure().Erase(ctx, self, echowall.FromPage); err != nil {
			t.Fatal(err)
		}
		if err := turn.Commit(ctx, []byte("hello")); echowall.KindOf(err) != echowall.KindConflict {
			t.Errorf("%s: the turn was committed: %v", name, err)
		}
		turn.Abandon(ctx)
		l.gone(self, secrets)
	}
}

// A debt that is being sent while its person is erased is not owed again when the call fails.
func TestSendingDebtStaysErased(t *testing.T) {
	l := newLedger(t)
	d := l.owe(l.person, "n1")
	p := l.load(d)
	if l.record(nil, l.claim(p)) != echowall.ClaimTaken {
		t.Fatal("not claimed")
	}
	self := echowall.Self{Person: echowall.PersonID(l.person), Author: echowall.AuthorID(l.author)}
	if _, err := l.erasure().Erase(t.Context(), self, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	l.record(&echowall.Settlement{Payment: p, State: echowall.DebtOwed, Until: l.now, Result: "retry"}, nil)
	if ids := l.due(); len(ids) != 0 {
		t.Errorf("debts %v are due", ids)
	}
	if text, err := l.s.rdb.Get(t.Context(), l.s.keys.debt(d.ID)).Result(); err != nil || strings.Contains(text, string(l.person)) {
		t.Errorf("%s, %v", text, err)
	}
}
