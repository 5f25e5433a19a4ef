package main

import (
	"strings"
	"testing"

	"echowall"
	"echowall/bot/emulator"
	"echowall/store"
	"echowall/store/redistest"
)

func TestAccessVerify(t *testing.T) {
	redis := redistest.Run(t).URL()
	platform := &emulator.Platform{Account: emulator.Account{
		AppID: "wx00000000000000aa", Secret: "secret", Token: "token", OriginalID: "gh_aa", AESKey: strings.Repeat("k", 42) + "A",
	}}
	vars := settingsOf(platform, "127.0.0.1:1", redis)
	s, err := store.Open(t.Context(), store.Config{URL: redis, Account: platform.Account.AppID, Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	verify := func(want int, says string, args ...string) string {
		t.Helper()
		code, out, errs := cli(t, vars, append([]string{"access", "verify"}, args...)...)
		if code != want || !strings.Contains(out+errs, says) {
			t.Errorf("code %d, %q, %q; want %d and %q", code, out, errs, want, says)
		}
		_, known, _ := strings.Cut(out, "\n")
		return strings.TrimSpace(known)
	}
	verify(exitOK, "the access log is empty")
	for range 3 {
		if err := s.AppendAccess(t.Context(), echowall.AccessEntry{Kind: echowall.AccessLogin, By: "p1"}); err != nil {
			t.Fatal(err)
		}
	}
	known := verify(exitOK, "3 lines, all in their place")
	// Every export leaves a line.
	if code, _, errs := cli(t, vars, "export", "-kind", "wish"); code != exitOK {
		t.Fatalf("export: %d, %s", code, errs)
	}
	lines, err := s.AccessLog(t.Context(), 0, 1)
	if err != nil || len(lines) != 1 || lines[0].Kind != echowall.AccessExport || lines[0].Case != "wish" {
		t.Errorf("after an export: %+v, %v", lines, err)
	}
	verify(exitOK, "4 lines", "-known", known)
	verify(exitFailed, "has another hash than before", "-known", "2"+known[1:])
	verify(exitFailed, "line 9, which was there before, is missing", "-known", "9"+known[1:])

	key := "ew:{" + platform.Account.AppID + "}:accesslog"
	if err := s.Redis().XDel(t.Context(), key, "2-0").Err(); err != nil {
		t.Fatal(err)
	}
	verify(exitFailed, "line 3 does not fit")
}
