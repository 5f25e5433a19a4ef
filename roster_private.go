package echowall

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The roster takes no identity numbers and no full dates of birth (Personal Information Protection Law,
// arts. 6 and 19): what is not stored cannot be lost.
var (
	// writtenDate is a full date with its year, as people write it.
	writtenDate = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)[0-9]{2})\s*[-./年]\s*(0?[1-9]|1[0-2])\s*[-./月]\s*(0?[1-9]|[12][0-9]|3[01])(?:[^0-9]|$)`)
	// namedMonth and shortDate are how spreadsheet programs show dates.
	namedMonth = regexp.MustCompile(`(?i)(?:^|[^0-9])[0-3]?[0-9][- ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-, ]+[0-9]{2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ][0-3]?[0-9][, ]+[0-9]{4}`)
	shortDate  = regexp.MustCompile(`^[0-3]?[0-9][-./][0-3]?[0-9][-./][0-9]{2}$`)
	// scientific is how they show a number of 15 digits or more.
	scientific = regexp.MustCompile(`^[1-9][.]([0-9]{6,})E[+](1[47])$`)
	// reversedDate is one with the year last, as some programs write it.
	reversedDate = regexp.MustCompile(`(?:^|[^0-9])(0?[1-9]|[12][0-9]|3[01])[-./](0?[1-9]|[12][0-9]|3[01])[-./]((?:19|20)[0-9]{2})(?:[^0-9]|$)`)
)

// TooPrivate reports whether text holds an identity number or a full date.
func TooPrivate(text string) bool { return IdentityNumber(text) || FullDate(text) }

// IdentityNumber reports whether text holds a citizen identity number, of 18 characters or of the old 15, also
// one written with spaces or hyphens or full-width digits. Numbers of that length whose inner digits are no
// date are something else.
func IdentityNumber(text string) bool {
	text = spelledOut(text)
	if digitsIn(text) < 15 { // nearly all text
		return false
	}
	for _, run := range strings.FieldsFunc(joinDigits(text), func(r rune) bool { return (r < '0' || r > '9') && r != 'X' }) {
		switch n := len(strings.TrimRight(run, "X")); {
		case len(run) == 18 && n >= 17 && plausibleBirth(run[6:14]):
			return true
		case len(run) == 15 && n == 15 && plausibleBirth("19"+run[6:12]):
			return true
		}
	}
	return false
}

func digitsIn(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// joinDigits makes digits plain and drops what people write between them.
func joinDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == 'x' || r == 'Ｘ' || r == 'ｘ':
			return 'X'
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), r == '-', r == '－', r == '—', r == '–', r == '_', r == '.', r == '·', r == '\'', r == '’', r == ',':
			return -1
		}
		return r
	}, text)
}

// spelledOut undoes the form in which spreadsheet programs show an identity number that was typed as a number: its
// last digits are lost, the date of birth is not.
func spelledOut(text string) string {
	m := scientific.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	length := 15
	if m[2] == "17" {
		length = 18
	}
	digits := text[:1] + m[1]
	return digits + strings.Repeat("0", max(0, length-len(digits)))
}

// FullDate reports whether text holds a date with year, month and day, in figures.
func FullDate(text string) bool {
	digits := digitsIn(text)
	if digits < 3 { // 7-Mar-90 has that many
		return false
	}
	text = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, text)
	switch {
	case digits >= 6 && (writtenDate.MatchString(text) || reversedDate.MatchString(text)),
		len(text) <= len("07.03.90") && shortDate.MatchString(text),
		strings.ContainsFunc(text, latin) && namedMonth.MatchString(text):
		return true
	case digits < 8:
		return false
	}
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(run) == 8 && plausibleBirth(run) {
			return true
		}
	}
	return false
}

func latin(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// plausibleBirth reports whether eight digits are a day between 1900 and 2099.
func plausibleBirth(digits string) bool {
	year, err := strconv.Atoi(digits[:4])
	if err != nil || year < 1900 || year > 2099 {
		return false
	}
	_, err = time.Parse("20060102", digits)
	return err == nil
}
