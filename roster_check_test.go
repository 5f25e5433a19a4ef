package echowall_test

import (
	"slices"
	"strings"
	"testing"

	"echowall"
)

func TestTooPrivate(t *testing.T) {
	for text, want := range map[string]bool{
		"110101199003077512":    true,
		"证号11010119900307751X。": true,
		"11010119900307751x":    true,
		"110101 19900307 7512":  true,
		"110101-19900307-7512":  true,
		"１１０１０１１９９００３０７７５１２": true,
		"110101900307751":          true,
		"110101\u200b199003077512": true,
		"1990-03-07":               true,
		"1990/3/7":                 true,
		"1990年3月7日生":               true,
		"生于 1990.03.07":            true,
		"19900307":                 true,
		"３/７/1990":                 true,
		"":                         false,
		"王敏":                       false,
		"0071":                     false,
		"13800138000":              false,
		"0571-5551010":             false,
		"13800138000，13900139000":  false, // 22 digits are no number of 18
		"138001380001390013":       false, // 18 digits, and no date in their middle
		"6222021234567890123":      false, // 19
		"1990年3月":                  false, // no day
		"2026":                     false,
		"1990-13-07":               false,
		"周一至周五 8:30–17:00":         false,
		"r0001":                    false,
		"30.251":                   false,
		"第1990-2期":                 false,
		"19901399":                 false,
		strings.Repeat("9", 18):    false,
		"统一社会信用代码 91110105MA01ABCD1X":      false,
		"电话 0571-55510100，0571-5555555":    false,
		"编号 110101199003077512 与 0571-555": true,
	} {
		if got := echowall.TooPrivate(text); got != want {
			t.Errorf("TooPrivate(%q) = %v", text, got)
		}
	}
}

func TestRosterIDs(t *testing.T) {
	for id, want := range map[string]bool{
		"r1": true, "A-01": true, strings.Repeat("x", 32): true,
		"": false, strings.Repeat("x", 33): false, "a b": false, "a:b": false, "{a}": false, "编号": false, "a_b": false, "a/b": false, "*": false, "..": false,
	} {
		if got := echowall.ValidRosterID(id); got != want {
			t.Errorf("ValidRosterID(%q) = %v", id, got)
		}
	}
}

// whole is a roster with nothing wrong in it.
func whole() *echowall.Roster {
	return &echowall.Roster{
		Committees: []echowall.Committee{{ID: "d1", Name: "街道党工委"}, {ID: "d2", Name: "社区党委", Parent: "d1"}},
		Branches:   []echowall.Branch{{ID: "b1", Name: "第一支部", Committee: "d2"}, {ID: "b2", Name: "第二支部", Committee: "d2"}},
		Groups:     []echowall.Group{{ID: "g1", Name: "第一组", Branch: "b1"}},
		Stations: []echowall.Station{
			{ID: "s1", Name: "街道站", Kind: echowall.StationStreet},
			{ID: "c1", Name: "社区站", Kind: echowall.StationCommunity, Parent: "s1", Head: "r1", Officers: []echowall.RosterID{"r2"}},
		},
		Grids:  []echowall.Grid{{ID: "w1", Name: "网格", Station: "c1", Officer: "r2"}},
		Points: []echowall.CollectionPoint{{ID: "p1", Name: "民意墙", Station: "c1", Grid: "w1"}},
		Units:  []echowall.Unit{{ID: "u1", Name: "城管办", Handlers: []echowall.RosterID{"r1"}, Approvers: []echowall.RosterID{"r2"}}},
		People: []echowall.RosterPerson{
			{ID: "r1", Name: "甲", Branch: "b1", Group: "g1", Standing: echowall.StandingFull, Secretary: true, Post: "书记"},
			{ID: "r2", Name: "乙", Branch: "b1", Joint: []echowall.BranchID{"b2"}, Standing: echowall.StandingProbation},
		},
	}
}

