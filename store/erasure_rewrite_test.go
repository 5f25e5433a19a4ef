package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/store/redistest"
)

// files is what the server's append-only files hold, by name.
func (l *ledger) files() map[string]string {
	l.Helper()
	out := make(map[string]string)
	setting, err := l.s.rdb.ConfigGet(l.Context(), "dir").Result()
	l.no(err)
	l.no(filepath.WalkDir(setting["dir"], func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) { // an old file that goes just now
			return nil
		}
		// The line of the roster is the organisation's, and heldBy names it and its sessions after the person.
		out[d.Name()] = strings.NewReplacer("R-oWantsToGo", "", "oWantsToGohash", "").Replace(string(text))
		return err
	}))
	if len(out) < 2 {
		l.Fatalf("only %d files in the server's directory", len(out))
	}
	return out
}

// rewritten calls Compact until it says that the files are rewritten, or refused.
func (l *ledger) rewritten() echowall.Rewriting {
	l.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(30 * time.Second)
	for {
		how, err := l.s.Compact(l.Context())
		l.no(err)
		if how != echowall.RewritingWaits {
			return how
		}
		select {
		case <-again.C:
		case <-deadline:
			l.Fatal("the files are not rewritten")
		}
	}
}

// untilGone waits until no file holds any of some bytes: Redis removes files that it replaced a moment later.
func (l *ledger) untilGone(secrets []string) {
	l.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(5 * time.Second)
	for {
		found := ""
		files := l.files()
		for _, secret := range secrets {
			for _, name := range redistest.Holding(files, secret) {
				found = name + " holds " + secret
			}
		}
		if found == "" {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			l.Fatalf("after the files were rewritten %q", found)
		}
	}
}

// Once the files are rewritten, no byte of an erased person is in them.
func TestErasedPersonIsInNoFile(t *testing.T) {
	for name, options := range map[string][]redistest.Option{
		"as commands": {redistest.Set("aof-use-rdb-preamble", "no")},
		"as snapshot": {redistest.Set("rdbcompression", "no")},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedgerAt(t, redistest.Run(t, options...).URL(), "gh_files")
			ctx, k := t.Context(), l.s.keys
			self, secrets := l.heldBy("oWantsToGo")
			secrets = secrets[:1] // the phone number is sealed: its sealed text is looked for
			secrets = append(secrets, "〔oWantsToGo的心愿〕", "〔oWantsToGo的照片〕", "〔oWantsToGo的草稿〕")
			for _, key := range []string{
				k.contact(self.Author), k.vault(echowall.Recipient(self.Person)), k.vault(echowall.Recipient(self.Author)), k.wish("XY1004"),
			} {
				text, err := l.s.rdb.Get(ctx, key).Result()
				l.no(err)
				secrets = append(secrets, text)
			}
			l.no(l.s.rdb.BgRewriteAOF(ctx).Err()) // part of it in the base, part in what follows it
			files := l.files()
			for _, secret := range secrets {
				if len(redistest.Holding(files, secret)) == 0 {
					t.Fatalf("%q is in no file before: the search sees nothing", secret)
				}
			}
			if how, err := l.s.Compact(ctx); err != nil || how != echowall.RewritingNothing {
				t.Errorf("before anything is erased: %v, %v", how, err)
			}
			if _, err := l.erasure().Erase(ctx, self, echowall.FromPage); err != nil {
				t.Fatal(err)
			}
			if how := l.rewritten(); how != echowall.RewritingDone {
				t.Errorf("rewriting is %v", how)
			}
			l.untilGone(secrets)
			if how, err := l.s.Compact(ctx); err != nil || how != echowall.RewritingNothing {
				t.Errorf("afterwards: %v, %v", how, err)
			}
		})
	}
}

