package echowall

import "slices"

func (c *rosterCheck) people() {
	seen := make(map[string]bool, len(c.d.Roster.People))
	for i := range c.d.Roster.People {
		x := &c.d.Roster.People[i]
		if !c.begin(SortPerson, seen, string(x.ID), x.Name) {
			continue
		}
		switch x.Standing {
		case StandingFull, StandingProbation, StandingActivist, StandingNone, "":
		default:
			c.wrong("standing", "roster.standing")
		}
		c.text("post", x.Post, RosterTextLength)
		c.text("exempt", x.Exempt, RosterNameLength)
		c.texts("tags", x.Tags)
		if !validTail(x.PhoneTail) {
			c.wrong("phone_tail", "roster.phone_tail")
		}
		c.membership(x)
		for _, g := range x.Duties {
			c.duty(g)
		}
	}
}

func validTail(s string) bool {
	if s == "" {
		return true
	}
	for _, d := range []byte(s) {
		if d < '0' || d > '9' {
			return false
		}
	}
	return len(s) == 4
}

// membership looks at the branches of a person. The line of somebody who left stays as it was, whatever became
// of the branch.
func (c *rosterCheck) membership(x *RosterPerson) {
	if x.Branch == "" && x.Standing.Member() && !x.Left {
		c.wrong("branch", "roster.branch_missing")
	}
	c.branch("branch", x.Branch, x.Left)
	for i, b := range x.Joint {
		if b == x.Branch || slices.Contains(x.Joint[:i], b) {
			c.wrong("joint", "roster.joint_home", "id", string(b))
			continue
		}
		c.branch("joint", b, x.Left)
	}
	if len(x.Joint) > 0 && x.Branch == "" {
		c.wrong("branch", "roster.branch_missing")
	}
	if x.Group != "" {
		g, ok := c.d.Group(x.Group)
		switch {
		case !ok:
			c.wrong("group", "roster.no_group", "id", string(x.Group))
		case g.Branch != x.Branch:
			c.wrong("group", "roster.group_elsewhere", "id", string(x.Group))
		case g.Closed && !x.Left:
			c.wrong("group", "roster.parent_closed", "id", string(x.Group))
		}
	}
	if !x.Secretary || x.Left {
		return
	}
	if !x.Standing.Member() || x.Branch == "" {
		c.wrong("post", "roster.secretary_member")
		return
	}
	if other, taken := c.secretary[x.Branch]; taken {
		c.wrong("post", "roster.two_secretaries", "id", string(other))
		return
	}
	c.secretary[x.Branch] = x.ID
}

func (c *rosterCheck) branch(field string, id BranchID, left bool) {
	if id == "" {
		return
	}
	b, ok := c.d.Branch(id)
	switch {
	case !ok:
		c.wrong(field, "roster.no_branch", "id", string(id))
	case b.Closed && !left:
		c.wrong(field, "roster.branch_closed", "id", string(id))
	}
}

// duty looks at a role that stands in a person's own line. Roles that follow from a branch, station, grid or
// unit are written there and nowhere else.
func (c *rosterCheck) duty(g Grant) {
	switch g.Role {
	case RolePrivacy, RoleAuditor:
		if g.Scope != ScopeEverywhere {
			c.wrong("duties", "roster.duty_everywhere")
		}
	case RoleSupervisor, RoleCallback, RoleReviewer, RolePublisher:
		if g.Scope != ScopeEverywhere {
			c.dutyStation(g.Scope, false)
		}
	case RolePresidium:
		c.dutyStation(g.Scope, true)
	case RoleLiaison, RoleHead:
		// Wishes without a place are sorted by officers of no station.
		if g.Scope != string(TriageStation) {
			c.wrong("duties", "roster.duty_role")
		}
	case RoleRegistrar:
		if _, ok := c.d.Committee(CommitteeID(g.Scope)); !ok && g.Scope != ScopeEverywhere {
			c.wrong("duties", "roster.no_committee", "id", g.Scope)
		}
	default:
		c.wrong("duties", "roster.duty_role")
	}
}

func (c *rosterCheck) dutyStation(scope string, street bool) {
	s, ok := c.d.Station(StationID(scope))
	switch {
	case !ok:
		c.wrong("duties", "roster.no_station", "id", scope)
	case street && s.Kind != StationStreet:
		c.wrong("duties", "roster.duty_street", "id", scope)
	}
}
