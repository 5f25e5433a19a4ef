package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"echowall"
)

// questions are searches of every kind, for one person, for many, for nobody.
func questions(d *echowall.Directory, n int) []string {
	people := d.Roster.People
	var out []string
	for i := range n {
		p := people[i*7919%len(people)]
		out = append(out, []string{
			p.Name, string(p.ID), string(p.ID[:5]), p.PhoneTail, p.Name + " " + p.PhoneTail, string([]rune(p.Name)[:1]), string([]rune(p.Name)[1:]),
			string(p.Branch), "社区第1党支部", "党支部 " + p.Name, "书记", "没有这个人",
		}[i%12])
	}
	return out
}

// search reads the roster as a console that has just started does, and asks.
func search(ctx context.Context, url string) error {
	s, err := open(ctx, url)
	if err != nil {
		return err
	}
	defer s.Close()
	begun := time.Now()
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("\nthe roster read anew: %.2f s\n", time.Since(begun).Seconds())
	begun = time.Now()
	err = s.ChangeRoster(ctx, func(d *echowall.Directory) (*echowall.Roster, error) {
		p := d.Roster.People[0]
		p.Name += "改"
		return &echowall.Roster{People: []echowall.RosterPerson{p}}, nil
	})
	if err != nil {
		return err
	}
	if d, err = s.Directory(ctx); err != nil {
		return err
	}
	fmt.Printf("one change, and the roster known again: %.3f s\n", time.Since(begun).Seconds())

	begun = time.Now()
	d.Search("王", 50, nil)
	fmt.Printf("first search after a change: %.1f ms\n", 1e3*time.Since(begun).Seconds())
	var took []time.Duration
	found := 0
	for _, q := range questions(d, 6000) {
		begun := time.Now()
		// As a page asks: the roster as it stands now, one look at Redis, then the search.
		d, err := s.Directory(ctx)
		if err != nil {
			return err
		}
		found += len(d.Search(q, 50, nil))
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	at := func(share float64) float64 { return 1e3 * took[int(share*float64(len(took)-1))].Seconds() }
	fmt.Printf("search among %d people, %d questions, %d answers: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, slowest %.2f ms\n",
		len(d.Roster.People), len(took), found, at(0.5), at(0.9), at(0.99), at(1))
	return nil
}
