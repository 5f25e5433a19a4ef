package roster

import (
	"slices"
	"strings"

	"echowall"
)

// organisation is a row of the sheet 组织: a committee, a branch or a group.
type organisation struct {
	sort   echowall.RosterSort
	id     string
	name   string
	parent string
	off    bool
}

var orgSorts = []named[echowall.RosterSort]{
	{echowall.SortCommittee, []string{"党委", "党工委", "党总支", "机关党委", "党组"}},
	{echowall.SortBranch, []string{"支部", "党支部"}},
	{echowall.SortGroup, []string{"党小组", "小组"}},
}

var orgKind = &kind[organisation]{
	name: sheetOrg,
	columns: []column[organisation]{
		idColumn("b1", func(x *organisation) string { return x.id }),
		{
			title: "类型", required: true, field: "kind", width: 10, example: "支部", help: "roster.help_org_kind",
			get: func(x *organisation) string { return nameOf(x.sort, orgSorts) },
			set: func(x *organisation, c cell) (err *echowall.Error) {
				x.sort, err = choice(c.text, orgSorts)
				return err
			},
		},
		nameColumn("名称", "三里桥社区第一党支部", func(x *organisation) *string { return &x.name }),
		moving(refColumn("上级编号", "parent", "d1", "roster.help_org_parent", func(x *organisation) *string { return &x.parent })),
		state("启用", "停用", func(x *organisation) *bool { return &x.off }),
	},
	id:     func(x *organisation) string { return x.id },
	sort:   func(x *organisation) echowall.RosterSort { return x.sort },
	closed: func(x *organisation) *bool { return &x.off },
	blank:  func(id string) organisation { return organisation{id: id} },
	find: func(d *echowall.Directory, id string) (organisation, bool) {
		if x, ok := d.Committee(echowall.CommitteeID(id)); ok {
			return ofCommittee(*x), true
		}
		if x, ok := d.Branch(echowall.BranchID(id)); ok {
			return ofBranch(*x), true
		}
		if x, ok := d.Group(echowall.GroupID(id)); ok {
			return ofGroup(*x), true
		}
		return organisation{}, false
	},
	same: func(old, row *organisation) *echowall.Error {
		if old.sort != row.sort {
			return refuse("roster.other_sort", "sort", nameOf(old.sort, orgSorts))
		}
		return nil
	},
	list: func(r *echowall.Roster) []organisation {
		out := make([]organisation, 0, len(r.Committees)+len(r.Branches)+len(r.Groups))
		for _, x := range r.Committees {
			out = append(out, ofCommittee(x))
		}
		for _, x := range r.Branches {
			out = append(out, ofBranch(x))
		}
		for _, x := range r.Groups {
			out = append(out, ofGroup(x))
		}
		return out
	},
	put: func(r *echowall.Roster, list []organisation) {
		var committees []echowall.Committee
		var branches []echowall.Branch
		var groups []echowall.Group
		for _, x := range list {
			switch x.sort {
			case echowall.SortCommittee:
				committees = append(committees, echowall.Committee{ID: echowall.CommitteeID(x.id), Name: x.name, Parent: echowall.CommitteeID(x.parent), Closed: x.off})
			case echowall.SortBranch:
				branches = append(branches, echowall.Branch{ID: echowall.BranchID(x.id), Name: x.name, Committee: echowall.CommitteeID(x.parent), Closed: x.off})
			case echowall.SortGroup:
				groups = append(groups, echowall.Group{ID: echowall.GroupID(x.id), Name: x.name, Branch: echowall.BranchID(x.parent), Closed: x.off})
			}
		}
		r.Committees = merged(r.Committees, committees, func(x *echowall.Committee) string { return string(x.ID) })
		r.Branches = merged(r.Branches, branches, func(x *echowall.Branch) string { return string(x.ID) })
		r.Groups = merged(r.Groups, groups, func(x *echowall.Group) string { return string(x.ID) })
	},
}

func ofCommittee(x echowall.Committee) organisation {
	return organisation{echowall.SortCommittee, string(x.ID), x.Name, string(x.Parent), x.Closed}
}

func ofBranch(x echowall.Branch) organisation {
	return organisation{echowall.SortBranch, string(x.ID), x.Name, string(x.Committee), x.Closed}
}

func ofGroup(x echowall.Group) organisation {
	return organisation{echowall.SortGroup, string(x.ID), x.Name, string(x.Branch), x.Closed}
}

// moving marks a column whose change is a move.
func moving[T any](c column[T]) column[T] {
	c.moves = true
	return c
}

// required marks a column that each row must fill in.
func required[T any](c column[T]) column[T] {
	c.required = true
	return c
}

// merged is old with the entries of changed in place of those of the same number, ordered by number. Old stays
// as it was.
func merged[T any](old, changed []T, id func(*T) string) []T {
	if len(changed) == 0 {
		return old
	}
	replaced := make(map[string]bool, len(changed))
	for i := range changed {
		replaced[id(&changed[i])] = true
	}
	out := make([]T, 0, len(old)+len(changed))
	for i := range old {
		if !replaced[id(&old[i])] {
			out = append(out, old[i])
		}
	}
	out = append(out, changed...)
	slices.SortFunc(out, func(a, b T) int { return strings.Compare(id(&a), id(&b)) })
	return out
}
