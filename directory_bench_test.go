package echowall_test

import (
	"fmt"
	"testing"

	"echowall"
)

// manyPeople is a roster of 50,000 people in a thousand branches.
func manyPeople() *echowall.Roster {
	const people, branches = 50_000, 1000
	r := new(echowall.Roster)
	for i := range branches {
		r.Branches = append(r.Branches, echowall.Branch{ID: echowall.BranchID(fmt.Sprintf("b%05d", i)), Name: "三里桥社区第一党支部"})
	}
	for i := range people {
		r.People = append(r.People, echowall.RosterPerson{
			ID: echowall.RosterID(fmt.Sprintf("r%05d", i)), Name: fmt.Sprintf("姓名%d", i*7919%people), Branch: r.Branches[i%branches].ID,
			Standing: echowall.StandingFull, PhoneTail: fmt.Sprintf("%04d", i%10000),
		})
	}
	return r
}

// Every process makes a directory anew after every change of the roster.
func BenchmarkNewDirectory(b *testing.B) {
	r := manyPeople()
	b.ReportAllocs()
	for b.Loop() {
		echowall.NewDirectory(r, 1)
	}
}

func BenchmarkCheck(b *testing.B) {
	r := manyPeople()
	for b.Loop() {
		r.Check()
	}
}
