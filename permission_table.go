package echowall

import "slices"

// Actions lists every action once, in the order of the table.
func Actions() []Action {
	var out []Action
	for _, p := range permissions {
		if !slices.Contains(out, p.Action) {
			out = append(out, p.Action)
		}
	}
	return out
}

// Permissions is the whole table of who may do what (citizen-feedback reference 4.1 and 7.8). What is not in
// it is forbidden. Of several roles that allow something, the first one here is recorded as the acting one.
//
// Rules that the table cannot say stand with the moves: whoever redacted does not publish (Wish.Publish), and
// who is named in a wish neither sees nor handles it (Directory.Allow).
func Permissions() []Permission { return slices.Clone(permissions) }

// Everybody is what RoleAuthor means in the table: any person, for what is their own.
const everybody = RoleAuthor

// staffRoles are the roles for which there is something in the console.
var staffRoles = []Role{
	RoleSecretary, RoleLiaison, RoleHead, RoleGrid, RoleDeputy, RolePresidium, RoleHandler, RoleApprover, RoleLeader,
	RoleSupervisor, RoleCallback, RoleReviewer, RolePublisher, RolePrivacy, RoleAuditor, RoleRegistrar,
}

var permissions = slices.Concat(
	may(ActionWishSubmit, ExtentOwn, everybody),
	may(ActionWishOwn, ExtentOwn, everybody),
	may(ActionWishRate, ExtentOwn, everybody),
	may(ActionWishSupplement, ExtentOwn, everybody),
	may(ActionStudyOwn, ExtentOwn, everybody),
	may(ActionContactOwn, ExtentOwn, everybody),
	may(ActionDataOwn, ExtentOwn, everybody),
	may(ActionDataChange, ExtentOwn, everybody),
	may(ActionDataErase, ExtentOwn, everybody),
	may(ActionAccessOwn, ExtentOwn, everybody),
	may(ActionSessionOwn, ExtentOwn, everybody),
	may(ActionUnbindOwn, ExtentOwn, everybody),

	// A station's head sees the stations below and works in the own one. Deputies press and do not handle
	// (Deputies Law, art. 31); units see the problem; the supervisor has no hand in dispatch.
	may(ActionTodo, ExtentScope, RoleLiaison, RoleHead),
	may(ActionQueue, ExtentScope, RoleLiaison, RoleGrid, RoleDeputy, RoleHandler, RoleApprover, RoleLeader),
	may(ActionQueue, ExtentSubtree, RoleHead, RolePresidium, RoleSupervisor, RoleCallback, RoleReviewer, RolePublisher),
	may(ActionQueue, ExtentAll, RoleAuditor),
	may(ActionWishRead, ExtentScope, RoleLiaison, RoleGrid, RoleDeputy, RoleHandler, RoleApprover, RoleLeader),
	may(ActionWishRead, ExtentSubtree, RoleHead, RolePresidium, RoleSupervisor, RoleCallback, RoleReviewer, RolePublisher),
	may(ActionWishRead, ExtentAll, RoleAuditor),
	may(ActionWishAccept, ExtentScope, RoleLiaison, RoleHead),
	may(ActionWishAnswer, ExtentScope, RoleLiaison, RoleHead),
	may(ActionWishRedact, ExtentScope, RoleLiaison, RoleHead),
	may(ActionWishRedact, ExtentSubtree, RoleReviewer),
	may(ActionWishPublish, ExtentScope, RoleLiaison, RoleHead),
	may(ActionWishPublish, ExtentSubtree, RolePublisher),
	may(ActionWishRoute, ExtentScope, RoleLiaison),
	may(ActionWishRoute, ExtentSubtree, RoleHead, RolePresidium),
	may(ActionContactSee, ExtentScope, RoleLiaison, RoleHead),
	may(ActionContactSee, ExtentSubtree, RoleCallback),

	may(ActionNoticeRead, ExtentScope, RoleMember, RoleSecretary),
	may(ActionNoticeSend, ExtentScope, RoleSecretary),
	may(ActionNoticeReceipts, ExtentScope, RoleSecretary),
	may(ActionNoticeReceipts, ExtentAll, RoleAuditor),
	may(ActionLessonTeach, ExtentScope, RoleSecretary),

	may(ActionRosterRead, ExtentScope, RoleSecretary, RoleHead),
	may(ActionRosterRead, ExtentSubtree, RoleRegistrar),
	may(ActionRosterRead, ExtentAll, RolePrivacy, RoleAuditor),
	may(ActionRosterChange, ExtentSubtree, RoleRegistrar),
	may(ActionRosterImport, ExtentSubtree, RoleRegistrar),
	may(ActionRosterExport, ExtentSubtree, RoleRegistrar),
	may(ActionCodeIssue, ExtentScope, RoleSecretary, RoleHead),
	may(ActionCodeIssue, ExtentSubtree, RoleRegistrar),
	may(ActionRebindPropose, ExtentScope, RoleSecretary, RoleHead),
	may(ActionRebindPropose, ExtentSubtree, RoleRegistrar),
	may(ActionRebindConfirm, ExtentScope, RoleSecretary, RoleHead),
	may(ActionRebindConfirm, ExtentSubtree, RoleRegistrar),
	may(ActionRebindConfirm, ExtentAll, RolePrivacy),
	may(ActionUnbind, ExtentSubtree, RoleRegistrar),

	may(ActionPlaceRead, ExtentAll, staffRoles...),
	may(ActionPlacePrint, ExtentScope, RoleLiaison, RoleGrid),
	may(ActionPlacePrint, ExtentSubtree, RoleHead, RolePresidium),
	may(ActionPlacePrint, ExtentAll, RoleRegistrar),
	may(ActionPlaceChange, ExtentSubtree, RoleRegistrar),
	may(ActionContentRead, ExtentAll, RoleSecretary, RoleReviewer, RolePublisher, RoleRegistrar, RoleAuditor),
	may(ActionOwedRead, ExtentSubtree, RoleRegistrar),
	may(ActionOwedRead, ExtentAll, RoleAuditor),
	may(ActionOwedRetry, ExtentSubtree, RoleRegistrar),
	may(ActionPermissions, ExtentAll, staffRoles...),
	may(ActionAccessRead, ExtentAll, RolePrivacy, RoleAuditor),
	may(ActionSessionRevoke, ExtentSubtree, RoleRegistrar),
	may(ActionSessionRevoke, ExtentAll, RolePrivacy),
	may(ActionDataExport, ExtentAll, RolePrivacy),
	may(ActionConsole, ExtentAll, staffRoles...),
)

func may(a Action, e Extent, roles ...Role) []Permission {
	out := make([]Permission, len(roles))
	for i, r := range roles {
		out[i] = Permission{a, r, e}
	}
	return out
}

// byAction is the table by action.
var byAction = func() map[Action][]Permission {
	m := make(map[Action][]Permission)
	for _, p := range permissions {
		m[p.Action] = append(m[p.Action], p)
	}
	return m
}()
