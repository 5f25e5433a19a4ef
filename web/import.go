package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"echowall"
	"echowall/roster"
)

// importLimit is the largest workbook that is taken, in bytes; with 50,000 people it has some 4 MB.
const importLimit = 24 << 20

// rowOutcomes are what becomes of rows, in the order in which they are counted on the page; the first ones need a
// look.
var rowOutcomes = []roster.Outcome{roster.Wrong, roster.Added, roster.Changed, roster.Closed, roster.Same}

// importShown is how many rows of one sheet the page lists; the result workbook has them all.
const importShown = 200

// importView is the page on which a workbook comes in.
type importView struct {
	Export bool // the reader may take the roster out
	Error  string
	Done   bool
	Plan   *planView
}

// planView is a dry run.
type planView struct {
	Token    string // of the workbook that waits; empty when there is nothing to apply
	Base     int64
	OK       bool
	Nothing  bool // everything stands in the roster already
	Moved    bool // the roster has changed since the last dry run
	Figures  []planFigure
	Sheets   []planSheet
	Others   []string
	SameRows int
}

type planFigure struct {
	Words string
	Count int
	Wrong bool
}

type planSheet struct {
	Name string
	Rows []planRow
	More int
}

type planRow struct {
	Number     int
	Title, Why string
	Chip       chip
}

func (s *Server) importPage(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.showImport(w, r, d, http.StatusOK, &importView{Done: r.URL.Query().Has("done")})
}

func (s *Server) showImport(w http.ResponseWriter, r *http.Request, d *desk, status int, v *importView) error {
	v.Export = d.who.Can(echowall.ActionRosterExport)
	f := s.frameOf(d, s.words.Say("console.nav_import"), v)
	f.SizeURL = "/console/import"
	return s.deskWrite(w, r, status, "console_import", f)
}

// tryImport is the dry run. The workbook stays until somebody applies it or half an hour has passed.
func (s *Server) tryImport(w http.ResponseWriter, r *http.Request, d *desk) error {
	data, err := readUpload(w, r, "file")
	if err != nil {
		return s.importRefused(w, r, d, err)
	}
	token, plan, err := s.Console.Office.Try(r.Context(), d.who, data)
	if err != nil {
		return s.importRefused(w, r, d, err)
	}
	return s.showImport(w, r, d, http.StatusOK, &importView{Plan: s.planView(plan, token)})
}

// readUpload reads the one file of a form.
func readUpload(w http.ResponseWriter, r *http.Request, field string) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, importLimit)
	file, _, err := r.FormFile(field)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, echowall.Refusal(echowall.KindInvalid, "desk.import_large", "limit", strconv.Itoa(importLimit>>20))
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return nil, echowall.Refusal(echowall.KindInvalid, "desk.import_none")
	case err != nil:
		return nil, echowall.Errorf(echowall.KindInvalid, "form: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err == nil && len(data) == 0 {
		return nil, echowall.Refusal(echowall.KindInvalid, "desk.import_none")
	}
	return data, err
}

// importRefused shows the page with the reason why a workbook was not taken.
func (s *Server) importRefused(w http.ResponseWriter, r *http.Request, d *desk, err error) error {
	e := (*echowall.Error)(nil)
	kind := echowall.KindOf(err)
	if !slices.Contains([]echowall.Kind{echowall.KindInvalid, echowall.KindConflict}, kind) || !errors.As(err, &e) || e.Key == "" {
		return err
	}
	return s.showImport(w, r, d, statuses[kind], &importView{Error: s.words.Error(err)})
}

