package roster

import (
	"slices"
	"strings"

	"echowall"
)

type person = echowall.RosterPerson

var standings = []named[echowall.Standing]{
	{echowall.StandingFull, []string{"正式", "正式党员", "党员"}},
	{echowall.StandingProbation, []string{"预备", "预备党员"}},
	{echowall.StandingActivist, []string{"积极分子", "入党积极分子"}},
	{echowall.StandingNone, []string{"群众"}},
}

// duties are the roles that stand in a person's own row.
var duties = []named[echowall.Role]{
	{echowall.RoleSupervisor, []string{"督办员"}},
	{echowall.RoleCallback, []string{"回访员"}},
	{echowall.RoleReviewer, []string{"审核员", "内容审核员"}},
	{echowall.RolePublisher, []string{"发布员"}},
	{echowall.RolePresidium, []string{"主席团", "人大工委", "街道工委"}},
	{echowall.RolePrivacy, []string{"个人信息保护负责人"}},
	{echowall.RoleAuditor, []string{"审计员"}},
	{echowall.RoleRegistrar, []string{"名册管理员"}},
	{echowall.RoleLiaison, []string{"联络员"}},
	{echowall.RoleHead, []string{"站长"}},
}

// exemptOther is the category of those who are excused without one.
const exemptOther = "其他"

