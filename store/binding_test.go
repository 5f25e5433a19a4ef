package store_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"echowall"
	"echowall/store"
	"echowall/store/redistest"
)

// office is the people of a small roster, seen by two processes on one Redis, under a clock that is set by hand.
type office struct {
	*testing.T
	redis *redistest.Server
	one   *echowall.People
	other *echowall.People
	store *store.Store // of one

	mu  sync.Mutex
	now time.Time
}

var (
	registrar = &echowall.Who{Person: "p-registrar", Roster: "R1", Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: "*"}}}
	secretary = &echowall.Who{Person: "p-secretary", Roster: "S1", Grants: []echowall.Grant{{Role: echowall.RoleSecretary, Scope: "b1"}}}
)

func newOffice(t *testing.T) *office {
	o := &office{T: t, redis: redistest.Run(t), now: noon}
	o.one, o.store = o.process()
	o.other, _ = o.process()
	roster := &echowall.Roster{
		Branches: []echowall.Branch{{ID: "b1", Name: "第一支部"}, {ID: "b2", Name: "第二支部"}},
		Stations: []echowall.Station{{ID: "c1", Name: "竹园社区联络站", Kind: echowall.StationCommunity, Officers: []echowall.RosterID{"M2"}}},
		People: []echowall.RosterPerson{
			{ID: "M1", Name: "张三", Branch: "b1", Standing: echowall.StandingFull},
			{ID: "M2", Name: "李四", Branch: "b1", Standing: echowall.StandingFull},
			{ID: "M3", Name: "王五", Branch: "b2", Standing: echowall.StandingFull},
			{ID: "M4", Name: "赵六", Branch: "b1", Standing: echowall.StandingFull, Left: true},
			{ID: "M5", Name: "周五", Branch: "b1", Standing: echowall.StandingFull},
			{ID: "R1", Name: "钱七", Duties: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: "*"}}},
			{ID: "R2", Name: "吴九", Branch: "b1", Standing: echowall.StandingFull, Duties: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: "*"}}},
			{ID: "S1", Name: "孙八", Branch: "b1", Standing: echowall.StandingFull, Secretary: true},
			{ID: "S2", Name: "郑十", Branch: "b2", Joint: []echowall.BranchID{"b1"}, Standing: echowall.StandingFull, Secretary: true},
		},
	}
	o.no(o.store.ReplaceRoster(t.Context(), 0, roster))
	return o
}

func (o *office) process() (*echowall.People, *store.Store) {
	o.Helper()
	s, err := store.Open(o.Context(), store.Config{URL: o.redis.URL(), Account: "wx1", Secret: make([]byte, 32), Now: o.clock})
	o.no(err)
	o.Cleanup(func() { s.Close() })
	return &echowall.People{Store: s, Roster: s, Access: s, Sessions: s, Now: o.clock}, s
}

func (o *office) clock() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }

func (o *office) later(d time.Duration) { o.mu.Lock(); defer o.mu.Unlock(); o.now = o.now.Add(d) }

