package echowall

import (
	"context"
	"encoding/json"
	"time"
)

// OwnWishes is everything held about a person as the author of wishes. It is what the person sees and takes
// along; nothing in it names anybody else.
type OwnWishes struct {
	Taken   time.Time    `json:"taken"`
	Wishes  []WishCopy   `json:"wishes"`
	Contact *ContactCard `json:"contact,omitempty"`
	Owed    []OwedCopy   `json:"owed"`  // messages that wait to be sent or shown
	Looks   []AccessLook `json:"looks"` // who looked at identity or contact, as what, in which case and why
}

// WishCopy is one wish as its author gets it: officers by their role, files by address.
type WishCopy struct {
	Number     string      `json:"number"`
	Text       string      `json:"text"`
	State      WishState   `json:"state"`
	Created    time.Time   `json:"created"`
	Due        time.Time   `json:"due,omitzero"`
	Station    StationID   `json:"station"`
	Place      string      `json:"place,omitempty"`
	At         *Position   `json:"at,omitempty"`
	Surname    string      `json:"surname,omitempty"`
	MayPublish bool        `json:"may_publish"`
	OnWall     string      `json:"on_wall,omitempty"` // the text that everybody can read
	Answer     *Answer     `json:"answer,omitempty"`
	Rating     Rating      `json:"rating,omitempty"`
	Files      []string    `json:"files,omitempty"`
	History    []EventCopy `json:"history"`
}

// EventCopy is one event of a wish without who acted.
type EventCopy struct {
	At   time.Time `json:"at"`
	Move Move      `json:"move"`
	Role Role      `json:"role"`
}

// OwedCopy is one message that is owed to the person.
type OwedCopy struct {
	Kind    DebtKind  `json:"kind"`
	Subject string    `json:"subject,omitempty"`
	Created time.Time `json:"created"`
	State   DebtState `json:"state"`
}

// OwnPerson is everything held about a person apart from wishes: roles, study, receipts, conversation, and how
// the person can be reached. It never travels together with OwnWishes: what somebody studies and what the same
// person complains about meet in no file (citizen-feedback reference 7.1).
type OwnPerson struct {
	Taken    time.Time     `json:"taken"`
	Name     string        `json:"name,omitempty"`
	Line     *RosterPerson `json:"roster,omitempty"` // held by the organisation, not by this account
	Roles    []Grant       `json:"roles"`
	Study    StudyRecord   `json:"study"`
	Receipts []Receipt     `json:"receipts"`
	Dialog   *Unfinished   `json:"dialog,omitempty"` // what the person is in the middle of
	Draft    *Unfinished   `json:"draft,omitempty"`
	Reach    Reach         `json:"reach"`
	Sessions []Session     `json:"sessions"`
	Owed     []OwedCopy    `json:"owed"`
	Looks    []AccessLook  `json:"looks"`
}

// Receipt is one notice that the person confirmed.
type Receipt struct {
	Notice string    `json:"notice"`
	Title  string    `json:"title"`
	At     time.Time `json:"at"`
}

// Unfinished is a dialog as far as it went.
type Unfinished struct {
	Name    string          `json:"name"`
	Said    json.RawMessage `json:"said,omitempty"`
	Touched time.Time       `json:"touched"`
}

// MyDataStore is what looking at the own data needs of storage.
type MyDataStore interface {
	WishesBy(ctx context.Context, a AuthorID, limit int) ([]*Wish, error)
	Contact(ctx context.Context, a AuthorID) (*ContactCard, error)
	Person(ctx context.Context, p PersonID) (*Who, error)
	Directory(ctx context.Context) (*Directory, error)
	StudyRecord(ctx context.Context, p PersonID) (*StudyRecord, error)
	Conversation(ctx context.Context, p PersonID) (*Conversation, error)
	Reach(ctx context.Context, p PersonID) (Reach, error)
	NoticesOf(ctx context.Context, b BranchID, limit int) ([]*Notice, error)
	Receipts(ctx context.Context, notice string) (map[PersonID]time.Time, error)
	Sessions(ctx context.Context, p PersonID) ([]OpenSession, error)
	// OwedTo lists what is owed to a recipient, the to-read box included.
	OwedTo(ctx context.Context, r Recipient) ([]Debt, error)
}

// MyData are the use cases of seeing and taking along what is held about oneself (Personal Information
// Protection Law, art. 45).
type MyData struct {
	Store  MyDataStore
	Access AccessStore
	Now    func() time.Time
	// FileURL is the address of a stored file for whoever holds it; nil leaves files out.
	FileURL func(id string) string
}

// Limits of one look, newest first.
const (
	ownWishes  = 1000
	ownLooks   = 200
	ownNotices = 100 // of each branch
)

