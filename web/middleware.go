package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"echowall"
)

// policy allows nothing but our own styles, pictures, sounds and forms. Frames of the same origin are the
// demo's phones.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"

// readWithin is how long a browser may take over an answer. The largest is a photo of some 200 kB; without an
// end, readers that take a byte a minute would hold our connections for as long as they like.
const readWithin = time.Minute

// secure sets the headers of every answer to a browser and turns away forms sent from other sites.
func (s *Server) secure(next http.Handler) http.Handler {
	s.origin.SetDenyHandler(s.adapt(func(http.ResponseWriter, *http.Request) error {
		return echowall.Refusal(echowall.KindForbidden, "web.other_site")
	}))
	next = s.origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Not every server can; what cannot has limits of its own.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(readWithin))
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // signed links must not travel to other sites
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		next.ServeHTTP(w, r)
	})
}

// recover turns a defect into the page for KindInternal, and for the platform into a 500, so that it
// delivers again.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			// Of the value only a runtime error is shown; any other might quote a wish.
			cause, _ := v.(runtime.Error)
			s.Logger.Error("web: panic", slog.String("route", r.Pattern), slog.String("type", fmt.Sprintf("%T", v)), slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
			s.fail(w, r, echowall.Errorf(echowall.KindInternal, "panic"))
		}()
		next.ServeHTTP(w, r)
	})
}
