package web

import (
	"net/http"

	"echowall"
)

// permissionsView is the table of permissions, by action.
type permissionsView struct {
	Own   []string // what everybody may do with what is their own
	Items []permissionItem
	Mine  []string // the reader's own roles
}

// permissionItem is one action and who may do it how far.
type permissionItem struct {
	Words string
	Roles []permissionRole
}

type permissionRole struct {
	Role, Extent string
	Mine         bool
}

func (s *Server) permissions(w http.ResponseWriter, r *http.Request, d *desk) error {
	var v permissionsView
	for _, g := range d.who.Grants {
		v.Mine = append(v.Mine, s.words.Say("desk.role_in", "role", s.words.deskRole(g.Role), "scope", s.scopeName(d.directory, g)))
	}
	table := echowall.Permissions()
	for _, a := range echowall.Actions() {
		it := permissionItem{Words: s.words.Say(actionKey(a))}
		for _, p := range table {
			switch {
			case p.Action != a:
			case p.Role == echowall.RoleAuthor:
				v.Own = append(v.Own, it.Words)
			default:
				it.Roles = append(it.Roles, permissionRole{
					Role: s.words.deskRole(p.Role), Extent: s.words.Say("desk.extent_" + string(p.Extent)), Mine: d.who.Has(p.Role),
				})
			}
		}
		if len(it.Roles) > 0 {
			v.Items = append(v.Items, it)
		}
	}
	return s.deskShow(w, r, d, "console_permissions", s.words.Say("console.nav_permissions"), v)
}

func actionKey(a echowall.Action) string { return "desk.action_" + string(a) }

// officeKeys are the sentences of these pages whose keys are put together while running.
func officeKeys() []string {
	var keys []string
	for _, a := range echowall.Actions() {
		keys = append(keys, actionKey(a))
	}
	for _, e := range []echowall.Extent{echowall.ExtentOwn, echowall.ExtentScope, echowall.ExtentSubtree, echowall.ExtentAll} {
		keys = append(keys, "desk.extent_"+string(e))
	}
	for _, x := range []echowall.Standing{echowall.StandingFull, echowall.StandingProbation, echowall.StandingActivist, echowall.StandingNone} {
		keys = append(keys, "desk.standing_"+string(x))
	}
	for _, k := range accessKinds {
		keys = append(keys, "desk.access_"+string(k))
	}
	for _, k := range []echowall.StationKind{echowall.StationStreet, echowall.StationCommunity, echowall.StationTrade} {
		keys = append(keys, "desk.kind_"+string(k))
	}
	for _, l := range []echowall.DeputyLevel{echowall.DeputyNational, echowall.DeputyProvincial, echowall.DeputyCity, echowall.DeputyDistrict} {
		keys = append(keys, "desk.deputy_"+string(l))
	}
	for _, f := range []string{"number", "branch", "joint", "group", "standing", "post", "joined", "tail", "exempt", "tags", "left"} {
		keys = append(keys, "desk.fact_"+f)
	}
	return append(keys, placeKeys()...)
}