// Wishes gathers what is held about an author.
func (u *MyData) Wishes(ctx context.Context, a AuthorID) (*OwnWishes, error) {
	list, err := u.Store.WishesBy(ctx, a, ownWishes)
	if err != nil {
		return nil, err
	}
	out := &OwnWishes{Taken: u.Now().UTC().Truncate(time.Second), Wishes: make([]WishCopy, 0, len(list))}
	for _, w := range list {
		out.Wishes = append(out.Wishes, u.copyWish(w))
	}
	card, err := u.Store.Contact(ctx, a)
	if err == nil {
		out.Contact = card
	} else if KindOf(err) != KindNotFound {
		return nil, err
	}
	if out.Owed, err = u.owed(ctx, Recipient(a)); err != nil {
		return nil, err
	}
	out.Looks, err = u.looks(ctx, Recipient(a))
	return out, err
}

func (u *MyData) copyWish(w *Wish) WishCopy {
	c := WishCopy{
		Number: w.Number, Text: w.Text, State: w.State, Created: w.Created, Due: w.Due, Station: w.Station,
		Place: w.Place, At: w.At, Surname: w.Surname, MayPublish: w.MayPublish, Answer: w.Answer, Rating: w.Rating,
	}
	if w.OnWall() {
		c.OnWall = w.Public.Text
	}
	if u.FileURL != nil {
		for _, id := range w.Media {
			c.Files = append(c.Files, u.FileURL(id))
		}
	}
	for _, e := range w.History {
		c.History = append(c.History, EventCopy{e.At, e.Move, e.Role})
	}
	return c
}

// Person gathers what is held about a person apart from wishes.
func (u *MyData) Person(ctx context.Context, p PersonID) (*OwnPerson, error) {
	who, err := u.Store.Person(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &OwnPerson{Taken: u.Now().UTC().Truncate(time.Second), Name: who.Name, Roles: append([]Grant{}, who.Grants...)}
	if who.Roster != "" {
		d, err := u.Store.Directory(ctx)
		if err != nil {
			return nil, err
		}
		out.Line, _ = d.Person(who.Roster)
	}
	study, err := u.Store.StudyRecord(ctx, p)
	if err == nil {
		out.Study = *study
	} else if KindOf(err) != KindNotFound {
		return nil, err
	}
	if out.Receipts, err = u.receipts(ctx, who); err != nil {
		return nil, err
	}
	talk, err := u.Store.Conversation(ctx, p)
	if err != nil {
		return nil, err
	}
	out.Dialog, out.Draft = unfinished(talk.Dialog), unfinished(talk.Draft)
	if out.Reach, err = u.Store.Reach(ctx, p); err != nil {
		return nil, err
	}
	open, err := u.Store.Sessions(ctx, p)
	if err != nil {
		return nil, err
	}
	out.Sessions = make([]Session, len(open))
	for i, o := range open {
		out.Sessions[i] = o.Session
		out.Sessions[i].Author = "" // wishes have a copy of their own
	}
	if out.Owed, err = u.owed(ctx, Recipient(p)); err != nil {
		return nil, err
	}
	out.Looks, err = u.looks(ctx, Recipient(p))
	return out, err
}

func (u *MyData) receipts(ctx context.Context, who *Who) ([]Receipt, error) {
	out := []Receipt{}
	for _, b := range who.Scopes(RoleMember, RoleSecretary) {
		list, err := u.Store.NoticesOf(ctx, BranchID(b), ownNotices)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			if !n.Confirm || !n.addressed(who.Person) {
				continue
			}
			got, err := u.Store.Receipts(ctx, n.ID)
			if err != nil {
				return nil, err
			}
			if at, ok := got[who.Person]; ok {
				out = append(out, Receipt{n.ID, n.Title, at})
			}
		}
	}
	return out, nil
}

func unfinished(d *Dialog) *Unfinished {
	if d == nil {
		return nil
	}
	return &Unfinished{d.Name, d.Data, d.Touched}
}

func (u *MyData) owed(ctx context.Context, r Recipient) ([]OwedCopy, error) {
	list, err := u.Store.OwedTo(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]OwedCopy, len(list))
	for i, d := range list {
		out[i] = OwedCopy{d.Kind, d.Subject, d.Created, d.State}
	}
	return out, nil
}

func (u *MyData) looks(ctx context.Context, r Recipient) ([]AccessLook, error) {
	log := AccessLog{Store: u.Access}
	return log.About(ctx, ownLooks, r)
}

// Changed records that the person corrected or withdrew something; about is the id that it concerns.
func (u *MyData) Changed(ctx context.Context, about Recipient, what string) error {
	return u.Access.AppendAccess(ctx, AccessEntry{At: u.Now(), Kind: AccessErasure, Subject: about, Why: what})
}

// Take records that the person took a copy of the own data along; about is the id that the copy is about.
func (u *MyData) Take(ctx context.Context, about Recipient) error {
	return u.Access.AppendAccess(ctx, AccessEntry{At: u.Now(), Kind: AccessExport, Subject: about, Why: "own copy"})
}
