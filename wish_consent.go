package echowall

import (
	"context"
	"regexp"
	"strings"
	"time"
)

// surname is a name of one or two characters with its title, the way people may be named on the wall.
var surname = regexp.MustCompile(`^\p{Han}{1,2}(先生|女士)$`)

// ValidSurname reports whether s is a way to be addressed, such as 王女士.
func ValidSurname(s string) bool { return surname.MatchString(s) }

// Showing is how the author of a wish wants it shown to others.
type Showing struct {
	MayPublish bool
	Surname    string // "" stays anonymous
}

// Show changes how the wish may be shown; the author may at any time (Personal Information Protection Law,
// arts. 15 and 46). Without consent it leaves the wall in the same step, and what was prepared for the wall is
// forgotten.
func (w *Wish) Show(now time.Time, author AuthorID, s Showing, source EventSource) error {
	if author == "" || author != w.Author {
		return Refusal(KindNotFound, "wish.not_found", "number", w.Number)
	}
	s.Surname = strings.TrimSpace(s.Surname)
	if s.Surname != "" && !ValidSurname(s.Surname) {
		return Refusal(KindInvalid, "wish.surname_form")
	}
	if s.MayPublish == w.MayPublish && s.Surname == w.Surname {
		return nil
	}
	w.Surname, w.Display = s.Surname, DisplayAnonymous
	if s.Surname != "" {
		w.Display = DisplaySurname
	}
	note := ""
	if s.MayPublish != w.MayPublish {
		note = "private"
		if s.MayPublish {
			note = "public"
		}
	}
	w.MayPublish = s.MayPublish
	if !w.MayPublish {
		w.Public = nil
	}
	w.record(now, Actor{Role: RoleAuthor, Source: source}, MoveConsent, w.State, note)
	return nil
}

// Show lets the author decide how a wish may be shown.
func (u *Wishes) Show(ctx context.Context, a AuthorID, number string, s Showing, source EventSource) (*Wish, error) {
	return u.update(ctx, number, func(w *Wish) error { return w.Show(u.Now(), a, s, source) })
}
