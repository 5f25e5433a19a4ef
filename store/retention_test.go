package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// retention runs the nightly job at a time, as "2006-01-02 15:04", and returns what it removed.
func (l *ledger) retention(night string) echowall.Removed {
	l.Helper()
	l.at(night)
	n, err := (&echowall.Retention{Store: l.s, Erasure: l.erasure(), Now: l.s.now}).Run(l.Context())
	l.no(err)
	l.no(n.Failed)
	return n
}

func (l *ledger) at(when string) {
	l.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", when, ledgerStart.Location())
	l.no(err)
	l.now = t
}

// turn is a message of somebody in which do happens.
func (l *ledger) turn(openid echowall.OpenID, follow echowall.FollowChange, do func(ctx context.Context, t echowall.Turn)) {
	l.Helper()
	l.pushes++
	opens := echowall.WindowMessage
	if follow == echowall.Unfollowed {
		opens = echowall.WindowNone
	}
	t, err := l.s.Begin(l.Context(), echowall.Contact{Key: fmt.Sprint("push", l.pushes), From: openid, At: l.now, Opens: opens, Follow: follow})
	l.no(err)
	if do != nil {
		do(t.Context(l.Context()), t)
	}
	l.no(t.Commit(l.Context(), nil))
}

func (l *ledger) self(openid echowall.OpenID) echowall.Self {
	return echowall.Self{Person: l.s.ids.Person(openid), Author: l.s.ids.Author(openid)}
}

// wish lets somebody write a wish with everything in it, moves it to a state, and pays what that owes. It is
// published if it gets so far.
func (l *ledger) wish(openid echowall.OpenID, state echowall.WishState) *echowall.Wish {
	l.Helper()
	ctx, cal, self := l.Context(), echowall.NewCalendar(nil, ledgerStart.Location()), l.self(openid)
	officer := echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}
	head := echowall.Actor{Role: echowall.RoleHead, By: "p-head", Source: echowall.FromChat}
	photo, err := l.s.PutMedia(ctx, "image/jpeg", []byte("photo of "+openid))
	l.no(err)
	w := &echowall.Wish{
		Author: self.Author, Station: "c1", Grid: "g1", Text: "北门没有路灯", Place: "三号楼下", At: &echowall.Position{Label: "北门"},
		Media: []string{photo.ID}, MayPublish: true, Display: echowall.DisplaySurname, Surname: "王女士",
	}
	l.turn(openid, echowall.FollowUnchanged, func(ctx context.Context, _ echowall.Turn) {
		l.no(l.s.AddWish(ctx, w, func(w *echowall.Wish) error { return w.Submit(l.now, cal, echowall.FromChat) }))
	})
	steps := []func(w *echowall.Wish) error{
		func(w *echowall.Wish) error { return w.Accept(l.now, cal, officer) },
		func(w *echowall.Wish) error {
			return w.Reply(l.now, cal, officer, echowall.Answer{Class: echowall.OutcomeSolved, Text: "路灯已经修好了，请看一看。"})
		},
		func(w *echowall.Wish) error {
			if err := w.Redact(l.now, officer, "某小区北门没有路灯"); err != nil {
				return err
			}
			if err := w.Publish(l.now, head); err != nil {
				return err
			}
			rating := echowall.RatingGood
			if state == echowall.WishRedo {
				rating = echowall.RatingUnsolved
			}
			return w.Rate(l.now, cal, self.Author, rating, echowall.FromChat)
		},
	}
	for _, step := range steps {
		if w.State == state {
			break
		}
		l.no(l.s.UpdateWish(ctx, w.Number, func(x *echowall.Wish) error { defer func() { w = x }(); return step(x) }))
	}
	if w.State != state {
		l.Fatalf("the wish is %s, want %s", w.State, state)
	}
	l.payAll()
	return w
}

// payAll settles everything that is owed as paid.
func (l *ledger) payAll() {
	l.Helper()
	ids, err := l.s.rdb.ZRange(l.Context(), l.s.keys.due(), 0, -1).Result()
	l.no(err)
	for _, id := range ids {
		list, err := l.s.Payments(l.Context(), []string{id})
		l.no(err)
		for _, p := range list {
			l.record(&echowall.Settlement{Payment: p, State: echowall.DebtPaid}, nil)
		}
	}
}