// A rewriting that began before an erasure keeps what was erased; it does not count.
func TestEarlierRewritingDoesNotCount(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	self, secrets := l.heldBy("oWantsToGo")
	set := func(name, value string) { t.Helper(); l.no(l.s.rdb.ConfigSet(ctx, name, value).Err()) }
	set("rdbcompression", "no")
	set("rdb-key-save-delay", "20000") // microseconds; some 80 keys
	l.no(l.s.rdb.BgRewriteAOF(ctx).Err())
	set("rdb-key-save-delay", "0")
	if _, err := l.erasure().Erase(ctx, self, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	if info, err := serverInfo(ctx, l.s.rdb); err != nil || info["aof_rewrite_in_progress"] != "1" {
		t.Fatalf("the earlier rewriting is over: the test proves nothing (%v)", err)
	}
	if how, err := l.s.Compact(ctx); err != nil || how != echowall.RewritingWaits {
		t.Errorf("%v, %v", how, err)
	}
	if how := l.rewritten(); how != echowall.RewritingDone {
		t.Errorf("rewriting is %v", how)
	}
	l.untilGone(secrets[:1])
}

// A rewriting is done when it is over, not when it was begun.
func TestRewritingUnderWayIsNotDone(t *testing.T) {
	l := newLedger(t)
	self, _ := l.heldBy("oWantsToGo")
	l.no(l.s.rdb.ConfigSet(t.Context(), "rdb-key-save-delay", "50000").Err()) // microseconds a key
	if _, err := l.erasure().Erase(t.Context(), self, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	how, err := l.s.Compact(t.Context())
	if info, failed := serverInfo(t.Context(), l.s.rdb); failed != nil || info["aof_rewrite_in_progress"] != "1" {
		t.Fatalf("the rewriting is over: the test proves nothing (%v)", failed)
	}
	if err != nil || how != echowall.RewritingWaits {
		t.Errorf("%v, %v", how, err)
	}
	if waits, err := l.s.RewriteWaits(t.Context()); err != nil || !waits {
		t.Errorf("nothing waits, %v", err)
	}
}

// A server that restarts in the middle of a rewriting is asked again.
func TestRewritingOfAnotherRunDoesNotCount(t *testing.T) {
	server := redistest.Run(t)
	l := newLedgerAt(t, server.URL(), "gh_files")
	self, _ := l.heldBy("oWantsToGo")
	if _, err := l.erasure().Erase(t.Context(), self, echowall.FromPage); err != nil {
		t.Fatal(err)
	}
	asked, err := l.s.rdb.Get(t.Context(), l.s.keys.rewrite()).Result()
	l.no(err)
	server.Stop()
	server.Restart()
	if how, err := l.s.Compact(t.Context()); err != nil || how != echowall.RewritingWaits {
		t.Errorf("%v, %v", how, err)
	}
	if now, err := l.s.rdb.Get(t.Context(), l.s.keys.rewrite()).Result(); err != nil || now == asked {
		t.Errorf("still %q, %v", now, err)
	}
	if how := l.rewritten(); how != echowall.RewritingDone {
		t.Errorf("rewriting is %v", how)
	}
}

// A server that takes no orders is not asked for ever, and nobody is told that it is done.
func TestRewritingRefused(t *testing.T) {
	for name, option := range map[string]redistest.Option{
		"command removed": redistest.Set("rename-command", "BGREWRITEAOF", ""),
		"no file at all":  redistest.Set("appendonly", "no"),
		"INFO forbidden":  redistest.Set("rename-command", "INFO", ""),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedgerAt(t, redistest.Run(t, option).URL(), "gh_files")
			l.no(l.s.update(t.Context(), func(c *change) error { l.s.wantRewrite(c); return nil }))
			if how := l.rewritten(); how != echowall.RewritingRefused {
				t.Errorf("rewriting is %v", how)
			}
			if how, err := l.s.Compact(t.Context()); err != nil || how != echowall.RewritingNothing {
				t.Errorf("afterwards: %v, %v", how, err)
			}
		})
	}
}
