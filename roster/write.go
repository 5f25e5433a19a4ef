package roster

import (
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"echowall"
)

// The two columns that a result has on top of the sheet's own. A corrected result can be imported again.
const (
	resultTitle = "导入结果"
	reasonTitle = "原因"
)

// outcomeNames are what the column 导入结果 says.
var outcomeNames = []named[Outcome]{
	{Added, []string{"新增"}}, {Changed, []string{"修改"}}, {Same, []string{"不变"}}, {Closed, []string{"停用"}}, {Wrong, []string{"错误"}},
}

// Say gives the sentence of an error to whoever opens the workbook.
type Say func(*echowall.Error) string

// WriteTemplate writes an empty workbook: its notes, and every sheet with its headings and one example, which
// an import leaves out.
func WriteTemplate(w io.Writer, say Say) error {
	return write(w, func(b *book) error {
		if err := b.notes(say); err != nil {
			return err
		}
		for _, s := range sheets {
			err := b.sheet(s.title(), s.headings(), nil, func(row func([]string, Outcome) error) error {
				heads := s.headings()
				cells := make([]string, len(heads))
				for i, h := range heads {
					cells[i] = h.Example
				}
				cells[0] = exampleMark + cells[0]
				return row(cells, "")
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteRoster writes a roster as a workbook which, imported again, changes nothing.
func WriteRoster(w io.Writer, r *echowall.Roster, say Say) error {
	return write(w, func(b *book) error {
		if err := b.notes(say); err != nil {
			return err
		}
		for _, s := range sheets {
			err := b.sheet(s.title(), s.headings(), nil, func(row func([]string, Outcome) error) error {
				return s.rows(r, func(cells []string) error { return row(cells, "") })
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteResult writes the workbook that was imported, with what became of each row and why. Cells in which
// something stood that must not be kept are empty.
func (p *Plan) WriteResult(w io.Writer, say Say) error {
	return write(w, func(b *book) error {
		for _, in := range p.Sheets {
			s := sheets[slices.IndexFunc(sheets, func(s sheet) bool { return s.title() == in.Name })]
			err := b.sheet(in.Name, s.headings(), []string{resultTitle, reasonTitle}, func(row func([]string, Outcome) error) error {
				for i := range in.Rows {
					r := &in.Rows[i]
					cells := append(slices.Clone(r.Cells), nameOf(r.Outcome, outcomeNames), r.Reason(say))
					if err := row(cells, r.Outcome); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Reason is why a row has its outcome, in one line.
func (r *Row) Reason(say Say) string {
	out := make([]string, len(r.Remarks))
	for i, remark := range r.Remarks {
		out[i] = say(remark.Why)
		if remark.Column != "" && remark.Why.Args["column"] == "" {
			out[i] = remark.Column + "：" + out[i]
		}
	}
	return strings.Join(out, " ")
}

// Title is what people call the outcome.
func (o Outcome) Title() string { return nameOf(o, outcomeNames) }

// book is a workbook being written.
type book struct {
	f      *excelize.File
	head   int
	text   int
	styles map[Outcome]int
	sheets int
}

func write(w io.Writer, fill func(*book) error) (err error) {
	b := &book{f: excelize.NewFile(), styles: make(map[Outcome]int)}
	defer func() {
		if e := b.f.Close(); err == nil {
			err = e
		}
	}()
	if err := b.makeStyles(); err != nil {
		return err
	}
	if err := fill(b); err != nil {
		return err
	}
	_, err = b.f.WriteTo(w)
	return err
}

// text is the number format of text: what is typed into such a cell stays as typed, leading zeros and all.
const text = 49

func (b *book) makeStyles() (err error) {
	fill := func(colour string) *excelize.Style {
		return &excelize.Style{NumFmt: text, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}
	}
	head := fill("E8E1D5")
	head.Font = &excelize.Font{Bold: true}
	if b.head, err = b.f.NewStyle(head); err != nil {
		return err
	}
	if b.text, err = b.f.NewStyle(&excelize.Style{NumFmt: text}); err != nil {
		return err
	}
	// The words say the same; the colours only help to find a row.
	for outcome, colour := range map[Outcome]string{Added: "E3F1E3", Changed: "E2ECF7", Closed: "EDEDED", Wrong: "F9DEDC"} {
		if b.styles[outcome], err = b.f.NewStyle(fill(colour)); err != nil {
			return err
		}
	}
	return nil
}

// add begins a sheet.
func (b *book) add(title string) error {
	b.sheets++
	if b.sheets == 1 {
		return b.f.SetSheetName(b.f.GetSheetName(0), title)
	}
	_, err := b.f.NewSheet(title)
	return err
}

// sheet writes one sheet row by row; fill calls row for each.
func (b *book) sheet(title string, heads []Heading, more []string, fill func(row func([]string, Outcome) error) error) error {
	if err := b.add(title); err != nil {
		return err
	}
	s, err := b.f.NewStreamWriter(title)
	if err != nil {
		return err
	}
	var top []any
	for i, h := range heads {
		if err := s.SetColWidth(i+1, i+1, h.Width); err != nil {
			return err
		}
		name := h.Title
		if h.Required {
			name += "*"
		}
		top = append(top, excelize.Cell{StyleID: b.head, Value: name})
	}
	for i, name := range more {
		if err := s.SetColWidth(len(heads)+i+1, len(heads)+i+1, 10+float64(i)*60); err != nil {
			return err
		}
		top = append(top, excelize.Cell{StyleID: b.head, Value: name})
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.SetRow("A1", top); err != nil {
		return err
	}
	n := 1
	cells := make([]any, 0, len(top))
	err = fill(func(texts []string, outcome Outcome) error {
		n++
		style := b.text
		if id, ok := b.styles[outcome]; ok {
			style = id
		}
		cells = cells[:0]
		for _, t := range texts {
			cells = append(cells, excelize.Cell{StyleID: style, Value: safe(t)})
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		return s.SetRow(at, cells)
	})
	if err != nil {
		return err
	}
	return s.Flush()
}

// notes writes the sheet that explains the others.
func (b *book) notes(say Say) error {
	if err := b.add(sheetNotes); err != nil {
		return err
	}
	s, err := b.f.NewStreamWriter(sheetNotes)
	if err != nil {
		return err
	}
	for i, width := range []float64{12, 14, 10, 100} {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	n := 0
	row := func(style int, texts ...string) error {
		n++
		cells := make([]any, len(texts))
		for i, t := range texts {
			cells[i] = excelize.Cell{StyleID: style, Value: safe(t)}
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		return s.SetRow(at, cells)
	}
	for line := range strings.Lines(say(refuse("roster.notes"))) {
		if err := row(b.text, strings.TrimSpace(line)); err != nil {
			return err
		}
	}
	if err := row(b.head, strings.Split(strings.TrimSpace(say(refuse("roster.notes_head"))), "、")...); err != nil {
		return err
	}
	for _, sheet := range sheets {
		for _, h := range sheet.headings() {
			must := ""
			if h.Required {
				must = "*"
			}
			if err := row(b.text, sheet.title(), h.Title, must, say(refuse(h.Help))); err != nil {
				return err
			}
		}
	}
	return s.Flush()
}
