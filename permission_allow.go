package echowall

import (
	"slices"
	"strings"
)

// Can reports whether the person may do a anywhere at all. It is for menus and hints; whether something may
// be done is for Allow to say.
func (w *Who) Can(a Action) bool {
	return slices.ContainsFunc(byAction[a], func(p Permission) bool { return p.Role == everybody || w.Has(p.Role) })
}

// Allow reports nil when who may do a to t, else a Refusal: KindForbidden to whoever may do such a thing
// nowhere, KindNotFound to whoever may do it elsewhere, because what somebody may not see does not exist for
// them.
func (d *Directory) Allow(who *Who, a Action, t Target) error {
	_, err := d.Allowed(who, a, t)
	return err
}

// Allowed is Allow; it also says which of the person's roles it is that allows it: the one that is switched on,
// else the first in the table. For what is somebody's own that is RoleAuthor.
func (d *Directory) Allowed(who *Who, a Action, t Target) (Grant, error) {
	var found []Grant
	for _, p := range byAction[a] {
		if p.Extent == ExtentOwn && t.Own {
			return Grant{Role: p.Role}, nil
		}
		if who == nil {
			continue
		}
		for _, g := range who.Grants {
			if g.Role == p.Role && d.covers(g, p.Extent, t) {
				found = append(found, g)
			}
		}
	}
	if len(found) > 0 && !d.named(who, t.Excluded) {
		if on, ok := who.ActsAs(); ok && slices.Contains(found, on) {
			return on, nil
		}
		return found[0], nil
	}
	if who != nil && who.Can(a) {
		return Grant{}, a.missing(t)
	}
	return Grant{}, Refusal(KindForbidden, a.forbidden())
}

// covers reports whether a permission of the given extent reaches t for whoever holds g.
func (d *Directory) covers(g Grant, e Extent, t Target) bool {
	kind := scopeOf[g.Role]
	if g.Scope == ScopeEverywhere {
		return kind.everywhere && e != ExtentOwn
	}
	switch e {
	case ExtentAll:
		return kind.part != partNone
	case ExtentScope, ExtentSubtree:
	default:
		return false
	}
	below := e == ExtentSubtree
	switch kind.part {
	case partStation:
		return t.Station != "" && (g.Scope == string(t.Station) || below && d.Covers(StationID(g.Scope), t.Station))
	case partBranch:
		return t.Branch != "" && g.Scope == string(t.Branch)
	case partCommittee:
		return below && t.Branch != "" && d.CoversBranch(CommitteeID(g.Scope), t.Branch)
	case partGrid:
		return t.Grid != "" && g.Scope == string(t.Grid)
	case partUnit:
		return t.Unit != "" && g.Scope == string(t.Unit)
	case partNone:
	}
	return false
}

// part is what the scope of a role is the number of.
type part int

const (
	partNone part = iota // such a role is held everywhere or not at all
	partStation
	partBranch
	partCommittee
	partGrid
	partUnit
)

// scopeOf says for every role what its scope is, and whether it may be held everywhere.
var scopeOf = map[Role]struct {
	part       part
	everywhere bool
}{
	RoleMember:     {partBranch, false},
	RoleSecretary:  {partBranch, false},
	RoleLiaison:    {partStation, false},
	RoleHead:       {partStation, false},
	RoleGrid:       {partGrid, false},
	RoleDeputy:     {partStation, false},
	RolePresidium:  {partStation, false},
	RoleHandler:    {partUnit, false},
	RoleApprover:   {partUnit, false},
	RoleLeader:     {partUnit, false},
	RoleSupervisor: {partStation, true},
	RoleCallback:   {partStation, true},
	RoleReviewer:   {partStation, true},
	RolePublisher:  {partStation, true},
	RolePrivacy:    {partNone, true},
	RoleAuditor:    {partNone, true},
	RoleRegistrar:  {partCommittee, true},
}

// forbidden names the sentence for whoever may do such a thing nowhere.
func (a Action) forbidden() string {
	switch {
	case strings.HasPrefix(string(a), "notice."), strings.HasPrefix(string(a), "lesson."):
		return "errors.secretary_only"
	case strings.HasPrefix(string(a), "wish."), a == ActionContactSee:
		return "errors.staff_only"
	}
	return "errors.forbidden"
}

// missing is the refusal that does not tell whether there is such a thing.
func (a Action) missing(t Target) error {
	switch {
	case t.Number != "":
		return Refusal(KindNotFound, "staff.not_found", "number", t.Number)
	case a.forbidden() == "errors.secretary_only": // that there are other branches is no secret
		return Refusal(KindForbidden, a.forbidden())
	}
	return Refusal(KindNotFound, "errors.not_found")
}
