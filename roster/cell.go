package roster

import (
	"strconv"
	"strings"
	"unicode"

	"echowall"
)

// cellLength bounds the text of one cell, in bytes: a list of fifty numbers fits.
const cellLength = 4000

// tidy is the text of a cell as it is meant: without the blanks and invisible characters that copying leaves.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u3000':
			return ' '
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	// A text that was written so that spreadsheet programs do not calculate it; see safe.
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
		s = s[1:]
	}
	return s
}

// number makes letters and digits of a number plain: people type them full-width.
func number(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '—' || r == '–' || r == '‐':
			return '-'
		}
		return r
	}, strings.TrimSpace(s))
}

// list cuts a cell with several values.
func list(s string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("；;、，,", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func ids[K ~string](s string) []K {
	var out []K
	for _, part := range list(s) {
		out = append(out, K(number(part)))
	}
	return out
}

func joined[K ~string](list []K) string {
	var out strings.Builder
	for i, x := range list {
		if i > 0 {
			out.WriteString("；")
		}
		out.WriteString(string(x))
	}
	return out.String()
}

// coordinate reads degrees; an empty cell is "not known".
func coordinate(s string) (float64, *echowall.Error) {
	if s == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(number(s), 64)
	if err != nil || x != x || x < -180 || x > 180 {
		return 0, refuse("roster.cell_degrees")
	}
	return x, nil
}

func degrees(x float64) string {
	if x == 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// day reads a date as people and spreadsheet programs write it.
func day(s string) (echowall.Date, *echowall.Error) {
	if s == "" {
		return echowall.Date{}, nil
	}
	parts := strings.FieldsFunc(number(s), func(r rune) bool { return !unicode.IsDigit(r) })
	if len(parts) == 1 && len(parts[0]) == 8 {
		parts = []string{parts[0][:4], parts[0][4:6], parts[0][6:]}
	}
	// A time of day after the date is what some programs add.
	if len(parts) < 3 || len(parts[0]) != 4 || len(parts[1]) > 2 || len(parts[2]) > 2 {
		return echowall.Date{}, refuse("roster.cell_date")
	}
	d, err := echowall.ParseDate(parts[0] + "-" + pad(parts[1]) + "-" + pad(parts[2]))
	if err != nil {
		return echowall.Date{}, refuse("roster.cell_date")
	}
	return d, nil
}

func pad(s string) string {
	if len(s) < 2 {
		return "0" + s
	}
	return s
}

// choice finds a value by its name.
func choice[V comparable](s string, names []named[V]) (V, *echowall.Error) {
	var known []string
	for _, n := range names {
		for i, name := range n.names {
			if s == name {
				return n.value, nil
			}
			if i == 0 {
				known = append(known, name)
			}
		}
	}
	var none V
	return none, refuse("roster.cell_choice", "choices", strings.Join(known, "、"))
}

// named is a value and how people call it, the usual name first.
type named[V comparable] struct {
	value V
	names []string
}

func nameOf[V comparable](v V, names []named[V]) string {
	for _, n := range names {
		if n.value == v {
			return n.names[0]
		}
	}
	return ""
}

// safe is a text that spreadsheet programs do not take for a formula, also when somebody saves the sheet as
// CSV and opens that.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
