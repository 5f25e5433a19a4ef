package web

import (
	"net/http"
	"net/url"

	"echowall"
)

// issueCode makes a binding code and shows it once: it is stored nowhere and stands in no address.
func (s *Server) issueCode(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, personForm); err != nil {
		return err
	}
	id := echowall.RosterID(r.PathValue("id"))
	slips, err := s.People.Issue(r.Context(), d.who, id)
	if err != nil {
		return s.personRefused(w, r, d, id, err)
	}
	return s.showSlip(w, r, d, id, slips[0])
}

func (s *Server) showSlip(w http.ResponseWriter, r *http.Request, d *desk, id echowall.RosterID, slip echowall.Slip) error {
	v, err := s.personView(r.Context(), d, id)
	if err != nil {
		return err
	}
	v.Slip = &slipView{Code: slip.Code, Until: s.shortTime(slip.Expires.In(s.Location))}
	return s.showPerson(w, r, d, http.StatusOK, v)
}

// proposeRebinding shows the proposer the digits that the second person has to hear.
func (s *Server) proposeRebinding(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, personForm); err != nil {
		return err
	}
	id := echowall.RosterID(r.PathValue("id"))
	proposal, err := s.People.ProposeRebinding(r.Context(), d.who, id)
	if err != nil {
		return s.personRefused(w, r, d, id, err)
	}
	v, err := s.personView(r.Context(), d, id)
	if err != nil {
		return err
	}
	v.Digits = proposal.Digits
	return s.showPerson(w, r, d, http.StatusOK, v)
}

// confirmRebinding is the second person's word; the new code is shown once.
func (s *Server) confirmRebinding(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, personForm); err != nil {
		return err
	}
	id := echowall.RosterID(r.PathValue("id"))
	slip, err := s.People.ConfirmRebinding(r.Context(), d.who, id, r.PostForm.Get("digits"))
	if err != nil {
		return s.personRefused(w, r, d, id, err)
	}
	return s.showSlip(w, r, d, id, *slip)
}

func (s *Server) cancelRebinding(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.personAct(w, r, d, "cancel", func(id echowall.RosterID, _ url.Values) error {
		return s.People.CancelRebinding(r.Context(), d.who, id)
	})
}

func (s *Server) unbind(w http.ResponseWriter, r *http.Request, d *desk) error {
	return s.personAct(w, r, d, "unbind", func(id echowall.RosterID, _ url.Values) error {
		return s.People.Unbind(r.Context(), d.who, id)
	})
}
