package web

import (
	"net/http"

	"echowall"
)

// endingView is the form to end somebody's sessions: a reason, and when that is there, the question whether to.
type endingView struct {
	Why   string
	Asked bool
	Wrong bool // the reason
}

// endPersonSessions ends all console sessions of somebody else, once the reason was read again and confirmed.
func (s *Server) endPersonSessions(w http.ResponseWriter, r *http.Request, d *desk) error {
	if err := readForm(w, r, personForm); err != nil {
		return err
	}
	ctx, id, why := r.Context(), echowall.RosterID(r.PathValue("id")), r.PostForm.Get("why")
	sure := r.PostForm.Get("sure") != ""
	act := s.People.TryEndConsole
	if sure {
		act = s.People.EndConsole
	}
	if err := act(ctx, d.who, id, why); err != nil {
		return s.personRefusedWith(w, r, d, id, err, func(v *personView) {
			v.Ending = endingView{Why: why, Wrong: echowall.KindOf(err) == echowall.KindInvalid}
		})
	}
	if sure {
		http.Redirect(w, r, personPath(id)+"?done=sessions", http.StatusSeeOther)
		return nil
	}
	v, err := s.personView(ctx, d, id)
	if err != nil {
		return err
	}
	v.Ending = endingView{Why: why, Asked: true}
	return s.showPerson(w, r, d, http.StatusOK, v)
}
