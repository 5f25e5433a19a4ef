package echowall

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of the entries of a roster.
const (
	RosterIDLength   = 32 // letters, digits and hyphens
	RosterNameLength = 40 // characters
	RosterTextLength = 60 // characters of a post, opening hours and the like
	RosterListLength = 50 // aliases, officers, tags of one entry
)

// ValidRosterID reports whether s can be the number of an entry: letters, digits and hyphens, since numbers
// stand in keys, codes to scan and links.
func ValidRosterID(s string) bool {
	if s == "" || len(s) > RosterIDLength {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
		default:
			return false
		}
	}
	return true
}

// Check returns everything that is wrong with the roster, in the order of its lists. It looks at the roster
// alone: what stands in it, not who may change it.
func (r *Roster) Check() []RosterProblem {
	c := &rosterCheck{d: NewDirectory(r, 0), secretary: make(map[BranchID]RosterID)}
	c.organisations()
	c.stations()
	c.places()
	c.units()
	c.people()
	return c.found
}

// rosterCheck gathers problems. The entry being looked at is sort and id.
type rosterCheck struct {
	d         *Directory
	found     []RosterProblem
	sort      RosterSort
	id        string
	secretary map[BranchID]RosterID
}

// wrong records a problem of the entry; pairs fill the sentence.
func (c *rosterCheck) wrong(field, key string, pairs ...string) {
	c.found = append(c.found, RosterProblem{c.sort, c.id, field, Refusal(KindInvalid, key, pairs...)})
}

// begin looks at what all entries have. It reports false for a number that was there before.
func (c *rosterCheck) begin(sort RosterSort, seen map[string]bool, id, name string) bool {
	c.sort, c.id = sort, id
	if seen[id] {
		c.wrong("id", "roster.id_twice", "id", id)
		return false
	}
	seen[id] = true
	switch {
	case !ValidRosterID(id):
		c.wrong("id", "roster.id_form")
	case IdentityNumber(id):
		c.wrong("id", "roster.private")
	}
	if strings.TrimSpace(name) == "" {
		c.wrong("name", "roster.name_missing")
	}
	c.text("name", name, RosterNameLength)
	return true
}

// text looks at one written field.
func (c *rosterCheck) text(field, text string, limit int) {
	switch {
	case utf8.RuneCountInString(text) > limit:
		c.wrong(field, "roster.too_long", "limit", decimal(limit))
	case strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text):
		c.wrong(field, "roster.control")
	case IdentityNumber(text) || field != "phone" && FullDate(text): // eight figures may be a telephone number
		c.wrong(field, "roster.private")
	}
}

func (c *rosterCheck) texts(field string, list []string) {
	if len(list) > RosterListLength {
		c.wrong(field, "roster.list_long", "limit", decimal(RosterListLength))
	}
	for i, text := range list {
		if slices.Contains(list[:i], text) {
			c.wrong(field, "roster.list_twice", "text", text)
		}
		c.text(field, text, RosterNameLength)
	}
}

// person looks at a person who is named for a function.
func (c *rosterCheck) person(field string, id RosterID, closed bool) {
	if id == "" || closed {
		return
	}
	p, ok := c.d.Person(id)
	switch {
	case !ok:
		c.wrong(field, "roster.no_person", "id", string(id))
	case p.Left:
		c.wrong(field, "roster.person_left", "id", string(id))
	}
}

func (c *rosterCheck) persons(field string, ids []RosterID, closed bool) {
	if len(ids) > RosterListLength {
		c.wrong(field, "roster.list_long", "limit", decimal(RosterListLength))
	}
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			c.wrong(field, "roster.list_twice", "text", string(id))
			continue
		}
		c.person(field, id, closed)
	}
}

// Where positions on record may be: the box around the mainland and its islands, which finds exchanged
// numbers as well.
const southEnd, northEnd, westEnd, eastEnd = 3, 54, 73, 136

func (c *rosterCheck) position(lat, lng float64) {
	switch {
	case lat == 0 && lng == 0:
	case lat == 0 || lng == 0:
		c.wrong("lat", "roster.half_position")
	case lat >= westEnd && lat <= eastEnd:
		c.wrong("lat", "roster.position_exchanged")
	case !(lat >= southEnd && lat <= northEnd && lng >= westEnd && lng <= eastEnd):
		c.wrong("lat", "roster.position_far")
	}
}
