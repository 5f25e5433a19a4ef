package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"echowall/web"
)

// timed is a connection that remembers until when it may be written to.
type timed struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (t *timed) SetWriteDeadline(until time.Time) error { t.until = until; return nil }

// Whoever reads a byte a minute must not hold a connection for ever.
func TestSlowReadersAreCutOff(t *testing.T) {
	s := newSite(t)
	server, err := web.New(s.config)
	s.must(err)
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	server.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wall", nil))
	if left := time.Until(w.until); w.Code != http.StatusOK || left < 10*time.Second || left > 5*time.Minute {
		t.Errorf("%d, to be read within %v", w.Code, left)
	}
}
