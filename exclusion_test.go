package echowall

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// district is a small roster: a street above two communities, a trade station, a unit, and people in every role.
func district() *Directory {
	return NewDirectory(&Roster{
		Committees: []Committee{{ID: "c1", Name: "柳桥街道党工委"}, {ID: "c2", Name: "竹园社区党委", Parent: "c1"}, {ID: "c3", Name: "别处党委"}},
		Branches: []Branch{
			{ID: "b1", Name: "竹园第一支部", Committee: "c2"}, {ID: "b2", Name: "别处支部", Committee: "c3"},
		},
		Stations: []Station{
			{ID: "s0", Name: "柳桥街道联络站", Kind: StationStreet, Head: "r-street"},
			{ID: "s1", Name: "竹园社区联络站", Kind: StationCommunity, Parent: "s0", Aliases: []string{"竹园东里"}, Head: "r-head", Officers: []RosterID{"r-zhang", "r-li"}},
			{ID: "s2", Name: "新竹园社区联络站", Kind: StationCommunity, Parent: "s0", Officers: []RosterID{"r-sole"}},
			{ID: "s3", Name: "出租车行业联络站", Kind: StationTrade, Officers: []RosterID{"r-taxi"}},
			{ID: "s9", Name: "撤销社区联络站", Kind: StationCommunity, Parent: "s0", Closed: true},
		},
		Grids: []Grid{{ID: "g1", Name: "一格", Station: "s1", Officer: "r-grid"}},
		Units: []Unit{{ID: "u1", Name: "阳光物业公司", Aliases: []string{"阳光物业"}, Handlers: []RosterID{"r-unit"}, Approvers: []RosterID{"r-boss"}}},
		People: []RosterPerson{
			{ID: "r-street", Name: "王建国"}, {ID: "r-head", Name: "周敏"}, {ID: "r-zhang", Name: "张三丰"}, {ID: "r-li", Name: "李四"},
			{ID: "r-sole", Name: "孙一"}, {ID: "r-taxi", Name: "钱多"}, {ID: "r-grid", Name: "郑网格"}, {ID: "r-unit", Name: "吴承办"}, {ID: "r-boss", Name: "冯审核"},
			{ID: "r-super", Name: "陈督办", Duties: []Grant{{RoleSupervisor, ScopeEverywhere}}},
			{ID: "r-member", Name: "何党员", Branch: "b1", Standing: StandingFull},
			{ID: "r-joint", Name: "两头党员", Branch: "b1", Joint: []BranchID{"b2"}, Standing: StandingFull},
			{ID: "r-both", Name: "褚双职", Branch: "b1", Standing: StandingFull, Duties: []Grant{{RoleReviewer, "s2"}}},
			{ID: "r-namesake", Name: "李四", Duties: []Grant{{RoleCallback, "s2"}}},
			{ID: "r-gone", Name: "卫离任", Left: true, Duties: []Grant{{RoleSupervisor, ScopeEverywhere}}},
		},
	}, 1)
}

func TestPartiesIn(t *testing.T) {
	d := district()
	for text, want := range map[string]string{
		// Places.
		"竹园社区路灯坏了":                "",
		"竹园东里三号楼漏水":               "",
		"竹园社区居委会门口的路灯坏了":          "",
		"竹园居委会旁边的垃圾没人收":           "",
		"竹园社区联络站，您好，楼道灯坏了":        "",
		"阳光物业对面积水":                "",
		"柳桥街道的树该修剪了":              "",
		"撤销社区居委会不理人":              "",
		"":                        "",
		"竹":                       "",
		"举报电话打不通":                 "",
		"党员何党员是好人":                "", // sees no wishes, so there is nothing to keep from him
		"卫离任走了也没人管":               "",
		"Mr 竹园社区 is a place, too": "",

		// Stations.
		"竹园社区联络站的人态度很差":       "s:s1",
		"竹园社区居委会收了钱不办事":       "s:s1",
		"竹园居委会不开门":            "s:s1",
		"竹园社区 居委会 乱收费":        "s:s1",
		"投诉柳桥街道办事处拖着不办":       "s:s0",
		"柳桥街道办推给居委会":          "s:s0",
		"新竹园居委会周末没人":          "s:s2",
		"新竹园居委会和竹园居委会互相推":     "s:s1 s:s2",
		"出租车行业联络站收费不透明":       "s:s3",
		"竹园社区居委会门口贴了，竹园居委会不认": "s:s1",

		// Units.
		"阳光物业三年没修电梯": "u:u1",
		"阳光物业公司乱收费":  "u:u1",

		// People, namesakes included: nobody can tell which one is meant.
		"找过周敏，说不归她管":  "p:r-head",
		"李四骂人":        "p:r-li p:r-namesake",
		"张三丰和吴承办是亲戚":  "p:r-unit p:r-zhang",
		"陈督办不回电话":     "p:r-super",
		"网格员郑网格从来没来过": "p:r-grid",
		"王建国说阳光物业没问题": "p:r-street u:u1",
	} {
		var got []string
		for _, p := range d.PartiesIn(text) {
			got = append(got, string(p))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, want %q", text, s, want)
		}
	}
}

