package roster

import (
	"context"
	"fmt"

	"echowall"
)

// Outcome is what becomes of a row.
type Outcome string

// The outcomes.
const (
	Added   Outcome = "added"   // 新增
	Changed Outcome = "changed" // 修改
	Same    Outcome = "same"    // 不变
	Closed  Outcome = "closed"  // 停用
	Wrong   Outcome = "wrong"   // 错误
)

// Plan is the difference between a workbook and the roster in use. Rows that are missing from the workbook stay
// as they are, and so do whole sheets and columns.
type Plan struct {
	// Base is the revision of the roster that the plan was made for.
	Base int64
	// Sheets are those of the workbook, in its order.
	Sheets []Sheet
	// Others are problems that the workbook would make in entries which it does not hold.
	Others []echowall.RosterProblem
	// Counts says how many rows have which outcome.
	Counts map[Outcome]int

	roster *echowall.Roster
}

// Sheet is one sheet of a Plan.
type Sheet struct {
	Name    string
	Columns []string // titles
	Rows    []Row
}

// planner makes one plan.
type planner struct {
	d     *echowall.Directory
	next  echowall.Roster
	today echowall.Date
	rows  map[entryKey]*Row // the row of the workbook that each entry stands in
}

// entryKey names an entry over all sorts.
type entryKey struct {
	sort echowall.RosterSort
	id   string
}

// Plan compares the workbook with the roster in use. It changes nothing.
func (w *Workbook) Plan(d *echowall.Directory) *Plan {
	p := &planner{d: d, next: *d.Roster, today: w.today, rows: make(map[entryKey]*Row)}
	out := &Plan{Base: d.Revision, Counts: make(map[Outcome]int)}
	fields := make(map[*Row]map[string]string)
	for _, in := range w.sheets {
		titles := make([]string, 0, len(in.at))
		byField := make(map[string]string)
		for _, h := range in.sheet.headings() {
			titles = append(titles, h.Title)
			if byField[h.Field] == "" {
				byField[h.Field] = h.Title
			}
		}
		rows := in.sheet.plan(p, in)
		for i := range rows {
			fields[&rows[i]] = byField
		}
		out.Sheets = append(out.Sheets, Sheet{in.sheet.title(), titles, rows})
	}
	p.check(out, fields)
	for _, s := range out.Sheets {
		for i := range s.Rows {
			out.Counts[s.Rows[i].Outcome]++
		}
	}
	out.roster = &p.next
	return out
}

// check looks at the roster as it would be. What was wrong before and is not in the workbook does not stand in
// the way of what is.
func (p *planner) check(out *Plan, fields map[*Row]map[string]string) {
	unread := make(map[*Row]bool) // only their numbers count, so that other rows may refer to them
	for _, row := range p.rows {
		unread[row] = row.Outcome == Wrong
	}
	var before []echowall.RosterProblem
	for _, problem := range p.next.Check() {
		row, ok := p.rows[entryKey{problem.Sort, problem.ID}]
		if ok {
			if !unread[row] {
				row.fail(fields[row][problem.Field], problem.Why)
			}
			continue
		}
		if before == nil {
			before = append(p.d.Roster.Check(), echowall.RosterProblem{Why: new(echowall.Error)})
		}
		known := false
		for _, b := range before {
			known = known || b.Equal(problem)
		}
		if !known {
			out.Others = append(out.Others, problem)
		}
	}
}

// fail records what is wrong with a row.
func (r *Row) fail(column string, why *echowall.Error) {
	if r.Outcome != Wrong {
		r.Outcome, r.Remarks = Wrong, nil // what would have changed matters no more
	}
	r.Remarks = append(r.Remarks, Remark{column, why})
}

// OK reports whether the plan can be applied.
func (p *Plan) OK() bool { return p.Counts[Wrong] == 0 && len(p.Others) == 0 }

