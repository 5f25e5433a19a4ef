package emulator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// events is GET /phone/{openid}/events: everything new on the screen as
// server-sent events, until the browser leaves or the platform closes.
//
//	bubble  a bubble as HTML; its id is where to go on after a break
//	dock    the bar at the bottom, when it changed
//	typing  "1" while the account shows that it is typing, else "0"
//	reload  the page is of another run of the platform
func (s *phones) events(w http.ResponseWriter, r *http.Request, ph *Phone) {
	// A server's time limits are for pages, not for streams; without support
	// for this there are none.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
	changes, stop := s.p.Subscribe()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")

	from := r.Header.Get("Last-Event-ID")
	if from == "" {
		from = r.FormValue("after")
	}
	run, seq, _ := strings.Cut(from, "-")
	last, err := strconv.ParseInt(seq, 10, 64)
	_, _ = io.WriteString(w, "retry: 1000\n\n") // the next write tells whether the browser is there
	if err != nil || run != s.p.run {
		_, _ = io.WriteString(w, "event: reload\ndata:\n\n")
		return
	}
	st := &stream{s: s, ph: ph, w: w, last: last, dock: r.FormValue("dock")}
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	look := true
	for {
		if look && st.send() != nil || control.Flush() != nil {
			return
		}
		look = false
		select {
		case c, open := <-changes:
			if !open {
				return
			}
			look = c.OpenID == "" || c.OpenID == ph.openid
		case <-beat.C:
			if _, err := io.WriteString(w, ":\n\n"); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.p.base.Done():
			return
		}
	}
}

// stream is one browser's stream and what it has seen.
type stream struct {
	s    *phones
	ph   *Phone
	w    io.Writer
	last int64

	dock, typing string
}

// send writes what is new.
func (st *stream) send() error {
	for _, b := range st.s.bubbles(st.ph, st.last) {
		if err := st.fragment("bubble", st.s.p.run+"-"+formatID(b.Seq), "bubble.html", b); err != nil {
			return err
		}
		st.last = b.Seq
	}
	if view := st.s.dock(st.ph); view.Mark != st.dock {
		st.dock = view.Mark
		if err := st.fragment("dock", "", "dock.html", view); err != nil {
			return err
		}
	}
	typing := "0"
	if st.ph.Profile().Typing {
		typing = "1"
	}
	if typing != st.typing {
		st.typing = typing
		return st.event("typing", "", typing)
	}
	return nil
}

func (st *stream) fragment(event, id, name string, data any) error {
	var html bytes.Buffer
	if err := pages.ExecuteTemplate(&html, name, data); err != nil {
		return err
	}
	return st.event(event, id, html.String())
}

func (st *stream) event(name, id, data string) error {
	var b strings.Builder
	b.WriteString("event: " + name + "\n")
	if id != "" {
		b.WriteString("id: " + id + "\n")
	}
	// A carriage return would end a line of the stream, too.
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data), "\n") {
		b.WriteString("data: " + line + "\n")
	}
	_, err := fmt.Fprintln(st.w, b.String())
	return err
}