func TestWithholdRoutes(t *testing.T) {
	d := district()
	for _, c := range []struct {
		text  string
		state WishState
		from  StationID
		want  StationID
	}{
		{"竹园社区路灯坏了", WishSubmitted, "s1", "s1"},
		{"竹园居委会不开门", WishSubmitted, "s1", "s0"},
		{"竹园居委会不开门", WishSubmitted, "s2", "s2"}, // somebody else's affair stays where it belongs
		{"竹园居委会和柳桥街道办互相推", WishSubmitted, "s1", TriageStation},
		{"周敏骂人", WishSubmitted, "s1", "s0"}, // the head's people do not judge the head
		{"李四骂人", WishSubmitted, "s1", "s1"}, // others at the station are left
		{"孙一骂人", WishSubmitted, "s2", "s0"}, // nobody is left there
		{"钱多绕路", WishSubmitted, "s3", TriageStation},
		{"阳光物业不修电梯", WishSubmitted, "s1", "s1"},
		{"王建国不管，周敏也不管", WishSubmitted, "s1", TriageStation},
		{"竹园居委会不开门", WishAccepted, "s1", "s1"}, // somebody answers for it already
		{"竹园居委会不开门", WishSubmitted, TriageStation, TriageStation},
	} {
		w := &Wish{Text: c.text, State: c.state, Station: c.from}
		d.Withhold(w)
		if w.Station != c.want {
			t.Errorf("%s at %s: goes to %s, want %s (excluded %v)", c.text, c.from, w.Station, c.want, w.Excluded)
		}
	}
}

// Whoever is excluded once stays so, even when the roster does not know the name any more.
func TestWithholdKeeps(t *testing.T) {
	w := &Wish{Text: "李四骂人", Station: "s1", Excluded: []Party{"p:r-before"}}
	district().Withhold(w)
	if want := []Party{"p:r-before", "p:r-li", "p:r-namesake"}; !slices.Equal(w.Excluded, want) {
		t.Errorf("excluded %v, want %v", w.Excluded, want)
	}
}

func TestNamedSeesNothing(t *testing.T) {
	d := district()
	who := func(id RosterID, direct ...Grant) *Who {
		return &Who{Roster: id, Grants: append(slices.Clone(d.Grants(id)), direct...)}
	}
	named := Target{Number: "XY1", Station: "s0", Excluded: []Party{"s:s1", "u:u1", "p:r-super"}}
	for name, c := range map[string]struct {
		who  *Who
		sees bool
	}{
		"head of the street":                     {who("r-street"), true},
		"head of the named station":              {who("r-head"), false},
		"officer of it with a role above":        {who("r-zhang", Grant{RoleSupervisor, ScopeEverywhere}), false},
		"grid officer of it with a role above":   {who("r-grid", Grant{RoleLiaison, "s0"}), false},
		"handler of the unit with a role above":  {who("r-unit", Grant{RoleLiaison, "s0"}), false},
		"named supervisor":                       {who("r-super"), false},
		"same name without a line of the roster": {&Who{Name: "陈督办", Grants: []Grant{{RoleSupervisor, ScopeEverywhere}}}, false},
		"another supervisor":                     {&Who{Name: "别人", Grants: []Grant{{RoleSupervisor, ScopeEverywhere}}}, true},
		"auditor":                                {&Who{Name: "审计", Grants: []Grant{{RoleAuditor, ScopeEverywhere}}}, true},
	} {
		err := d.Allow(c.who, ActionWishRead, named)
		if c.sees != (err == nil) {
			t.Errorf("%s: %v, want sees=%v", name, err, c.sees)
		}
		if err != nil && KindOf(err) != KindNotFound {
			t.Errorf("%s: the refusal tells that the wish exists: %v", name, err)
		}
	}
}

// Whatever people write, looking for names ends, and finds nobody twice.
func FuzzPartiesIn(f *testing.F) {
	d := district()
	for _, s := range []string{"", "竹园", "竹园社区居委会", "李四李四", "张\u3000三丰", "\xff\xfe竹", "竹\xe5", strings.Repeat("新竹园居委会", 20)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := d.PartiesIn(text)
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("%q: %v", text, got)
		}
	})
}

// Names are gathered once for a roster and every wish is one pass, however many names share a beginning.
func BenchmarkPartiesIn(b *testing.B) {
	r := &Roster{}
	for i := range 500 {
		id := fmt.Sprintf("s%03d", i)
		r.Stations = append(r.Stations, Station{ID: StationID(id), Name: fmt.Sprintf("柳桥街道第%d社区联络站", i), Kind: StationCommunity, Officers: []RosterID{RosterID("r" + id)}})
		r.People = append(r.People, RosterPerson{ID: RosterID("r" + id), Name: fmt.Sprintf("王%c强", '一'+rune(i))})
	}
	d := NewDirectory(r, 1)
	text := "柳桥街道第17社区三号楼二单元的路灯坏了半个月，晚上老人下楼不方便，希望尽快来修一修，谢谢。"
	d.PartiesIn(text)
	b.ReportAllocs()
	for b.Loop() {
		d.PartiesIn(text)
	}
}