// Changes reports whether applying the plan would change anything.
func (p *Plan) Changes() bool { return p.Counts[Added]+p.Counts[Changed]+p.Counts[Closed] > 0 }

// Apply puts the plan into the store, all of it or nothing. KindInvalid when anything in it is wrong,
// KindConflict when the roster has changed since the plan was made: plan again.
func (p *Plan) Apply(ctx context.Context, store echowall.RosterStore) error {
	if !p.OK() {
		return refuse("roster.nothing_written", "wrong", fmt.Sprint(p.Counts[Wrong]+len(p.Others)))
	}
	if !p.Changes() {
		return nil
	}
	return store.ReplaceRoster(ctx, p.Base, p.roster)
}

// plan reads the rows of a sheet as entries.
func (k *kind[T]) plan(p *planner, in *readSheet) []Row {
	rows := make([]Row, len(in.rows))
	copy(rows, in.rows)
	first := make(map[string]int, len(rows))
	changed := make([]T, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		row.Remarks = append([]Remark(nil), in.rows[i].Remarks...)
		if len(row.Remarks) > 0 {
			row.Outcome = Wrong
		}
		id := number(row.Cells[0])
		switch n, twice := first[id]; {
		case id == "":
			if row.Outcome != Wrong {
				row.fail(columnID, refuse("roster.cell_missing"))
			}
		case twice:
			row.fail(columnID, refuse("roster.row_twice", "row", fmt.Sprint(n)))
		default:
			first[id] = row.Number
			if x, ok := k.entry(p, in, row, id); ok {
				changed = append(changed, x)
			}
		}
	}
	k.put(&p.next, changed)
	return rows
}

// entry reads one row; false when it changes nothing of the roster. A row that is wrong stands for its number
// only: what refers to it is judged as if it were right.
func (k *kind[T]) entry(p *planner, in *readSheet, row *Row, id string) (T, bool) {
	old, known := k.find(p.d, id)
	x := old
	if !known {
		x = k.blank(id)
	}
	other := func(title string) string {
		for i := range k.columns {
			if k.columns[i].title == title {
				return row.Cells[i]
			}
		}
		return ""
	}
	unread := row.Outcome == Wrong
	for i := range k.columns {
		c, text := &k.columns[i], row.Cells[i]
		switch {
		case in.at[i] < 0:
		case text == "" && c.required:
			if !unread {
				row.fail(c.title, refuse("roster.cell_missing"))
			}
		default:
			if err := c.set(&x, cell{text, other, p.today}); err != nil && !unread {
				row.fail(c.title, err)
			}
		}
	}
	if known && k.same != nil && row.Outcome != Wrong {
		if err := k.same(&old, &x); err != nil {
			row.fail(columnID, err)
			x = old
		}
	}
	p.rows[entryKey{k.sort(&x), id}] = row
	switch {
	case row.Outcome == Wrong:
		return x, !known
	case !known:
		row.Outcome = Added
		return x, true
	}
	return x, k.compare(&old, &x, row)
}

// compare says what is different in a row.
func (k *kind[T]) compare(old, x *T, row *Row) bool {
	row.Outcome = Same
	for i := range k.columns {
		c := &k.columns[i]
		was, is := c.get(old), c.get(x)
		if was == is {
			continue
		}
		row.Outcome = Changed
		why := &echowall.Error{Key: "roster.changed", Args: map[string]string{"column": c.title, "old": empty(was), "new": empty(is)}}
		switch {
		case c.field == "name":
			why.Key = "roster.renamed"
		case c.moves:
			why.Key = "roster.moved"
		}
		row.Remarks = append(row.Remarks, Remark{c.title, why})
	}
	if row.Outcome == Changed && *k.closed(x) && !*k.closed(old) {
		row.Outcome = Closed
	}
	return row.Outcome != Same
}

// empty makes nothing visible.
func empty(s string) string {
	if s == "" {
		return "（空）"
	}
	return s
}