// has counts which of some keys are there.
func (l *ledger) has(keys ...string) int64 {
	l.Helper()
	n, err := l.s.rdb.Exists(l.Context(), keys...).Result()
	l.no(err)
	return n
}

// state is everything stored but what belongs to the job itself, or to nobody.
func (l *ledger) state() map[string]string {
	l.Helper()
	dump := redistest.Dump(l.T, l.s.rdb, l.s.keys.prefix)
	for key := range dump {
		if name, _ := l.s.keys.splitKey(key); name == "once" || name == "seen" {
			delete(dump, key)
		}
	}
	return dump
}

func same(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	for key, text := range before {
		if after[key] != text {
			t.Errorf("%s: %s changed from %.200q to %.200q", what, key, text, after[key])
		}
	}
	for key := range after {
		if _, was := before[key]; !was {
			t.Errorf("%s: %s is new", what, key)
		}
	}
}

// Closed on 26 November 2026 at 10:00: the details are kept until 24 February 2027 at 10:00, the words until
// 26 November 2029 at 10:00.
func TestClosedWishGoesByTheCalendar(t *testing.T) {
	l := newLedger(t)
	ctx, k, author := t.Context(), l.s.keys, l.self("oAuthor")
	l.at("2026-11-26 10:00")
	w := l.wish("oAuthor", echowall.WishClosed)
	l.no(l.s.PutContact(ctx, author.Author, echowall.ContactCard{Phone: "13912345678", MayGive: true, Changed: l.now}))
	identity := []string{k.vault(echowall.Recipient(author.Author)), k.contact(author.Author)}
	files := []string{k.media(w.Media[0]), k.mediaInfo(w.Media[0])}
	counts, err := l.s.Counts(ctx)
	l.no(err)

	before := l.state()
	if n := l.retention("2027-02-24 02:20"); n != (echowall.Removed{}) {
		t.Errorf("the night before: %+v", n)
	}
	same(t, "the night before", before, l.state())

	if n := l.retention("2027-02-25 02:20"); n != (echowall.Removed{Archived: 1, Authors: 1}) {
		t.Errorf("the night after 90 days: %+v", n)
	}
	got, err := l.s.Wish(ctx, w.Number)
	l.no(err)
	if got.Place != "" || got.At != nil || got.Media != nil || got.Surname != "" || got.Display != echowall.DisplayAnonymous {
		t.Errorf("details are left: %+v", got)
	}
	if got.Text != w.Text || got.Answer == nil || got.Answer.Text == "" || !got.OnWall() || got.Author != author.Author || got.State != echowall.WishClosed || got.Grid != "g1" {
		t.Errorf("too much is gone: %+v", got)
	}
	if e := got.History[len(got.History)-1]; e.Move != echowall.MoveArchive || e.Source != echowall.FromClock || e.By != "" || e.Note != "" || got.VerifyHistory() != -1 {
		t.Errorf("last event %+v", e)
	}
	if l.has(identity...) != 0 || l.has(files...) != 0 {
		t.Error("the author can be mapped back, or a file is there")
	}
	if l.has(k.vault(echowall.Recipient(author.Person))) != 1 {
		t.Error("somebody who follows is unknown in the chat")
	}
	if mine, err := l.s.WishesBy(ctx, author.Author, 10); err != nil || len(mine) != 1 {
		t.Errorf("the author finds %d own wishes, %v", len(mine), err)
	}
	lines, err := l.s.AccessAbout(ctx, 10, echowall.Recipient(author.Author))
	l.no(err)
	if len(lines) != 1 || lines[0].Kind != echowall.AccessErasure || lines[0].By != "" || lines[0].Why != "retention" {
		t.Errorf("access log %+v", lines)
	}
	if n := l.retention("2027-02-25 02:21"); n != (echowall.Removed{}) {
		t.Errorf("again the same night: %+v", n)
	}

	before = l.state()
	if n := l.retention("2029-11-26 02:20"); n != (echowall.Removed{}) {
		t.Errorf("the night before three years: %+v", n)
	}
	same(t, "the night before three years", before, l.state())
	if n := l.retention("2029-11-27 02:20"); n != (echowall.Removed{Expired: 1}) {
		t.Errorf("the night after three years: %+v", n)
	}
	got, err = l.s.Wish(ctx, w.Number)
	l.no(err)
	if !got.Erased() || got.Text != "" || got.Author != "" || got.OnWall() || got.Answer.Text != "" || got.Answer.Class != echowall.OutcomeSolved || got.Rating != echowall.RatingGood || got.State != echowall.WishClosed || got.VerifyHistory() != -1 {
		t.Errorf("after three years %+v", got)
	}
	if mine, err := l.s.WishesBy(ctx, author.Author, 10); err != nil || len(mine) != 0 {
		t.Errorf("the list of the author has %d, %v", len(mine), err)
	}
	if wall, err := l.s.Wall(ctx, 10); err != nil || len(wall) != 0 {
		t.Errorf("%d on the wall, %v", len(wall), err)
	}
	if after, err := l.s.Counts(ctx); err != nil || fmt.Sprint(after) != fmt.Sprint(counts) {
		t.Errorf("counts were %v, are %v, %v", counts, after, err)
	}
	var all bytes.Buffer // what expired goes into a backup and comes back
	l.no(l.s.Export(ctx, &all, ExportOptions{}))
	other := openAt(t, redistest.Run(t).URL(), "gh_ledger")
	if _, err := other.Restore(ctx, &all, RestoreOptions{}); err != nil {
		t.Error(err)
	}
}

