package main

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"echowall"
)

// demoSeat is one person of the demo and what they are in it.
type demoSeat struct {
	Role, Note string // 居民; 提心愿，看结果; either may be empty in Everyone
	OpenID     string
	Name       string
}

// demoPage is the first page of the demo: the clock, the phones and the wall side by side.
type demoPage struct {
	Now      func() time.Time
	Calendar *echowall.Calendar
	// Move moves the clock, waits for what falls due meanwhile and says in one sentence what that was; to is
	// "10m", "due", "day" or, with a moment, "at". An error's text is shown.
	Move     func(ctx context.Context, to string, at time.Time) (summary string, err error)
	Seats    []demoSeat // phones side by side
	Everyone []demoSeat // whose phone can be put there instead
	Durable  bool       // what happens here outlives the program
	Wall     string     // path of the public wall on this server

	mu     sync.Mutex
	moving sync.Mutex // one move at a time
	said   string     // outcome of the last move
	failed bool
}

//go:embed demo
var demoFiles embed.FS

var demoTemplate = template.Must(template.ParseFS(demoFiles, "demo/demo.html"))

// demoPolicy allows styles, and frames and forms of this server; nothing else.
const demoPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Handler serves GET /, POST /clock and the page's own style sheet.
func (d *demoPage) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.show)
	mux.HandleFunc("POST /clock", d.clock)
	mux.HandleFunc("GET /demo/assets/demo.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, demoFiles, "demo/demo.css")
	})
	safe := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", demoPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		mux.ServeHTTP(w, r)
	})
	return http.NewCrossOriginProtection().Handler(safe)
}

// seatView is one phone on the page. Others keep the rest of the row when its person is changed.
type seatView struct {
	demoSeat
	ID     string // of the section, for jump links
	Field  string // of the form
	Frame  string // address of the phone
	People []demoSeat
	Others []seatField
}

type seatField struct{ Name, Value string }

// seats puts people into the row: those that the query names, the others as planned.
func (d *demoPage) seats(query url.Values) []seatView {
	views := make([]seatView, len(d.Seats))
	for i, seat := range d.Seats {
		field := "p" + strconv.Itoa(i+1)
		chosen := seat
		for _, person := range d.Everyone {
			if person.OpenID == query.Get(field) && person.OpenID != seat.OpenID {
				chosen = person
			}
		}
		views[i] = seatView{demoSeat: chosen, ID: "phone" + strconv.Itoa(i+1), Field: field,
			Frame: "/phone/" + url.PathEscape(chosen.OpenID) + "?embed=1", People: d.Everyone}
	}
	for i := range views {
		for j, other := range views {
			if i != j {
				views[i].Others = append(views[i].Others, seatField{other.Field, other.OpenID})
			}
		}
	}
	return views
}

// show is GET /.
func (d *demoPage) show(w http.ResponseWriter, r *http.Request) {
	now := d.Now().In(d.Calendar.Location())
	d.mu.Lock()
	said, failed := d.said, d.failed
	d.mu.Unlock()
	seats := d.seats(r.URL.Query())
	row := make([]seatField, len(seats))
	for i, s := range seats {
		row[i] = seatField{s.Field, s.OpenID}
	}
	var page bytes.Buffer
	err := demoTemplate.Execute(&page, map[string]any{
		"Clock": now.Format("15:04"), "Day": demoDay(now, d.Calendar), "Machine": now.Format("2006-01-02T15:04"),
		"Said": said, "Failed": failed, "Seats": seats, "Row": row, "Durable": d.Durable, "Wall": d.Wall,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // the browser may be gone
}

// demoDay is the day in words: 11月23日（周一）工作日.
func demoDay(now time.Time, calendar *echowall.Calendar) string {
	day := echowall.DateOf(now)
	kind := "休息日"
	holiday, named := calendar.Holiday(day)
	switch {
	case named && holiday.Off:
		kind = holiday.Name + "假期"
	case named:
		kind = "调休上班"
	case calendar.IsWorkday(day):
		kind = "工作日"
	}
	return now.Format("1月2日（周") + string([]rune("日一二三四五六")[now.Weekday()]) + "）" + kind
}

// clock is POST /clock.
func (d *demoPage) clock(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "这份表单读不懂", http.StatusBadRequest)
		return
	}
	to := r.PostForm.Get("to")
	var at time.Time
	switch to {
	case "10m", "due", "day":
	case "at":
		var err error
		if at, err = time.ParseInLocation("2006-01-02T15:04", r.PostForm.Get("at"), d.Calendar.Location()); err != nil {
			d.say("时间要写全，例如 2026-11-23 07:30。", true)
			d.back(w, r)
			return
		}
	default:
		http.Error(w, "没有这个按钮", http.StatusBadRequest)
		return
	}
	d.moving.Lock()
	defer d.moving.Unlock()
	if summary, err := d.Move(r.Context(), to, at); err != nil {
		d.say("时钟没有拨动："+err.Error(), true)
	} else {
		d.say(summary, false)
	}
	d.back(w, r)
}

func (d *demoPage) say(said string, failed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said, d.failed = said, failed
}

// back shows the page again with the same people in the row.
func (d *demoPage) back(w http.ResponseWriter, r *http.Request) {
	row := url.Values{}
	for i := range d.Seats {
		field := "p" + strconv.Itoa(i+1)
		if person := r.PostForm.Get(field); person != "" {
			row.Set(field, person)
		}
	}
	http.Redirect(w, r, (&url.URL{Path: "/", RawQuery: row.Encode()}).String(), http.StatusSeeOther)
}
