package echowall

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a notice, in characters (study reference B3).
const (
	NoticeTitleLimit = 20
	NoticeBodyLimit  = 600
)

// Notice is what a secretary tells the members of the own branch.
type Notice struct {
	ID      string    `json:"id"` // TZ and digits
	Branch  BranchID  `json:"branch"`
	Title   string    `json:"title"`
	Body    string    `json:"body"`
	By      PersonID  `json:"by"`
	Created time.Time `json:"created"`
	// Confirm asks for a receipt (收到).
	Confirm bool `json:"confirm,omitempty"`
	// To is who it was sent to, fixed when it was sent: people who join later are not counted as missing.
	To []PersonID `json:"to"`
}

// Validate checks what the secretary typed.
func (n *Notice) Validate() error {
	n.Title, n.Body = strings.TrimSpace(n.Title), strings.TrimSpace(n.Body)
	switch t, b := utf8.RuneCountInString(n.Title), utf8.RuneCountInString(n.Body); {
	case t == 0 || t > NoticeTitleLimit:
		return Refusal(KindInvalid, "notice.title_length", "limit", "20")
	case b == 0 || b > NoticeBodyLimit:
		return Refusal(KindInvalid, "notice.body_length", "limit", "600")
	}
	return nil
}

// ReceiptCount is how a notice stands.
type ReceiptCount struct{ Sent, Confirmed int }

// NoticeStore is what the notice use cases need of storage.
type NoticeStore interface {
	// AddNotice gives the notice its id and stores it with one debt for each recipient.
	AddNotice(ctx context.Context, n *Notice, owe func(*Notice) []Debt) error
	Notice(ctx context.Context, id string) (*Notice, error)
	// NoticesOf lists the notices of a branch, newest first.
	NoticesOf(ctx context.Context, b BranchID, limit int) ([]*Notice, error)
	// Confirm records a receipt; false when it was there before.
	Confirm(ctx context.Context, id string, p PersonID, at time.Time) (bool, error)
	Receipts(ctx context.Context, id string) (map[PersonID]time.Time, error)
	HoldersOf(ctx context.Context, g Grant) ([]PersonID, error)
}

// Notices are the use cases of notices with receipts.
type Notices struct {
	Store    NoticeStore
	Guard    *Guard
	Calendar *Calendar
	Now      func() time.Time
}

// Audience returns who a notice of the secretary's branch goes to: its members but for the sender.
func (u *Notices) Audience(ctx context.Context, who *Who) ([]PersonID, error) {
	b := who.Branch()
	if _, err := u.Guard.Allow(ctx, who, ActionNoticeSend, Target{Branch: b}); err != nil {
		return nil, err
	}
	all, err := u.Store.HoldersOf(ctx, Grant{RoleMember, string(b)})
	if err != nil {
		return nil, err
	}
	to := all[:0]
	for _, p := range all {
		if p != who.Person {
			to = append(to, p)
		}
	}
	if len(to) == 0 {
		return nil, Refusal(KindConflict, "notice.nobody")
	}
	return to, nil
}

// Send stores the notice and owes it to everyone in the audience.
func (u *Notices) Send(ctx context.Context, who *Who, n Notice) (*Notice, error) {
	to, err := u.Audience(ctx, who)
	if err != nil {
		return nil, err
	}
	if err := n.Validate(); err != nil {
		return nil, err
	}
	n.Branch, n.By, n.To, n.Created = who.Branch(), who.Person, to, u.Now().UTC().Truncate(time.Second)
	err = u.Store.AddNotice(ctx, &n, func(n *Notice) []Debt {
		debts := make([]Debt, len(n.To))
		for i, p := range n.To {
			debts[i] = NewDebt(DebtNotice, Recipient(p), n.ID, "", n.Created)
		}
		return debts
	})
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// Latest returns the newest notice addressed to the person; with an id, that one. Somebody else's notice
// does not exist for them.
func (u *Notices) Latest(ctx context.Context, who *Who, id string) (*Notice, error) {
	if id != "" {
		n, err := u.Store.Notice(ctx, NormaliseNoticeID(id))
		if err == nil && !n.addressed(who.Person) && n.By != who.Person {
			err = Refusal(KindNotFound, "notice.not_found", "number", n.ID)
		}
		if KindOf(err) == KindNotFound {
			return nil, Refusal(KindNotFound, "notice.not_found", "number", NormaliseNoticeID(id))
		}
		return n, err
	}
	return u.newest(ctx, who, "notice.none", func(n *Notice) bool { return n.addressed(who.Person) || n.By == who.Person })
}

// newest is the newest notice of the person's branches that fits, or the refusal none.
func (u *Notices) newest(ctx context.Context, who *Who, none string, fits func(*Notice) bool) (*Notice, error) {
	for _, b := range who.Scopes(RoleMember, RoleSecretary) {
		list, err := u.Store.NoticesOf(ctx, BranchID(b), 20)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			if fits(n) {
				return n, nil
			}
		}
	}
	return nil, Refusal(KindNotFound, none)
}

