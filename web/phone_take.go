package web

import (
	"encoding/json"
	"net/http"

	"echowall"
)

// takeWishes hands the person a copy of everything held about them as an author.
func (s *Server) takeWishes(w http.ResponseWriter, r *http.Request, me *mine) error {
	return s.take(w, r, echowall.Recipient(me.Author), "wishes", func() (any, error) {
		return s.Phone.Data.Wishes(r.Context(), me.Author)
	})
}

// takePerson hands the person a copy of everything else.
func (s *Server) takePerson(w http.ResponseWriter, r *http.Request, me *mine) error {
	return s.take(w, r, echowall.Recipient(me.Person), "person", func() (any, error) {
		return s.Phone.Data.Person(r.Context(), me.Person)
	})
}

// take puts the taking on record and writes the copy.
func (s *Server) take(w http.ResponseWriter, r *http.Request, about echowall.Recipient, name string, gather func() (any, error)) error {
	if err := s.Phone.Data.Take(r.Context(), about); err != nil {
		return err
	}
	held, err := gather()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return echowall.Errorf(echowall.KindInternal, "web: copy of the own data: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="echowall-`+name+`.json"`)
	send(w, r, http.StatusOK, text)
	return nil
}
