package web

import (
	"time"

	"echowall"
	"echowall/content"
)

// Dates of this year are written without it.

func longDate(d echowall.Date) string {
	if d.IsZero() {
		return ""
	}
	return content.DateText(d)
}

func (s *Server) shortDay(d echowall.Date) string {
	if d.Year != s.dayOf(s.Now()).Year {
		return content.DateText(d)
	}
	return content.ShortDateText(d)
}

func (s *Server) shortTime(t time.Time) string {
	return s.shortDay(echowall.DateOf(t)) + t.Format("15:04")
}
