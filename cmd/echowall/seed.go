package main

import (
	"context"
	"fmt"
	"time"

	"echowall"
)

// seeded reports whether the store has a district already: a demo with -data goes on where it stopped.
func (s *service) seeded(ctx context.Context) (bool, error) {
	list, err := s.store.Stations(ctx)
	return len(list) > 0, err
}

// seed fills an empty store with the district as it stands on the demo's first day.
func (s *service) seed(ctx context.Context, d *district) error {
	if err := s.store.ReplaceRoster(ctx, 0, d.roster()); err != nil {
		return err
	}
	ids := s.store.Identifier()
	for _, p := range d.People {
		if p.Roster == "" {
			continue
		}
		err := s.store.UpdatePerson(ctx, ids.Person(echowall.OpenID(p.OpenID)), func(w *echowall.Who) error {
			w.Name, w.Roster = p.Name, p.Roster
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, w := range d.Wishes {
		if err := s.seedWish(ctx, d, w); err != nil {
			return fmt.Errorf("demo wish %q: %w", w.Text, err)
		}
	}
	return nil
}

// seedWish lets a wish go through the same rules as every other, at the time it happened.
func (s *service) seedWish(ctx context.Context, d *district, dw districtWish) error {
	calendar := s.wishes.Calendar
	ids := s.store.Identifier()
	day := calendar.AddWorkdays(calendar.Today(s.now()), -dw.DaysAgo)
	at := func(days, hour int) time.Time { return calendar.AddWorkdays(day, days).At(hour, 20, s.config.Location) }

	author := echowall.OpenID(dw.Author)
	w := &echowall.Wish{
		Author: ids.Author(author), Place: dw.Place, Text: dw.Text, MayPublish: dw.Public != "",
	}
	directory, err := s.store.Directory(ctx)
	if err != nil {
		return err
	}
	w.Put(directory.PlaceOf(dw.Place, nil))
	err = s.store.AddWish(s.store.WithAuthor(ctx, author), w, func(w *echowall.Wish) error {
		return w.Submit(at(0, 10), calendar, echowall.FromChat)
	})
	if err != nil || !dw.Accept {
		return err
	}
	officer, head := d.staff(ids, w.Station)
	moves := []func(*echowall.Wish) error{
		func(w *echowall.Wish) error { return w.Accept(at(0, 15), calendar, officer) },
	}
	if dw.Public != "" {
		moves = append(moves,
			func(w *echowall.Wish) error { return w.Redact(at(1, 9), officer, dw.Public) })
	}
	if a := dw.Answer; a != nil {
		moves = append(moves, func(w *echowall.Wish) error {
			return w.Reply(at(3, 11), calendar, officer, echowall.Answer{Class: a.Class, Text: a.Text, Promise: a.promise(calendar.Today(s.now()))})
		})
	}
	if dw.Public != "" {
		moves = append(moves, func(w *echowall.Wish) error { return w.Publish(at(3, 14), head) })
	}
	if dw.Rating != "" {
		moves = append(moves, func(w *echowall.Wish) error {
			return w.Rate(at(4, 10), calendar, w.Author, dw.Rating, echowall.FromChat)
		})
	}
	for _, move := range moves {
		err := s.store.UpdateWish(ctx, w.Number, func(w *echowall.Wish) error {
			if err := move(w); err != nil {
				return err
			}
			// What was owed in the past was paid then, except for the answer the demo begins with.
			for _, debt := range w.TakeOwed() {
				if dw.Told && debt.Kind == echowall.DebtWishAnswered {
					debt.Created, debt.NotBefore = s.now(), s.now()
					w.OweAgain(debt)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// staff returns who answers and who publishes at a station: two people, as the rules want it.
func (d *district) staff(ids echowall.Identifier, station echowall.StationID) (officer, head echowall.Actor) {
	officer = echowall.Actor{Role: echowall.RoleLiaison, By: "demo-officer", Source: echowall.FromConsole}
	head = echowall.Actor{Role: echowall.RoleHead, By: "demo-head", Source: echowall.FromConsole}
	for _, st := range d.Stations {
		if st.ID != station {
			continue
		}
		for _, p := range d.People {
			if len(st.Officers) > 0 && p.Roster == st.Officers[0] {
				officer.By = ids.Person(echowall.OpenID(p.OpenID))
			}
			if p.Roster != "" && p.Roster == st.Head {
				head.By = ids.Person(echowall.OpenID(p.OpenID))
			}
		}
	}
	return officer, head
}