func (s *Server) applyImport(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, formLimit); err != nil {
		return err
	}
	token := r.PostForm.Get("token")
	base, err := strconv.ParseInt(r.PostForm.Get("base"), 10, 64)
	if err != nil {
		return echowall.Errorf(echowall.KindInvalid, "form: base: %w", err)
	}
	plan, err := s.Console.Office.Apply(r.Context(), d.who, token, base)
	switch {
	case err == nil:
		http.Redirect(w, r, "/console/import?done=1", http.StatusSeeOther)
		return nil
	case plan != nil && echowall.KindOf(err) == echowall.KindConflict:
		v := &importView{Plan: s.planView(plan, token)}
		v.Plan.Moved = true
		return s.showImport(w, r, d, http.StatusConflict, v)
	}
	return s.importRefused(w, r, d, err)
}

func (s *Server) planView(p *roster.Plan, token string) *planView {
	v := &planView{Token: token, Base: p.Base, OK: p.OK(), Nothing: !p.Changes(), SameRows: p.Counts[roster.Same]}
	for _, o := range rowOutcomes {
		v.Figures = append(v.Figures, planFigure{o.Title(), p.Counts[o], o == roster.Wrong && p.Counts[o] > 0})
	}
	for _, sheet := range p.Sheets {
		out := planSheet{Name: sheet.Name}
		for _, o := range rowOutcomes {
			if o == roster.Same {
				continue
			}
			for i := range sheet.Rows {
				row := &sheet.Rows[i]
				switch {
				case row.Outcome != o:
				case len(out.Rows) == importShown:
					out.More++
				default:
					out.Rows = append(out.Rows, s.planRow(row))
				}
			}
		}
		if len(out.Rows) > 0 {
			v.Sheets = append(v.Sheets, out)
		}
	}
	for _, x := range p.Others {
		v.Others = append(v.Others, s.words.Say("desk.import_other", "id", x.ID, "why", s.words.Error(x.Why)))
	}
	return v
}

// reason is the sentence of an error, as workbooks and pages quote it.
func (s *Server) reason(err *echowall.Error) string { return s.words.Error(err) }

// outcomeLook is how what becomes of a row looks.
var outcomeLook = map[roster.Outcome]chip{
	roster.Wrong:   {Tone: "late", Icon: "warn"},
	roster.Added:   {Tone: "move", Icon: "dot"},
	roster.Changed: {Tone: "move", Icon: "loop"},
	roster.Closed:  {Tone: "wait", Icon: "x"},
}

func (s *Server) planRow(row *roster.Row) planRow {
	out := planRow{Number: row.Number, Chip: outcomeLook[row.Outcome]}
	out.Chip.Words = row.Outcome.Title()
	for i := 0; i < len(row.Cells) && i < 2; i++ {
		if out.Title != "" {
			out.Title += " "
		}
		out.Title += row.Cells[i]
	}
	out.Why = row.Reason(s.reason)
	return out
}

// importTemplate is an empty workbook to fill in.
func (s *Server) importTemplate(w http.ResponseWriter, _ *http.Request, _ *desk) error {
	var b bytes.Buffer
	if err := roster.WriteTemplate(&b, s.reason); err != nil {
		return err
	}
	return sendWorkbook(w, "roster-template.xlsx", b.Bytes())
}

// importResult is the workbook that was tried, with what becomes of each row and why.
func (s *Server) importResult(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, formLimit); err != nil {
		return err
	}
	plan, err := s.Console.Office.Plan(r.Context(), d.who, r.PostForm.Get("token"))
	if err != nil {
		return s.importRefused(w, r, d, err)
	}
	var b bytes.Buffer
	if err := plan.WriteResult(&b, s.reason); err != nil {
		return err
	}
	return sendWorkbook(w, "roster-result.xlsx", b.Bytes())
}

// exportRoster takes the roster out; that is on record.
func (s *Server) exportRoster(w http.ResponseWriter, r *http.Request, d *desk) error {
	data, err := s.Console.Office.Export(r.Context(), d.who)
	if err != nil {
		return err
	}
	return sendWorkbook(w, "roster.xlsx", data)
}

func sendWorkbook(w http.ResponseWriter, name string, data []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, err := w.Write(data)
	return err
}
