package web

import (
	"context"
	"html/template"
	"net/http"
	"strings"

	"echowall"
)

// lessonView is one micro lesson as a page.
type lessonView struct {
	*echowall.Lesson
	Day       string // 2026年11月23日（周一）
	Checked   string // the reviewer's day
	HTML      template.HTML
	VoicePath string
	Branch    string
}

// lesson shows a lesson of the pack to everybody, a branch's own to whoever holds its link.
func (s *Server) lesson(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	l, err := s.lessonByID(r.Context(), id, r.URL.Query().Get("k"))
	if err != nil {
		return err
	}
	v := lessonView{Lesson: l, Day: longDate(l.Date), Checked: longDate(l.Reviewed), HTML: s.Pack.HTML(l.Body)}
	if l.Branch != "" {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Robots-Tag", "noindex")
		if v.Branch, err = s.branchName(r.Context(), l.Branch); err != nil {
			return err
		}
	}
	if l.Voice != "" {
		v.VoicePath = s.Signer.mediaPath(l.Voice)
	}
	return s.show(w, r, http.StatusOK, "lesson", frame{Title: l.Title, Data: v})
}

func (s *Server) lessonByID(ctx context.Context, id, token string) (*echowall.Lesson, error) {
	branch, day, own := branchLesson(id)
	if !own {
		if l, ok := s.Study.Syllabus.ByID(id); ok {
			return &l, nil
		}
		return nil, echowall.Refusal(echowall.KindNotFound, "web.no_lesson")
	}
	if err := s.Signer.check(token, forLesson, id); err != nil {
		return nil, err
	}
	l, err := s.Study.Lesson(ctx, branch, day)
	if echowall.KindOf(err) == echowall.KindNotFound || err == nil && l.ID != id {
		return nil, echowall.Refusal(echowall.KindNotFound, "web.no_lesson")
	}
	return l, err
}

// branchLesson takes the id of a branch's own lesson apart: b-BRANCH-2026-11-23, as Study.Teach makes it.
func branchLesson(id string) (b echowall.BranchID, d echowall.Date, ok bool) {
	rest, ok := strings.CutPrefix(id, "b-")
	cut := len(rest) - len("-2026-11-23")
	if !ok || cut < 1 || rest[cut] != '-' {
		return "", echowall.Date{}, false
	}
	d, err := echowall.ParseDate(rest[cut+1:])
	return echowall.BranchID(rest[:cut]), d, err == nil
}

func isBranchLesson(id string) bool {
	_, _, ok := branchLesson(id)
	return ok
}

func (s *Server) branchName(ctx context.Context, id echowall.BranchID) (string, error) {
	list, err := s.People.Store.Branches(ctx)
	if err != nil {
		return "", err
	}
	for _, b := range list {
		if b.ID == id {
			return b.Name, nil
		}
	}
	return "", nil
}