// Ten years later nothing is missing of a wish that is open, whatever is closed beside it.
func TestOpenWishIsUntouched(t *testing.T) {
	for _, state := range []echowall.WishState{echowall.WishSubmitted, echowall.WishAccepted, echowall.WishToVerify, echowall.WishRedo} {
		t.Run(string(state), func(t *testing.T) {
			l := newLedger(t)
			l.at("2026-11-26 10:00")
			l.wish("oAuthor", state)
			l.no(l.s.PutContact(t.Context(), l.self("oAuthor").Author, echowall.ContactCard{Phone: "13912345678", Changed: l.now}))
			l.turn("oAuthor", echowall.Unfollowed, nil) // who leaves is still owed the answer
			before := l.state()
			if n := l.retention("2036-11-27 02:20"); n != (echowall.Removed{}) {
				t.Errorf("%+v", n)
			}
			same(t, "ten years later", before, l.state())

			l.at("2026-11-26 11:00")
			l.wish("oAuthor", echowall.WishClosed)
			if n := l.retention("2027-02-26 02:20"); n != (echowall.Removed{Archived: 1}) {
				t.Errorf("with a closed wish beside it: %+v", n)
			}
			self := l.self("oAuthor")
			if l.has(l.s.keys.vault(echowall.Recipient(self.Author)), l.s.keys.contact(self.Author)) != 2 {
				t.Error("nobody can reach the author of an open wish")
			}
		})
	}
}

// A number that was given lately is meant for a wish that is not written yet.
func TestNewNumberStays(t *testing.T) {
	l := newLedger(t)
	self := l.self("oNumber")
	l.at("2026-11-26 10:00")
	l.no(l.s.PutContact(t.Context(), self.Author, echowall.ContactCard{Phone: "13912345678", Changed: l.now}))
	if n := l.retention("2027-02-24 02:20"); n.Authors != 0 || l.has(l.s.keys.contact(self.Author)) != 1 {
		t.Errorf("%+v", n)
	}
	if n := l.retention("2027-02-25 02:20"); n.Authors != 1 || l.has(l.s.keys.contact(self.Author)) != 0 {
		t.Errorf("%+v", n)
	}
}

