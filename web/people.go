package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"echowall"
)

// peoplePage is how many lines of the roster a page shows.
const peoplePage = 25

// dutiesShown is how many duties a row names.
const dutiesShown = 2

// peopleView is a page of the roster.
type peopleView struct {
	Text, Branch string
	Left         bool
	Branches     []choice
	Items        []personItem
	Total        int
	Previous     string
	Next         string
	SlipsPath    string // sheet of binding slips of the chosen branch; empty when there is none to print
}

// personItem is one row.
type personItem struct {
	Path, Name, Number, Branch, Duty string
	Left                             bool
}

func personPath(id echowall.RosterID) string { return "/console/people/" + url.PathEscape(string(id)) }

func (s *Server) people(w http.ResponseWriter, r *http.Request, d *desk) error {
	q := r.URL.Query()
	page := pageOf(q)
	f := echowall.PeopleFilter{
		Text: echowall.Shorten(strings.TrimSpace(q.Get("q")), 40), Branch: echowall.BranchID(q.Get("branch")), Left: q.Get("left") == "1",
		Skip: (page - 1) * peoplePage, Limit: peoplePage,
	}
	list, err := s.People.Look(r.Context(), d.who, f)
	if err != nil {
		return err
	}
	v := peopleView{Text: f.Text, Branch: string(f.Branch), Left: f.Left, Total: list.Total}
	for _, id := range list.Span.Branches {
		if b, ok := d.directory.Branch(id); ok && !b.Closed && len(v.Branches) < queueSelect {
			v.Branches = append(v.Branches, choice{Value: string(id), Words: b.Name, Chosen: id == f.Branch})
		}
	}
	if f.Branch != "" && d.who.Can(echowall.ActionCodeIssue) {
		v.SlipsPath = "/console/print/slips?" + url.Values{"branch": {string(f.Branch)}}.Encode()
	}
	for _, p := range list.Lines {
		v.Items = append(v.Items, s.personItem(d.directory, p))
	}
	v.Previous, v.Next = around(r.URL, page, peoplePage, list.Total)
	return s.deskShow(w, r, d, "console_people", s.words.Say("console.nav_people"), v)
}

func (s *Server) personItem(d *echowall.Directory, p *echowall.RosterPerson) personItem {
	it := personItem{Path: personPath(p.ID), Name: p.Name, Number: string(p.ID), Left: p.Left}
	if b, ok := d.Branch(p.Branch); ok {
		it.Branch = b.Name
	}
	var duties []string
	for _, g := range d.Grants(p.ID) {
		if g.Role != echowall.RoleMember {
			duties = append(duties, s.words.Say("desk.role_in", "role", s.words.deskRole(g.Role), "scope", s.scopeName(d, g)))
		}
	}
	it.Duty = strings.Join(duties[:min(len(duties), dutiesShown)], "、")
	if more := len(duties) - dutiesShown; more > 0 {
		it.Duty = s.words.Say("desk.duties_more", "duties", it.Duty, "count", len(duties))
	}
	return it
}

// pageOf is the page that an address asks for, from 1.
func pageOf(q url.Values) int {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil {
		return 1
	}
	return min(max(n, 1), 10_000)
}

// around are the addresses of the pages before and after; empty when there is none.
func around(u *url.URL, page, size, total int) (previous, next string) {
	at := func(page int) string {
		q := u.Query()
		q.Set("page", strconv.Itoa(page))
		return (&url.URL{Path: u.Path, RawQuery: q.Encode()}).String()
	}
	if page > 1 {
		previous = at(page - 1)
	}
	if page*size < total {
		next = at(page + 1)
	}
	return previous, next
}
