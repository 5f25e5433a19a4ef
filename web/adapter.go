package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"echowall"
)

// handler answers a request or says why not; adapt does the rest.
type handler func(w http.ResponseWriter, r *http.Request) error

// adapt writes the page of an error. It also keeps the choice of type size, on whatever page it was made.
func (s *Server) adapt(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.chooseSize(w, r) {
			return
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// public pages look alike to everybody; browsers ask each time whether they changed.
func (s *Server) public(h handler) http.Handler {
	return s.adapt(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-cache")
		return h(w, r)
	})
}

// personal pages are kept nowhere.
func (s *Server) personal(h handler) http.Handler {
	return s.adapt(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Robots-Tag", "noindex")
		return h(w, r)
	})
}

// statuses by kind of failure; what is not here is a defect of ours.
var statuses = map[echowall.Kind]int{
	echowall.KindInvalid:     http.StatusBadRequest,
	echowall.KindNotFound:    http.StatusNotFound,
	echowall.KindForbidden:   http.StatusForbidden,
	echowall.KindConflict:    http.StatusConflict,
	echowall.KindUnavailable: http.StatusServiceUnavailable,
	echowall.KindInternal:    http.StatusInternalServerError,
}

// errorView is what a person reads instead of the page.
type errorView struct {
	Head, Text string
	Again      string // address to try once more; empty when that would not help
}

// fail writes the page for err and logs what is not the visitor's doing. The address stays out of the log:
// it may carry a signed link.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	kind := echowall.KindOf(err)
	status, known := statuses[kind]
	if !known {
		kind, status = echowall.KindInternal, http.StatusInternalServerError
	}
	v := errorView{Head: s.words.Say("web.error_" + string(kind)), Text: s.words.Say("web.error_" + string(kind) + "_text")}
	if e := (*echowall.Error)(nil); errors.As(err, &e) && (strings.HasPrefix(e.Key, "web.") || strings.HasPrefix(e.Key, "phone.")) {
		v.Head, v.Text = s.words.Error(err), s.words.Say(e.Key+"_text")
		v.Again = loginAgain[e.Key]
	}
	if status >= 500 {
		if r.Context().Err() == nil && !errors.Is(err, context.Canceled) {
			s.Logger.Error("web: request failed", slog.String("route", r.Pattern), slog.String("kind", string(kind)), slog.Any("error", err))
		}
		if r.Method == http.MethodGet {
			v.Again = r.URL.RequestURI()
		}
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := s.show(w, r, status, "error", frame{Title: v.Head, Data: v}); err != nil {
		s.Logger.Error("web: error page failed", slog.Any("error", err))
		http.Error(w, v.Head, status)
	}
}
