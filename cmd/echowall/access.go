package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"echowall/store"
)

// runAccessVerify reads the whole access log and says whether a line was changed or dropped. The number and
// hash that it prints, kept elsewhere, later show that no line up to there was replaced or cut off.
func runAccessVerify(ctx context.Context, e env, args []string) error {
	f := flags(e, "access verify")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	known := f.String("known", "", "NUMBER:HASH that an earlier run printed")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	seq, hash, err := splitKnown(*known)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	last, err := s.VerifyAccess(ctx)
	if err != nil {
		return err
	}
	if *known != "" {
		if err := compareKnown(ctx, s, seq, hash); err != nil {
			return err
		}
	}
	removed, _, err := s.AccessBegin(ctx)
	if err != nil {
		return err
	}
	if last.Seq == 0 {
		fmt.Fprintln(e.stdout, "the access log is empty")
		return nil
	}
	if removed > 0 {
		fmt.Fprintf(e.stdout, "lines 1 to %d were kept for their period and removed\n", removed)
	}
	fmt.Fprintf(e.stdout, "%d lines, all in their place; the last one is of %s\n%d:%s\n", last.Seq-removed, last.At.Format(time.RFC3339), last.Seq, last.Hash)
	return nil
}

func splitKnown(known string) (seq int64, hash string, err error) {
	if known == "" {
		return 0, "", nil
	}
	number, hash, ok := strings.Cut(known, ":")
	if seq, err = strconv.ParseInt(number, 10, 64); !ok || err != nil || seq < 1 || hash == "" {
		return 0, "", usagef("-known %q is not NUMBER:HASH", known)
	}
	return seq, hash, nil
}

// compareKnown looks up one line and its hash, which covers all lines before it.
func compareKnown(ctx context.Context, s *store.Store, seq int64, hash string) error {
	removed, end, err := s.AccessBegin(ctx)
	if err != nil {
		return err
	}
	lines, err := s.AccessLog(ctx, seq+1, 1)
	switch {
	case err != nil:
		return err
	case seq == removed && hash == end:
		return nil
	case seq <= removed:
		return fmt.Errorf("line %d was kept for its period and removed; compare with a number that was printed later", seq)
	case len(lines) == 0 || lines[0].Seq != seq:
		return fmt.Errorf("line %d, which was there before, is missing", seq)
	case lines[0].Hash != hash:
		return fmt.Errorf("line %d has another hash than before: a line up to there was changed", seq)
	}
	return nil
}
