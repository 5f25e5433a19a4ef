package store

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"echowall"
)

func acceptedField(template string) string { return "s:" + template }

// stampField holds a text that everybody who writes the book draws anew, so that one look tells whether it
// is still the one that was read.
const stampField = "n"

// book is the hash of keys.reach as it was read.
type book map[string]string

// reach reads the book. A person without one may follow: nothing is known yet.
func (b book) reach() echowall.Reach {
	r := echowall.Reach{
		Following:    b["f"] != "0",
		Left:         b.time("ft"),
		MessageUntil: b.time("mu"),
		MessageLeft:  b.number("ml"),
		ActUntil:     b.time("au"),
		ActLeft:      b.number("al"),
		TemplateDay:  b["td"],
		TemplateUsed: b.number("tu"),
		LastSent:     b.time("ls"),
		ReminderDay:  b["rd"],
		StudyWeek:    b["sw"],
		StudyUsed:    b.number("su"),
	}
	for f := range b {
		if template, ok := strings.CutPrefix(f, "s:"); ok {
			if r.Accepted == nil {
				r.Accepted = make(map[string]int)
			}
			r.Accepted[template] = b.number(f)
		}
	}
	return r
}

func (b book) number(field string) int {
	n, _ := strconv.Atoi(b[field]) // a field that is missing counts as 0
	return n
}

func (b book) time(field string) time.Time {
	n := b.number(field)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// field is one field of a book with a new value.
type field struct{ name, value string }

// changes are the fields that turn b into r, in a fixed order, so that a repeated call is the same call.
func (b book) changes(r *echowall.Reach) []field {
	out := make([]field, 0, 4)
	set := func(name, value string) {
		if old := b[name]; old != value && (old != "" || value != "0") {
			out = append(out, field{name, value})
		}
	}
	set("ml", strconv.Itoa(r.MessageLeft))
	set("al", strconv.Itoa(r.ActLeft))
	set("td", r.TemplateDay)
	set("tu", strconv.Itoa(r.TemplateUsed))
	set("rd", r.ReminderDay)
	set("sw", r.StudyWeek)
	set("su", strconv.Itoa(r.StudyUsed))
	if !r.LastSent.IsZero() {
		set("ls", strconv.FormatInt(r.LastSent.Unix(), 10))
	}
	for _, template := range slices.Sorted(maps.Keys(r.Accepted)) {
		set(acceptedField(template), strconv.Itoa(r.Accepted[template]))
	}
	return out
}

// undo leads back to b after changes were written.
func (b book) undo(changes []field) []field {
	out := make([]field, len(changes))
	for i, f := range changes {
		out[i] = field{f.name, b[f.name]}
	}
	return out
}

// hset lists fields for HSET.
func hset(fields []field) []any {
	out := make([]any, 0, 2*len(fields))
	for _, f := range fields {
		out = append(out, f.name, f.value)
	}
	return out
}

// words lists the fields of a hash for HSET, sorted.
func words(fields map[string]string) []any {
	out := make([]any, 0, 2*len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, name, fields[name])
	}
	return out
}

// stamp draws a text that nobody drew before: 48 random bits, of one person's book.
func stamp() string {
	bits := make([]byte, 6)
	rand.Read(bits)
	return encode(bits)
}

// Reach returns what is known about reaching a person.
func (s *Store) Reach(ctx context.Context, p echowall.PersonID) (echowall.Reach, error) {
	fields, err := s.rdb.HGetAll(ctx, s.keys.reach(p)).Result()
	if err != nil {
		return echowall.Reach{}, wrap(err)
	}
	return book(fields).reach(), nil
}

// AcceptSubscription records that the person agreed to n more subscription notices of a template; 0 records
// that they want none any more. A person's boxed debts are looked at again.
func (s *Store) AcceptSubscription(ctx context.Context, p echowall.PersonID, template string, n int) error {
	return s.update(ctx, func(c *change) error {
		if n == 0 {
			c.do("HDEL", s.keys.reach(p), acceptedField(template))
			c.do("HSET", s.keys.reach(p), stampField, stamp())
			return nil
		}
		c.do("HINCRBY", s.keys.reach(p), acceptedField(template), n)
		c.do("HSET", s.keys.reach(p), stampField, stamp())
		c.reopen(s.keys, echowall.Recipient(p))
		if o, ok := authorOf(ctx); ok && s.ids.Person(o) == p {
			c.reopen(s.keys, echowall.Recipient(s.ids.Author(o)))
		}
		return nil
	})
}