// Forget takes a person off the notice: as one of those it went to, and as its sender. What it says belongs to
// the branch and stays.
func (n *Notice) Forget(p PersonID) {
	n.To = slices.DeleteFunc(n.To, func(to PersonID) bool { return to == p })
	if n.By == p {
		n.By = ""
	}
}

func (n *Notice) addressed(p PersonID) bool {
	for _, to := range n.To {
		if to == p {
			return true
		}
	}
	return false
}

// Confirm records the person's receipt for the newest notice that asks for one, or for the one named.
// Again is true when it was confirmed before.
func (u *Notices) Confirm(ctx context.Context, who *Who, id string) (n *Notice, again bool, err error) {
	if id == "" {
		n, err = u.newest(ctx, who, "notice.nothing_to_confirm", func(n *Notice) bool { return n.Confirm && n.addressed(who.Person) })
	} else {
		n, err = u.Latest(ctx, who, id)
	}
	switch {
	case err != nil:
		return nil, false, err
	case !n.addressed(who.Person):
		return nil, false, Refusal(KindConflict, "notice.own")
	case !n.Confirm:
		return nil, false, Refusal(KindConflict, "notice.no_receipt", "number", n.ID)
	}
	first, err := u.Store.Confirm(ctx, n.ID, who.Person, u.Now())
	return n, !first, err
}

// Counts says how a notice of the secretary's branch stands: counts only, no names.
func (u *Notices) Counts(ctx context.Context, who *Who, id string) (*Notice, ReceiptCount, error) {
	n, err := u.counted(ctx, who, id)
	if err != nil {
		return nil, ReceiptCount{}, err
	}
	got, err := u.Store.Receipts(ctx, n.ID)
	if err != nil {
		return nil, ReceiptCount{}, err
	}
	c := ReceiptCount{Sent: len(n.To)}
	for _, p := range n.To {
		if _, ok := got[p]; ok {
			c.Confirmed++
		}
	}
	return n, c, nil
}

// counted is the notice whose receipts who asks for: the one named, or the newest of branches where who may.
func (u *Notices) counted(ctx context.Context, who *Who, id string) (*Notice, error) {
	_, d, err := u.Guard.Span(ctx, who, ActionNoticeReceipts)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return u.newest(ctx, who, "notice.none", func(n *Notice) bool {
			return d.Allow(who, ActionNoticeReceipts, Target{Branch: n.Branch}) == nil
		})
	}
	id = NormaliseNoticeID(id)
	n, err := u.Store.Notice(ctx, id)
	if err == nil {
		if _, err := u.Guard.Allow(ctx, who, ActionNoticeReceipts, Target{Branch: n.Branch}); err == nil {
			return n, nil
		} else if kind := KindOf(err); kind != KindForbidden && kind != KindNotFound {
			return nil, err
		}
	}
	if err == nil || KindOf(err) == KindNotFound {
		return nil, Refusal(KindNotFound, "notice.not_found", "number", id)
	}
	return nil, err
}

// NormaliseNoticeID writes a notice number as we print it: TZ12.
func NormaliseNoticeID(s string) string {
	return "TZ" + strings.TrimPrefix(foldTyped(s), "TZ")
}
