package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"echowall"
)

// listed is how many debts of each state are shown.
const listed = 200

// runOwed lists debts that no machine will settle any more, or gives some of them another try.
func runOwed(ctx context.Context, e env, args []string) error {
	f := flags(e, "owed")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	if err := parse(f, args, 0, -1); err != nil {
		return err
	}
	ids := f.Args()
	if len(ids) > 0 && (ids[0] != "retry" || len(ids) == 1) {
		return usagef("expected nothing, or: retry ID…")
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	if len(ids) > 0 {
		for _, id := range ids[1:] {
			if err := s.RetryDebt(ctx, id); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			fmt.Fprintln(e.stdout, id, "will be tried again")
		}
		return nil
	}
	counts, err := s.DebtCounts(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%+v\n", counts)
	w := tabwriter.NewWriter(e.stdout, 0, 8, 2, ' ', 0)
	for _, state := range []echowall.DebtState{echowall.DebtDead, echowall.DebtUnknown} {
		list, err := s.Debts(ctx, state, listed)
		if err != nil {
			return err
		}
		for _, d := range list {
			last := "-"
			if n := len(d.Attempts); n > 0 {
				a := d.Attempts[n-1]
				last = fmt.Sprintf("%s %s %s %d", a.At.Format("2006-01-02 15:04"), a.Channel, a.Result, a.Code)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.ID, state, d.Kind, d.Subject, last)
		}
	}
	return w.Flush()
}
