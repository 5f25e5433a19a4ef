package echowall

import "slices"

// Role is what a person may act as (citizen-feedback reference 4.1).
type Role string

// The roles. The scope of each is in its remark; ScopeEverywhere stands for the whole account.
const (
	RoleMember     Role = "member"     // 党员, scope: branch
	RoleSecretary  Role = "secretary"  // 支部书记, scope: branch
	RoleLiaison    Role = "liaison"    // 联络员, scope: station
	RoleHead       Role = "head"       // 站长, scope: station
	RoleGrid       Role = "grid"       // 民情联络员, scope: grid
	RoleDeputy     Role = "deputy"     // 人大代表, scope: station
	RolePresidium  Role = "presidium"  // 镇人大主席团、人大街道工委, scope: street station
	RoleHandler    Role = "handler"    // 经办人, scope: unit
	RoleApprover   Role = "approver"   // 审核人, scope: unit
	RoleLeader     Role = "leader"     // 分管领导, scope: unit
	RoleSupervisor Role = "supervisor" // 督办员, scope: station or everywhere
	RoleCallback   Role = "callback"   // 回访员, scope: station or everywhere
	RoleReviewer   Role = "reviewer"   // 内容审核员, scope: station or everywhere
	RolePublisher  Role = "publisher"  // 发布员, scope: station or everywhere
	RolePrivacy    Role = "privacy"    // 个人信息保护负责人, scope: everywhere
	RoleAuditor    Role = "auditor"    // 审计员, scope: everywhere
	RoleRegistrar  Role = "registrar"  // 名册管理员, scope: committee or everywhere
)

// ScopeEverywhere is the scope of a role for the whole account.
const ScopeEverywhere = "*"

// Grant is one role of a person within one scope.
type Grant struct {
	Role  Role   `json:"role"`
	Scope string `json:"scope"` // number of the branch, station, grid or unit, or ScopeEverywhere
}

// Who says who a person is to us: the name on the roster and the roles held. A resident holds none.
type Who struct {
	Person PersonID `json:"person"`
	Name   string   `json:"name,omitempty"` // as on the roster; never shown to residents
	// Roster is the line of the roster that this person is bound to; "" for residents and for those who got
	// their roles directly.
	Roster RosterID `json:"roster,omitempty"`
	// Grants are stored as far as they were given directly; whoever reads a Who from the store finds those of
	// the roster in it too.
	Grants []Grant `json:"grants,omitempty"`
	// Acting is the role that is switched on, zero when all are; see ActsAs.
	Acting Grant `json:"acting,omitzero"`
}

// Has reports whether the person holds role in any scope.
func (w *Who) Has(role Role) bool {
	return slices.ContainsFunc(w.Grants, func(g Grant) bool { return g.Role == role })
}

// Holds reports whether the person holds role in scope.
func (w *Who) Holds(role Role, scope string) bool {
	return slices.Contains(w.Grants, Grant{role, scope})
}

// Scopes lists the scopes in which the person holds any of roles, in the order granted, without repeats.
func (w *Who) Scopes(roles ...Role) []string {
	var out []string
	for _, g := range w.Grants {
		if slices.Contains(roles, g.Role) && !slices.Contains(out, g.Scope) {
			out = append(out, g.Scope)
		}
	}
	return out
}

// Branch is the home branch of a member or secretary: the first one granted; "" for others.
func (w *Who) Branch() BranchID {
	if s := w.Scopes(RoleMember, RoleSecretary); len(s) > 0 {
		return BranchID(s[0])
	}
	return ""
}

// Grant adds g unless it is held already.
func (w *Who) Grant(g Grant) {
	if !slices.Contains(w.Grants, g) {
		w.Grants = append(w.Grants, g)
	}
}

// Enrol adds what the roster says of a bound person: the name as it is now, and the roles, which come first.
// Somebody whose line is gone, or who has left, keeps only what was given directly.
func (w *Who) Enrol(d *Directory) {
	p, ok := d.Person(w.Roster)
	if !ok {
		return
	}
	w.Name = p.Name
	direct := w.Grants
	w.Grants = slices.Clone(d.Grants(p.ID))
	for _, g := range direct {
		w.Grant(g)
	}
}
