package roster

import "echowall"

// column is one column of a sheet whose rows are entries of type T.
type column[T any] struct {
	title    string
	required bool // the sheet must have the column, and each row a value
	listed   bool // the sheet must have the column; a row may leave it empty
	field    string
	width    float64
	example  string
	help     string // key of the sentence that explains it
	moves    bool   // another value means that the entry belongs somewhere else
	get      func(*T) string
	set      func(*T, cell) *echowall.Error
}

// cell is the text of one cell and what is needed to understand it.
type cell struct {
	text  string
	other func(title string) string // another cell of the row
	today echowall.Date
}

// kind is one sheet: what its rows are, how they are found in a roster and put into one.
type kind[T any] struct {
	name    string
	columns []column[T]
	id      func(*T) string
	sort    func(*T) echowall.RosterSort
	find    func(*echowall.Directory, string) (T, bool)
	list    func(*echowall.Roster) []T
	put     func(*echowall.Roster, []T)
	closed  func(*T) *bool
	// same is nil or refuses a row that has the number of an entry of another sort.
	same func(old, row *T) *echowall.Error
	// blank is a new entry with a number.
	blank func(id string) T
}

// The names of the sheets, in the order in which they are written.
const (
	sheetNotes    = "说明"
	sheetOrg      = "组织"
	sheetPeople   = "花名册"
	sheetStations = "联络站"
	sheetGrids    = "网格"
	sheetPoints   = "采集点"
	sheetUnits    = "承办单位"
)

const (
	columnID    = "编号"
	columnState = "状态"
)

// sheets are all that a workbook may have besides its notes.
var sheets = []sheet{orgKind, peopleKind, stationKind, gridKind, pointKind, unitKind}

// sheet is a kind whose type of entries does not matter.
type sheet interface {
	title() string
	headings() []Heading
	plan(p *planner, in *readSheet) []Row
	rows(r *echowall.Roster, f func([]string) error) error
}

// Heading describes one column of a sheet.
type Heading struct {
	Title    string
	Required bool // every row must have a value
	Listed   bool // the sheet must have the column
	Width    float64
	Example  string
	Help     string // key of the sentence that explains it
	Field    string // of the entry, by its name in JSON
}

// Headings are the columns of a sheet in the order of Row.Cells; nil for a name that no sheet has.
func Headings(name string) []Heading {
	for _, s := range sheets {
		if s.title() == name {
			return s.headings()
		}
	}
	return nil
}

func (k *kind[T]) title() string { return k.name }

func (k *kind[T]) headings() []Heading {
	out := make([]Heading, len(k.columns))
	for i := range k.columns {
		c := &k.columns[i]
		out[i] = Heading{c.title, c.required, c.required || c.listed, c.width, c.example, c.help, c.field}
	}
	return out
}

// rows calls f with every entry of a roster as cells.
func (k *kind[T]) rows(r *echowall.Roster, f func([]string) error) error {
	list := k.list(r)
	for i := range list {
		cells := make([]string, len(k.columns))
		for j := range k.columns {
			cells[j] = k.columns[j].get(&list[i])
		}
		if err := f(cells); err != nil {
			return err
		}
	}
	return nil
}

// state is the column that closes and opens entries. An empty cell leaves them as they are, so that forgetting
// the column closes nothing and opens nothing.
func state[T any](on string, off string, closed func(*T) *bool) column[T] {
	return column[T]{
		title: columnState, field: "closed", width: 8, example: on,
		help: "roster.help_state",
		get: func(x *T) string {
			if *closed(x) {
				return off
			}
			return on
		},
		set: func(x *T, c cell) *echowall.Error {
			switch c.text {
			case "":
			case on, "启用", "在册", "正常":
				*closed(x) = false
			case off, "停用", "离开", "注销", "撤销":
				*closed(x) = true
			default:
				return refuse("roster.cell_choice", "choices", on+"、"+off)
			}
			return nil
		},
	}
}

func refuse(key string, pairs ...string) *echowall.Error {
	return echowall.Refusal(echowall.KindInvalid, key, pairs...)
}
