// Command echowall is the whole service: the chat bot, the pages, the clock and what an operator needs.
//
// Read main.go for the subcommands, then service.go for how the parts are put together and in which order.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set when a release is built.
var version = "dev"

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// env is what a subcommand may touch outside its arguments.
type env struct {
	stdout, stderr io.Writer
	stdin          io.Reader
	getenv         func(string) string
}

// command is one subcommand.
type command struct {
	name, arguments, purpose string
	run                      func(ctx context.Context, e env, args []string) error
}

func commands() []command {
	return []command{
		{"demo", "[-addr HOST:PORT] [-data DIR] [-clock 2026-11-23T07:30]", "a district on this machine: phones and pages in the browser, no account needed", runDemo},
		{"serve", "[-config FILE] [-embedded -data DIR] [-unsafe-redis]", "the service, configured by ECHOWALL_… variables", runServe},
		{"check", "[-config FILE]", "what is wrong with configuration, Redis, token, menu and permissions", runCheck},
		{"content check", "DIR", "what is wrong with lessons, sentences and calendars in DIR", runContentCheck},
		{"roster code", "-person NUMBER… | -name NAME (-member BRANCH | -secretary BRANCH | -liaison STATION | -head STATION | -registrar '*' | -privacy '*' | -auditor '*')…", "one-time codes that bind people of the roster, or somebody before there is one", runRosterCode},
		{"roster place", "(-station ID=NAME[,ALIAS]… | -branch ID=NAME)…", "add or rename stations and branches", runRosterPlace},
		{"roster template", "FILE", "an empty workbook for people and places, with notes and examples", runRosterTemplate},
		{"roster import", "FILE [-apply] [-result FILE]", "compare a workbook with the roster; with -apply, bring it in, all or nothing", runRosterImport},
		{"roster outlines", "FILE.geojson [-apply]", "compare borders of grids (GCJ-02) with the roster; with -apply, draw them", runRosterOutlines},
		{"roster export", "FILE", "people and places as a workbook", runRosterExport},
		{"menu push", "[-config FILE]", "put the menu of the content on the account", runMenuPush},
		{"owed", "[retry ID…]", "messages that need a person's look, and trying them again", runOwed},
		{"access verify", "[-known NUMBER:HASH]", "whether every line of the access log is as it was written", runAccessVerify},
		{"export", "[-kind KIND] [-with-identity]", "everything stored, as JSON Lines on standard output", runExport},
		{"restore", "FILE [-erased FILE]", "bring an export back into an empty Redis, and erase again who was erased since", runRestore},
		{"emulator", "-callback URL [-addr HOST:PORT]", "a strict stand-in for the platform, with phones in the browser", runEmulator},
		{"health", "", "ask the running service whether it is ready", runHealth},
		{"version", "", "which version this is", runVersion},
	}
}

// errUsage makes the program end with exit code 2.
var errUsage = errors.New("wrong use")

func usagef(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := run(ctx, env{os.Stdout, os.Stderr, os.Stdin, os.Getenv}, os.Args[1:])
	stop()
	os.Exit(code)
}

// run finds the subcommand, the longest name first.
func run(ctx context.Context, e env, args []string) int {
	for _, n := range []int{2, 1} {
		if len(args) < n {
			continue
		}
		for _, c := range commands() {
			if c.name != join(args[:n]) {
				continue
			}
			err := c.run(ctx, e, args[n:])
			switch {
			case err == nil, errors.Is(err, flag.ErrHelp):
				return exitOK
			case errors.Is(err, errUsage):
				fmt.Fprintf(e.stderr, "echowall %s: %v\nusage: echowall %s %s\n", c.name, err, c.name, c.arguments)
				return exitUsage
			}
			fmt.Fprintf(e.stderr, "echowall %s: %v\n", c.name, err)
			return exitFailed
		}
	}
	help := len(args) > 0 && (args[0] == "help" || args[0] == "-h" || args[0] == "--help")
	w, code := e.stderr, exitUsage
	if help {
		w, code = e.stdout, exitOK
	} else if len(args) > 0 {
		fmt.Fprintf(w, "echowall: there is no command %q\n\n", join(args))
	}
	fmt.Fprint(w, "Echo Wall, a WeChat official account for a district's branches and liaison stations.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  echowall %s %s\n        %s\n", c.name, c.arguments, c.purpose)
	}
	return code
}

func join(words []string) string {
	s := ""
	for i, w := range words {
		if i > 0 {
			s += " "
		}
		s += w
	}
	return s
}

// flags makes a flag set that reports instead of exiting.
func flags(e env, name string) *flag.FlagSet {
	f := flag.NewFlagSet("echowall "+name, flag.ContinueOnError)
	f.SetOutput(e.stderr)
	return f
}

// parse reads flags and allows exactly as many further arguments as min to max (-1: any number).
func parse(f *flag.FlagSet, args []string, min, max int) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usagef("%v", err)
	}
	if n := f.NArg(); n < min || (max >= 0 && n > max) {
		return usagef("%d arguments given", n)
	}
	return nil
}

// parseFile reads flags and the one file that a command works on: before its flags, as one types it, or after
// them. missing says what is needed when there is none.
func parseFile(f *flag.FlagSet, args []string, missing string) (file string, err error) {
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		file, args = args[0], args[1:]
	}
	if err := parse(f, args, 0, 1); err != nil {
		return "", err
	}
	switch {
	case file == "" && f.NArg() == 0:
		return "", usagef("%s", missing)
	case file == "":
		return f.Arg(0), nil
	case f.NArg() > 0:
		return "", usagef("more than one file")
	}
	return file, nil
}

func runVersion(_ context.Context, e env, args []string) error {
	if err := parse(flags(e, "version"), args, 0, 0); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, "echowall", version)
	return nil
}
