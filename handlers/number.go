package handlers

import (
	"regexp"
	"strings"

	"echowall"
)

var (
	// leadingNumber is a receipt number in any width and case, and the marks that follow it.
	leadingNumber = regexp.MustCompile(`^[\s#]*(?:[XxＸｘ]\s*[YyＹｙ][\s\-]*)?([0-9０-９]{1,9})[\s\pP]*`)
	bareNumber    = regexp.MustCompile(`^[XxＸｘ]\s*[YyＹｙ][\s\-]*[0-9０-９]{1,9}$`)
)

// splitNumber takes the receipt number from the beginning of text; number is "" when there is none.
func splitNumber(text string) (number, rest string) {
	m := leadingNumber.FindStringSubmatchIndex(text)
	if m == nil {
		return "", strings.TrimSpace(text)
	}
	return echowall.NormaliseNumber(text[m[2]:m[3]]), strings.TrimSpace(text[m[1]:])
}

// needNumber is splitNumber for commands that cannot do without.
func needNumber(command, text string) (number, rest string, err error) {
	number, rest = splitNumber(text)
	if number == "" {
		return "", rest, echowall.Refusal(echowall.KindInvalid, "common.number_needed", "command", command)
	}
	return number, rest, nil
}
