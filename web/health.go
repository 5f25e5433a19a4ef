package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// readyWithin is how long the parts we depend on may take to answer a probe.
const readyWithin = 2 * time.Second

// healthz says that the process lives; it asks nobody, so that a store that is away restarts nothing.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "ok\n")
}

// readyz says whether requests make sense now.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.Ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
		defer cancel()
		if err := s.Ready(ctx); err != nil {
			s.Logger.Warn("web: not ready", slog.Any("error", err))
			plain(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
	}
	plain(w, http.StatusOK, "ready\n")
}

// metrics is for a scraper beside the process. A request that came through a proxy came from outside.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || s.Metrics == nil {
		plain(w, http.StatusForbidden, "not for visitors\n")
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	s.Metrics(w)
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text)
}
