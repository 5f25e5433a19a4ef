package echowall

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// AccessWhyLimit is the longest reason, in characters; AccessWhyLeast is what a reason that an officer has to
// give has at least.
const (
	AccessWhyLimit = 100
	AccessWhyLeast = 4
)

// accessWhy is a reason as it goes on record, KindInvalid unless it has AccessWhyLeast to AccessWhyLimit
// characters and no number of anybody in it: the log holds none.
func accessWhy(typed string) (string, error) {
	why := strings.TrimSpace(typed)
	switch n := utf8.RuneCountInString(why); {
	case n < AccessWhyLeast:
		return "", Refusal(KindInvalid, "errors.why", "least", strconv.Itoa(AccessWhyLeast))
	case n > AccessWhyLimit:
		return "", Refusal(KindInvalid, "errors.why_long", "limit", strconv.Itoa(AccessWhyLimit))
	case longNumber(why):
		return "", Refusal(KindInvalid, "errors.why_number")
	}
	return why, nil
}

// longNumber reports whether text has seven digits in a row: a number of somebody or something.
func longNumber(text string) bool {
	n := 0
	for _, r := range foldTyped(text) {
		if r < '0' || r > '9' {
			n = 0
		} else if n++; n >= 7 {
			return true
		}
	}
	return false
}
