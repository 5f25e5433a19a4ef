package store

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// A backup from before an erasure comes back without the erased person; who wrote again after the backup and was
// erased before it is left alone.
func TestRestoreErasesAgain(t *testing.T) {
	fewRounds(t)
	l := newLedgerAt(t, redistest.Run(t).URL(), "gh_backup")
	other, otherSecrets := l.heldBy("oSomebodyElse")
	if _, err := l.erasure().Erase(t.Context(), other, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	l.now = l.now.Add(time.Hour)
	w := l.wish("oSomebodyElse", echowall.WishSubmitted) // came back as somebody new
	self, secrets := l.heldBy("oWantsToGo")
	backup := export(t, l.s, ExportOptions{WithIdentity: []byte(exportPassphrase)})
	l.now = l.now.Add(time.Hour)
	if _, err := l.erasure().Erase(t.Context(), self, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	list := export(t, l.s, ExportOptions{Kinds: []string{"erasure"}})
	for _, secret := range append(secrets, string(self.Person), string(self.Author), otherSecrets[0]) {
		if strings.Contains(list, secret) {
			t.Errorf("the list of erasures tells %q", secret)
		}
	}

	restored := func(t *testing.T, erased io.Reader) (*ledger, Restored) {
		t.Helper()
		to := newLedgerAtRest(t, redistest.Run(t).URL(), "gh_backup")
		to.now = l.now.Add(time.Hour)
		got, err := to.s.Restore(t.Context(), strings.NewReader(backup), RestoreOptions{Passphrase: []byte(exportPassphrase), Erased: erased})
		to.no(err)
		return to, got
	}
	t.Run("without the list", func(t *testing.T) {
		to, got := restored(t, nil)
		if got.Erasures != 0 || len(redistest.Holding(to.everything(), secrets[0])) == 0 {
			t.Error("the backup holds nothing of the person: the test proves nothing")
		}
	})
	t.Run("with the list", func(t *testing.T) {
		to, got := restored(t, strings.NewReader(list))
		if got.Erasures != 1 || !got.Created.Equal(l.now.Add(-time.Hour).Truncate(time.Second)) {
			t.Errorf("%d erasures since %s", got.Erasures, got.Created)
		}
		if orders, err := to.s.OrderedErasures(t.Context()); err != nil || len(orders) != 1 || orders[0].Self != self {
			t.Fatalf("orders %+v, %v", orders, err)
		}
		if _, err := to.erasure().Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		to.gone(self, secrets)
		if again, err := to.s.Wish(t.Context(), w.Number); err != nil || again.Text != w.Text {
			t.Errorf("the other one's wish is %+v, %v", again, err)
		}
	})
	t.Run("with a newer backup as the list", func(t *testing.T) {
		_, got := restored(t, strings.NewReader(export(t, l.s, ExportOptions{})))
		if got.Erasures != 1 {
			t.Errorf("%d erasures", got.Erasures)
		}
	})
	for name, text := range map[string]string{
		"of another account": export(t, erasedOn(t, "gh_other"), ExportOptions{Kinds: []string{"erasure"}}),
		"changed":            strings.Replace(list, `"value":"`, `"value":"A`, 1),
		"not JSON":           "erasures",
	} {
		t.Run(name, func(t *testing.T) {
			to := newLedgerAtRest(t, redistest.Run(t).URL(), "gh_backup")
			_, err := to.s.Restore(t.Context(), strings.NewReader(backup), RestoreOptions{Passphrase: []byte(exportPassphrase), Erased: bytes.NewReader([]byte(text))})
			if err == nil || !strings.Contains(err.Error(), "line 1") {
				t.Errorf("error %v", err)
			}
			if n, err := to.s.rdb.DBSize(t.Context()).Result(); err != nil || n != 0 {
				t.Errorf("%d keys were written, %v", n, err)
			}
		})
	}
}

// newLedgerAtRest is a ledger in which nothing has happened.
func newLedgerAtRest(t *testing.T, url, account string) *ledger {
	l := &ledger{T: t, s: openAt(t, url, account), now: ledgerStart, openid: "oLedger"}
	l.s.now = func() time.Time { return l.now }
	return l
}

// erasedOn is an account on which somebody was erased.
func erasedOn(t *testing.T, account string) *Store {
	t.Helper()
	l := newLedgerAt(t, redistest.Run(t).URL(), account)
	if _, err := l.erasure().Erase(t.Context(), l.self("oOther"), echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	return l.s
}

// What is remembered of erasures is remembered for as long as a backup may be old.
func TestErasuresAreRememberedForATime(t *testing.T) {
	l := newLedger(t)
	l.at("2026-11-26 10:00")
	if _, err := l.erasure().Erase(t.Context(), l.self("oGone"), echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	if n := l.retention("2027-02-24 02:20"); n.Erasures != 0 || l.has(l.s.keys.erased()) != 1 {
		t.Errorf("the night before: %+v", n)
	}
	if n := l.retention("2027-02-25 02:20"); n.Erasures != 1 || l.has(l.s.keys.erased()) != 0 {
		t.Errorf("the night after 90 days: %+v", n)
	}
}