// Whoever writes at the moment at which the author is forgotten writes again, and can be answered.
func TestTurnDoesNotOutliveForgetting(t *testing.T) {
	for name, silent := range map[string]bool{"talks": false, "silent for long": true} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			ctx, self := t.Context(), l.self("oAuthor")
			l.at("2026-11-26 10:00")
			l.wish("oAuthor", echowall.WishClosed)
			l.at("2027-02-25 02:19")
			if silent { // as conversations expire
				l.no(l.s.rdb.Del(ctx, l.s.keys.conversation(self.Person)).Err())
			}
			turn, err := l.s.Begin(ctx, echowall.Contact{Key: "now", From: "oAuthor", At: l.now, Opens: echowall.WindowMessage})
			l.no(err)
			if n := l.retention("2027-02-25 02:20"); n.Authors != 1 {
				t.Fatalf("%+v", n)
			}
			w := &echowall.Wish{Author: self.Author, Station: "c1", Text: "还有一件事"}
			l.no(l.s.AddWish(turn.Context(ctx), w, func(w *echowall.Wish) error {
				return w.Submit(l.now, echowall.NewCalendar(nil, ledgerStart.Location()), echowall.FromChat)
			}))
			if err := turn.Commit(ctx, nil); echowall.KindOf(err) != echowall.KindConflict {
				t.Fatalf("the turn was committed: %v", err)
			}
			turn.Abandon(ctx)
			l.wish("oAuthor", echowall.WishSubmitted)
			if ids, err := l.s.OpenIDs(ctx, self.Recipients()...); err != nil || len(ids) != 2 {
				t.Errorf("%d ids can be mapped back, %v", len(ids), err)
			}
		})
	}
}

// A process that dies anywhere in the night leaves nothing half: the next run does the rest.
func TestRetentionSurvivesACrashAnywhere(t *testing.T) {
	url := redistest.Run(t).URL()
	for commands := int64(0); ; commands++ {
		l := newLedgerAt(t, url, fmt.Sprint("gh_night", commands))
		hook := dies(l.s)
		l.at("2026-11-26 10:00")
		w := l.wish("oAuthor", echowall.WishClosed)
		self, leaver := l.self("oAuthor"), l.self("oLeaver")
		l.no(l.s.PutContact(t.Context(), self.Author, echowall.ContactCard{Phone: "13912345678", Changed: l.now}))
		l.turn("oLeaver", echowall.FollowUnchanged, nil)
		d := l.owe(echowall.Recipient(leaver.Person), "n1")
		l.record(&echowall.Settlement{Payment: l.load(d), State: echowall.DebtDead}, nil)
		l.turn("oLeaver", echowall.Unfollowed, nil)
		l.at("2027-02-25 02:20")

		hook.left.Store(commands)
		_, err := (&echowall.Retention{Store: l.s, Erasure: l.erasure(), Now: l.s.now}).Run(t.Context())
		died := hook.left.Load() < 0
		hook.left.Store(1 << 40)

		k := l.s.keys
		if n := l.has(k.vault(echowall.Recipient(leaver.Person)), k.reach(leaver.Person)); n == 1 {
			t.Errorf("after %d commands half of the leaver is there", commands)
		}
		if n := l.has(k.vault(echowall.Recipient(self.Author)), k.contact(self.Author)); n == 1 {
			t.Errorf("after %d commands half of the author is there", commands)
		}
		got, werr := l.s.Wish(t.Context(), w.Number)
		l.no(werr)
		if files := l.has(k.media(w.Media[0]), k.mediaInfo(w.Media[0])); files != int64(2*len(got.Media)) || (got.Place == "") != (files == 0) {
			t.Errorf("after %d commands the wish has %d files in it and %d beside it", commands, len(got.Media), files)
		}
		again := l.retention("2027-02-26 02:20") // whoever starts next
		_, runErr := l.erasure().Run(t.Context())
		l.no(runErr)
		l.nowhere(leaver, "oLeaver")
		if l.has(k.vault(echowall.Recipient(self.Author)), k.contact(self.Author), k.media(w.Media[0])) != 0 {
			t.Errorf("after %d commands and another run %+v something is left", commands, again)
		}
		if lines, err := l.s.AccessAbout(t.Context(), 10, echowall.Recipient(self.Author)); err != nil || len(lines) != 1 {
			t.Errorf("%d lines about the author, %v", len(lines), err)
		}
		if t.Failed() {
			t.Fatalf("after a crash behind %d commands: %v", commands, err)
		}
		if !died {
			if commands < 20 {
				t.Errorf("a night took %d commands only: does the hook see them?", commands)
			}
			return
		}
	}
}

