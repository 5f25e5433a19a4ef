package main

import (
	"context"
	"log/slog"
	"testing"

	"echowall"
)

// A demo starts whatever the year, holiday files or not, and what its answers promise lies ahead.
func TestDemoStartsInAnyYear(t *testing.T) {
	for _, day := range []string{"2025-12-31", "2026-11-23", "2027-03-01", "2032-02-29"} {
		t.Run(day, func(t *testing.T) {
			start, err := demoStart(day + "T07:30")
			if err != nil {
				t.Fatal(err)
			}
			d, err := newDemo(t.Context(), demoConfig{Addr: "127.0.0.1:0", Start: start, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
				defer cancel()
				if err := d.close(ctx); err != nil {
					t.Error(err)
				}
			}()
			w, err := d.service.store.Wish(t.Context(), "XY1001")
			if err != nil {
				t.Fatal(err)
			}
			if today := d.service.wishes.Calendar.Today(start); w.Answer == nil || !today.Before(w.Answer.Promise) {
				t.Errorf("on %s the answer promises %+v", today, w.Answer)
			}
		})
	}
}

// The district is a whole roster: nothing in it is wrong, and whoever has a role in it has a phone.
func TestDistrictIsWhole(t *testing.T) {
	d, err := readDistrict()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.roster().Check() {
		t.Errorf("%s %s, %s: %v", p.Sort, p.ID, p.Field, p.Why)
	}
	bound := map[echowall.RosterID]bool{}
	for _, p := range d.People {
		bound[p.Roster] = true
	}
	directory := echowall.NewDirectory(d.roster(), 1)
	roles := map[echowall.Role]int{}
	for _, p := range d.Roster {
		if !bound[p.ID] {
			t.Errorf("%s %s has no phone", p.ID, p.Name)
		}
		for _, g := range directory.Grants(p.ID) {
			roles[g.Role]++
		}
	}
	for _, role := range []echowall.Role{
		echowall.RoleMember, echowall.RoleSecretary, echowall.RoleLiaison, echowall.RoleHead, echowall.RoleGrid, echowall.RoleDeputy, echowall.RoleHandler,
		echowall.RoleApprover, echowall.RoleLeader, echowall.RoleSupervisor, echowall.RoleReviewer, echowall.RolePublisher, echowall.RoleAuditor,
		echowall.RolePrivacy, echowall.RoleRegistrar,
	} {
		if roles[role] == 0 {
			t.Errorf("nobody is %s", role)
		}
	}
}
