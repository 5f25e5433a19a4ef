package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
	"echowall/bot/wechat"
	"echowall/store"
	"echowall/store/redistest"
)

// TestNightsInTheService lets the clock table run over a quarter of a year: who left is gone in two days, a closed
// wish loses its details after 90, and both people are served when they come back.
func TestNightsInTheService(t *testing.T) {
	s := newStageIn(t, wechat.ModeSafe, false, 0)
	stays, leaves := s.self("居民留"), s.self("居民走")
	s.Say("居民走", "你好")
	s.Unfollow("居民走")
	s.Say("居民留", "心愿")
	s.Photo("居民留", "lamp.jpg")
	s.Clock(s.Now().Add(time.Minute))
	s.Say("居民留", "竹园门口的路灯坏了，晚上看不清")
	s.Say("居民留", "竹园三号楼")
	s.Say("居民留", "2王女士")
	s.Say("居民留", "2")
	number := receipt.FindString(s.Shows("居民留"))
	if number == "" {
		t.Fatalf("no wish: %s", s.Shows("居民留"))
	}
	s.check(s.service.store.UpdateWish(t.Context(), number, func(w *echowall.Wish) error {
		officer := echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer", Source: echowall.FromChat}
		if err := w.Accept(s.Now(), s.service.wishes.Calendar, officer); err != nil {
			return err
		}
		return w.Reply(s.Now(), s.service.wishes.Calendar, officer, echowall.Answer{Class: echowall.OutcomeSolved, Text: "路灯已经修好了，请看一看。"})
	}))
	s.settle()
	s.Say("居民留", "评价 "+number+" A")
	wish := func() *echowall.Wish {
		t.Helper()
		w, err := s.service.store.Wish(t.Context(), number)
		s.check(err)
		return w
	}
	if w := wish(); w.State != echowall.WishClosed || w.Place == "" || len(w.Media) != 1 {
		t.Fatalf("%+v", w)
	}
	closed := s.Now()

	s.Clock(s.Now().AddDate(0, 0, 2))
	for _, secret := range []string{s.openID("居民走"), string(leaves.Person), string(leaves.Author)} {
		for _, key := range redistest.Holding(s.everything(), secret) {
			if !strings.Contains(key, ":accesslog") && !strings.Contains(key, ":accessof") && key != "export" && !strings.Contains(key, ":seen:") {
				t.Errorf("%q is still in %s", secret, key)
			}
		}
	}
	s.Clock(closed.AddDate(0, 0, 90).Add(-time.Minute))
	if w := wish(); w.Place == "" || len(w.Media) != 1 {
		t.Errorf("before the 90 days are over: %+v", w)
	}
	s.Clock(closed.AddDate(0, 0, 91))
	w := wish()
	if w.Place != "" || len(w.Media) != 0 || w.Surname != "" || w.Text == "" || w.Author != stays.Author {
		t.Errorf("after 90 days: %+v", w)
	}
	known := func() int {
		t.Helper()
		ids, err := s.service.store.OpenIDs(t.Context(), stays.Recipients()...)
		s.check(err)
		return len(ids)
	}
	if known() != 1 {
		t.Errorf("%d ids can be mapped back, want that of the chat only", known())
	}

	// The author still finds the wish, and can write another and be answered.
	s.Say("居民留", "进度 "+number)
	if said := s.Shows("居民留"); !strings.Contains(said, number) || !strings.Contains(said, "已办结") {
		t.Errorf("the author reads %q", said)
	}
	s.Say("居民留", "心愿 竹园后门也没有路灯")
	if known() != 2 {
		t.Errorf("%d ids can be mapped back after a new wish", known())
	}
	s.Follow("居民走")
	if said := s.Shows("居民走"); said == "" {
		t.Error("who comes back is not greeted")
	}
}

