package echowall_test

import (
	"fmt"
	"strings"
	"testing"

	"echowall"
)

func TestSearch(t *testing.T) {
	d := echowall.NewDirectory(&echowall.Roster{
		Branches: []echowall.Branch{{ID: "b1", Name: "三里桥社区第一党支部"}, {ID: "b2", Name: "竹园社区党支部"}},
		People: []echowall.RosterPerson{
			{ID: "R010", Name: "王敏", Branch: "b1", PhoneTail: "0071"},
			{ID: "r011", Name: "王敏慧", Branch: "b2", PhoneTail: "1234"},
			{ID: "r012", Name: "李王敏", Branch: "b2", Post: "组织委员"},
			{ID: "r013", Name: "王敏", Branch: "b2", PhoneTail: "0073", Left: true},
			{ID: "r014", Name: "Ａlice", PhoneTail: "1011"},
		},
	}, 1)
	for _, tt := range []struct{ question, want string }{
		{"王敏", "R010 r011 r012 r013"}, // the same name, one that begins so, one that holds it; who has left comes last
		{"r010", "R010"},
		{"R01", "R010 r011 r012 r014 r013"},
		{"0071", "R010"},
		{"竹园", "r011 r012 r013"},
		{"竹园 王敏", "r011 r012 r013"},
		{"王敏　b1", "R010"},
		{"组织委员", "r012"},
		{"alice", "r014"},
		{"ＡＬＩＣＥ", "r014"},
		{"011", "r011 r014"},
		{"没有", ""},
		{" ", ""},
		{"敏\x00", "R010 r011 r012 r013"},
		{strings.Repeat("王", echowall.SearchLength+1), ""},
	} {
		var got []string
		for _, p := range d.Search(tt.question, 10, nil) {
			got = append(got, string(p.ID))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q finds %v, want %s", tt.question, got, tt.want)
		}
	}
	if got := d.Search("王敏", 2, nil); len(got) != 2 || got[1].ID != "r011" {
		t.Errorf("the first two are %v", got)
	}
	visible := func(p *echowall.RosterPerson) bool { return p.Branch == "b2" }
	if got := d.Search("王敏", 1, visible); len(got) != 1 || got[0].ID != "r011" {
		t.Errorf("the first that may be seen is %v", got)
	}
}

func BenchmarkSearch(b *testing.B) {
	const people = 50_000
	r := &echowall.Roster{Branches: []echowall.Branch{{ID: "b1", Name: "三里桥社区第一党支部"}}}
	for i := range people {
		r.People = append(r.People, echowall.RosterPerson{ID: echowall.RosterID(fmt.Sprintf("r%05d", i)), Name: fmt.Sprintf("姓名%d", i*7919%people), Branch: "b1", PhoneTail: fmt.Sprintf("%04d", i%10000)})
	}
	d := echowall.NewDirectory(r, 1)
	for _, question := range []string{"姓名4999", "r0", "三里桥", "没有这个人"} {
		b.Run(question, func(b *testing.B) {
			for b.Loop() {
				d.Search(question, 50, nil)
			}
		})
	}
}
