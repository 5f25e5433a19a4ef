package main

import (
	"context"
	"slices"
	"strings"

	"echowall"
)

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, ",") }
func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }

func runRosterPlace(ctx context.Context, e env, args []string) error {
	f := flags(e, "roster place")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	var stations, branches repeated
	f.Var(&stations, "station", "ID=NAME[,ALIAS]… of a community station, with names of estates and villages that residents write; may be repeated")
	f.Var(&branches, "branch", "ID=NAME of a branch; may be repeated")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	if len(stations)+len(branches) == 0 {
		return usagef("name at least one -station or -branch")
	}
	var ss []echowall.Station
	for _, x := range stations {
		id, names, ok := strings.Cut(x, "=")
		list := strings.Split(names, ",")
		if !ok || id == "" || slices.Contains(list, "") {
			return usagef("-station %q is not ID=NAME[,ALIAS]…", x)
		}
		if !echowall.ValidRosterID(id) {
			return usagef("-station %q: an ID has letters, digits and hyphens, at most %d", x, echowall.RosterIDLength)
		}
		ss = append(ss, echowall.Station{ID: echowall.StationID(id), Name: list[0], Aliases: list[1:], Kind: echowall.StationCommunity})
	}
	var bs []echowall.Branch
	for _, x := range branches {
		id, name, ok := strings.Cut(x, "=")
		if !ok || id == "" || name == "" {
			return usagef("-branch %q is not ID=NAME", x)
		}
		if !echowall.ValidRosterID(id) {
			return usagef("-branch %q: an ID has letters, digits and hyphens, at most %d", x, echowall.RosterIDLength)
		}
		bs = append(bs, echowall.Branch{ID: echowall.BranchID(id), Name: name})
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	known, err := s.Stations(ctx)
	if err != nil {
		return err
	}
	for i := range ss {
		keepPlace(&ss[i], known)
	}
	if err := s.PutStations(ctx, ss...); err != nil {
		return err
	}
	return s.PutBranches(ctx, bs...)
}

// keepPlace leaves a station that is known where it is: a new name changes nothing else, and aliases stay
// unless others are given.
func keepPlace(station *echowall.Station, known []echowall.Station) {
	i := slices.IndexFunc(known, func(k echowall.Station) bool { return k.ID == station.ID })
	if i < 0 {
		return
	}
	named := *station
	*station = known[i]
	station.Name = named.Name
	if len(named.Aliases) > 0 {
		station.Aliases = named.Aliases
	}
}
