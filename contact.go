package echowall

import (
	"context"
	"strings"
	"time"
)

// ContactCard is how an author wants to be reached by phone. It is optional, sealed in storage under the
// AuthorID, and no part of any wish: units never get it, officers one look at a time.
type ContactCard struct {
	Phone string `json:"phone"` // digits, as dialled
	// MayGive is the author's separate consent that the station may use the number (consent 2 of
	// citizen-feedback reference 4.6). Without it nobody is shown the number.
	MayGive bool      `json:"may_give"`
	Changed time.Time `json:"changed"`
}

// ContactStore keeps contact cards.
type ContactStore interface {
	// Contact is KindNotFound when the author has given none.
	Contact(ctx context.Context, a AuthorID) (*ContactCard, error)
	PutContact(ctx context.Context, a AuthorID, c ContactCard) error
	DropContact(ctx context.Context, a AuthorID) error
}

// OwnContact is the author's own card, the zero ContactCard when there is none.
func (u *Wishes) OwnContact(ctx context.Context, a AuthorID) (ContactCard, error) {
	c, err := u.Contacts.Contact(ctx, a)
	if KindOf(err) == KindNotFound {
		return ContactCard{}, nil
	}
	if err != nil {
		return ContactCard{}, err
	}
	return *c, nil
}

// SetContact stores the author's number and whether the station may use it. KindInvalid unless it is a Chinese
// mobile or landline number.
func (u *Wishes) SetContact(ctx context.Context, a AuthorID, phone string, mayGive bool) (ContactCard, error) {
	number, ok := NormalisePhone(phone)
	if !ok {
		return ContactCard{}, Refusal(KindInvalid, "contact.form")
	}
	c := ContactCard{Phone: number, MayGive: mayGive, Changed: u.Now().UTC().Truncate(time.Second)}
	return c, u.Contacts.PutContact(ctx, a, c)
}

// SetMayGive gives or withdraws the consent, and leaves the number. KindNotFound when there is none.
func (u *Wishes) SetMayGive(ctx context.Context, a AuthorID, mayGive bool) error {
	c, err := u.Contacts.Contact(ctx, a)
	if KindOf(err) == KindNotFound {
		return Refusal(KindNotFound, "contact.none")
	}
	if err != nil {
		return err
	}
	c.MayGive, c.Changed = mayGive, u.Now().UTC().Truncate(time.Second)
	return u.Contacts.PutContact(ctx, a, *c)
}

// RemoveContact forgets the author's number; it is no error when there is none.
func (u *Wishes) RemoveContact(ctx context.Context, a AuthorID) error {
	return u.Contacts.DropContact(ctx, a)
}

// Contact shows the number of a wish's author to an officer who may see it, when the author agreed and the
// officer says why (see accessWhy). The look is in the access log before the
// number is shown, and the author can see it there.
func (u *Wishes) Contact(ctx context.Context, who *Who, number, why string) (ContactCard, error) {
	w, grant, err := u.allowed(ctx, who, ActionContactSee, number)
	if err != nil {
		return ContactCard{}, err
	}
	if why, err = accessWhy(why); err != nil {
		return ContactCard{}, err
	}
	c, err := u.OwnContact(ctx, w.Author)
	switch {
	case err != nil:
		return ContactCard{}, err
	case c.Phone == "" || !c.MayGive: // which of the two it is, is the author's affair
		return ContactCard{}, Refusal(KindConflict, "contact.not_given", "number", w.Number)
	}
	e := AccessEntry{
		At: u.Now(), Kind: AccessContact, By: who.Person, Roster: who.Roster, Role: grant.Role, Scope: grant.Scope,
		Subject: Recipient(w.Author), Case: w.Number, Why: why,
	}
	if err := u.Guard.Access.AppendAccess(ctx, e); err != nil {
		return ContactCard{}, err
	}
	return c, nil
}

// NormalisePhone reads a mobile number (11 digits), a landline with its area code, or a landline of seven or
// eight digits, with or without the country's code, however it was spaced.
func NormalisePhone(typed string) (string, bool) {
	s := strings.Map(func(r rune) rune {
		switch r {
		case '(', ')', '（', '）', '－', '—', '–':
			return -1
		}
		return r
	}, foldTyped(typed))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "＋"), "+")
	if len(s) > 11 {
		s = strings.TrimPrefix(s, "86")
	}
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	mobile := len(s) == 11 && s[0] == '1' && s[1] >= '3'
	area := s[0] == '0' && len(s) >= 10 && len(s) <= 12
	local := s[0] >= '2' && (len(s) == 7 || len(s) == 8)
	return s, mobile || area || local
}
