package web

import (
	"net/http"

	"echowall"
)

// owedView is the ledger of what is owed: how it stands, and what needs a person's look.
type owedView struct {
	Counts                echowall.DebtCounts
	DeadList, UnknownList owedList
	Done                  bool
}

// owedList are debts of one kind of trouble.
type owedList struct {
	Items []owedItem
	Retry bool // the reader may have them sent again
}

// owedItem is one debt. To whom it goes is nobody's business here.
type owedItem struct {
	ID, Kind, Subject, Created, Last string
}

func (s *Server) owed(w http.ResponseWriter, r *http.Request, d *desk) error {
	list, err := s.Console.Ledger.Look(r.Context(), d.who)
	if err != nil {
		return err
	}
	v := owedView{Counts: list.Counts, Done: r.URL.Query().Has("done")}
	v.DeadList, v.UnknownList = s.owedList(d, list.Dead), s.owedList(d, list.Unknown)
	return s.deskShow(w, r, d, "console_owed", s.words.Say("console.nav_owed"), v)
}

func (s *Server) owedList(d *desk, debts []echowall.Debt) owedList {
	l := owedList{Retry: d.who.Can(echowall.ActionOwedRetry)}
	for _, x := range debts {
		l.Items = append(l.Items, s.owedItem(x))
	}
	return l
}

func (s *Server) owedItem(d echowall.Debt) owedItem {
	it := owedItem{ID: d.ID, Kind: s.words.debtKind(d.Kind), Subject: d.Subject, Created: s.shortTime(d.Created.In(s.Location))}
	if n := len(d.Attempts); n > 0 {
		a := d.Attempts[n-1]
		it.Last = s.words.Say("desk.owed_last", "time", s.shortTime(a.At.In(s.Location)), "tries", n, "code", a.Code)
	}
	return it
}

func (p phrases) debtKind(k echowall.DebtKind) string {
	if key := "desk.debt_" + string(k); p.Has(key) {
		return p.Say(key)
	}
	return string(k)
}

func (s *Server) retryOwed(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, formLimit); err != nil {
		return err
	}
	if err := s.Console.Ledger.Retry(r.Context(), d.who, r.PostForm.Get("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/owed?done=1", http.StatusSeeOther)
	return nil
}
