package web

import (
	"net/http"
	"net/url"
)

// contentsView lists what the account can send of its own: lessons with their sources, and calendars.
type contentsView struct {
	Lessons  []lessonItem
	Holidays []holidayItem
}

type lessonItem struct {
	Path, Title, Topic, Source, When, Reviewer string
	Length, Questions                          int
	Expired                                    bool
}

type holidayItem struct {
	Year, Off, Work int
	Published       bool
}

func (s *Server) contents(w http.ResponseWriter, r *http.Request, d *desk) error {
	today := s.dayOf(s.Now())
	var v contentsView
	for _, l := range s.Pack.Lessons {
		it := lessonItem{
			Path: "/m/lesson/" + url.PathEscape(l.ID), Title: l.Title, Topic: l.Topic, When: longDate(l.Date), Reviewer: l.Reviewer,
			Length: l.Length(), Questions: len(l.Questions), Expired: l.Expired(today),
		}
		if len(l.Sources) > 0 {
			it.Source = l.Sources[0].Name
		}
		v.Lessons = append(v.Lessons, it)
	}
	for year := today.Year; year <= today.Year+1; year++ {
		h, ok := s.Pack.Holidays[year]
		it := holidayItem{Year: year, Published: ok && h.Published}
		for _, day := range h.Days {
			if day.Off {
				it.Off++
			} else {
				it.Work++
			}
		}
		v.Holidays = append(v.Holidays, it)
	}
	return s.deskShow(w, r, d, "console_content", s.words.Say("console.nav_content"), v)
}
