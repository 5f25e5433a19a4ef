package handlers

import (
	"context"
	"strconv"
	"strings"

	"echowall"
	"echowall/bot"
	"echowall/content"
)

// identity says who the account takes the person for, and switches between several roles.
func (a *App) identity(c *bot.Context) (echowall.Message, error) {
	who := c.Who()
	if len(who.Grants) == 0 {
		return c.Reply("people.identity_resident")
	}
	if c.Rest != "" {
		return a.act(c, who)
	}
	if len(who.Grants) == 1 {
		roles, err := a.roleLines(c, who)
		if err != nil {
			return echowall.Message{}, err
		}
		return c.Reply("people.identity", "name", who.Name, "roles", roles)
	}
	d, err := a.People.Roster.Directory(c)
	if err != nil {
		return echowall.Message{}, err
	}
	on, some := who.ActsAs()
	now, lines := c.Say("people.identity_all"), make([]string, len(who.Grants))
	for i, g := range who.Grants {
		key := "people.identity_mark"
		if some && g == on {
			key = "people.identity_mark_on"
			now = c.Say("people.identity_one", "role", a.roleName(d, g))
		}
		lines[i] = c.Say(key, "number", i+1, "role", a.roleName(d, g))
	}
	return c.Reply("people.identity_many", "name", who.Name, "count", len(lines), "last", len(lines),
		"roles", strings.Join(lines, "\n"), "now", now)
}

// act switches one role on, or all of them.
func (a *App) act(c *bot.Context, who *echowall.Who) (echowall.Message, error) {
	n, err := strconv.Atoi(strings.TrimSpace(content.Normalise(c.Rest)))
	switch {
	case err != nil || n < 0 || n > len(who.Grants):
		return echowall.Message{}, echowall.Refusal(echowall.KindInvalid, "people.no_such_role")
	case n == 0:
		if err := a.People.Act(c, who, echowall.Grant{}); err != nil {
			return echowall.Message{}, err
		}
		return c.Reply("people.acting_all")
	}
	d, err := a.People.Roster.Directory(c)
	if err != nil {
		return echowall.Message{}, err
	}
	g := who.Grants[n-1]
	if err := a.People.Act(c, who, g); err != nil {
		return echowall.Message{}, err
	}
	return c.Reply("people.acting", "role", a.roleName(d, g))
}

// actingAs names the role that somebody with several has switched on; "" when there is nothing to say.
func (a *App) actingAs(c *bot.Context) (string, error) {
	g, ok := c.Who().ActsAs()
	if !ok || len(c.Who().Grants) < 2 {
		return "", nil
	}
	d, err := a.People.Roster.Directory(c)
	if err != nil {
		return "", err
	}
	return a.roleName(d, g), nil
}

// roleNames are the sentences for roles.
var roleNames = map[echowall.Role]string{
	echowall.RoleMember:     "people.role_member",
	echowall.RoleSecretary:  "people.role_secretary",
	echowall.RoleLiaison:    "people.role_liaison",
	echowall.RoleHead:       "people.role_head",
	echowall.RoleGrid:       "people.role_grid",
	echowall.RoleDeputy:     "people.role_deputy",
	echowall.RolePresidium:  "people.role_presidium",
	echowall.RoleHandler:    "people.role_handler",
	echowall.RoleApprover:   "people.role_approver",
	echowall.RoleLeader:     "people.role_leader",
	echowall.RoleSupervisor: "people.role_supervisor",
	echowall.RoleCallback:   "people.role_callback",
	echowall.RoleReviewer:   "people.role_reviewer",
	echowall.RolePublisher:  "people.role_publisher",
	echowall.RolePrivacy:    "people.role_privacy",
	echowall.RoleAuditor:    "people.role_auditor",
	echowall.RoleRegistrar:  "people.role_registrar",
}

// roleLines lists what a person is, one role a line.
func (a *App) roleLines(ctx context.Context, who *echowall.Who) (string, error) {
	d, err := a.People.Roster.Directory(ctx)
	if err != nil {
		return "", err
	}
	lines := make([]string, len(who.Grants))
	for i, g := range who.Grants {
		lines[i] = a.roleName(d, g)
	}
	return strings.Join(lines, "\n"), nil
}

// roleName is a role with the place where it counts.
func (a *App) roleName(d *echowall.Directory, g echowall.Grant) string {
	return a.say(roleNames[g.Role], "scope", a.scopeName(d, g))
}

// scopeName is the name of what a role is for. Numbers of different sorts of things may be equal, so the role
// says which sort it is.
func (a *App) scopeName(d *echowall.Directory, g echowall.Grant) string {
	switch {
	case g.Scope == echowall.ScopeEverywhere:
		return a.say("people.everywhere")
	case g.Scope == string(echowall.TriageStation):
		return a.say("common.station_desk")
	}
	switch g.Role {
	case echowall.RoleMember, echowall.RoleSecretary:
		if b, ok := d.Branch(echowall.BranchID(g.Scope)); ok {
			return b.Name
		}
	case echowall.RoleGrid:
		if x, ok := d.Grid(echowall.GridID(g.Scope)); ok {
			return x.Name
		}
	case echowall.RoleHandler, echowall.RoleApprover, echowall.RoleLeader:
		if u, ok := d.Unit(echowall.UnitID(g.Scope)); ok {
			return u.Name
		}
	case echowall.RoleRegistrar:
		if x, ok := d.Committee(echowall.CommitteeID(g.Scope)); ok {
			return x.Name
		}
	default:
		if s, ok := d.Station(echowall.StationID(g.Scope)); ok {
			return s.Name
		}
	}
	return g.Scope
}
