package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"echowall"
	"echowall/store/redistest"
)

// testRoster is a small roster whose names begin with word.
func testRoster(word string, people int) *echowall.Roster {
	r := &echowall.Roster{
		Branches: []echowall.Branch{{ID: "b1", Name: word + "支部"}},
		Stations: []echowall.Station{{ID: "c1", Name: word + "站", Kind: echowall.StationCommunity, Head: "r00000"}},
	}
	for i := range people {
		r.People = append(r.People, echowall.RosterPerson{
			ID: echowall.RosterID(fmt.Sprintf("r%05d", i)), Name: word + fmt.Sprint(i), Branch: "b1", Standing: echowall.StandingFull,
		})
	}
	return r
}

func directory(t *testing.T, s *Store) *echowall.Directory {
	t.Helper()
	d, err := s.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// generations counts the hashes of people that are in the database.
func generations(t *testing.T, s *Store) int {
	t.Helper()
	keys, err := s.rdb.Keys(t.Context(), s.keys.roster("*")).Result()
	if err != nil {
		t.Fatal(err)
	}
	return len(keys)
}

func rename(id echowall.RosterID, name string) func(*echowall.Directory) (*echowall.Roster, error) {
	return func(d *echowall.Directory) (*echowall.Roster, error) {
		p, ok := d.Person(id)
		if !ok {
			return nil, echowall.Errorf(echowall.KindNotFound, "no %s", id)
		}
		changed := *p
		changed.Name = name
		return &echowall.Roster{People: []echowall.RosterPerson{changed}}, nil
	}
}

func TestReplaceRoster(t *testing.T) {
	url := redistest.Run(t).URL()
	one, two, ctx := openAt(t, url, "wx1"), openAt(t, url, "wx1"), t.Context()
	if d := directory(t, one); d.Revision != 0 || len(d.Roster.People) != 0 {
		t.Fatalf("an empty account has revision %d", d.Revision)
	}
	if err := one.ReplaceRoster(ctx, 0, testRoster("旧", 2500)); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*Store{"this": one, "another": two} {
		d := directory(t, s)
		p, _ := d.Person("r02499")
		if d.Revision != 1 || len(d.Roster.People) != 2500 || p == nil || p.Name != "旧2499" || d.Roster.People[7].ID != "r00007" {
			t.Errorf("%s process sees revision %d with %d people", name, d.Revision, len(d.Roster.People))
		}
	}
	if err := two.ReplaceRoster(ctx, 0, testRoster("新", 3)); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("on an old revision: %v, want a conflict", err)
	}
	if err := two.ReplaceRoster(ctx, 1, testRoster("新", 3)); err != nil {
		t.Fatal(err)
	}
	if d := directory(t, one); d.Revision != 2 || len(d.Roster.People) != 3 || d.Roster.Stations[0].Name != "新站" {
		t.Errorf("after the second import: revision %d with %d people", d.Revision, len(d.Roster.People))
	}
	if n := generations(t, one); n != 1 {
		t.Errorf("%d generations are left, want 1", n)
	}
	if left, err := one.rdb.TTL(ctx, one.keys.directory()).Result(); err != nil || left > 0 {
		t.Errorf("the directory expires in %v, %v", left, err)
	}
	var doc directoryDoc
	if _, err := one.get(ctx, one.keys.directory(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, key := range one.keys.rosterKeys(doc.Generation) {
		if left := one.rdb.TTL(ctx, key).Val(); left > 0 {
			t.Errorf("%s, which is in use, expires in %v", key, left)
		}
	}
}

// Redis forgets the last second when it crashes. An import whose first entries are gone must not be used.
func TestIncompleteGenerationIsNotUsed(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	if err := s.ReplaceRoster(ctx, 0, testRoster("旧", 5)); err != nil {
		t.Fatal(err)
	}
	r := testRoster("新", 5)
	r.People = append(r.People, r.People[0]) // one entry fewer arrives than was sent
	if err := s.ReplaceRoster(ctx, 1, r); echowall.KindOf(err) != echowall.KindUnavailable {
		t.Errorf("an incomplete generation: %v", err)
	}
	if d := directory(t, s); d.Revision != 1 || d.Roster.People[0].Name != "旧0" {
		t.Errorf("revision %d, first is %s", d.Revision, d.Roster.People[0].Name)
	}
	if n := generations(t, s); n != 1 {
		t.Errorf("%d generations are left, want 1", n)
	}
}

func TestChangeRoster(t *testing.T) {
	url := redistest.Run(t).URL()
	one, two, ctx := openAt(t, url, "wx1"), openAt(t, url, "wx1"), t.Context()
	if err := one.ReplaceRoster(ctx, 0, testRoster("旧", 20)); err != nil {
		t.Fatal(err)
	}
	before := directory(t, two)
	if err := one.ChangeRoster(ctx, rename("r00003", "改名")); err != nil {
		t.Fatal(err)
	}
	if err := one.PutStations(ctx, echowall.Station{ID: "a0", Name: "新站"}); err != nil {
		t.Fatal(err)
	}
	d := directory(t, two)
	p, _ := d.Person("r00003")
	if d.Revision != 3 || p.Name != "改名" || len(d.Roster.People) != 20 || d.Roster.Stations[0].ID != "a0" || len(d.Roster.Stations) != 2 {
		t.Errorf("another process sees revision %d, %+v, stations %+v", d.Revision, p, d.Roster.Stations)
	}
	if old, _ := before.Person("r00003"); old.Name != "旧3" || len(before.Roster.Stations) != 1 {
		t.Error("a directory that somebody holds has changed")
	}
	if err := one.ChangeRoster(ctx, func(*echowall.Directory) (*echowall.Roster, error) { return new(echowall.Roster), nil }); err != nil {
		t.Fatal(err)
	}
	if d := directory(t, one); d.Revision != 3 {
		t.Errorf("a change without entries makes revision %d", d.Revision)
	}
	if err := one.ChangeRoster(ctx, rename("nobody", "")); echowall.KindOf(err) != echowall.KindNotFound {
		t.Errorf("the rule's error: %v", err)
	}
}

// A process that is one change behind does not read the whole roster again.
func TestOneChangeIsReadAlone(t *testing.T) {
	url := redistest.Run(t).URL()
	one, two, ctx := openAt(t, url, "wx1"), openAt(t, url, "wx1"), t.Context()
	if err := one.ReplaceRoster(ctx, 0, testRoster("旧", 20)); err != nil {
		t.Fatal(err)
	}
	directory(t, one)
	directory(t, two)
	scans := func() int {
		info, err := two.rdb.InfoMap(ctx, "commandstats").Result()
		if err != nil {
			t.Fatal(err)
		}
		var calls int
		if text := info["Commandstats"]["cmdstat_hscan"]; text != "" {
			if _, err := fmt.Sscanf(text, "calls=%d", &calls); err != nil {
				t.Fatal(err)
			}
		}
		return calls
	}
	was := scans()
	if was == 0 {
		t.Fatal("nothing was scanned: the test no longer sees it")
	}
	for i := range 3 {
		if err := one.ChangeRoster(ctx, rename("r00003", fmt.Sprint("改名", i))); err != nil {
			t.Fatal(err)
		}
	}
	d := directory(t, two)
	if p, _ := d.Person("r00003"); d.Revision != 4 || p.Name != "改名2" {
		t.Errorf("revision %d, %+v", d.Revision, p)
	}
	if now := scans(); now != was {
		t.Errorf("%d scans for three single changes, want none", now-was)
	}
	for i := range logKept + 1 { // further behind than the log
		if err := one.ChangeRoster(ctx, rename("r00004", fmt.Sprint("又", i))); err != nil {
			t.Fatal(err)
		}
	}
	if p, _ := directory(t, two).Person("r00004"); p.Name != fmt.Sprint("又", logKept) {
		t.Errorf("after many changes %+v", p)
	}
	if now := scans(); now == was {
		t.Error("the log is shorter than what was missed, and nothing was scanned")
	}
	if n := one.rdb.LLen(ctx, one.keys.directoryLog()).Val(); n != logKept {
		t.Errorf("%d changes in the log, want %d", n, logKept)
	}
}

// A Redis that lost its last second comes to the same revision again with something else in it.
func TestRevisionThatWasLost(t *testing.T) {
	for changes := 1; changes <= 3; changes++ { // after the loss, before the other process looks
		t.Run(fmt.Sprint(changes), func(t *testing.T) {
			url := redistest.Run(t).URL()
			one, two, ctx := openAt(t, url, "wx1"), openAt(t, url, "wx1"), t.Context()
			if err := one.ReplaceRoster(ctx, 0, testRoster("旧", 3)); err != nil {
				t.Fatal(err)
			}
			pointer := one.rdb.Get(ctx, one.keys.directory()).Val()
			var doc directoryDoc
			if _, err := unmarshalDoc(pointer, &doc); err != nil {
				t.Fatal(err)
			}
			entry := one.rdb.HGet(ctx, one.keys.roster(doc.Generation), "r00001").Val()
			if err := one.ChangeRoster(ctx, rename("r00001", "丢失")); err != nil {
				t.Fatal(err)
			}
			if p, _ := directory(t, two).Person("r00001"); p.Name != "丢失" {
				t.Fatalf("before the loss: %+v", p)
			}
			one.rdb.Set(ctx, one.keys.directory(), pointer, 0)
			one.rdb.HSet(ctx, one.keys.roster(doc.Generation), "r00001", entry)
			one.rdb.Del(ctx, one.keys.directoryLog())
			three := openAt(t, url, "wx1") // did not see what was lost
			for i := range changes {
				if err := three.ChangeRoster(ctx, rename("r00002", fmt.Sprint("后来", i))); err != nil {
					t.Fatal(err)
				}
			}
			d := directory(t, two)
			lost, _ := d.Person("r00001")
			later, _ := d.Person("r00002")
			if lost.Name != "旧1" || later.Name != fmt.Sprint("后来", changes-1) {
				t.Errorf("after the loss: %s, %s", lost.Name, later.Name)
			}
		})
	}
}

// Of several imports on the same revision one goes through, whole.
func TestImportsAtOnce(t *testing.T) {
	url := redistest.Run(t).URL()
	s, ctx := openAt(t, url, "wx1"), t.Context()
	if err := s.ReplaceRoster(ctx, 0, testRoster("旧", 10)); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	results := make([]error, 6)
	for i := range results {
		one := openAt(t, url, "wx1")
		all.Go(func() { results[i] = one.ReplaceRoster(ctx, 1, testRoster(fmt.Sprint("第", i, "份"), 3000)) })
	}
	all.Wait()
	winner := -1
	for i, err := range results {
		switch {
		case err == nil && winner >= 0:
			t.Errorf("imports %d and %d went through", winner, i)
		case err == nil:
			winner = i
		case echowall.KindOf(err) != echowall.KindConflict:
			t.Errorf("import %d: %v, want a conflict", i, err)
		}
	}
	d := directory(t, s)
	for _, p := range d.Roster.People {
		if !strings.HasPrefix(p.Name, fmt.Sprint("第", winner, "份")) {
			t.Fatalf("import %d went through, and %s is there", winner, p.Name)
		}
	}
	if d.Revision != 2 || len(d.Roster.People) != 3000 || generations(t, s) != 1 {
		t.Errorf("revision %d, %d people, %d generations", d.Revision, len(d.Roster.People), generations(t, s))
	}
}

func TestChangesAtOnce(t *testing.T) {
	url := redistest.Run(t).URL()
	one, two, ctx := openAt(t, url, "wx1"), openAt(t, url, "wx1"), t.Context()
	if err := one.ReplaceRoster(ctx, 0, testRoster("旧", 10)); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s := one
			if i%2 == 0 {
				s = two
			}
			err := s.ChangeRoster(ctx, func(d *echowall.Directory) (*echowall.Roster, error) {
				p, _ := d.Person("r00000")
				changed := *p
				changed.Tags = append(slices.Clone(p.Tags), fmt.Sprint(i))
				return &echowall.Roster{People: []echowall.RosterPerson{changed}}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	d := directory(t, one)
	p, _ := d.Person("r00000")
	slices.Sort(p.Tags)
	if got := strings.Join(p.Tags, ""); got != "01234567" || d.Revision != 9 {
		t.Errorf("revision %d, tags %q: changes were lost", d.Revision, got)
	}
}

func TestRosterGivesRoles(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	if err := s.ReplaceRoster(ctx, 0, testRoster("名", 3)); err != nil {
		t.Fatal(err)
	}
	direct, member := echowall.Grant{Role: echowall.RoleLiaison, Scope: "c9"}, echowall.Grant{Role: echowall.RoleMember, Scope: "b1"}
	head := echowall.Grant{Role: echowall.RoleHead, Scope: "c1"}
	from := echowall.OpenID("o-one")
	p := s.ids.Person(from)
	if err := s.UpdatePerson(ctx, p, func(w *echowall.Who) error {
		w.Roster = "r00000"
		w.Grant(direct)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdatePerson(ctx, "p-two", func(w *echowall.Who) error { w.Grant(member); return nil }); err != nil {
		t.Fatal(err)
	}
	turn := func(key string) echowall.Turn {
		t.Helper()
		got, err := s.Begin(ctx, echowall.Contact{Key: key, From: from, At: exportNoon, Opens: echowall.WindowMessage})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	w, err := s.Person(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]*echowall.Who{"read": w, "in a turn": turn("m1").Who()} {
		if who.Name != "名0" || !slices.Equal(who.Grants, []echowall.Grant{member, head, direct}) {
			t.Errorf("%s: %+v", name, who)
		}
	}
	if err := s.UpdatePerson(ctx, p, func(w *echowall.Who) error {
		if !slices.Equal(w.Grants, []echowall.Grant{direct}) {
			t.Errorf("the rule sees %v, want what was given directly", w.Grants)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if holders, err := s.HoldersOf(ctx, member); err != nil || !slices.Equal(holders, slices.Sorted(slices.Values([]echowall.PersonID{p, "p-two"}))) {
		t.Errorf("members %v, %v", holders, err)
	}
	if holders, err := s.HoldersOf(ctx, head); err != nil || !slices.Equal(holders, []echowall.PersonID{p}) {
		t.Errorf("heads %v, %v", holders, err)
	}

	// Who leaves has no roles from the next message on.
	if err := s.ChangeRoster(ctx, func(d *echowall.Directory) (*echowall.Roster, error) {
		left, _ := d.Person("r00000")
		gone := *left
		gone.Left = true
		return &echowall.Roster{People: []echowall.RosterPerson{gone}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if who := turn("m2").Who(); !slices.Equal(who.Grants, []echowall.Grant{direct}) {
		t.Errorf("after leaving: %+v", who)
	}
	if holders, err := s.HoldersOf(ctx, head); err != nil || len(holders) != 0 {
		t.Errorf("heads after leaving %v, %v", holders, err)
	}
}

func TestOneLineIsBoundOnce(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	bind := func(p echowall.PersonID, line echowall.RosterID) error {
		return s.UpdatePerson(ctx, p, func(w *echowall.Who) error { w.Roster = line; return nil })
	}
	var all sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		all.Go(func() { results[i] = bind(echowall.PersonID(fmt.Sprint("p", i)), "r1") })
	}
	all.Wait()
	winner := slices.Index(results, nil)
	if winner < 0 {
		t.Fatalf("nobody was bound: %v", results)
	}
	for i, err := range results {
		if i != winner && echowall.KindOf(err) != echowall.KindConflict {
			t.Errorf("p%d: %v, want a conflict", i, err)
		}
	}
	p := echowall.PersonID(fmt.Sprint("p", winner))
	if bound, err := s.Bound(ctx, "r1", "r2"); err != nil || len(bound) != 1 || bound["r1"] != p {
		t.Errorf("bound %v, %v", bound, err)
	}
	if err := bind(p, "r2"); err != nil {
		t.Fatal(err)
	}
	if err := bind("p-other", "r1"); err != nil {
		t.Errorf("a line that was given up: %v", err)
	}
	if bound, err := s.Bound(ctx, "r1", "r2"); err != nil || bound["r2"] != p || bound["r1"] != "p-other" {
		t.Errorf("bound %v, %v", bound, err)
	}
}

// What a turn changes is seen within the turn at once and by others with its commit.
func TestChangeRosterInATurn(t *testing.T) {
	s, ctx := openAt(t, redistest.Run(t).URL(), "wx1"), t.Context()
	if err := s.ReplaceRoster(ctx, 0, testRoster("名", 3)); err != nil {
		t.Fatal(err)
	}
	turn, err := s.Begin(ctx, echowall.Contact{Key: "m1", From: "o-one", At: exportNoon})
	if err != nil {
		t.Fatal(err)
	}
	in := turn.Context(ctx)
	for _, name := range []string{"甲", "乙"} {
		if err := s.ChangeRoster(in, rename("r00001", name)); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := s.Directory(in); err != nil || d.Roster.People[1].Name != "乙" {
		t.Errorf("within the turn %v, %v", d.Roster.People[1], err)
	}
	if d := directory(t, s); d.Roster.People[1].Name != "名1" {
		t.Errorf("before the commit others see %v", d.Roster.People[1])
	}
	if err := turn.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if d := directory(t, s); d.Roster.People[1].Name != "乙" {
		t.Errorf("after the commit others see %v", d.Roster.People[1])
	}

	late, err := s.Begin(ctx, echowall.Contact{Key: "m2", From: "o-one", At: exportNoon})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ChangeRoster(ctx, rename("r00002", "丙")); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangeRoster(late.Context(ctx), rename("r00002", "丁")); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(ctx, nil); echowall.KindOf(err) != echowall.KindConflict {
		t.Errorf("a turn on an old roster: %v, want a conflict", err)
	}
}