var peopleKind = &kind[person]{
	name: sheetPeople,
	columns: []column[person]{
		idColumn("r0001", func(x *person) string { return string(x.ID) }),
		func() column[person] {
			c := nameColumn("姓名", "周文静", func(x *person) *string { return &x.Name })
			c.width = 12
			return c
		}(),
		{
			title: "支部", listed: true, field: "branch", width: 12, example: "b1", moves: true,
			help: "roster.help_people_branch",
			get:  func(x *person) string { return string(x.Branch) },
			set: func(x *person, c cell) *echowall.Error {
				if b := echowall.BranchID(number(c.text)); b != x.Branch {
					x.MoveTo(b, "", c.today)
				}
				return nil
			},
		},
		refsColumn("兼合支部", "joint", "", "roster.help_people_joint", func(x *person) *[]echowall.BranchID { return &x.Joint }),
		refColumn("党小组", "group", "g1", "roster.help_people_group", func(x *person) *echowall.GroupID { return &x.Group }),
		{
			title: "身份", required: true, field: "standing", width: 10, example: "正式", help: "roster.help_people_standing",
			get: func(x *person) string {
				if x.Standing == "" {
					return nameOf(echowall.StandingNone, standings)
				}
				return nameOf(x.Standing, standings)
			},
			set: func(x *person, c cell) *echowall.Error {
				s, err := choice(c.text, standings)
				if err == nil && !(s == echowall.StandingNone && x.Standing == "") {
					x.Standing = s
				}
				return err
			},
		},
		{
			title: "职务", field: "post", width: 14, example: "书记", help: "roster.help_people_post",
			get: func(x *person) string {
				if x.Secretary && !secretaryPost(x.Post) {
					return strings.TrimSuffix("书记、"+x.Post, "、")
				}
				return x.Post
			},
			set: func(x *person, c cell) *echowall.Error {
				x.Post, x.Secretary = c.text, secretaryPost(c.text)
				return nil
			},
		},
		textColumn("手机后四位", "phone_tail", 12, "0071", "roster.help_people_phone_tail", func(x *person) *string { return &x.PhoneTail }),
		{
			title: "入党日期", field: "joined", width: 13, example: "2009-07-01", help: "roster.help_people_joined",
			get: func(x *person) string {
				if x.Joined.IsZero() {
					return ""
				}
				return x.Joined.String()
			},
			set: func(x *person, c cell) *echowall.Error {
				d, err := day(c.text)
				switch {
				case err != nil:
					return err
				case !d.IsZero() && (d.Year < 1921 || d.After(c.today)):
					return refuse("roster.cell_joined")
				}
				x.Joined = d
				return nil
			},
		},
		{
			title: "免学", field: "exempt", width: 8, example: "否", help: "roster.help_people_exempt",
			get: func(x *person) string {
				if x.Exempt != "" {
					return "是"
				}
				return "否"
			},
			set: func(x *person, c cell) *echowall.Error {
				switch c.text {
				case "", "否":
					if c.other("免学原因类别") != "" {
						return refuse("roster.cell_exempt")
					}
					x.Exempt = ""
				case "是":
					if x.Exempt == "" {
						x.Exempt = exemptOther
					}
				default:
					return refuse("roster.cell_choice", "choices", "是、否")
				}
				return nil
			},
		},
		{
			title: "免学原因类别", field: "exempt", width: 14, help: "roster.help_people_exempt_reason",
			get: func(x *person) string {
				if x.Exempt == exemptOther {
					return ""
				}
				return x.Exempt
			},
			set: func(x *person, c cell) *echowall.Error {
				if c.text != "" || x.Exempt != exemptOther && c.other("免学") != "是" {
					x.Exempt = c.text
				}
				return nil
			},
		},
		listColumn("标签", "tags", "流动党员", "roster.help_people_tags", func(x *person) *[]string { return &x.Tags }),
		{
			title: "角色", field: "duties", width: 24, example: "", help: "roster.help_people_duties",
			get: func(x *person) string {
				out := make([]string, len(x.Duties))
				for i, g := range x.Duties {
					out[i] = nameOf(g.Role, duties) + "@" + g.Scope
				}
				return joined(out)
			},
			set: func(x *person, c cell) *echowall.Error {
				grants, err := readDuties(c.text)
				if err == nil {
					x.Duties = grants
				}
				return err
			},
		},
		{
			title: columnState, field: "left", width: 8, example: "在册",
			help: "roster.help_people_left",
			get: func(x *person) string {
				if x.Left {
					return "停用"
				}
				return "在册"
			},
			set: func(x *person, c cell) *echowall.Error {
				switch c.text {
				case "":
				case "在册", "启用", "正常":
					x.Return()
				case "停用", "离开", "转出", "注销":
					x.Leave(c.today)
				default:
					return refuse("roster.cell_choice", "choices", "在册、停用")
				}
				return nil
			},
		},
	},
	id:     func(x *person) string { return string(x.ID) },
	sort:   func(*person) echowall.RosterSort { return echowall.SortPerson },
	closed: func(x *person) *bool { return &x.Left },
	blank:  func(id string) person { return person{ID: echowall.RosterID(id)} },
	find: func(d *echowall.Directory, id string) (person, bool) {
		if x, ok := d.Person(echowall.RosterID(id)); ok {
			return *x, true
		}
		return person{}, false
	},
	list: func(r *echowall.Roster) []person { return r.People },
	put: func(r *echowall.Roster, list []person) {
		r.People = merged(r.People, list, func(x *person) string { return string(x.ID) })
	},
}

// secretaryPost reports whether a post is that of the branch's secretary, not of a deputy secretary.
func secretaryPost(post string) bool {
	return slices.ContainsFunc(append(list(post), strings.FieldsFunc(post, func(r rune) bool { return r == '/' || r == ' ' || r == '兼' })...), func(s string) bool {
		return s == "书记" || s == "支部书记" || s == "党支部书记"
	})
}

func readDuties(s string) ([]echowall.Grant, *echowall.Error) {
	var out []echowall.Grant
	for _, part := range list(s) {
		name, scope, ok := strings.Cut(strings.ReplaceAll(part, "＠", "@"), "@")
		if !ok {
			return nil, refuse("roster.cell_duty")
		}
		role, err := choice(strings.TrimSpace(name), duties)
		if err != nil {
			return nil, err
		}
		g := echowall.Grant{Role: role, Scope: number(scope)}
		if !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out, nil
}
