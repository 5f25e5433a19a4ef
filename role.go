package echowall

import "slices"

// Role is what a person may act as (citizen-feedback reference 4.1).
type Role string

// The roles known so far.
const (
	RoleMember    Role = "member"    // 党员, scope: branch
	RoleSecretary Role = "secretary" // 支部书记, scope: branch
	RoleLiaison   Role = "liaison"   // 联络员, scope: station
	RoleHead      Role = "head"      // 站长, scope: station
)

// Grant is one role of a person within one scope.
type Grant struct {
	Role  Role   `json:"role"`
	Scope string `json:"scope"` // BranchID or StationID
}

// Who says who a person is to us: the name on the roster and the roles held. A resident holds none.
type Who struct {
	Person PersonID `json:"person"`
	Name   string   `json:"name,omitempty"` // as on the roster; never shown to residents
	Grants []Grant  `json:"grants,omitempty"`
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
