package main

import (
	"context"
	"fmt"
	"time"

	"echowall"
)

// directRoles can be given without a roster: to those who set an account up, and in offices too small for one.
var directRoles = []echowall.Role{
	echowall.RoleMember, echowall.RoleSecretary, echowall.RoleLiaison, echowall.RoleHead,
	echowall.RoleRegistrar, echowall.RolePrivacy, echowall.RoleAuditor,
}

func runRosterCode(ctx context.Context, e env, args []string) error {
	f := flags(e, "roster code")
	configFile := f.String("config", "", "file of ECHOWALL_… lines")
	name := f.String("name", "", "name of somebody who is not on the roster")
	var lines repeated
	f.Var(&lines, "person", "number of somebody on the roster; may be repeated")
	scopes := map[echowall.Role]*repeated{}
	for _, role := range directRoles {
		scopes[role] = new(repeated)
		f.Var(scopes[role], string(role), "role within this branch, station or committee, * for the whole account; may be repeated")
	}
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	var grants []echowall.Grant
	for _, role := range directRoles {
		for _, scope := range *scopes[role] {
			grants = append(grants, echowall.Grant{Role: role, Scope: scope})
		}
	}
	switch {
	case len(lines) > 0 && (*name != "" || len(grants) > 0):
		return usagef("people of the roster have their name and roles there: give -person alone")
	case len(lines) == 0 && (*name == "" || len(grants) == 0):
		return usagef("a code needs -person, or -name and at least one role")
	}
	s, err := openStore(ctx, e, *configFile)
	if err != nil {
		return err
	}
	defer s.Close()
	people := &echowall.People{Store: s, Roster: s, Access: s, Now: time.Now}
	days := int(echowall.CodeKept.Hours() / 24)
	if len(lines) > 0 {
		return printSlips(ctx, e, people, lines, days)
	}
	if err := people.CheckScopes(ctx, grants); err != nil {
		return err
	}
	code, err := people.Invite(ctx, *name, grants...)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s\nvalid for %d days, once; type in the chat: 绑定 %s\n", code, days, code)
	return nil
}

// printSlips makes codes for lines of the roster. Whoever has the machine may do what any registrar may; the
// access log says that nobody in particular did it.
func printSlips(ctx context.Context, e env, people *echowall.People, lines []string, days int) error {
	ids := make([]echowall.RosterID, len(lines))
	for i, line := range lines {
		ids[i] = echowall.RosterID(line)
	}
	operator := &echowall.Who{Grants: []echowall.Grant{{Role: echowall.RoleRegistrar, Scope: echowall.ScopeEverywhere}}}
	slips, err := people.Issue(ctx, operator, ids...)
	switch echowall.KindOf(err) {
	case "":
	case echowall.KindNotFound:
		return fmt.Errorf("not all of these numbers are on the roster, nothing was done: %w", err)
	case echowall.KindConflict:
		return fmt.Errorf("somebody has left, or all of them are bound already; nothing was done: %w", err)
	default:
		return err
	}
	for _, s := range slips {
		fmt.Fprintf(e.stdout, "%s\t%s\t%s\t%s\n", s.Code, s.Roster, s.Name, s.Branch)
	}
	fmt.Fprintf(e.stdout, "valid for %d days, once; type in the chat: 绑定 CODE\n", days)
	return nil
}
