package roster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"echowall"
)

// Workbook is a file that was read: rows of cells, nothing of which is in the roster yet.
type Workbook struct {
	sheets []*readSheet
	today  echowall.Date
}

// readSheet is one sheet as it stands in the file.
type readSheet struct {
	sheet sheet
	at    []int // column of the sheet → its place in the file, from 0; -1 when it is not there
	extra []int // places of the columns that a result has on top
	rows  []Row
}

// Row is one row of a workbook and, in a Plan, what becomes of it.
type Row struct {
	// Number is the row's number as spreadsheet programs count, from 1.
	Number int
	// Cells are in the order of the sheet's columns; one that is not in the file is "". A cell with something
	// that must not be kept is "" too.
	Cells   []string
	Outcome Outcome
	Remarks []Remark
}

// Remark says what became of a row, or why nothing did.
type Remark struct {
	// Column is the title of the column concerned; "" for the row as a whole.
	Column string
	// Why names the sentence in content; its kind is KindInvalid for what is wrong.
	Why *echowall.Error
}

// Read reads a workbook of size bytes. Today is the day by which rows that close or move something are dated.
//
// What is no workbook, is too large, is encrypted, or has formulas, merged cells, unknown or missing columns or
// sheets is refused as a whole with an *echowall.Error that says what to do; what is wrong with single rows is
// in the Plan.
func Read(ctx context.Context, r io.ReaderAt, size int64, today echowall.Date) (_ *Workbook, err error) {
	if err := inspect(r, size); err != nil {
		return nil, err
	}
	// The library was written for files that programs make, not for what somebody might think up.
	defer func() {
		if p := recover(); p != nil {
			err = &echowall.Error{Kind: echowall.KindInvalid, Key: "roster.file_broken", Err: fmt.Errorf("reading panicked: %v", p)}
		}
	}()
	f, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		UnzipSizeLimit: unzipLimit, UnzipXMLSizeLimit: onDisk,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd",
	})
	if err != nil {
		return nil, &echowall.Error{Kind: echowall.KindInvalid, Key: "roster.file_broken", Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := &Workbook{today: today}
	for _, name := range f.GetSheetList() {
		if err := w.readSheet(ctx, f, name); err != nil {
			return nil, err
		}
	}
	if len(w.sheets) == 0 {
		return nil, refuse("roster.file_empty", "sheets", sheetTitles())
	}
	return w, nil
}

func sheetTitles() string {
	names := make([]string, len(sheets))
	for i, s := range sheets {
		names[i] = s.title()
	}
	return strings.Join(names, "、")
}

func (w *Workbook) readSheet(ctx context.Context, f *excelize.File, name string) error {
	title := strings.TrimSpace(name)
	if title == sheetNotes {
		return nil
	}
	rows, err := f.Rows(name)
	if err != nil {
		return &echowall.Error{Kind: echowall.KindInvalid, Key: "roster.file_broken", Err: err}
	}
	defer rows.Close()
	i := slices.IndexFunc(sheets, func(s sheet) bool { return s.title() == title })
	twice := slices.ContainsFunc(w.sheets, func(s *readSheet) bool { return s.sheet.title() == title })
	var in *readSheet
	for n := 1; rows.Next(); n++ {
		if n > rowLimit {
			return refuse("roster.sheet_long", "sheet", title, "limit", fmt.Sprint(rowLimit))
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := rows.Columns()
		if err != nil {
			return &echowall.Error{Kind: echowall.KindInvalid, Key: "roster.file_broken", Err: err}
		}
		for j := range cells {
			cells[j] = tidy(cells[j])
		}
		if blank(cells) {
			continue
		}
		switch {
		case i < 0:
			return refuse("roster.sheet_unknown", "sheet", shown(title), "sheets", sheetTitles())
		case twice:
			return refuse("roster.sheet_twice", "sheet", title)
		case in == nil:
			if in, err = readHead(sheets[i], cells, n); err != nil {
				return err
			}
		default:
			if row, ok := in.readRow(cells, n); ok {
				in.rows = append(in.rows, row)
			}
		}
	}
	if err := rows.Error(); err != nil {
		return &echowall.Error{Kind: echowall.KindInvalid, Key: "roster.file_broken", Err: err}
	}
	if in != nil {
		w.sheets = append(w.sheets, in)
	}
	return nil
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return s != "" })
}