func (o *office) no(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// refused wants a refusal with one sentence.
func (o *office) refused(err error, key string) {
	o.Helper()
	var e *echowall.Error
	if e, _ = err.(*echowall.Error); e == nil || e.Key != key {
		o.Errorf("want the refusal %s, got %v", key, err)
	}
}

func (o *office) slip(line echowall.RosterID) string {
	o.Helper()
	slips, err := o.one.Issue(o.Context(), registrar, line)
	o.no(err)
	return slips[0].Code
}

func (o *office) bind(p echowall.PersonID, line echowall.RosterID) {
	o.Helper()
	_, err := o.one.Bind(o.Context(), p, o.slip(line))
	o.no(err)
}

func (o *office) who(p echowall.PersonID) *echowall.Who {
	o.Helper()
	w, err := o.store.Person(o.Context(), p)
	o.no(err)
	return w
}

// logged are the newest lines of the access log, the newest first: what was done, to which line.
func (o *office) logged(n int) []string {
	o.Helper()
	list, err := o.store.AccessLog(o.Context(), 0, n)
	o.no(err)
	var out []string
	for _, e := range list {
		out = append(out, string(e.Kind)+" "+e.Why+" "+e.Case+" "+string(e.By)+" "+string(e.Subject))
	}
	return out
}

func TestSlips(t *testing.T) {
	o := newOffice(t)
	slips, err := o.one.Issue(t.Context(), secretary, "M1", "M5")
	o.no(err)
	if len(slips) != 2 || slips[0].Name != "张三" || slips[1].Branch != "第一支部" || slips[0].Scene != "b-"+slips[0].Code || !slips[0].Expires.Equal(noon.Add(14*24*time.Hour)) {
		t.Errorf("slips %+v", slips)
	}
	older := slips[0].Code
	for key, text := range dump(t, o.store) {
		for _, s := range slips {
			if strings.Contains(key+text, s.Code) {
				t.Errorf("%s holds a code in clear", key)
			}
		}
	}
	newer := o.slip("M1")
	_, err = o.one.Bind(t.Context(), "p1", older)
	o.refused(err, "people.code_wrong")
	w, err := o.one.Bind(t.Context(), "p1", newer)
	o.no(err)
	if w.Name != "张三" || w.Roster != "M1" || !w.Holds(echowall.RoleMember, "b1") {
		t.Errorf("bound as %+v", w)
	}
	if holders, err := o.store.HoldersOf(t.Context(), echowall.Grant{Role: echowall.RoleMember, Scope: "b1"}); err != nil || !slices.Equal(holders, []echowall.PersonID{"p1"}) {
		t.Errorf("holders %v, %v", holders, err)
	}

	// Who is bound needs no code; of a branch the others get theirs.
	slips, err = o.one.Issue(t.Context(), secretary, "M1", "M2", "M5", "S1")
	if o.no(err); len(slips) != 2 || slips[0].Roster != "M5" || slips[1].Roster != "S1" {
		t.Errorf("slips %+v", slips)
	}
	_, err = o.one.Issue(t.Context(), secretary, "M1")
	o.refused(err, "people.all_bound")
	_, err = o.one.Issue(t.Context(), secretary, "M3")
	o.refused(err, "people.nobody")

	// Nobody hands out more than they look after.
	for _, line := range []echowall.RosterID{"M2", "R2", "S2"} {
		_, err = o.one.Issue(t.Context(), secretary, line)
		o.refused(err, "people.staff_line")
	}
	_, err = o.one.Issue(t.Context(), head, "M2")
	o.no(err)
	_, err = o.one.Issue(t.Context(), secretary, "M9")
	o.refused(err, "people.nobody")
	_, err = o.one.Issue(t.Context(), secretary, "M5", "M4")
	o.refused(err, "people.left")
	_, err = o.one.Issue(t.Context(), o.who("p1"), "M5")
	if echowall.KindOf(err) != echowall.KindForbidden {
		t.Errorf("a member made a code: %v", err)
	}
	_, err = o.one.Bind(t.Context(), "p2", slips[0].Code)
	o.no(err) // the refused call above left the code alone
}

func TestOneAccountOneLine(t *testing.T) {
	o := newOffice(t)
	o.bind("p1", "M1")
	code := o.slip("M2")
	_, err := o.one.Bind(t.Context(), "p1", code)
	o.refused(err, "people.bound_already")
	_, err = o.one.Bind(t.Context(), "p2", code)
	o.no(err)

	// A code that gives a bound line is refused, whatever way it came to be.
	o.no(o.store.PutCode(t.Context(), "ABCD2345", echowall.BindingCode{Roster: "M2"}, time.Hour))
	_, err = o.one.Bind(t.Context(), "p3", "ABCD2345")
	o.refused(err, "people.taken")

	// Somebody who leaves cannot be bound with a code from before.
	code = o.slip("M3")
	o.no(o.store.ChangeRoster(t.Context(), func(d *echowall.Directory) (*echowall.Roster, error) {
		p, _ := d.Person("M3")
		left := *p
		left.Left = true
		return &echowall.Roster{People: []echowall.RosterPerson{left}}, nil
	}))
	_, err = o.one.Bind(t.Context(), "p3", code)
	o.refused(err, "people.code_void")
}

// Two processes, one code: one of two people gets it, and the other's is a wrong code like any other.
func TestTwoProcessesOneCode(t *testing.T) {
	o := newOffice(t)
	for round := range 20 {
		line := echowall.RosterID("N" + strconv.Itoa(round))
		o.no(o.store.ChangeRoster(t.Context(), func(*echowall.Directory) (*echowall.Roster, error) {
			return &echowall.Roster{People: []echowall.RosterPerson{{ID: line, Name: "某", Branch: "b1", Standing: echowall.StandingFull}}}, nil
		}))
		code := o.slip(line)
		bound := make([]bool, 2)
		var wg sync.WaitGroup
		for i, u := range []*echowall.People{o.one, o.other} {
			wg.Go(func() {
				_, err := u.Bind(context.Background(), echowall.PersonID("q"+strconv.Itoa(2*round+i)), code)
				bound[i] = err == nil
				if err != nil {
					o.refused(err, "people.code_wrong")
				}
			})
		}
		wg.Wait()
		if bound[0] == bound[1] {
			t.Fatalf("round %d: bound %v", round, bound)
		}
	}
}

// However the tries of one person are spread over processes, four are wrong, the fifth locks, and the rest are
// not counted.
func TestTriesAreCountedTogether(t *testing.T) {
	o := newOffice(t)
	var mu sync.Mutex
	said := map[string]int{}
	var wg sync.WaitGroup
	for i := range 12 {
		u := []*echowall.People{o.one, o.other}[i%2]
		wg.Go(func() {
			_, err := u.Bind(context.Background(), "p1", "AAAA222"+strconv.Itoa(i%8+2))
			e, ok := err.(*echowall.Error)
			mu.Lock()
			defer mu.Unlock()
			if !ok {
				t.Errorf("%v", err)
				return
			}
			said[e.Key+e.Args["left"]]++
		})
	}
	wg.Wait()
	for _, left := range []string{"4", "3", "2", "1"} {
		if said["people.code_wrong"+left] != 1 {
			t.Errorf("%s more tries were told %d times", left, said["people.code_wrong"+left])
		}
	}
	if said["people.code_locked"] != 8 {
		t.Errorf("said %v", said)
	}
}

// The fifth wrong code and the right one at the same moment: either the lock came first and the code is
// unused, or the binding and the wrong code is the first of a new count.
func TestFifthTryAgainstTheRightCode(t *testing.T) {
	o := newOffice(t)
	for round := range 20 {
		p := echowall.PersonID("p" + strconv.Itoa(round))
		for range echowall.TriesLimit - 1 {
			_, err := o.one.Bind(t.Context(), p, "AAAA2222")
			o.refused(err, "people.code_wrong")
		}
		code := o.slip("M1")
		var right, wrong error
		var wg sync.WaitGroup
		wg.Go(func() { _, right = o.one.Bind(context.Background(), p, code) })
		wg.Go(func() { _, wrong = o.other.Bind(context.Background(), p, "AAAA2222") })
		wg.Wait()
		switch {
		case right == nil:
			o.refused(wrong, "people.code_wrong")
			o.no(o.one.Leave(t.Context(), p, "unbind"))
		default:
			o.refused(right, "people.code_locked")
			o.refused(wrong, "people.code_locked")
			_, err := o.one.Bind(t.Context(), p+"x", code)
			o.no(err)
			o.no(o.one.Leave(t.Context(), p+"x", "unbind"))
		}
	}
}

// The lock is in Redis: killing everything does not open it, an hour does.
func TestLockOutlivesACrash(t *testing.T) {
	o := newOffice(t)
	for range echowall.TriesLimit {
		_, err := o.one.Bind(t.Context(), "p1", "AAAA2222")
		if err == nil {
			t.Fatal("bound")
		}
	}
	code := o.slip("M1")
	o.redis.Restart()
	again, _ := o.process()
	o.later(59*time.Minute + 59*time.Second)
	_, err := again.Bind(t.Context(), "p1", code)
	o.refused(err, "people.code_locked")
	o.later(time.Second)
	_, err = again.Bind(t.Context(), "p1", code)
	o.no(err)
}

func TestCodeExpires(t *testing.T) {
	o := newOffice(t)
	code := o.slip("M1")
	o.later(echowall.CodeKept)
	_, err := o.one.Bind(t.Context(), "p1", code)
	o.refused(err, "people.code_expired")
	o.later(-time.Second)
	_, err = o.one.Bind(t.Context(), "p1", code)
	o.no(err)
}
