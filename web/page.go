package web

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// frame is what every page has around its own data.
type frame struct {
	Title   string // without the account's name
	Account string
	Large   bool
	// SizeURL is this page in the other type size; empty leaves the switch out.
	SizeURL string
	Wide    bool
	Data    any
}

// The cookie that remembers large type, for a year. It says nothing about the person.
const (
	sizeCookie    = "type"
	sizeLarge     = "large"
	sizeCookieAge = 365 * 24 * 60 * 60
)

// chooseSize takes ?large=1 or 0 out of the address, remembers it, and sends the browser to the rest.
func (s *Server) chooseSize(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	if r.Method != http.MethodGet || !q.Has("large") {
		return false
	}
	c := &http.Cookie{Name: sizeCookie, Value: sizeLarge, Path: "/", MaxAge: sizeCookieAge, HttpOnly: true,
		Secure: s.https(), SameSite: http.SameSiteLaxMode}
	if q.Get("large") != "1" {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, c)
	q.Del("large")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String())
	w.WriteHeader(http.StatusSeeOther)
	return true
}

// show draws a view in its frame.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, view string, f frame) error {
	f.Account = s.Account
	if c, err := r.Cookie(sizeCookie); err == nil {
		f.Large = c.Value == sizeLarge
	}
	if r.Method == http.MethodGet {
		f.SizeURL = cmp.Or(f.SizeURL, r.URL.RequestURI())
	}
	if f.SizeURL != "" {
		f.SizeURL = withSize(f.SizeURL, !f.Large)
	}
	var page bytes.Buffer
	if err := s.views[view].ExecuteTemplate(&page, "frame", f); err != nil {
		return err
	}
	h := w.Header()
	h.Add("Vary", "Cookie")
	h.Set("Content-Type", "text/html; charset=utf-8")
	send(w, r, status, page.Bytes())
	return nil
}

func withSize(address string, large bool) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("large", map[bool]string{true: "1", false: "0"}[large])
	u.RawQuery = q.Encode()
	return u.String()
}

// Smaller bodies grow when packed.
const packFrom = 1 << 10

// send writes a text body, packed when the browser takes it.
func send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) < packFrom || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		w.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(w)
	z.Write(body)
	z.Close()
}

// packers are kept because making one takes most of a megabyte, many times the page.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