// One night does so much and the next the rest.
func TestNightIsBounded(t *testing.T) {
	l := newLedger(t)
	l.at("2026-11-26 10:00")
	w := l.wish("oAuthor", echowall.WishClosed)
	const more = 10
	for i := range echowall.RetentionMost + more - 1 {
		x := *w
		x.Number, x.Media, x.Public = fmt.Sprint("XY9", i), nil, nil
		l.no(l.s.update(t.Context(), func(c *change) error {
			c.do("ZADD", l.s.keys.wishesBy(x.Author), x.Created.Unix(), x.Number)
			return c.setWish(l.s.keys.wish(x.Number), 0, &x)
		}))
	}
	if n := l.retention("2027-02-25 02:20"); n.Archived+n.Authors != echowall.RetentionMost {
		t.Errorf("the first night: %+v", n)
	}
	l.retention("2027-02-26 02:20")
	if n := l.retention("2027-02-27 02:20"); n != (echowall.Removed{}) {
		t.Errorf("the third night: %+v", n)
	}
	list, err := l.s.WishesBy(t.Context(), w.Author, 1<<20)
	l.no(err)
	if left := slices.IndexFunc(list, func(w *echowall.Wish) bool { return w.Place != "" }); left != -1 || len(list) != echowall.RetentionMost+more {
		t.Errorf("of %d wishes number %d has a place", len(list), left)
	}
}

// A thing that cannot be removed does not keep the others back.
func TestDamagedThingDoesNotKeepOthersBack(t *testing.T) {
	l := newLedger(t)
	l.at("2026-11-26 10:00")
	l.wish("oAuthor", echowall.WishClosed)
	l.turn("oBroken", echowall.Unfollowed, nil)
	l.no(l.s.rdb.Set(t.Context(), l.s.keys.vault(echowall.Recipient(l.self("oBroken").Person)), strings.Repeat("x", 60), 0).Err())
	l.at("2027-02-25 02:20")
	n, err := (&echowall.Retention{Store: l.s, Erasure: l.erasure(), Now: l.s.now}).Run(t.Context())
	if err != nil || n.Failed == nil || n.Archived != 1 || n.Authors != 1 || n.Leavers != 0 {
		t.Errorf("%+v, %v", n, err)
	}
}

// A line of 26 November 2026 is kept until 26 November 2029.
func TestAccessLogIsTrimmed(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	l.at("2026-11-26 10:00")
	for n := range 3 {
		l.no(l.s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessContact, By: "p-officer", Subject: "a-author", Case: fmt.Sprint("XY", n), Why: "约时间看现场"}))
	}
	l.at("2027-01-10 10:00")
	l.no(l.s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessContact, By: "p-officer", Subject: "a-author", Case: "XY9", Why: "约时间看现场"}))
	if n := l.retention("2029-11-26 02:20"); n.Lines != 0 {
		t.Errorf("the night before: %+v", n)
	}
	if n := l.retention("2029-11-27 02:20"); n.Lines != 3 {
		t.Errorf("the night after three years: %+v", n)
	}
	last, err := l.s.VerifyAccess(ctx)
	if err != nil || last.Seq != 5 || last.Case != "1-3" || last.Why != "retention" {
		t.Errorf("last line %+v, %v", last, err)
	}
	if about, err := l.s.AccessAbout(ctx, 10, "a-author"); err != nil || len(about) != 1 || about[0].Case != "XY9" {
		t.Errorf("about the author %+v, %v", about, err)
	}
	if removed, hash, err := l.s.AccessBegin(ctx); err != nil || removed != 3 || hash == "" {
		t.Errorf("%d lines removed, %q, %v", removed, hash, err)
	}
	// Whoever removes a line by hand is still found out.
	l.no(l.s.rdb.XDel(ctx, l.s.keys.accessLog(), accessID(4)).Err())
	if _, err := l.s.VerifyAccess(ctx); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("a line is missing at the beginning: %v", err)
	}
}
