package emulator

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// keywordRules are the shapes of typed values, by the prefix of the key.
var keywordRules = map[string]func(string) bool{
	"thing":            func(v string) bool { return runes(v) <= 20 },
	"number":           shape(`[+-]?\d{1,32}(\.\d+)?`, 33),
	"letter":           shape(`[A-Za-z]+`, 32),
	"symbol":           shape(`[^\p{L}\p{N}]+`, 5),
	"character_string": shape(`[\x20-\x7e]+`, 32),
	"time":             ranged(`(` + datePart + ` ?)?` + timePart),
	"date":             ranged(datePart + `( ?` + timePart + `)?`),
	"amount":           shape(`[¥￥$€£]?\d{1,10}(\.\d+)?元?`, 16),
	"phone_number":     shape(`[0-9+\-() ]+`, 17),
	"car_number":       func(v string) bool { return runes(v) <= 8 },
	"name":             personName,
	"phrase":           shape(`\p{Han}+`, 5),
	"const":            func(v string) bool { return runes(v) <= 20 },
}

const (
	datePart = `(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2})`
	timePart = `\d{1,2}:\d{2}(:\d{2})?`
)

// shape matches a whole value of at most so many characters.
func shape(pattern string, most int) func(string) bool {
	whole := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return func(v string) bool { return runes(v) <= most && whole.MatchString(v) }
}

// ranged matches one value or two joined by ~.
func ranged(pattern string) func(string) bool {
	whole := regexp.MustCompile(`^(?:` + pattern + `)(?:~(?:` + pattern + `))?$`)
	return whole.MatchString
}

var latinName = regexp.MustCompile(`^[A-Za-z .·'-]+$`)

// personName is ten Chinese characters or twenty Latin ones.
func personName(v string) bool {
	if latinName.MatchString(v) {
		return runes(v) <= 20
	}
	return runes(v) <= 10
}

// checkKeyword answers 47003 naming the field.
func checkKeyword(key, value string, values []string) error {
	rule := keywordRules[strings.TrimRight(key, "0123456789")]
	switch {
	case strings.TrimSpace(value) == "":
		return failf(47003, "data.%s.value is empty", key)
	case strings.ContainsFunc(value, unicode.IsControl),
		rule != nil && !rule(value),
		values != nil && !slices.Contains(values, value):
		return failf(47003, "data.%s.value invalid", key)
	}
	return nil
}
