package web

// why says a reason of the access log in words: a reason that an officer typed as it is, one that the program
// gave by its sentence.
func (p phrases) why(reason string) string {
	for _, group := range []string{"desk.why_", "phone.why_"} {
		if key := group + keyOf(reason); p.Has(key) {
			return p.Say(key)
		}
	}
	return reason
}

// keyOf makes a code of the log fit for a key of the catalogue.
func keyOf(code string) string {
	b := []byte(code)
	for i, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			b[i] = '_'
		}
	}
	return string(b)
}
