package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"echowall"
	"echowall/content"
	"echowall/roster"
	"echowall/store"
)

func runRosterTemplate(_ context.Context, e env, args []string) error {
	f := flags(e, "roster template")
	if err := parse(f, args, 1, 1); err != nil {
		return err
	}
	say, err := starterSay()
	if err != nil {
		return err
	}
	return writeFile(f.Arg(0), func(w io.Writer) error { return roster.WriteTemplate(w, say) })
}

func runRosterImport(ctx context.Context, e env, args []string) error {
	f := flags(e, "roster import")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	apply := f.Bool("apply", false, "change the roster; without it the command only says what would become of each row")
	result := f.String("result", "", "write a workbook that says per row what became of it and why")
	file, err := parseFile(f, args, "a workbook is needed")
	if err != nil {
		return err
	}
	say, err := starterSay()
	if err != nil {
		return err
	}
	s, c, err := openAccount(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	plan, err := planWorkbook(ctx, s, file, echowall.DateOf(time.Now().In(c.Location)))
	if err != nil {
		return sentence(err, say)
	}
	printPlan(e.stdout, plan, say)
	if *result != "" {
		if err := writeFile(*result, func(w io.Writer) error { return plan.WriteResult(w, say) }); err != nil {
			return err
		}
	}
	switch {
	case !plan.OK():
		return errors.New("nothing was written: correct the rows named above and import again")
	case !plan.Changes():
		fmt.Fprintln(e.stdout, "the roster is like this already")
		return nil
	case !*apply:
		fmt.Fprintln(e.stdout, "nothing was written; -apply does it")
		return nil
	}
	if err := s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessRoles, Case: "roster", Why: "echowall roster import"}); err != nil {
		return err
	}
	if err := plan.Apply(ctx, s); err != nil {
		return sentence(err, say)
	}
	fmt.Fprintln(e.stdout, "done")
	return nil
}

func planWorkbook(ctx context.Context, s *store.Store, name string, today echowall.Date) (*roster.Plan, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	book, err := roster.Read(ctx, file, info.Size(), today)
	if err != nil {
		return nil, err
	}
	d, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return book.Plan(d), nil
}

// printPlan says what becomes of the rows; those that stay are only counted.
func printPlan(w io.Writer, p *roster.Plan, say roster.Say) {
	const shown = 200
	n := 0
	for _, s := range p.Sheets {
		for i := range s.Rows {
			r := &s.Rows[i]
			if r.Outcome == roster.Same || r.Outcome == roster.Added && p.Counts[roster.Added] > shown {
				continue
			}
			if n++; n <= shown {
				fmt.Fprintf(w, "%s %d\t%s\t%s\n", s.Name, r.Number, r.Outcome.Title(), r.Reason(say))
			}
		}
	}
	for _, o := range p.Others {
		if n++; n <= shown {
			fmt.Fprintf(w, "%s %s\t%s\t%s\n", o.Sort, o.ID, roster.Wrong.Title(), say(o.Why))
		}
	}
	if n > shown {
		fmt.Fprintf(w, "… and %d more; -result writes them all\n", n-shown)
	}
	for i, o := range []roster.Outcome{roster.Added, roster.Changed, roster.Closed, roster.Same, roster.Wrong} {
		if i > 0 {
			fmt.Fprint(w, ", ")
		}
		fmt.Fprintf(w, "%s %d", o.Title(), p.Counts[o])
	}
	fmt.Fprintln(w)
}

func runRosterExport(ctx context.Context, e env, args []string) error {
	f := flags(e, "roster export")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	if err := parse(f, args, 1, 1); err != nil {
		return err
	}
	say, err := starterSay()
	if err != nil {
		return err
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
	if err := s.AppendAccess(ctx, echowall.AccessEntry{Kind: echowall.AccessExport, Case: "roster", Why: "echowall roster export"}); err != nil {
		return err
	}
	return writeFile(f.Arg(0), func(w io.Writer) error { return roster.WriteRoster(w, d.Roster, say) })
}

// starterSay gives the sentences that a workbook's reader sees, as they come with the program.
func starterSay() (roster.Say, error) {
	pack, problems, err := content.Open("")
	if err != nil {
		return nil, contentError(problems, err)
	}
	return func(e *echowall.Error) string { return pack.Words.Error(e) }, nil
}

// sentence turns a refusal into what it says; other errors stay.
func sentence(err error, say roster.Say) error {
	if e := (*echowall.Error)(nil); errors.As(err, &e) && e.Key != "" {
		return errors.New(say(e))
	}
	return err
}

// writeFile writes a file that only its owner may read, and leaves none behind that is not complete.
func writeFile(name string, fill func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".echowall-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := fill(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