func TestCheck(t *testing.T) {
	if found := whole().Check(); len(found) > 0 {
		t.Fatalf("a roster that is whole: %+v", found)
	}
	for name, tt := range map[string]struct {
		change func(*echowall.Roster)
		want   string // sort, id, field, key
	}{
		"a committee below itself": {func(r *echowall.Roster) { r.Committees[0].Parent = "d1" }, "committee d1 parent roster.cycle"},
		"two below each other":     {func(r *echowall.Roster) { r.Committees[0].Parent = "d2" }, "committee d1 parent roster.cycle, committee d2 parent roster.cycle"},
		"closed above open":        {func(r *echowall.Roster) { r.Committees[0].Closed = true }, "committee d2 parent roster.parent_closed"},
		"stations in a circle": {func(r *echowall.Roster) {
			r.Stations[0].Parent = "c1"
		}, "station c1 parent roster.cycle, station s1 parent roster.cycle"},
		"an orphan grid":             {func(r *echowall.Roster) { r.Grids[0].Station = "" }, "grid w1 station roster.station_missing, point p1 grid roster.grid_elsewhere"},
		"a grid of a closed station": {func(r *echowall.Roster) { r.Stations[1].Closed = true }, "grid w1 station roster.parent_closed, point p1 station roster.parent_closed"},
		"no approver":                {func(r *echowall.Roster) { r.Units[0].Approvers = nil }, "unit u1 approvers roster.no_approver"},
		"who signs the own reply":    {func(r *echowall.Roster) { r.Units[0].Approvers[0] = "r1" }, "unit u1 approvers roster.own_approver"},
		"an approver who left": {func(r *echowall.Roster) { r.People[1].Leave(echowall.Date{Year: 2026, Month: 11, Day: 23}) },
			"grid w1 officer roster.person_left, station c1 officers roster.person_left, unit u1 approvers roster.person_left"},
		"a closed unit needs nobody": {func(r *echowall.Roster) { r.Units[0].Approvers, r.Units[0].Closed = nil, true }, ""},
		"a closed branch":            {func(r *echowall.Roster) { r.Branches[1].Closed = true }, "person r2 joint roster.branch_closed"},
		"who left a closed branch": {func(r *echowall.Roster) {
			r.Branches[1].Closed = true
			r.People = append(r.People, echowall.RosterPerson{ID: "r3", Name: "丙", Branch: "b2", Standing: echowall.StandingFull, Left: true})
		}, "person r2 joint roster.branch_closed"},
		"home is joint":                {func(r *echowall.Roster) { r.People[1].Joint[0] = "b1" }, "person r2 joint roster.joint_home"},
		"group of another branch":      {func(r *echowall.Roster) { r.People[0].Branch, r.People[0].Secretary = "b2", false }, "person r1 group roster.group_elsewhere"},
		"two secretaries":              {func(r *echowall.Roster) { r.People[1].Secretary = true }, "person r2 post roster.two_secretaries"},
		"a secretary who is no member": {func(r *echowall.Roster) { r.People[0].Standing = echowall.StandingActivist }, "person r1 post roster.secretary_member"},
		"the number of triage":         {func(r *echowall.Roster) { r.Points, r.Grids = nil, nil; r.Stations[1].ID = echowall.TriageStation }, "station triage id roster.id_reserved"},
		"a number twice":               {func(r *echowall.Roster) { r.Units = append(r.Units, r.Units[0]) }, "unit u1 id roster.id_twice"},
		"a private name":               {func(r *echowall.Roster) { r.People[0].Name = "甲110101199003077512" }, "person r1 name roster.private"},
		"an identity number as number": {func(r *echowall.Roster) { r.Points[0].ID = "110101199003077512" }, "point 110101199003077512 id roster.private"},
		"an outline that crosses itself": {func(r *echowall.Roster) {
			r.Grids[0].Outline = [][2]float64{{120, 30}, {120.01, 30.01}, {120.01, 30}, {120, 30.01}, {120, 30}}
		}, "grid w1 outline roster.outline"},
		"a far position": {func(r *echowall.Roster) { r.Grids[0].Lat, r.Grids[0].Lng = 51.5, -0.1 }, "grid w1 lat roster.position_far"},
	} {
		t.Run(name, func(t *testing.T) {
			r := whole()
			tt.change(r)
			var found []string
			for _, p := range r.Check() {
				found = append(found, strings.Join([]string{string(p.Sort), p.ID, p.Field, p.Why.Key}, " "))
			}
			slices.Sort(found)
			if got := strings.Join(found, ", "); got != tt.want {
				t.Errorf("found %q\nwant  %q", got, tt.want)
			}
		})
	}
}

func TestMoveAndLeave(t *testing.T) {
	day := echowall.Date{Year: 2026, Month: 11, Day: 23}
	p := whole().People[0]
	p.Joint = []echowall.BranchID{"b2", "b3"}
	before := p
	p.MoveTo("b2", "g7", day)
	if p.Branch != "b2" || p.Group != "g7" || p.Secretary || p.Post != "" || !slices.Equal(p.Joint, []echowall.BranchID{"b3"}) ||
		!slices.Equal(p.Past, []echowall.PastBranch{{Branch: "b1", Until: day}}) {
		t.Errorf("moved: %+v", p)
	}
	if len(before.Joint) != 2 || before.Joint[0] != "b2" {
		t.Errorf("the line before was changed: %+v", before)
	}
	p.MoveTo("b2", "g8", day)
	if len(p.Past) != 1 || p.Group != "g8" {
		t.Errorf("another group is no move: %+v", p)
	}
	for range 2 * echowall.PastBranches {
		p.MoveTo("b1", "", day)
		p.MoveTo("b2", "", day)
	}
	if len(p.Past) != echowall.PastBranches || p.Past[len(p.Past)-1].Branch != "b1" {
		t.Errorf("%d former branches are kept, the last is %s", len(p.Past), p.Past[len(p.Past)-1].Branch)
	}
	p.Leave(day)
	p.Leave(day.AddDays(7))
	if !p.Left || p.LeftOn != day || p.Branch != "b2" {
		t.Errorf("left twice: %+v", p)
	}
	p.Return()
	if p.Left || !p.LeftOn.IsZero() {
		t.Errorf("back: %+v", p)
	}
}
