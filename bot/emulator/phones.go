package emulator

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// PhonesOptions say what the phone pages offer beyond what the platform knows.
type PhonesOptions struct {
	People []PhonePerson // made at once if new, listed in this order
	Places []PhonePlace  // offered when somebody sends a location
	// Embedded lets pages of the same origin show phones in frames, at
	// /phone/{openid}?embed=1.
	Embedded bool
}

// PhonePerson is the owner of a phone.
type PhonePerson struct {
	OpenID string
	Name   string
	Note   string // who this is, such as 居民; may be empty
}

// PhonePlace is a place on offer; degrees of latitude and longitude.
type PhonePlace struct {
	Label    string
	Lat, Lng float64
}

// phones serves the phones in the browser.
type phones struct {
	p     *Platform
	o     PhonesOptions
	notes map[string]string // Note by openid
	beat  time.Duration     // between signs of life on an idle stream
}

//go:embed assets
var assetFiles embed.FS

// assets are the files pages load, by name, with their entity tags.
var assets, assetTags = loadAssets()

func loadAssets() (files map[string][]byte, tags map[string]string) {
	files, tags = map[string][]byte{}, map[string]string{}
	entries, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		panic(err) // embedded
	}
	for _, entry := range entries {
		if name := entry.Name(); path.Ext(name) != ".html" {
			data, err := assetFiles.ReadFile("assets/" + name)
			if err != nil {
				panic(err) // embedded
			}
			sum := sha256.Sum256(data)
			files[name], tags[name] = data, `"`+hex.EncodeToString(sum[:8])+`"`
		}
	}
	return files, tags
}

// pages are the templates of phones and of the rehearsal page.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"parts": func(path string, parts []textPart) any { return map[string]any{"Path": path, "Parts": parts} },
	"link":  func(path, url, words string) any { return map[string]any{"Path": path, "URL": url, "Words": words} },
	"press": func(d dockView, b buttonView) any { return map[string]any{"D": d, "B": b} },
}).ParseFS(assetFiles, "assets/*.html"))

// Limits of what a browser may send.
const (
	uploadLimit = 10 << 20  // bytes of one picture or recording
	formLimit   = 256 << 10 // bytes of any other form
)

// Phones serves a WeChat client for every person under /phone/. Pages work by
// plain forms; one small script makes them live. Actions are delivered in the
// background and end with the platform.
func (p *Platform) Phones(o PhonesOptions) http.Handler {
	return p.newPhones(o).handler()
}

func (p *Platform) newPhones(o PhonesOptions) *phones {
	s := &phones{p: p, o: o, notes: map[string]string{}, beat: 15 * time.Second}
	for _, person := range o.People {
		ph := p.Phone(person.OpenID)
		profile := ph.Profile()
		profile.Name = cmp.Or(person.Name, profile.Name)
		ph.SetProfile(profile)
		s.notes[person.OpenID] = person.Note
	}
	return s
}

func (s *phones) handler() http.Handler {
	mux := http.NewServeMux()
	for name := range assets {
		mux.HandleFunc("GET /phone/assets/"+name, serveAsset)
	}
	mux.HandleFunc("GET /phone/{$}", s.list)
	mux.HandleFunc("POST /phone/{$}", s.add)
	mux.HandleFunc("GET /phone/{openid}", s.of(s.show))
	mux.HandleFunc("GET /phone/{openid}/events", s.of(s.events))
	mux.HandleFunc("GET /phone/{openid}/open", s.of(s.open))
	mux.HandleFunc("GET /phone/{openid}/media/{id}", s.p.serveFile)
	for name, act := range map[string]func(http.ResponseWriter, *http.Request, *Phone){
		"say": s.say, "tap": s.tap, "image": s.image, "voice": s.voice, "location": s.location, "scan": s.scan,
		"menu": s.menu, "open": s.open, "follow": s.follow, "unfollow": s.unfollow, "popup": s.popup,
	} {
		mux.HandleFunc("POST /phone/{openid}/"+name, s.of(act))
	}
	return http.NewCrossOriginProtection().Handler(s.guard(mux))
}

// guard sets the headers of every page and bounds what may be sent.
func (s *phones) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.p.pageHeaders(w.Header(), s.o.Embedded)
		limit := int64(formLimit)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			limit = uploadLimit + formLimit
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// pageHeaders forbid everything pages do not need. Pictures may also come from
// the account's own server, because articles show them.
func (p *Platform) pageHeaders(h http.Header, framed bool) {
	p.mu.Lock()
	callback := p.CallbackURL
	p.mu.Unlock()
	own := "'self'"
	for _, address := range []string{p.URL(), callback} {
		if u, err := url.Parse(address); err == nil && u.Host != "" && !strings.ContainsAny(u.Host, ";, ") {
			own += " " + u.Scheme + "://" + u.Host
		}
	}
	ancestors := "'none'"
	if framed {
		ancestors = "'self'"
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "+
		"img-src "+own+"; media-src "+own+"; frame-ancestors "+ancestors)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// serveAsset serves a style sheet or the script.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", assetTags[name])
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(assets[name]))
}

// of finds the phone that the path names; looking makes nobody.
func (s *phones) of(next func(http.ResponseWriter, *http.Request, *Phone)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.p.mu.Lock()
		_, known := s.p.people[r.PathValue("openid")]
		s.p.mu.Unlock()
		if !known {
			http.NotFound(w, r)
			return
		}
		next(w, r, &Phone{s.p, r.PathValue("openid")})
	}
}

// render writes a page; templates fail only by a mistake in them.
func render(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // the browser may be gone
}

// personRow is one line of the list of phones.
type personRow struct {
	Path, Face, Name, Note string
	Following              bool
}

// list is GET /phone/.
func (s *phones) list(w http.ResponseWriter, _ *http.Request) {
	seeded := map[string]bool{}
	var rows []personRow
	add := func(openid string) {
		profile := s.p.Phone(openid).Profile()
		rows = append(rows, personRow{phonePath(openid), face(profile.Name), profile.Name, s.notes[openid], profile.Following})
	}
	for _, person := range s.o.People {
		seeded[person.OpenID] = true
		add(person.OpenID)
	}
	for _, ph := range s.p.Everybody() {
		if !seeded[ph.openid] {
			add(ph.openid)
		}
	}
	render(w, http.StatusOK, "people.html", map[string]any{"Account": s.p.account().Name, "People": rows})
}

// add is POST /phone/: a new phone.
func (s *phones) add(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(r.FormValue("name"))
	if name == "" || runes(name) > nameLimit {
		http.Error(w, "名字要写 1 到 20 个字", http.StatusBadRequest)
		return
	}
	ph := s.p.Phone(secret("o", 28))
	ph.SetProfile(Profile{Name: name})
	http.Redirect(w, r, phonePath(ph.openid), http.StatusSeeOther)
}

// nameLimit is the longest name, in characters.
const nameLimit = 20

func phonePath(openid string) string { return "/phone/" + url.PathEscape(openid) }

// face is the letter on somebody's picture.
func face(name string) string {
	for _, c := range name {
		return string(c)
	}
	return ""
}