// account is an account on a Redis of its own, for commands.
func account(t *testing.T) (vars map[string]string, open func() *store.Store) {
	platform := &emulator.Platform{Account: emulator.Account{
		AppID: "wx00000000000000aa", Secret: "secret", Token: "token", OriginalID: "gh_aa", AESKey: strings.Repeat("k", 42) + "A",
	}}
	vars = settingsOf(platform, "127.0.0.1:1", redistest.Run(t).URL())
	return vars, func() *store.Store {
		s, err := store.Open(t.Context(), store.Config{URL: vars["ECHOWALL_REDIS_URL"], Account: platform.Account.AppID, Secret: testSecret})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
}

// TestRestoreForgetsAgain takes a backup, erases somebody, and restores the backup with the list of erasures.
func TestRestoreForgetsAgain(t *testing.T) {
	vars, open := account(t)
	s := open()
	command := func(args ...string) string {
		t.Helper()
		code, out, errs := cli(t, vars, args...)
		if code != exitOK {
			t.Fatalf("%q: code %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	file := func(text string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "export.jsonl")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ids := s.Identifier()
	self := echowall.Self{Person: ids.Person("oGoes"), Author: ids.Author("oGoes")}
	w := &echowall.Wish{Author: self.Author, Station: "c1", Text: "门口的路灯坏了"}
	err := s.AddWish(s.WithAuthor(t.Context(), "oGoes"), w, func(w *echowall.Wish) error {
		return w.Submit(time.Now(), echowall.NewCalendar(nil, time.UTC), echowall.FromChat)
	})
	if err != nil {
		t.Fatal(err)
	}
	backup := file(command("export"))
	if _, err := newErasure(s, time.Now).Erase(t.Context(), self, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	erased := file(command("export", "-kind", "erasure"))

	vars["ECHOWALL_REDIS_URL"] = redistest.Run(t).URL()
	says(t, command("restore", backup), "wish 1\n", "is back; restore with -erased FILE")
	if again, err := open().Wish(t.Context(), w.Number); err != nil || again.Text != w.Text {
		t.Errorf("without the list %+v, %v: the test proves nothing", again, err)
	}
	vars["ECHOWALL_REDIS_URL"] = redistest.Run(t).URL()
	says(t, command("restore", backup, "-erased", erased), "wish 1\n", "1 people who were erased after")
	if again, err := open().Wish(t.Context(), w.Number); err != nil || again.Text != "" || again.Author != "" || !again.Erased() {
		t.Errorf("with the list %+v, %v", again, err)
	}
	vars["ECHOWALL_REDIS_URL"] = redistest.Run(t).URL()
	if code, _, errs := cli(t, vars, "restore", backup, "-erased", backup+".none"); code != exitFailed || !strings.Contains(errs, "none") {
		t.Errorf("no such list: code %d, %s", code, errs)
	}
	if code, _, errs := cli(t, vars, "restore", "-erased", erased); code != exitUsage || !strings.Contains(errs, "which export") {
		t.Errorf("no backup: code %d, %s", code, errs)
	}
}

// TestAccessVerifyAfterThreeYears reads a log whose beginning was removed.
func TestAccessVerifyAfterThreeYears(t *testing.T) {
	vars, open := account(t)
	s := open()
	verify := func(want int, says string, args ...string) string {
		t.Helper()
		code, out, errs := cli(t, vars, append([]string{"access", "verify"}, args...)...)
		if code != want || !strings.Contains(out+errs, says) {
			t.Errorf("code %d, %q, %q; want %d and %q", code, out, errs, want, says)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		return lines[len(lines)-1]
	}
	var known []string
	now := time.Now()
	for _, years := range []int{5, 4, 2, 1} {
		if err := s.AppendAccess(t.Context(), echowall.AccessEntry{At: now.AddDate(-years, 0, 0), Kind: echowall.AccessLogin, By: "p1"}); err != nil {
			t.Fatal(err)
		}
		known = append(known, verify(exitOK, "all in their place"))
	}
	if n, err := s.TrimAccess(t.Context(), echowall.KeptAccess.Began(now), 100); err != nil || n != 2 {
		t.Fatalf("%d lines removed, %v", n, err)
	}
	verify(exitOK, "lines 1 to 2 were kept for their period and removed\n3 lines, all in their place")
	verify(exitFailed, "line 1 was kept for its period and removed", "-known", known[0])
	verify(exitOK, "3 lines", "-known", known[1])
	verify(exitOK, "3 lines", "-known", known[2])
	verify(exitFailed, "another hash", "-known", "3"+known[3][1:])
}
