package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"echowall"
	"echowall/store"
)

// passphraseVariable names where the passphrase of exported identities is read from: an argument would
// stand in the list of processes.
const passphraseVariable = "ECHOWALL_EXPORT_PASSPHRASE"

func runExport(ctx context.Context, e env, args []string) error {
	f := flags(e, "export")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	var kinds repeated
	f.Var(&kinds, "kind", "only lines of this kind; may be repeated")
	identity := f.Bool("with-identity", false, "identities too, encrypted with "+passphraseVariable)
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	o := store.ExportOptions{Kinds: kinds}
	if *identity {
		if o.WithIdentity = []byte(e.getenv(passphraseVariable)); len(o.WithIdentity) < store.PassphraseLength {
			return usagef("%s must hold a passphrase of at least %d bytes", passphraseVariable, store.PassphraseLength)
		}
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	entry := echowall.AccessEntry{Kind: echowall.AccessExport, Case: exportCase(o), Why: "command line"}
	if err := s.AppendAccess(ctx, entry); err != nil {
		return err
	}
	return s.Export(ctx, e.stdout, o)
}

// exportCase names what is taken out, for the access log.
func exportCase(o store.ExportOptions) string {
	what := "all"
	if len(o.Kinds) > 0 {
		what = strings.Join(o.Kinds, " ")
	}
	if o.WithIdentity != nil {
		what += ", with identity"
	}
	return what
}

func runRestore(ctx context.Context, e env, args []string) error {
	f := flags(e, "restore")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	erased := f.String("erased", "", "newest export of kind erasure: who was erased since the backup is erased again")
	name, err := parseFile(f, args, "which export?")
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	var o store.RestoreOptions
	if *erased != "" {
		list, err := os.Open(*erased)
		if err != nil {
			return err
		}
		defer list.Close()
		o.Erased = bufio.NewReader(list)
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	if p := e.getenv(passphraseVariable); p != "" {
		o.Passphrase = []byte(p)
	}
	done, err := s.Restore(ctx, bufio.NewReader(file), o)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(done.Lines))
	for kind := range done.Lines {
		names = append(names, kind)
	}
	slices.Sort(names)
	for _, kind := range names {
		fmt.Fprintf(e.stdout, "%s %d\n", kind, done.Lines[kind])
	}
	if done.Locked > 0 {
		fmt.Fprintf(e.stdout, "%d identities were left out; set %s to bring them back\n", done.Locked, passphraseVariable)
	}
	if o.Erased == nil {
		fmt.Fprintf(e.stdout, "who was erased after %s is back; restore with -erased FILE (echowall export -kind erasure) to erase them again\n", done.Created.Format(time.RFC3339))
		return nil
	}
	if _, err := newErasure(s, time.Now).Run(ctx); err != nil {
		return fmt.Errorf("restored; %d erasures are ordered again and not all carried out, the service does that when it starts: %w", done.Erasures, err)
	}
	fmt.Fprintf(e.stdout, "%d people who were erased after %s are erased again\n", done.Erasures, done.Created.Format(time.RFC3339))
	return nil
}

// newErasure is the use case of erasing on a store.
func newErasure(s *store.Store, now func() time.Time) *echowall.Erasure {
	people := &echowall.People{Store: s, Roster: s, Access: s, Sessions: s, Now: now}
	return &echowall.Erasure{Store: s, People: people, Now: now}
}