// shown is a text from outside that may stand in a sentence: short, and nothing private.
func shown(s string) string {
	if echowall.TooPrivate(s) {
		return "……"
	}
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "……"
	}
	return s
}

// forbiddenTitles are columns that a roster must not have, whatever is in them.
var forbiddenTitles = []string{"身份证", "证件号", "出生日期", "出生年月", "生日"}

// readHead finds the columns by their titles.
func readHead(s sheet, cells []string, row int) (*readSheet, error) {
	heads := s.headings()
	in := &readSheet{sheet: s, at: make([]int, len(heads))}
	for i := range in.at {
		in.at[i] = -1
	}
	for at, title := range cells {
		title = strings.TrimSpace(strings.TrimRight(strings.ReplaceAll(title, " ", ""), "*＊"))
		if title == "" {
			continue
		}
		if title == resultTitle || title == reasonTitle { // a result that was corrected
			in.extra = append(in.extra, at)
			continue
		}
		if title != "政治生日" && slices.ContainsFunc(forbiddenTitles, func(f string) bool { return strings.Contains(title, f) }) {
			return nil, refuse("roster.column_private", "sheet", s.title(), "column", columnName(at+1))
		}
		i := slices.IndexFunc(heads, func(h Heading) bool { return h.Title == title })
		switch {
		case i < 0:
			return nil, refuse("roster.column_unknown", "sheet", s.title(), "column", shown(title), "row", fmt.Sprint(row))
		case in.at[i] >= 0:
			return nil, refuse("roster.column_twice", "sheet", s.title(), "column", title)
		}
		in.at[i] = at
	}
	for i, h := range heads {
		if h.Listed && in.at[i] < 0 {
			return nil, refuse("roster.column_missing", "sheet", s.title(), "column", h.Title, "row", fmt.Sprint(row))
		}
	}
	return in, nil
}

// exampleMark begins the number of rows that are there to be looked at.
const exampleMark = "示例"

// readRow takes the cells of one row; false for a row that is an example.
func (in *readSheet) readRow(cells []string, n int) (Row, bool) {
	heads := in.sheet.headings()
	row := Row{Number: n, Cells: make([]string, len(heads))}
	used := make([]bool, len(cells))
	for i, at := range in.at {
		if at < 0 || at >= len(cells) {
			continue
		}
		used[at] = true
		text := cells[at]
		if why := unacceptable(text, heads[i].Field); why != nil {
			row.Remarks = append(row.Remarks, Remark{heads[i].Title, why})
			continue
		}
		row.Cells[i] = text
	}
	if strings.HasPrefix(row.Cells[0], exampleMark) {
		return Row{}, false
	}
	for at, text := range cells {
		if used[at] || text == "" {
			continue
		}
		why := refuse("roster.cell_outside", "cell", columnName(at+1)+fmt.Sprint(n))
		if echowall.TooPrivate(text) {
			why = refuse("roster.private_cell", "sheet", in.sheet.title(), "cell", columnName(at+1)+fmt.Sprint(n))
		} else if slices.Contains(in.extra, at) {
			continue
		}
		row.Remarks = append(row.Remarks, Remark{"", why})
	}
	for i, why := range row.Remarks {
		if why.Why.Key == "roster.private" {
			at := in.at[slices.IndexFunc(heads, func(h Heading) bool { return h.Title == why.Column })]
			row.Remarks[i].Why = refuse("roster.private_cell", "sheet", in.sheet.title(), "cell", columnName(at+1)+fmt.Sprint(n))
		}
	}
	return row, true
}

// unacceptable says what may stand in no cell, whatever it means.
func unacceptable(text, field string) *echowall.Error {
	switch {
	case text == "":
		return nil
	case echowall.IdentityNumber(text),
		field != "joined" && field != "phone" && field != "id" && echowall.FullDate(text):
		return refuse("roster.private")
	case len(text) > cellLength:
		return refuse("roster.too_long", "limit", fmt.Sprint(cellLength/4))
	case text[0] == '=' || text[0] == '@' || (text[0] == '+' || text[0] == '-') && strings.Trim(text[1:], "0123456789. -") != "":
		return refuse("roster.cell_formula")
	}
	return nil
}
