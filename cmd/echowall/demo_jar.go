package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"echowall/bot/emulator"
)

// ownJar gives every phone of the demo cookies of its own, as every real phone has: all phones are tabs of one
// browser, and without it the page that one person opened would still be open for the next. The emulated
// platform's cookie tells whose link was opened last.
func ownJar(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		whose, err := r.Cookie(emulator.CookieName)
		if err != nil {
			next.ServeHTTP(w, r)
			return
		}
		sum := sha256.Sum256([]byte(whose.Value))
		mark := "of-" + hex.EncodeToString(sum[:6]) + "-"
		r = r.Clone(r.Context())
		cookies := r.Cookies()
		r.Header.Del("Cookie")
		for _, c := range cookies {
			if name, own := strings.CutPrefix(c.Name, mark); own {
				r.AddCookie(&http.Cookie{Name: name, Value: c.Value})
			} else if !strings.HasPrefix(c.Name, "of-") && !phoneCookie(c.Name) {
				r.AddCookie(c)
			}
		}
		next.ServeHTTP(&jarWriter{ResponseWriter: w, mark: mark}, r)
	})
}

// phoneCookie reports whether a cookie of the service says who holds the phone.
func phoneCookie(name string) bool { return name == "phone" || name == "m-state" }

// jarWriter renames the cookies that an answer sets.
type jarWriter struct {
	http.ResponseWriter
	mark string
	done bool
}

func (w *jarWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *jarWriter) WriteHeader(status int) {
	if !w.done {
		w.done = true
		set := w.Header()["Set-Cookie"]
		for i, c := range set {
			if name, _, _ := strings.Cut(c, "="); phoneCookie(name) {
				set[i] = w.mark + c
			}
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *jarWriter) Write(b []byte) (int, error) {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}
