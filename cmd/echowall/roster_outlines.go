package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"echowall"
	"echowall/roster"
)

// runRosterOutlines draws the borders of grids from a GeoJSON file.
func runRosterOutlines(ctx context.Context, e env, args []string) error {
	f := flags(e, "roster outlines")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	apply := f.Bool("apply", false, "change the roster; without it the command only says what would change")
	file, err := parseFile(f, args, "a GeoJSON file is needed")
	if err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	list, err := roster.ReadOutlines(in)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	p := roster.PlanOutlines(d, list)
	for _, id := range p.Unknown {
		fmt.Fprintf(e.stdout, "grid %s: not on the roster\n", id)
	}
	for _, id := range p.Closed {
		fmt.Fprintf(e.stdout, "grid %s: closed, left alone\n", id)
	}
	for _, o := range p.Odd {
		fmt.Fprintf(e.stdout, "grid %s: its point is %d m outside of the border; are the coordinates of the file GCJ-02?\n", o.Grid, o.Metres)
	}
	fmt.Fprintln(e.stdout, p)
	switch {
	case len(p.Unknown) > 0:
		return errors.New("nothing was written: correct the numbers named above, or bring in the grids first")
	case len(p.Changed.Grids) == 0:
		return nil
	case !*apply:
		fmt.Fprintln(e.stdout, "nothing was written; -apply does it")
		return nil
	}
	if err := s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessRoles, Case: "roster", Why: "echowall roster outlines"}); err != nil {
		return err
	}
	return s.ChangeRoster(ctx, func(d *echowall.Directory) (*echowall.Roster, error) {
		return roster.PlanOutlines(d, list).Changed, nil
	})
}
