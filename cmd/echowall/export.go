package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"

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
	return s.Export(ctx, e.stdout, o)
}

func runRestore(ctx context.Context, e env, args []string) error {
	f := flags(e, "restore")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	if err := parse(f, args, 1, 1); err != nil {
		return err
	}
	file, err := os.Open(f.Arg(0))
	if err != nil {
		return err
	}
	defer file.Close()
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	var passphrase []byte
	if p := e.getenv(passphraseVariable); p != "" {
		passphrase = []byte(p)
	}
	done, err := s.Restore(ctx, bufio.NewReader(file), passphrase)
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
	return nil
}
