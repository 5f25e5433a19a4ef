package echowall

import (
	"context"
	"crypto/rand"
	"slices"
	"time"
)

// Binding codes (issue of one-time codes to staff and members).
const (
	CodeLength = 8
	CodeKept   = 14 * 24 * time.Hour
)

// codeAlphabet leaves out letters and digits that are confused when read aloud or copied by hand.
const codeAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// BindingCode turns whoever types it into a person on the roster, once.
type BindingCode struct {
	Name   string  `json:"name"`
	Grants []Grant `json:"grants"`
}

// NewCode returns a random one-time code of 31^8 = 8.5×10^11, typed without regard to case. The flood limit
// lets one account try 28,800 a day: with a hundred codes open, a hit takes some 800 years.
func NewCode() string {
	const fair = 256 / len(codeAlphabet) * len(codeAlphabet) // values from here on would favour some letters
	code := make([]byte, 0, CodeLength)
	for one := make([]byte, 1); len(code) < CodeLength; {
		rand.Read(one)
		if int(one[0]) < fair {
			code = append(code, codeAlphabet[int(one[0])%len(codeAlphabet)])
		}
	}
	return string(code)
}

// NormaliseCode undoes what phones do to a typed code.
func NormaliseCode(s string) string {
	return foldTyped(s)
}

// PeopleStore is what the people use cases need of storage.
type PeopleStore interface {
	PutCode(ctx context.Context, code string, c BindingCode, kept time.Duration) error
	// TakeCode uses a code up; KindNotFound when there is none.
	TakeCode(ctx context.Context, code string) (*BindingCode, error)
	Person(ctx context.Context, p PersonID) (*Who, error)
	UpdatePerson(ctx context.Context, p PersonID, change func(*Who) error) error
	Stations(ctx context.Context) ([]Station, error)
	Branches(ctx context.Context) ([]Branch, error)
}

// People are the use cases around who somebody is.
type People struct {
	Store PeopleStore
}

// Invite makes a one-time code for somebody on the roster.
func (u *People) Invite(ctx context.Context, name string, grants ...Grant) (string, error) {
	code := NewCode()
	return code, u.Store.PutCode(ctx, code, BindingCode{Name: name, Grants: grants}, CodeKept)
}

// Bind uses a code: the person gets its name and roles.
func (u *People) Bind(ctx context.Context, p PersonID, code string) (*Who, error) {
	c, err := u.Store.TakeCode(ctx, NormaliseCode(code))
	if KindOf(err) == KindNotFound {
		return nil, Refusal(KindNotFound, "common.code_wrong")
	}
	if err != nil {
		return nil, err
	}
	var out *Who
	err = u.Store.UpdatePerson(ctx, p, func(w *Who) error {
		w.Person = p
		w.Name = c.Name
		for _, g := range c.Grants {
			w.Grant(g)
		}
		out = w
		return nil
	})
	return out, err
}

// CheckScopes reports the first grant whose branch or station does not exist.
func (u *People) CheckScopes(ctx context.Context, grants []Grant) error {
	stations, err := u.Store.Stations(ctx)
	if err != nil {
		return err
	}
	branches, err := u.Store.Branches(ctx)
	if err != nil {
		return err
	}
	for _, g := range grants {
		switch g.Role {
		case RoleMember, RoleSecretary:
			if !slices.ContainsFunc(branches, func(b Branch) bool { return string(b.ID) == g.Scope }) {
				return Errorf(KindInvalid, "there is no branch %q for the role %s", g.Scope, g.Role)
			}
		default:
			if g.Scope != string(TriageStation) && !slices.ContainsFunc(stations, func(s Station) bool { return string(s.ID) == g.Scope }) {
				return Errorf(KindInvalid, "there is no station %q for the role %s", g.Scope, g.Role)
			}
		}
	}
	return nil
}
