package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"echowall"
	"echowall/bot/emulator"
	"echowall/roster"
	"echowall/store"
	"echowall/store/redistest"
)

// bookOf writes a workbook in which all names begin with word.
func bookOf(t *testing.T, word string, people int) string {
	t.Helper()
	r := &echowall.Roster{Branches: []echowall.Branch{{ID: "b1", Name: word + "支部"}}}
	for i := range people {
		r.People = append(r.People, echowall.RosterPerson{
			ID: echowall.RosterID(fmt.Sprintf("r%06d", i)), Name: fmt.Sprint(word, i), Branch: "b1", Standing: echowall.StandingFull,
		})
	}
	say, err := starterSay()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), word+".xlsx")
	if err := writeFile(name, func(w io.Writer) error { return roster.WriteRoster(w, r, say) }); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestKilledImportLeavesOneRoster kills an import at many moments: what is in use afterwards is the old roster or
// the new one, and another import goes through.
func TestKilledImportLeavesOneRoster(t *testing.T) {
	const people = 5000
	ctx := t.Context()
	redis := redistest.Run(t, redistest.Set("appendfsync", "always"))
	platform := &emulator.Platform{Account: emulator.Account{Type: emulator.SV, Mode: emulator.Safe}}
	if err := platform.Start(""); err != nil {
		t.Fatal(err)
	}
	defer platform.Close()
	env := append(os.Environ(), asProgram+"=1")
	for name, value := range settingsOf(platform, "127.0.0.1:0", redis.URL()) {
		env = append(env, name+"="+value)
	}
	open := func() *store.Store {
		s, err := store.Open(ctx, store.Config{URL: redis.URL(), Account: platform.Account.AppID, Secret: testSecret})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	watch := open()
	rdb, prefix := watch.Redis(), watch.KeyPrefix()
	pointer := func() string { return rdb.Get(ctx, prefix+"directory").Val() }
	generations := func() []string { return rdb.Keys(ctx, prefix+"roster:*").Val() }
	inPlace := func(key string) bool { return strings.Contains(pointer(), strings.TrimPrefix(key, prefix+"roster:")) }
	// building counts the people of a generation that is being written, which was not there before.
	var known []string
	building := func() (n int64) {
		for _, key := range generations() {
			if !slices.Contains(known, key) && !inPlace(key) {
				n = max(n, rdb.HLen(ctx, key).Val())
			}
		}
		return n
	}
	run := func(file string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, os.Args[0], "roster", "import", file, "-apply")
		cmd.Env, cmd.Stderr = env, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	// inUse is the word with which everything in the roster begins.
	inUse := func(moment string) string {
		t.Helper()
		d, err := open().Directory(context.WithoutCancel(ctx)) // as a process that has just started sees it
		if err != nil {
			t.Fatalf("after a kill %s: %v", moment, err)
		}
		if len(d.Roster.People) != people || len(d.Roster.Branches) != 1 {
			t.Fatalf("after a kill %s: %d people, %d branches", moment, len(d.Roster.People), len(d.Roster.Branches))
		}
		word := strings.TrimSuffix(d.Roster.Branches[0].Name, "支部")
		for _, p := range d.Roster.People {
			if !strings.HasPrefix(p.Name, word) {
				t.Fatalf("after a kill %s: a branch of the %s roster, %s of the other", moment, word, p.Name)
			}
		}
		return word
	}

	files := map[string]string{"旧": bookOf(t, "旧", people), "新": bookOf(t, "新", people)}
	begun := time.Now()
	if err := run(files["旧"]).Wait(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)
	if got := inUse("that did not happen"); got != "旧" {
		t.Fatalf("the first import left %s", got)
	}

	type moment struct {
		name string
		come func(before string, begun time.Time) bool
	}
	moments := []moment{
		{"when the first entries are there", func(string, time.Time) bool { return building() > 0 }},
		{"in the middle", func(string, time.Time) bool { return building() > people/2 }},
		{"before the last entries", func(string, time.Time) bool { return building() > people-1500 }},
		{"when the new roster is in use", func(before string, _ time.Time) bool { return pointer() != before }},
	}
	for _, share := range []float64{0.2, 0.5, 0.8, 0.9, 0.95} {
		moments = append(moments, moment{fmt.Sprintf("after %.0f %% of the time", 100*share), func(_ string, begun time.Time) bool {
			return time.Since(begun) > time.Duration(share*float64(whole))
		}})
	}
	left := map[string]int{}
	for _, m := range moments {
		word := inUse("before " + m.name)
		next := map[string]string{"旧": "新", "新": "旧"}[word]
		known = generations()
		before, begun := pointer(), time.Now()
		cmd := run(files[next])
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var over bool
		for !over && !m.come(before, begun) {
			select {
			case <-ended:
				over = true
			case <-time.After(200 * time.Microsecond): // between two looks at another process
			}
		}
		if !over {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
		}
		got := inUse(m.name)
		if pointer() == before && got != word || pointer() != before && got != next {
			t.Errorf("killed %s: %s was in use, %s was imported, now it is %s", m.name, word, next, got)
		}
		if building() > 0 {
			left["a part"]++
		}
		if got == next {
			left["the new roster"]++
		} else {
			left["the old roster"]++
		}
	}
	t.Logf("after %d kills: %v", len(moments), left)
	if left["a part"] == 0 {
		t.Error("no kill met an import that was writing: the test proves nothing")
	}
	if err := run(files["旧"]).Wait(); err != nil {
		t.Fatal(err)
	}
	if got := inUse("and one more import"); got != "旧" {
		t.Errorf("after the last import %s", got)
	}
	for _, key := range generations() {
		if !inPlace(key) && rdb.TTL(ctx, key).Val() <= 0 {
			t.Errorf("%s of a killed import stays for ever", key)
		}
	}
}
