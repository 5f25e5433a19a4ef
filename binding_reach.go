package echowall

import "slices"

// handOver are the actions that put a line's roles into somebody's hands. Whoever does so must look after all of
// these roles, or a secretary could make a code for a registrar who happens to be in the branch, and use it.
var handOver = []Action{ActionCodeIssue, ActionRebindPropose, ActionRebindConfirm}

// allowedOn is Allowed for what is done to a person of the roster: whoever may do it in one of the branches,
// stations, grids or units of that person may do it; handing roles over takes all places where the person is
// staff.
func (d *Directory) allowedOn(who *Who, a Action, p *RosterPerson) (g Grant, err error) {
	branches, staff := d.partsOf(p)
	for _, t := range slices.Concat(staff, branches, []Target{{}}) {
		if g, err = d.Allowed(who, a, t); err == nil {
			break
		}
	}
	if err != nil || !slices.Contains(handOver, a) {
		return g, err
	}
	for _, t := range staff {
		if _, err := d.Allowed(who, a, t); err != nil {
			return Grant{}, staffLine(p)
		}
	}
	return g, nil
}

// onlyPartly reports whether who may do a in one of the person's places and not in all that count.
func (d *Directory) onlyPartly(who *Who, a Action, p *RosterPerson) bool {
	_, err := d.allowedOn(who, a, p)
	return isStaffLine(err)
}

// partsOf are the branches that a person belongs to, and the places where the person is staff; a role for the
// whole account stands for the account.
func (d *Directory) partsOf(p *RosterPerson) (branches, staff []Target) {
	for _, b := range append([]BranchID{p.Branch}, p.Joint...) {
		if b != "" {
			branches = append(branches, Target{Branch: b})
		}
	}
	for _, g := range d.Grants(p.ID) {
		t := Target{}
		switch part := scopeOf[g.Role].part; {
		case g.Role == RoleMember:
			continue
		case g.Scope == ScopeEverywhere:
		case part == partBranch:
			t.Branch = BranchID(g.Scope)
		case part == partStation:
			t.Station = StationID(g.Scope)
		case part == partGrid:
			if x, ok := d.Grid(GridID(g.Scope)); ok {
				t.Grid, t.Station = x.ID, x.Station
			}
		case part == partUnit:
			t.Unit = UnitID(g.Scope)
		}
		staff = append(staff, t)
	}
	return branches, staff
}

// staffLine is the refusal to hand over roles that others look after.
func staffLine(p *RosterPerson) error {
	return Refusal(KindForbidden, "people.staff_line", "name", p.Name)
}

func isStaffLine(err error) bool {
	e, ok := err.(*Error)
	return ok && e.Key == "people.staff_line"
}
