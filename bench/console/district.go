package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"echowall"
)

// district is a made-up district: streets of twenty communities each.
func district(people int) *echowall.Roster {
	r := &echowall.Roster{Committees: []echowall.Committee{{ID: "d0", Name: "区委"}}}
	for i := range people / 40 {
		r.Branches = append(r.Branches, echowall.Branch{ID: echowall.BranchID(fmt.Sprintf("b%05d", i)), Name: fmt.Sprintf("第%d党支部", i), Committee: "d0"})
	}
	for i := range people / 100 {
		s := echowall.Station{
			ID: stationID(i), Name: fmt.Sprintf("第%d社区联络站", i), Kind: echowall.StationCommunity, Parent: stationID(i / 20 * 20),
			Lat: 30 + float64(i)*1e-3, Lng: 120,
		}
		if i%20 == 0 {
			s.Name, s.Kind, s.Parent = fmt.Sprintf("第%d街道联络站", i), echowall.StationStreet, ""
		}
		r.Stations = append(r.Stations, s)
	}
	for i := range people {
		r.People = append(r.People, echowall.RosterPerson{
			ID: echowall.RosterID(fmt.Sprintf("r%06d", i)), Name: "王建国", Branch: r.Branches[i%len(r.Branches)].ID, Standing: echowall.StandingFull,
		})
	}
	return r
}

func stationID(i int) echowall.StationID { return echowall.StationID(fmt.Sprintf("s%05d", i)) }

// monday is when the pages are looked at.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, zone)

var zone = time.FixedZone("CST", 8*3600)

// load fills the store. The wishes came in over the last two weeks and half of them are signed for, so that
// there are late ones, ones due today and new ones everywhere. One in a hundred names somebody.
func (s *site) load(ctx context.Context, people, wishes int) error {
	if err := s.store.ReplaceRoster(ctx, 0, district(people)); err != nil {
		return err
	}
	for _, who := range s.people() {
		err := s.store.UpdatePerson(ctx, who.id, func(w *echowall.Who) error {
			w.Person, w.Name, w.Grants = who.id, "周敏", who.grants
			return nil
		})
		if err != nil {
			return err
		}
	}
	calendar := s.wishes.Calendar
	s.numbers = make([]string, wishes)
	var g errgroup.Group
	g.SetLimit(16)
	for i := range wishes {
		g.Go(func() error {
			at := monday.Add(-time.Duration(i%14*24) * time.Hour)
			w := &echowall.Wish{
				Author: echowall.AuthorID(fmt.Sprintf("a%015d", i/5)), Station: stationID(i % (people / 100)), Place: "东门",
				Text: fmt.Sprintf("第 %d 件：三号楼西侧的污水井盖松了，车一压就响，夜里睡不着。前天看见有小孩踩上去晃。能不能先垫一下，再换个新的？", i),
			}
			if i%100 == 0 {
				w.Excluded = []echowall.Party{echowall.PartyStation(stationID((i + 1) % (people / 100)))}
			}
			err := s.store.AddWish(ctx, w, func(w *echowall.Wish) error { return w.Submit(at, calendar, echowall.FromChat) })
			s.numbers[i] = w.Number
			if err != nil || i%2 == 0 {
				return err
			}
			return s.store.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error {
				return w.Accept(at.Add(time.Hour), calendar, echowall.Actor{Role: echowall.RoleLiaison, By: "p-officer"})
			})
		})
	}
	return g.Wait()
}
