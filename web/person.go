package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"echowall"
)

// personForm is the largest form of a person's page in bytes.
const personForm = 8 << 10

// personView is one line of the roster and what may be done with it.
type personView struct {
	Path, Name, Number string
	Left               bool
	Facts              []fact
	Roles              []string
	Past               []string // former home branches
	Bound              bool
	CodeUntil          string // until when an open code is good
	Can                personActs
	Branches           []choice // where the person can be moved
	Branch             string
	Slip               *slipView // made a moment ago; shown once
	Digits             string    // of a proposal, for the proposer
	Ending             endingView
	Done, Error        string
}

// personActs are the acts that the reader may do to this line as it stands.
type personActs struct{ Code, Propose, Confirm, Unbind, Sessions, Change bool }

// slipView is a binding code on its way to its person.
type slipView struct{ Code, Until string }

func (s *Server) person(w http.ResponseWriter, r *http.Request, d *desk) error {
	v, err := s.personView(r.Context(), d, echowall.RosterID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if key := "desk.done_" + r.URL.Query().Get("done"); s.words.Has(key) {
		v.Done = s.words.Say(key)
	}
	return s.showPerson(w, r, d, http.StatusOK, v)
}

func (s *Server) showPerson(w http.ResponseWriter, r *http.Request, d *desk, status int, v *personView) error {
	f := s.frameOf(d, v.Name, v)
	f.SizeURL = v.Path
	return s.deskWrite(w, r, status, "console_person", f)
}

func (s *Server) personView(ctx context.Context, d *desk, id echowall.RosterID) (*personView, error) {
	line, err := s.People.Line(ctx, d.who, id)
	if err != nil {
		return nil, err
	}
	p, dir := line.Person, d.directory
	v := &personView{
		Path: personPath(p.ID), Name: p.Name, Number: string(p.ID), Left: p.Left, Branch: string(p.Branch), Bound: line.Binding.Person != "",
		Can: personActs{
			Code:    line.Can[echowall.ActionCodeIssue] && line.Binding.Person == "" && !p.Left,
			Propose: line.Can[echowall.ActionRebindPropose] && line.Binding.Person != "" && !p.Left && p.ID != d.who.Roster,
			Confirm: line.Can[echowall.ActionRebindConfirm] && line.Binding.Person != "" && !p.Left && p.ID != d.who.Roster,
			Unbind:  line.Can[echowall.ActionUnbind] && line.Binding.Person != "" && p.ID != d.who.Roster,
			// One's own sessions have a page of their own.
			Sessions: line.Can[echowall.ActionSessionRevoke] && line.Binding.Person != "" && p.ID != d.who.Roster,
			Change:   line.Can[echowall.ActionRosterChange] && p.ID != d.who.Roster,
		},
	}
	if line.Binding.Code != "" && line.Binding.Expires.After(s.Now()) {
		v.CodeUntil = s.shortTime(line.Binding.Expires.In(s.Location))
	}
	v.Facts = s.personFacts(dir, p)
	for _, g := range line.Grants {
		v.Roles = append(v.Roles, s.words.Say("desk.role_in", "role", s.words.deskRole(g.Role), "scope", s.scopeName(dir, g)))
	}
	for _, past := range slices.Backward(p.Past) {
		v.Past = append(v.Past, s.words.Say("desk.past", "branch", s.branchTitle(dir, past.Branch), "until", longDate(past.Until)))
	}
	if v.Can.Change {
		span := dir.Scopes(d.who, echowall.ActionRosterChange)
		for _, b := range span.Branches {
			if x, ok := dir.Branch(b); ok && !x.Closed {
				v.Branches = append(v.Branches, choice{Value: string(b), Words: x.Name, Chosen: b == p.Branch})
			}
		}
	}
	return v, nil
}

// personFacts are the facts of a line, those that are known.
func (s *Server) personFacts(d *echowall.Directory, p *echowall.RosterPerson) []fact {
	var out []fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, fact{s.words.Say("desk.fact_" + key), text})
		}
	}
	add("number", string(p.ID))
	add("branch", s.branchTitle(d, p.Branch))
	var joint []string
	for _, b := range p.Joint {
		joint = append(joint, s.branchTitle(d, b))
	}
	add("joint", strings.Join(joint, "、"))
	if g, ok := d.Group(p.Group); ok {
		add("group", g.Name)
	}
	if p.Standing != "" {
		add("standing", s.words.Say("desk.standing_"+string(p.Standing)))
	}
	add("post", p.Post)
	add("joined", longDate(p.Joined))
	add("tail", p.PhoneTail)
	add("exempt", p.Exempt)
	add("tags", strings.Join(p.Tags, "、"))
	if p.Left {
		add("left", longDate(p.LeftOn))
	}
	return out
}

func (s *Server) branchTitle(d *echowall.Directory, id echowall.BranchID) string {
	if b, ok := d.Branch(id); ok {
		return b.Name
	}
	return string(id)
}

// personAct does one thing to a line and comes back to its page; what is refused stands on top of it.
func (s *Server) personAct(w http.ResponseWriter, r *http.Request, d *desk, done string, act func(id echowall.RosterID, form url.Values) error) error {
	if err := readForm(w, r, personForm); err != nil {
		return err
	}
	id := echowall.RosterID(r.PathValue("id"))
	err := act(id, r.PostForm)
	if err == nil {
		http.Redirect(w, r, personPath(id)+"?done="+done, http.StatusSeeOther)
		return nil
	}
	return s.personRefused(w, r, d, id, err)
}

// personRefused shows the line as it stands with the reason why an act was refused, if the reader may see it.
func (s *Server) personRefused(w http.ResponseWriter, r *http.Request, d *desk, id echowall.RosterID, err error) error {
	return s.personRefusedWith(w, r, d, id, err, nil)
}

// personRefusedWith keeps what was typed.
func (s *Server) personRefusedWith(w http.ResponseWriter, r *http.Request, d *desk, id echowall.RosterID, err error, keep func(*personView)) error {
	e := (*echowall.Error)(nil)
	kind := echowall.KindOf(err)
	if !slices.Contains([]echowall.Kind{echowall.KindInvalid, echowall.KindConflict, echowall.KindForbidden}, kind) || !errors.As(err, &e) || e.Key == "" {
		return err
	}
	v, err2 := s.personView(r.Context(), d, id)
	if err2 != nil {
		return err2
	}
	v.Error = s.words.Error(err)
	if keep != nil {
		keep(v)
	}
	return s.showPerson(w, r, d, statuses[kind], v)
}

func (s *Server) movePerson(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.personAct(w, r, d, "move", func(id echowall.RosterID, form url.Values) error {
		branch := echowall.BranchID(form.Get("branch"))
		if !slices.Contains(d.directory.Scopes(d.who, echowall.ActionRosterChange).Branches, branch) {
			return echowall.Refusal(echowall.KindInvalid, "desk.no_branch")
		}
		return s.People.MoveLine(r.Context(), d.who, id, branch, "", s.dayOf(s.Now()))
	})
}

func (s *Server) leavePerson(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.personAct(w, r, d, "leave", func(id echowall.RosterID, _ url.Values) error {
		return s.People.LeaveLine(r.Context(), d.who, id, s.dayOf(s.Now()))
	})
}

func (s *Server) returnPerson(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.personAct(w, r, d, "return", func(id echowall.RosterID, _ url.Values) error {
		return s.People.ReturnLine(r.Context(), d.who, id)
	})
}
