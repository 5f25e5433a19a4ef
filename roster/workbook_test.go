package roster_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"echowall"
	"echowall/content"
	"echowall/roster"
)

var today = echowall.Date{Year: 2026, Month: 11, Day: 23}

// say gives the sentences of the starter content; a sentence that is missing or lacks a value fails the test.
func say(t testing.TB) roster.Say {
	t.Helper()
	pack, _, err := content.Load(content.Starter())
	if err != nil {
		t.Fatal(err)
	}
	pack.Words.OnMisuse = func(err error) { t.Error(err) }
	return func(e *echowall.Error) string { return pack.Words.Error(e) }
}

// book makes a workbook: name of a sheet, its rows.
type book map[string][][]string

func (b book) bytes(t testing.TB, change ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for name, rows := range b {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, text := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if err := f.SetCellStr(name, at, text); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, c := range change {
		c(f)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(data []byte) (*roster.Workbook, error) {
	return roster.Read(context.Background(), bytes.NewReader(data), int64(len(data)), today)
}

func plan(t testing.TB, d *echowall.Directory, data []byte) *roster.Plan {
	t.Helper()
	w, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	return w.Plan(d)
}

// kept is a RosterStore in the hand of the test: what Apply would write.
type kept struct {
	base   int64
	roster *echowall.Roster
	writes int
}

func (k *kept) ReplaceRoster(_ context.Context, base int64, r *echowall.Roster) error {
	k.base, k.roster = base, r
	k.writes++
	return nil
}

func (k *kept) Directory(context.Context) (*echowall.Directory, error) {
	return echowall.NewDirectory(k.roster, k.base+1), nil
}

func (k *kept) ChangeRoster(context.Context, func(*echowall.Directory) (*echowall.Roster, error)) error {
	panic("an import changes no single entries")
}

// apply imports a workbook that has nothing wrong.
func apply(t testing.TB, d *echowall.Directory, data []byte) *echowall.Directory {
	t.Helper()
	p := plan(t, d, data)
	if !p.OK() {
		t.Fatal(outcomes(t, p))
	}
	k := &kept{roster: d.Roster, base: d.Revision - 1}
	if err := p.Apply(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	out, _ := k.Directory(t.Context())
	return out
}

// outcomes is a plan as text: a line for each row.
func outcomes(t testing.TB, p *roster.Plan) string {
	t.Helper()
	words := say(t)
	var out strings.Builder
	for _, s := range p.Sheets {
		for i := range s.Rows {
			r := &s.Rows[i]
			fmt.Fprintf(&out, "%s %d %s %s\n", s.Name, r.Number, r.Outcome.Title(), r.Reason(words))
		}
	}
	for _, o := range p.Others {
		fmt.Fprintf(&out, "%s %s %s\n", o.Sort, o.ID, words(o.Why))
	}
	return out.String()
}

// small is a workbook in which everything is right.
func small() book {
	return book{
		"组织": {
			{"编号*", "类型*", "名称*", "上级编号", "状态"},
			{"d1", "党委", "柳桥街道党工委", "", "启用"},
			{"b1", "支部", "三里桥社区第一党支部", "d1", ""},
			{"b2", "党支部", "竹园社区党支部", "d1", ""},
			{"g1", "党小组", "第一党小组", "b1", ""},
		},
		"花名册": {
			{"编号*", "姓名*", "支部", "兼合支部", "党小组", "身份*", "职务", "手机后四位", "入党日期", "免学", "免学原因类别", "标签", "角色", "状态"},
			{"r1", "周文静", "b1", "", "g1", "正式", "书记", "0071", "2009-07-01", "否", "", "书记", "", "在册"},
			{"r2", "李建国", "b1", "b2", "", "预备", "", "0072", "2026/7/1", "是", "年老体弱", "流动党员；夜校", "", ""},
			{"r3", "陈立新", "", "", "", "群众", "", "", "", "", "", "", "督办员@*；审核员@s1", ""},
			{"r4", "赵淑芬", "b2", "", "", "正式", "副书记", "0074", "2001年7月1日", "", "", "", "", ""},
		},
		"联络站": {
			{"编号*", "名称*", "类型*", "上级编号", "别名", "纬度", "经度", "电话", "开放时间", "站长", "联络员", "代表", "状态"},
			{"s1", "柳桥街道联络站", "街道", "", "", "30.25", "120.15", "0571-5550010", "", "r4", "", "", ""},
			{"c1", "竹园社区联络站", "社区", "s1", "竹园；竹园新村", "30.251", "120.151", "", "周一至周五 8:30–17:00", "r4", "r3", "林志明 市级；李建国 区级 r2", ""},
		},
		"网格": {
			{"编号*", "名称*", "联络站*", "民情联络员", "纬度", "经度"},
			{"w1", "竹园一网格", "c1", "r3", "30.2511", "120.1512"},
		},
		"采集点": {
			{"编号*", "名称*", "联络站*", "网格"},
			{"p1", "竹园东门民意墙", "c1", "w1"},
		},
		"承办单位": {
			{"编号*", "名称*", "别名", "经办人*", "审核人*", "分管领导", "电话"},
			{"u1", "城市管理办公室", "城管办", "r3", "r4", "r1", ""},
		},
	}
}

func nobody() *echowall.Directory { return echowall.NewDirectory(new(echowall.Roster), 0) }

func TestImport(t *testing.T) {
	d := apply(t, nobody(), small().bytes(t))
	if problems := d.Roster.Check(); len(problems) > 0 {
		t.Errorf("the imported roster has problems: %+v", problems)
	}
	p, _ := d.Person("r2")
	want := echowall.RosterPerson{
		ID: "r2", Name: "李建国", Branch: "b1", Joint: []echowall.BranchID{"b2"}, Standing: echowall.StandingProbation, PhoneTail: "0072",
		Joined: echowall.Date{Year: 2026, Month: 7, Day: 1}, Exempt: "年老体弱", Tags: []string{"流动党员", "夜校"},
	}
	if fmt.Sprintf("%+v", *p) != fmt.Sprintf("%+v", want) {
		t.Errorf("read %+v\nwant %+v", *p, want)
	}
	for id, grants := range map[echowall.RosterID][]echowall.Grant{
		"r1": {{Role: "secretary", Scope: "b1"}, {Role: "member", Scope: "b1"}, {Role: "leader", Scope: "u1"}},
		"r3": {{Role: "supervisor", Scope: "*"}, {Role: "reviewer", Scope: "s1"}, {Role: "liaison", Scope: "c1"}, {Role: "grid", Scope: "w1"}, {Role: "handler", Scope: "u1"}},
		"r4": {{Role: "member", Scope: "b2"}, {Role: "head", Scope: "c1"}, {Role: "head", Scope: "s1"}, {Role: "approver", Scope: "u1"}},
	} {
		if got := d.Grants(id); !slices.Equal(got, grants) {
			t.Errorf("%s has %v, want %v", id, got, grants)
		}
	}
	s, _ := d.Station("c1")
	if len(s.Deputies) != 2 || s.Deputies[1] != (echowall.Deputy{Name: "李建国", Level: echowall.DeputyDistrict, Person: "r2"}) || s.Lat != 30.251 || len(s.Aliases) != 2 {
		t.Errorf("read %+v", s)
	}
}

func TestImportTwiceChangesNothing(t *testing.T) {
	data := small().bytes(t)
	d := apply(t, nobody(), data)
	p := plan(t, d, data)
	if !p.OK() || p.Changes() || p.Counts[roster.Same] != 13 {
		t.Errorf("the second time:\n%s", outcomes(t, p))
	}
	k := new(kept)
	if err := p.Apply(t.Context(), k); err != nil || k.writes != 0 {
		t.Errorf("the second time wrote %d times, %v", k.writes, err)
	}
	var out bytes.Buffer
	if err := roster.WriteRoster(&out, d.Roster, say(t)); err != nil {
		t.Fatal(err)
	}
	p = plan(t, d, out.Bytes())
	if !p.OK() || p.Changes() || p.Counts[roster.Same] != 13 {
		t.Errorf("the roster's own export would change it:\n%s", outcomes(t, p))
	}
}

func TestTemplateImportsNothing(t *testing.T) {
	var out bytes.Buffer
	if err := roster.WriteTemplate(&out, say(t)); err != nil {
		t.Fatal(err)
	}
	p := plan(t, nobody(), out.Bytes())
	if !p.OK() || p.Changes() || len(p.Sheets) != 6 {
		t.Errorf("a template with its examples:\n%s", outcomes(t, p))
	}
}

func TestPartsLeaveTheRestAlone(t *testing.T) {
	d := apply(t, nobody(), small().bytes(t))
	after := apply(t, d, book{
		"花名册": {{"姓名*", "编号*", "身份", "支部*"}, {"周文", "r1", "正式", "b2"}, {"新来的", "r9", "积极分子", "b2"}},
		"组织":  {{"编号", "类型", "名称", "状态"}, {"g1", "党小组", "第一小组", "停用"}},
	}.bytes(t))
	r1, _ := after.Person("r1")
	if r1.Name != "周文" || r1.Branch != "b2" || r1.Group != "" || r1.Secretary || r1.PhoneTail != "0071" || r1.Left ||
		len(r1.Past) != 1 || r1.Past[0] != (echowall.PastBranch{Branch: "b1", Until: today}) {
		t.Errorf("moved: %+v", r1)
	}
	if g, _ := after.Group("g1"); !g.Closed || g.Name != "第一小组" || g.Branch != "b1" {
		t.Errorf("closed: %+v", g)
	}
	if len(after.Roster.People) != 5 || len(after.Roster.Stations) != 2 || len(after.Roster.Units) != 1 {
		t.Errorf("rows that are not in the workbook are gone: %d people", len(after.Roster.People))
	}
	if old, _ := d.Person("r1"); old.Branch != "b1" || len(old.Past) != 0 {
		t.Errorf("the roster in use was changed: %+v", old)
	}
}

func TestOutcomes(t *testing.T) {
	d := apply(t, nobody(), small().bytes(t))
	b := small()
	b["花名册"][1][1] = "周文"
	b["花名册"][2][2] = "b2"
	b["花名册"][2][3] = ""
	b["花名册"] = append(b["花名册"], []string{"r5", "新人", "b2", "", "", "正式"})
	b["采集点"][0] = append(b["采集点"][0], "状态")
	b["采集点"][1] = append(b["采集点"][1], "停用")
	got := outcomes(t, plan(t, d, b.bytes(t)))
	for _, want := range []string{
		"花名册 2 修改 改名：周文静 → 周文。\n",
		"花名册 3 修改 支部调动：b1 → b2。 兼合支部：b2 → （空）。\n",
		"花名册 4 不变 \n",
		"花名册 6 新增 \n",
		"采集点 2 停用 状态：启用 → 停用。\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in\n%s", want, got)
		}
	}
}
